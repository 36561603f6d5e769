"""A sample is drawn evenly over those who looked, and is the same for the same seed."""

from collections import Counter

from services.audit.access.sampling import drawn

# One who looks all the time, one now and then, one once: 1,000, 10 and 1 looks.
LOOKS = [
    *((id_, "busy") for id_ in range(1, 1001)),
    *((id_, "seldom") for id_ in range(2001, 2011)),
    (3001, "once"),
]


def lookers(ids: list[int]) -> Counter[str]:
    by_id = dict(LOOKS)
    return Counter(by_id[id_] for id_ in ids)


def test_everybody_who_looked_is_drawn_as_often_while_they_have_looks() -> None:
    # Of 25: one round of three, then rounds of two. Once is drawn 1 time; the other 24 are even
    # until seldom has no more than 10, so busy has 14.
    assert lookers(drawn(LOOKS, 25, "a seed")) == {"busy": 14, "seldom": 10, "once": 1}
    assert lookers(drawn(LOOKS, 9, "a seed")) == {"busy": 4, "seldom": 4, "once": 1}


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    first = drawn(LOOKS, 25, "a seed")
    assert first == drawn(reversed(LOOKS), 25, "a seed") == sorted(first)
    assert first != drawn(LOOKS, 25, "another")
    # What is drawn for a seed may never change: it is in somebody's report. Worked out by
    # sha256sum: busy, once, seldom is the order of lookers, and 833 and 206 are busy's first two.
    assert drawn(LOOKS, 4, "2026-1") == [206, 833, 2008, 3001]


def test_fewer_are_drawn_where_there_are_no_more() -> None:
    assert drawn(LOOKS[:3], 25, "a seed") == [1, 2, 3]
    assert drawn([], 25, "a seed") == []


def test_each_of_one_lookers_looks_is_drawn_about_as_often() -> None:
    # 4 of 10 looks in each of 500 samples: 200 of each expected, with a deviation of 11.
    ten = [(id_, "one") for id_ in range(10)]
    counts = Counter(id_ for seed in range(500) for id_ in drawn(ten, 4, str(seed)))
    assert sum(counts.values()) == 2000
    assert all(140 < counts[id_] < 260 for id_ in range(10))
