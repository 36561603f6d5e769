"""What isn't written as a bundle is said to be that: nothing breaks, and no log is accused."""

import random
from pathlib import Path

import pytest

from services.audit.proof import standalone
from tests.services.audit.proof.made_bundle import Change, Made, judged, other, signer
from tests.soaking import runs


@pytest.mark.parametrize("text", ["", "\n{}", "hej\n", "\ufeff", "c2sp.org/tlog-proof@v2\n"])
def test_what_is_neither_a_bundle_nor_a_proof_is_said_to_be_neither(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "file").write_text(text, encoding="utf-8")
    for key in (None, str(signer().verifier)):
        told = standalone.judged(str(tmp_path / "file"), key)
        assert (told["verdict"], "hverken" in told["why"]) == ("unreadable", True)
    (tmp_path / "file").write_bytes(b"\xff")
    assert "UTF-8" in standalone.judged(str(tmp_path / "file"))["why"]


def test_a_log_without_anything_isnt_right(tmp_path: Path) -> None:
    assert Made(0, []).judged(tmp_path)["verdict"] == "unreadable"


def first(*more: bytes) -> Change:
    """Lines behind the head."""
    return lambda lines: [lines[0], *more, *lines[1:]]


def only(*lines: bytes) -> Change:
    """These lines and no others."""
    return lambda _: list(lines)


