"""Role clarity: each reading, and the worked history's own."""

import pytest

from domain import codes
from domain.calendar import day_of
from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.course import (
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantDecided,
    GrantEnded,
    RolesStated,
)
from domain.role_clarity import Balance, Overall, Reading, RoleClarity, reading
from domain.role_clarity import read as read_pair
from domain.role_facts import Paired, pairs_on, seen
from domain.values import Actor
from tests.domain.facts import activity, closed, coordination, intake, match_ended, matched
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    MENTOR,
    MENTOR_ID,
    day,
    fact_at,
    instant,
    person,
    ref,
)

ALL = codes.responsibilities.codes


def stated(
    when: str, answers: dict[str, str], by: Actor, about: Actor, hand_in: Actor | None = None
) -> Recorded:
    assert about.id
    fact = RolesStated(
        actor=hand_in or by,
        on_behalf_of=by if hand_in else None,
        counterpart=about.id,
        answers=answers,
    )
    return fact_at(when, fact)


def goal_set(when: str, goal: str, by: Actor = CASEWORKER) -> Recorded:
    fact = GoalSet(actor=by, goal=ref(goal), directions=("job",), text="sealed")
    return fact_at(when, fact)


def acknowledged(when: str, goal: str, by: Actor = MENTOR) -> Recorded:
    return fact_at(when, GoalAcknowledged(actor=by, goal=ref(goal)))


WORKED = [
    intake(),
    matched(),
    activity("2026-01-29 13:00"),
    stated(
        "2026-02-02 10:00",
        {
            "personal-guide": "mentor",
            "motivating-partner": "mentor",
            "system-guide": "both",
            "induction-guide": "caseworker",
            "authority-decisions": "caseworker",
            "contact-with-other-actors": "caseworker",
            "coordination-of-the-course": "caseworker",
            "follow-up-on-grants": "mentor",
            "crisis-contact": "mentor",
        },
        CASEWORKER,
        MENTOR,
    ),
    stated(
        "2026-02-03 10:00",
        {
            "personal-guide": "mentor",
            "motivating-partner": "mentor",
            "system-guide": "mentor",
            "induction-guide": "mentor",
            "authority-decisions": "caseworker",
            "contact-with-other-actors": "caseworker",
            "coordination-of-the-course": "caseworker",
            "follow-up-on-grants": "caseworker",
        },
        MENTOR,
        CASEWORKER,
    ),
    goal_set("2026-02-03 10:30", "goal-1"),
    acknowledged("2026-02-05 12:00", "goal-1"),
    coordination("2026-02-12 09:15", MENTOR, CASEWORKER, COORDINATOR, topics=["roles"]),
]


def read(events: list[Recorded], as_of: str = "2026-03-03 12:00") -> RoleClarity:
    """The reading of the only pair."""
    (pair,) = pairs(events, as_of)
    day = day_of(instant(as_of))
    return read_pair(seen(pair, day), day)


def pairs(events: list[Recorded], as_of: str = "2026-03-03 12:00") -> list[Paired]:
    return pairs_on(fold_course(events), instant(as_of))


def test_the_worked_history_reads_as_the_catalogue_says() -> None:
    clarity = read(WORKED)
    by_reading = {
        kind: {d.responsibility for d in clarity.divisions if d.reading is kind} for kind in Reading
    }

    assert len(by_reading[Reading.AGREED]) == 5
    assert by_reading[Reading.OVERLAP] == {"system-guide", "induction-guide"}
    assert by_reading[Reading.GAP] == {"follow-up-on-grants"}
    assert by_reading[Reading.ONE_SIDED] == {"crisis-contact"}
    assert clarity.overall is Overall.UNCLEAR
    assert clarity.seen.goal.is_common
    assert clarity.seen.contacts.days_since == 19
    assert clarity.seen.contacts.by_form == {"informal": 1}
    assert clarity.seen.crossings == {}
    assert clarity.balance is Balance.BALANCED


def test_the_reasons_are_sentences_with_the_worst_first_and_name_the_responsibilities() -> None:
    reasons = read(WORKED).reasons
    assert [reason.danish for reason in reasons] == [
        "Begge gør krav på: systemguide; indslusningsguide på uddannelse eller arbejdsplads.",
        "Ingen af dem tager: at det bevilgede gennemføres.",
        "Kun sagsbehandler har udmeldt: den, der ringes til, når problemer opstår.",
    ]
    assert [reason.english for reason in reasons] == [
        "Both claim: system guide; induction guide.",
        "Neither takes: follow up on grants.",
        "Only the caseworker has stated: crisis contact.",
    ]


