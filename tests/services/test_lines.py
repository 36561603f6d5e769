"""Lines out of pieces: however they are cut, they are those of the whole, with their places."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.importing import LONGEST_LINE
from services.lines import LineBuffer

_TEXT = st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\xff", b"bc\n", b"\n\n"])).map(b"".join)


@given(whole=_TEXT, cuts=st.lists(st.integers(0, 40)), takes=st.lists(st.booleans()))
def test_lines_are_those_of_the_whole_however_it_is_cut(
    whole: bytes, cuts: list[int], takes: list[bool]
) -> None:
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    buffer, chunks = LineBuffer(1, 0), []
    for n, (begin, end) in enumerate(pairwise(places)):
        buffer.add(whole[begin:end])
        if n < len(takes) and takes[n]:
            chunks.append(buffer.take())
    chunks.append(buffer.take())
    complete = whole[: whole.rfind(b"\n") + 1]
    found = [chunk for chunk in chunks if chunk is not None]
    assert b"".join(line for chunk in found for line in chunk.lines) == complete
    for chunk in found:
        assert whole[chunk.start : chunk.end] == b"".join(chunk.lines)
        assert chunk.first == whole[: chunk.start].count(b"\n") + 1
        assert all(line.count(b"\n") == 1 for line in chunk.lines)
    buffer.end()
    last = buffer.take()
    assert (last.lines if last else []) == [whole[len(complete) :]] * (complete != whole)


def test_a_line_longer_than_any_event_is_cut_and_its_place_is_right() -> None:
    buffer = LineBuffer(1, 0)
    for _ in range(40):
        buffer.add(b"x" * 100_000)
        assert buffer.size <= LONGEST_LINE
    buffer.add(b"\nshort\n")
    chunk = buffer.take()
    assert chunk is not None
    assert [len(line) for line in chunk.lines] == [LONGEST_LINE, 6]
    assert (chunk.start, chunk.end) == (0, 4_000_007)