BROKEN: dict[str, Change] = {
    "nothing": only(),
    "a brace": only(b"{"),
    "no head": lambda lines: lines[1:],
    "an empty head": lambda lines: [b"{}\n", *lines[1:]],
    "keys that are none": other(b'"vkey"', b'"v"'),
    "a key that is a number": only(b'{"format":"roedtraad-bundle/1","keys":[{"vkey":1}]}\n'),
    "no keys": only(b'{"format":"roedtraad-bundle/1","keys":[]}\n'),
    "a format twice": other(b'{"format"', b'{"format":"x","format"'),
    "a since that is a text": other(b'"since":0', b'"since":"0"'),
    "a since below 0": other(b'"since":0', b'"since":-5'),
    "nested for ever": first(b'{"tile":' + b"[" * 100_000 + b"\n"),
    "not UTF-8": first(b'{"tile":"\xff\xfe"}\n'),
    "the last two exchanged": lambda lines: [*lines[:-2], lines[-1], lines[-2]],
    "no end": lambda lines: lines[:-1],
    "two ends": lambda lines: [*lines, lines[-1]],
    "half a line": lambda lines: [*lines[:40], lines[40][:30]],
    "a line of something": lambda lines: [*lines[:40], b"something\n", *lines[40:]],
    "no line breaks": other(b"\n", b""),
    "a base64 with a space": other(b'"leaves":"', b'"leaves":" '),
    "a base64 too long": other(b'"leaves":"', b'"leaves":"AAAA'),
    "a tile of no number": other(b'"tile":0', b'"tile":1e9'),
    "a tile of a huge number": other(b'"tile":0', b'"tile":' + b"9" * 5000),
    "an index of a huge number": first(b'{"index":' + b"9" * 5000 + b",\n"),
    "an index without an end": first(b'{"index":\n'),
    "a checkpoint of 0": other(b'"checkpoint":300', b'"checkpoint":0'),
    "a checkpoint below 0": other(b'"checkpoint":300', b'"checkpoint":-1'),
    "a huge checkpoint": other(b'"checkpoint":300', b'"checkpoint":' + b"9" * 30),
    "a note that is a number": other(b'"note":"', b'"note":7,"n":"'),
    "a note of half a letter": other(b'"note":"', b'"note":"\\ud800'),
    "a checkpoint twice": lambda lines: [
        line * (1 + line.startswith(b'{"checkpoint":300')) for line in lines
    ],
    "a position that says more": other(b'"position":5,', b'"x":{"name":"another"},'),
    "a position in words": other(b'"position":5,', b'"position":"5",'),
    "nothing stored": other(b'"stored":', b'"kept":'),
    "a base64 that isn't": other(b'"stored":', b'"stored_base64":"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_isnt_written_as_a_bundle_is_refused(right: Made, tmp_path: Path, name: str) -> None:
    told = judged(tmp_path, BROKEN[name](right.lines()), right.key)
    assert told["verdict"] in ("unreadable", "wrong")
    assert standalone.words(told)


def without_tiles(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not line.startswith(b'{"tile"')]


DAMAGED: dict[str, tuple[Change, str]] = {
    "an empty line": (lambda lines: [*lines[:50], b"\n", *lines[50:]], "linje (line) 51:"),
    "nonsense": (lambda lines: [*lines[:50], b"hej\n", *lines[50:]], "linje (line) 51:"),
    "a line that is missing": (
        lambda lines: [*lines[:50], *lines[51:]],
        "linje (line) 51: index 49",
    ),
    "no tiles": (without_tiles, "linje (line) 258: en tile"),
    "the last tile gone": (lambda lines: [*lines[:-2], lines[-1]], "linje (line) 707: en tile"),
    "junk in a tile": (other(b'"leaves":"', b'"leaves":"?'), "linje (line) 258 "),
    "a tile cut short": (
        lambda lines: [*lines[:257], lines[257][:-2] + b"\n", *lines[258:]],
        "linje (line) 258 ",
    ),
    "a position in words": (other(b'"position":5,', b'"position":"5",'), "index 4: position"),
    "cut off": (lambda lines: lines[:400], "linje (line) 400: slutningen mangler"),
    "the end cut off": (lambda lines: lines[:-1], "linje (line) 707: slutningen mangler"),
    "a line behind the end": (lambda lines: [*lines, b"\n"], "noget efter slutningen"),
    "another end": (other(b'"entries":700', b'"entries":701'), "linje (line) 708: her skulle stå"),
    "CRLF": (other(b"\n", b"\r\n"), "CR LF"),
    "CRLF after the head": (lambda lines: [lines[0], *other(b"\n", b"\r\n")(lines[1:])], "CR LF"),
    "a BOM": (lambda lines: [b"\xef\xbb\xbf", *lines], "BOM"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_said_to_be_that_and_no_log_accused(
    right: Made, tmp_path: Path, name: str
) -> None:
    change, why = DAMAGED[name]
    told = judged(tmp_path, change(right.lines()), right.key, right.notes[513])
    assert (told["verdict"], why in told["why"]) == ("unreadable", True), told["why"]


def test_no_line_fills_the_memory(
    right: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standalone, "_LONGEST", 30_000)
    assert right.judged(tmp_path)["verdict"] == "right"
    lines = right.lines()
    for at in (0, 1, 100, len(lines) - 1):
        long = [*lines[:at], b"x" * 100_000, *lines[at:]]
        assert judged(tmp_path, long, right.key)["verdict"] == "unreadable"


def test_any_byte_may_be_another_and_nothing_breaks(right: Made, tmp_path: Path) -> None:
    """What is changed is found, but for what the log doesn't say: positions, time of export."""
    whole = b"".join(right.lines())
    dice = random.Random(7)
    for _ in range(runs(150)):
        at = dice.randrange(len(whole))
        changed = whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1 :]
        told = judged(tmp_path, [changed], right.key)
        if told["verdict"] == "right":
            assert in_what_isnt_signed(whole, at), whole[max(0, at - 60) : at + 60]


def in_what_isnt_signed(whole: bytes, at: int) -> bool:
    line = whole[whole.rfind(b"\n", 0, at) + 1 : whole.find(b"\n", at)]
    offset = at - whole.rfind(b"\n", 0, at) - 1
    if line.startswith(b'{"format"'):
        return offset > line.index(b'"since"')
    return line.startswith(b'{"index"') and offset < line.index(b'"stream"')