@pytest.mark.parametrize(
    ("mentor", "caseworker", "expected"),
    [
        (None, None, Reading.UNKNOWN),
        ("mentor", None, Reading.ONE_SIDED),
        (None, "nobody", Reading.ONE_SIDED),
        ("mentor", "mentor", Reading.AGREED),
        ("both", "both", Reading.AGREED),
        ("someone-else", "someone-else", Reading.AGREED),
        ("nobody", "nobody", Reading.GAP),
        ("unsure", "unsure", Reading.GAP),
        ("mentor", "caseworker", Reading.OVERLAP),
        ("both", "caseworker", Reading.OVERLAP),
        ("mentor", "both", Reading.OVERLAP),
        ("caseworker", "mentor", Reading.GAP),
        ("caseworker", "unsure", Reading.GAP),
        ("mentor", "someone-else", Reading.DIFFERENCE),
        ("someone-else", "caseworker", Reading.DIFFERENCE),
        ("both", "mentor", Reading.DIFFERENCE),
        ("caseworker", "both", Reading.DIFFERENCE),
    ],
)
def test_two_answers_for_one_responsibility(
    mentor: str | None, caseworker: str | None, expected: Reading
) -> None:
    assert reading(mentor, caseworker) is expected


def answers(*skip: str) -> dict[str, str]:
    return {one: "mentor" for one in ALL if one not in skip}


def test_roles_are_clear_only_when_both_agree_on_every_responsibility() -> None:
    pair = [intake(), matched()]
    both = [
        stated("2026-02-02 10:00", answers(), CASEWORKER, MENTOR),
        stated("2026-02-03 10:00", answers(), MENTOR, CASEWORKER),
    ]
    all_but_one = [
        stated("2026-02-02 10:00", answers("crisis-contact"), CASEWORKER, MENTOR),
        stated("2026-02-03 10:00", answers("crisis-contact"), MENTOR, CASEWORKER),
    ]

    assert read([*pair, *both]).overall is Overall.CLEAR
    assert read([*pair, *both]).reasons == ()
    assert read([*pair, *all_but_one]).overall is Overall.UNKNOWN
    assert read([*pair, both[0]]).overall is Overall.ONE_SIDED
    assert read(pair).overall is Overall.UNKNOWN


def test_a_statement_is_a_full_snapshot_and_is_about_one_pair() -> None:
    new_mentor = Actor("mentor", person("m-32"))
    known = [
        intake(),
        matched(),
        stated("2026-02-02 10:00", answers(), MENTOR, CASEWORKER),
        stated("2026-02-09 10:00", {"crisis-contact": "mentor"}, MENTOR, CASEWORKER),
    ]
    says = {d.responsibility: d.mentor_says for d in read(known).divisions}
    assert says["crisis-contact"] == "mentor"
    assert says["personal-guide"] is None

    replaced = [
        *known,
        match_ended("2026-02-20 10:00", "2026-02-20"),
        matched("2026-02-20 11:00", "2026-02-20", match="match-902", mentor=person("m-32")),
    ]
    assert read(replaced).seen.mentor == new_mentor.id
    assert read(replaced).overall is Overall.UNKNOWN


def test_a_statement_handed_in_for_the_mentor_is_the_mentors() -> None:
    handed_in = stated("2026-02-02 10:00", answers(), MENTOR, CASEWORKER, hand_in=COORDINATOR)

    assert {d.mentor_says for d in read([intake(), matched(), handed_in]).divisions} == {"mentor"}


def test_what_had_not_happened_yet_is_not_read() -> None:
    early = read(WORKED, as_of="2026-02-02 12:00")

    assert early.overall is Overall.ONE_SIDED
    assert early.seen.goal.goal is None
    assert early.seen.contacts.days_since is None


def test_a_new_goal_version_is_common_when_the_other_has_acknowledged_it_too() -> None:
    adapted = [*WORKED, goal_set("2026-02-20 10:00", "goal-2", by=MENTOR)]
    goal = read(adapted).seen.goal

    assert goal.goal == ref("goal-2")
    assert goal.mentor_stands_by
    assert not goal.caseworker_stands_by
    assert read([*adapted, acknowledged("2026-02-21", "goal-2", CASEWORKER)]).seen.goal.is_common


def test_a_new_mentor_has_not_acknowledged_the_goal() -> None:
    replaced = [
        *WORKED,
        match_ended("2026-02-20 10:00", "2026-02-20"),
        matched("2026-02-20 11:00", "2026-02-20", match="match-902", mentor=person("m-32")),
    ]

    assert not read(replaced).seen.goal.is_common


def test_the_goal_is_as_old_as_its_latest_review() -> None:
    reviewed = GoalReviewed(actor=MENTOR, goal=ref("goal-1"), outcome="kept")

    assert read(WORKED).seen.goal.reviewed_days_ago == 28
    assert read([*WORKED, fact_at("2026-03-01 10:00", reviewed)]).seen.goal.reviewed_days_ago == 2


