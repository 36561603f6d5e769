"""Whoever writes the bundle may be the one who has something to hide: the verifier trusts none of
it, says one of three things of whatever it is given, and never breaks."""

import json
from pathlib import Path

import pytest

from services.audit.proof import standalone
from tests.services.audit.proof.made_bundle import Made, judged, other, signer


def test_what_is_right_is_right(right: Made, tmp_path: Path) -> None:
    told = right.judged(tmp_path, right.notes[513])
    assert (told["verdict"], told["entries"], told["checkpoints"]) == ("right", 700, 3)


@pytest.mark.parametrize(
    ("member", "said"),
    [("municipality", "0860"), ("log", "access"), ("origin", "roedtraad.dk/0860/events")],
)
def test_a_log_isnt_presented_as_another_municipalitys(
    tmp_path: Path, member: str, said: str
) -> None:
    made = Made(3, [3])
    made.head[member] = said
    assert made.judged(tmp_path)["verdict"] == "wrong"


def test_what_only_a_manipulation_explains_is_found_in_half_a_bundle_too(
    right: Made, tmp_path: Path
) -> None:
    lines = other(b"course.noted", b"course.voted")(right.lines()[:300]) + right.lines()[300:-1]
    told = judged(tmp_path, lines, right.key)
    assert (told["verdict"], told["index"]) == ("wrong", 0)


def test_positions_rise_and_the_head_counts_the_entries(right: Made, tmp_path: Path) -> None:
    for old, new, index in ((b"5", b"3", 4), (b"257", b"9", 256), (b"258", b"4711", 258)):
        lines = other(b'"position":%b,' % old, b'"position":%b,' % new)(right.lines())
        told = judged(tmp_path, lines, right.key)
        assert (told["verdict"], told["index"]) == ("wrong", index)
        assert "pladsen" in told["why"]
    made = Made(7, [7])
    made.head["size"] = 6
    told = made.judged(tmp_path)
    assert (told["verdict"], told["index"]) == ("wrong", 6)


def test_nothing_is_written_on_the_terminal_but_what_is_ours(right: Made, tmp_path: Path) -> None:
    lines = right.lines()
    lines[0] = lines[0].replace(b"roedtraad.dk/0461/events+", b"\\u001b[2J\\rRIGTIGT+")
    told = judged(tmp_path, lines, None)
    assert told["verdict"] == "unreadable"
    assert "\x1b" in told["why"]
    assert "\x1b" not in standalone.words(told)


def test_what_was_accepted_is_told_and_can_write_nothing_on_the_terminal(tmp_path: Path) -> None:
    hash_ = "A" * 43 + "="
    said = f"accept events 900 {hash_} as 700 {hash_} through position 812: Sag 7\nRIGTIGT \x1b[2J"

    def look(index: int) -> tuple[str, str]:
        told = {"what": said if index == 4 else "GET /v1/worklist", "by": "5f"}
        return f'"log":"access","id":{index}', json.dumps(told, separators=(",", ":"))

    made = Made(9, [9], of=signer("access"), entry=look)
    verdict = made.judged(tmp_path)
    [one] = verdict["accepted"]
    assert (one["index"], one["log"], one["by"]) == (4, "events", "5f")
    assert (one["signed"]["size"], one["accepted"]["size"]) == (900, 700)
    lines = standalone.words(verdict).split("\n")
    assert lines[1].startswith("index 4: events godtaget (accepted) med 700 poster")
    assert lines[2] == repr("  Sag 7 RIGTIGT \x1b[2J")
    as_events = Made(9, [9], entry=look).judged(tmp_path)
    assert (as_events["verdict"], as_events["accepted"]) == ("right", [])