def test_only_a_talk_in_which_both_take_part_is_mentor_caseworker_contact() -> None:
    others = [
        coordination("2026-02-28 10:00", MENTOR, COORDINATOR),
        coordination("2026-03-01 10:00", CASEWORKER, COORDINATOR),
    ]

    assert read([*WORKED, *others]).seen.contacts.days_since == 19


def test_contacts_of_the_last_thirty_days_are_counted_by_form() -> None:
    talks = [
        coordination("2026-02-01 10:00", MENTOR, CASEWORKER, form="meeting"),  # 30 days before
        coordination("2026-02-02 10:00", MENTOR, CASEWORKER, form="phone"),  # 29 days before
        coordination("2026-03-03 10:00", MENTOR, CASEWORKER, form="phone"),
    ]
    contacts = read([intake(), matched(), *talks]).seen.contacts

    assert contacts.days_since == 0
    assert contacts.lately == 2
    assert contacts.by_form == {"phone": 2}


def grant_by(when: str, actor: Actor, grant: str = "b-1") -> Recorded:
    fact = GrantDecided(
        actor=actor, grant=ref(grant), kind="course", outcome="refused", reason="not-needed"
    )
    return fact_at(when, fact, id=f"decided-{grant}")


def test_authority_by_a_mentor_and_mentor_work_by_a_caseworker_cross_the_boundary() -> None:
    ended = GrantEnded(actor=MENTOR, grant=ref("b-1"), to=day("2026-03-01"), reason="completed")
    events = [
        grant_by("2026-02-13 14:00", MENTOR),
        grant_by("2026-02-14 14:00", CASEWORKER, "b-2"),
        fact_at("2026-02-20 14:00", ended),
        activity("2026-02-26 09:00", by=CASEWORKER),
    ]
    (pair,) = pairs([*WORKED, *events])
    crossings = pair.crossings

    assert [(c.kind, c.actor.id) for c in crossings] == [
        ("authority", MENTOR_ID),
        ("authority", MENTOR_ID),
        ("mentor-work", CASEWORKER_ID),
    ]
    assert crossings[0].ref == ref("decided-b-1")


def test_two_crossings_of_late_are_too_tight_and_one_is_not() -> None:
    one = [*WORKED, activity("2026-02-20 09:00", by=CASEWORKER)]
    two = [*one, grant_by("2026-02-21 09:00", MENTOR)]

    assert read(one).balance is Balance.BALANCED
    assert read(two).balance is Balance.TOO_TIGHT


def test_more_than_four_weeks_without_contact_is_too_loose() -> None:
    assert read(WORKED, as_of="2026-03-12 12:00").balance is Balance.BALANCED
    assert read(WORKED, as_of="2026-03-13 12:00").balance is Balance.TOO_LOOSE


def test_a_new_pair_that_has_not_talked_yet_is_unknown_until_four_weeks_have_passed() -> None:
    pair = [intake(), matched(from_="2026-01-19")]

    assert read(pair, as_of="2026-02-16 12:00").balance is Balance.UNKNOWN
    assert read(pair, as_of="2026-02-17 12:00").balance is Balance.TOO_LOOSE


def test_without_a_mentor_nothing_is_clear() -> None:
    clarity = read([*WORKED, closed("2026-03-01 10:00", "2026-03-01")])

    assert clarity.seen.mentor is None
    assert clarity.overall is Overall.UNKNOWN
    assert clarity.balance is Balance.UNKNOWN
    assert clarity.reasons[0].danish == "Der er ingen mentor den dag."


def test_two_mentors_at_once_are_two_pairs_each_with_its_own_statements_and_contacts() -> None:
    second = Actor("mentor", person("m-32"))
    both = [
        *WORKED,
        matched("2026-02-16 11:00", "2026-02-17", match="match-902", mentor=person("m-32")),
        stated("2026-02-18 10:00", answers(), CASEWORKER, second),
        stated("2026-02-19 10:00", answers(), second, CASEWORKER),
        coordination("2026-03-01 09:15", second, CASEWORKER),
        grant_by("2026-03-02 14:00", second),
    ]
    day = day_of(instant("2026-03-03 12:00"))
    first, other = (read_pair(seen(pair, day), day) for pair in pairs(both))

    assert (first.seen.mentor, other.seen.mentor) == (MENTOR_ID, second.id)
    assert (first.overall, other.overall) == (Overall.UNCLEAR, Overall.CLEAR)
    assert (first.seen.contacts.days_since, other.seen.contacts.days_since) == (19, 2)
    assert (first.seen.crossings, other.seen.crossings) == ({}, {"authority": 1})
