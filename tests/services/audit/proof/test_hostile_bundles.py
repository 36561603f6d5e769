"""Whoever writes the bundle may be the one who has something to hide: the verifier trusts none of
it, says one of three things of whatever it is given, and never breaks."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.audit.proof import standalone
from services.audit.proof.notes import Signer, cosign
from services.audit.proof.signing_keys import handover_text
from services.audit.proof.tree import leaf_hash, of_leaves, root
from tests.services.audit.proof.made_bundle import Made, event, judged, signed, signer
from tests.soaking import runs

PRUNED = b'{"index":%d,"pruned":true}\n'


@pytest.fixture(scope="module")
def right() -> Made:
    """A bundle in which nothing is wrong; not to be changed."""
    return Made(700, [300, 513, 700])


def test_what_is_right_is_right(right: Made, tmp_path: Path) -> None:
    told = right.judged(tmp_path, right.notes[513])
    assert (told["verdict"], told["entries"], told["checkpoints"]) == ("right", 700, 3)


def test_events_cant_be_called_pruned_by_calling_the_log_another(tmp_path: Path) -> None:
    made = Made(300, [300])
    made.entries[0] = PRUNED % 0
    made.head["log"] = "access"
    assert made.judged(tmp_path)["verdict"] == "wrong"
    made.head["log"] = "events"
    told = made.judged(tmp_path)
    assert (told["verdict"], told["index"]) == ("wrong", 0)


@pytest.mark.parametrize("index", [0, 5, 299])
def test_an_event_that_is_called_pruned_is_named(tmp_path: Path, index: int) -> None:
    made = Made(300, [300])
    made.entries[index] = PRUNED % index
    told = made.judged(tmp_path)
    assert (told["verdict"], told["index"]) == ("wrong", index)


def test_only_the_first_looks_may_be_gone(tmp_path: Path) -> None:
    """Three are by the record, but of the three that are gone the last isn't among the first."""
    made = pruned(NOON, LATER)
    kept = Made(5, [5], of=signer("access"), entry=made.entry).entries
    for gone, index in (((0, 1, 4), 4), ((1, 2), 1)):
        made.entries = [PRUNED % n if n in gone else kept[n] for n in range(5)]
        told = made.judged(tmp_path)
        assert (told["verdict"], told["index"]) == ("wrong", index)


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


def test_a_record_of_deletions_isnt_believed_before_it_is_signed(tmp_path: Path) -> None:
    """Three looks are gone; a fifth, which nobody signed, says that they were deleted in time."""

    def look(index: int) -> tuple[str, str]:
        what = "prune 3 through id 3" if index == 4 else "GET /v1/worklist"
        told = {"what": what, "by": "5f"}
        return f'"log":"access","id":{index + 1}', json.dumps(told, separators=(",", ":"))

    signed = Made(5, [5], of=signer("access"), entry=look)
    unsigned = Made(5, [4], of=signer("access"), entry=look)
    del unsigned.leaves[4]
    for made in (signed, unsigned):
        made.entries[:3] = [PRUNED % index for index in range(3)]
    assert signed.judged(tmp_path)["verdict"] == "right"
    told = unsigned.judged(tmp_path)
    assert (told["verdict"], told["index"]) == ("wrong", 0)


def test_the_newest_checkpoint_must_be_cosigned_by_each_given_witness(tmp_path: Path) -> None:
    """One has cosigned both checkpoints, another only that of 300, a third neither."""
    made = Made(700, [300, 700])
    both, first, never = (
        Signer(f"witness.example/{name}", signer(seed=seed).key)
        for name, seed in (("both", 5), ("first", 6), ("never", 7))
    )
    for size, by in ((300, both), (300, first), (700, both)):
        made.notes[size] += str(cosign(made.notes[size].partition("\n\n")[0] + "\n", by, 86400))
    path = tmp_path / "bundle.ndjson"
    path.write_bytes(b"".join(made.lines()))

    def told(*witnesses: Signer) -> dict[str, Any]:
        keys = [str(each.cosigner) for each in witnesses]
        return standalone.judged(str(path), made.key, witnesses=keys)

    seen = {"size": 700, "at": "1970-01-02T00:00:00Z"}
    assert told(both)["witnesses"] == [
        {"name": "witness.example/both", **seen, "checked": True},
        {"name": "witness.example/first", **seen, "size": 300, "checked": False},
    ]
    said = standalone.words(told(both)).split("\n")
    assert said[1] == "vidne (witness) witness.example/both: checkpoint 700, 1970-01-02T00:00:00Z"
    assert "first: checkpoint 300" in said[2] and "ikke kontrolleret" in said[2]
    assert (told(both, first)["verdict"], told(first)["index"]) == ("wrong", 300)
    assert "witness.example/first" in told(first)["why"] and "300" in told(first)["why"]
    assert told(never)["verdict"] == "wrong"
    assert "at most nothing" in told(never)["why"]

    right = path.read_bytes()
    path.write_bytes(right.replace(b"witness.example/both ", b"witness.example/none "))
    assert told(both)["verdict"] == "wrong", "its lines were taken away"
    line = str(cosign("roedtraad.dk/0461/events\n7\n", both, 86400)).encode().rstrip()
    path.write_bytes(right.replace(b'"}\n{"tile":2', line + b'\\n"}\n{"tile":2'))
    assert told(both)["verdict"] == "wrong", "of something else"
    assert "holder ikke" in told(both)["why"]
    path.write_bytes(right)
    for vkey in (made.key, "witness.example/both+garbage"):
        judged = standalone.judged(str(path), made.key, witnesses=[vkey])
        assert (judged["verdict"], "vidnes nøgle" in judged["why"]) == ("unreadable", True)


def test_where_nobody_has_cosigned_that_is_said(right: Made, tmp_path: Path) -> None:
    assert "Ingen vidner har medunderskrevet" in standalone.words(right.judged(tmp_path))


KEPT: dict[str, Callable[[str], str]] = {
    "an empty line at its end": lambda note: f"{note}\n",
    "many": lambda note: f"{note}\n \n\n",
    "CRLF": lambda note: note.replace("\n", "\r\n"),
    "no last line end": lambda note: note.rstrip("\n"),
    "a BOM": lambda note: f"\ufeff{note}",
    "spaces behind lines": lambda note: note.replace("\n", "  \n"),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_checkpoint_may_have_been_through_an_editor(
    right: Made, tmp_path: Path, name: str
) -> None:
    assert right.judged(tmp_path, KEPT[name](right.notes[513]))["verdict"] == "right"
    other = Made(700, [513], entry=lambda index: (f'"version":{index}', "{}")).notes[513]
    assert right.judged(tmp_path, KEPT[name](other))["verdict"] == "wrong"


def test_several_checkpoints_are_kept_in_one_file(right: Made, tmp_path: Path) -> None:
    both = right.notes[300] + "\n" + right.notes[513]
    assert right.judged(tmp_path, both)["verdict"] == "right"
    other = Made(700, [513], entry=lambda index: (f'"version":{index}', "{}")).notes[513]
    assert right.judged(tmp_path, right.notes[300] + other)["verdict"] == "wrong"


@pytest.mark.parametrize("text", ["", "\n", "hej", "roedtraad.dk/0461/events\n513\n", "— x y\n"])
def test_what_is_no_kept_checkpoint_accuses_nobody(right: Made, tmp_path: Path, text: str) -> None:
    assert right.judged(tmp_path, text)["verdict"] == "unreadable"
    unsigned = right.notes[513].partition("\n\n")[0]
    assert right.judged(tmp_path, unsigned)["verdict"] == "unreadable"


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


def test_a_kept_checkpoint_of_another_log_is_a_wrong_argument(right: Made, tmp_path: Path) -> None:
    other = Made(5, [5], of=signer("access")).notes[5]
    told = right.judged(tmp_path, other)
    assert (told["verdict"], "0461/access" in told["why"]) == ("unreadable", True)


def pruned(at: str, next_at: str, before: str = " from before 2024-11-25T23:00:00.000000Z") -> Made:
    """A log of five looks, of which the fourth says that three are deleted."""

    def look(index: int) -> tuple[str, str]:
        what = f"prune 3 through id 3{before}" if index == 3 else "GET /v1/worklist"
        told = {"what": what, "by": "5f"}
        when = {3: at, 4: next_at}.get(index, "2024-01-01T00:00:00.000000Z")
        entry = f'"log":"access","id":{index + 1},"at":"{when}"'
        return entry, json.dumps(told, separators=(",", ":"))

    made = Made(5, [5], of=signer("access"), entry=look)
    made.entries[:3] = [PRUNED % index for index in range(3)]
    return made


NOON, LATER = "2026-11-26T12:00:00.000000Z", "2026-11-26T12:05:00.000000Z"


def test_what_a_record_of_deletions_says_is_told_as_what_it_says(tmp_path: Path) -> None:
    """From 25 November 2024, 23:00, to 26 November 2026, 12:00, are 730 days and some hours."""
    told = pruned(NOON, LATER).judged(tmp_path)
    [one] = told["deletions"]
    assert (one["index"], one["at"], one["by"], one["deleted"]) == (3, NOON, "5f", 3)
    said = standalone.words(told)
    assert "3 slettet (deleted)" in said and "af (by) 5f, 2026-11-26T12:00" in said
    assert "mindst (kept at least) 730 dage" in said and "ADVARSEL" not in said
    nonsense = "9999-99-99T99:99:99.999999Z"
    for made in (pruned(NOON, LATER, ""), pruned(nonsense, nonsense, f" from before {nonsense}")):
        assert "siger ikke" in standalone.words(made.judged(tmp_path))


def test_a_record_from_after_the_next_look_is_warned_of(tmp_path: Path) -> None:
    assert "ADVARSEL" in standalone.words(pruned(LATER, NOON).judged(tmp_path))
    skewed = pruned(NOON.replace("00.", "30."), NOON).judged(tmp_path)
    assert "ADVARSEL" not in standalone.words(skewed), "half a minute is two machines' clocks"


def test_a_record_of_deletions_that_cant_be_true_is_wrong(tmp_path: Path) -> None:
    """One from before what it deletes; one that a witness saw half a year before its time."""
    told = pruned("2024-11-20T00:00:00.000000Z", LATER).judged(tmp_path)
    assert (told["verdict"], told["index"]) == ("wrong", 3)
    made, witness = pruned(NOON, LATER), Signer("witness.example/w1", signer(seed=5).key)
    body = made.notes[5].partition("\n\n")[0] + "\n"
    path, unseen = tmp_path / "bundle.ndjson", made.notes[5]
    for at, verdict in ((1795694400, "right"), (1780000000, "wrong")):  # at noon; on 28 May
        made.notes[5] = unseen + str(cosign(body, witness, at))
        path.write_bytes(b"".join(made.lines()))
        told = standalone.judged(str(path), made.key, witnesses=[str(witness.cosigner)])
        assert told["verdict"] == verdict, told
    assert (told["index"], "witness.example/w1" in told["why"]) == (3, True)


def test_a_key_counts_from_where_its_handover_says(tmp_path: Path) -> None:
    """Of checkpoints from before the trusted key nothing is asked, so where it begins matters."""
    made = Made(300, [300], entry=lambda index: (f'"version":{index}', "{}"))
    made.notes = {300: made.checkpoint(300, signer(seed=9))}  # by a stranger
    assert made.judged(tmp_path)["verdict"] == "wrong"
    made.head["keys"][0]["since"] = 1000
    assert made.judged(tmp_path)["verdict"] == "wrong"
    made.notes = {300: made.notes[300].split("\n\n")[0] + "\n\n"}
    assert made.judged(tmp_path)["verdict"] == "wrong"


def rotated() -> tuple[Made, str]:
    """A log whose second key signs above 300, and that key."""
    made, new = Made(700, [300]), signer(seed=2)
    text = handover_text(made.signer.name, 300, new.verifier)
    made.head["keys"].append(
        {"vkey": str(new.verifier), "since": 300, "handover": signed(text, made.signer, new)}
    )
    made.notes[700] = made.checkpoint(700, new)
    return made, str(new.verifier)


def test_each_level_of_the_logs_own_hashes_is_compared() -> None:
    """256 full tiles fill the first tile above them, whose root stands at the level above that."""
    log = standalone.Log(Made(0, []).head, None, ())

    def wrong(*last: bytes) -> list[tuple[int, str]]:
        found = standalone.Verified(log, standalone.Witnesses(()))
        for n in range(256):
            top, above = leaf_hash(b"%d" % n), [leaf_hash(b"%d" % n)]
            tops.append(top)
            subtrees = [(256, top)]
            held = [*last] if n == 255 else above
            found.add(
                standalone.Tile(
                    n, 256, 0, None, None, [], "", subtrees, subtrees, held, None, [], None, []
                )
            )
        return found._wrong

    tops: list[bytes] = []
    wrong()
    right = root(256, of_leaves(tops))
    assert wrong(tops[255], right) == []
    assert [index for index, _ in wrong(tops[255], tops[255])] == [0], "the whole 65,536"
    assert [index for index, _ in wrong(right, right)] == [255 * 256]
    assert [index for index, _ in wrong(tops[255])] == [0], "it is missing"


def test_any_key_of_the_log_may_be_pinned(tmp_path: Path) -> None:
    made, second = rotated()
    assert made.judged(tmp_path)["verdict"] == "right"
    assert made.judged(tmp_path, key=f"{second}\n")["verdict"] == "right"
    made.head["keys"][1]["since"] = 900
    assert made.judged(tmp_path, key=second)["verdict"] == "wrong", "its handover says 300"
    assert made.judged(tmp_path)["verdict"] == "wrong"


def test_what_the_pinned_key_hasnt_signed_it_doesnt_vouch_for(tmp_path: Path) -> None:
    made, second = rotated()
    del made.notes[700], made.entries[300:], made.leaves[300:]
    made.head["size"] = 300
    assert made.judged(tmp_path)["verdict"] == "right"
    assert made.judged(tmp_path, key=second)["verdict"] == "wrong"


def test_a_log_without_anything_isnt_right(tmp_path: Path) -> None:
    assert Made(0, []).judged(tmp_path)["verdict"] == "unreadable"


def test_whatever_the_size_of_its_parts_the_verdict_is_the_same(
    right: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in one process here, part by part, with parts of any size."""
    path, dice = tmp_path / "bundle.ndjson", random.Random(4)
    wrong = right.lines()
    wrong[400] = wrong[400].replace(b"course.noted", b"course.voted")
    for lines in (right.lines(), wrong):
        path.write_bytes(b"".join(lines))
        whole = standalone.judged(str(path), right.key, (right.notes[513],))
        size = path.stat().st_size
        edges = [size // 2, size - 1, size, 700, 4096, *(dice.randint(40, size) for _ in range(20))]
        for part in edges[: runs(25, len(edges))]:
            monkeypatch.setattr(standalone, "_parts", in_turn(part))
            told = standalone.judged(str(path), right.key, (right.notes[513],))
            assert told == whole, part
            monkeypatch.undo()
    assert whole["index"] == 398, "line 400: a head and a tile are before it"


def in_turn(part: int) -> Callable[..., object]:
    """The parts of a file, each of so many bytes, read one after another."""

    def parts(path: str, asked: list[int], tell: object) -> object:
        for start in range(0, Path(path).stat().st_size, part):
            yield standalone._read_part(path, start, start + part, asked)

    return parts


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_runs_in_several_processes_wherever_it_is(
    right: Made, tmp_path: Path, method: str
) -> None:
    """macOS and Windows begin processes anew, so the file must stand being read again."""
    program = Path(standalone.__file__).read_text()
    for large, small in (
        ("_PART = 1 << 23", "_PART = 1 << 14"),
        ("_ALONE = 1 << 22", "_ALONE = 0"),
    ):
        assert large in program
        program = program.replace(large, small)
    program = program.replace(
        "sys.exit(main())",
        f"import multiprocessing; multiprocessing.set_start_method({method!r}); sys.exit(main())",
    )
    (tmp_path / "verify.py").write_text(program)
    (tmp_path / "bundle.ndjson").write_bytes(b"".join(right.lines()))
    ran = subprocess.run(
        [sys.executable, "verify.py", "bundle.ndjson", "--key", right.key, "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["entries"] == 700


Change = Callable[[list[bytes]], list[bytes]]


def other(old: bytes, new: bytes) -> Change:
    """Other bytes wherever these stand."""
    return lambda lines: [line.replace(old, new) for line in lines]


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


def test_what_was_worked_out_anew_is_told_as_closely_with_a_kept_checkpoint(
    tmp_path: Path,
) -> None:
    """Entry 350 is another and so are all hashes; the checkpoints are as they were."""
    made = Made(700, [300, 700])
    other = Made(700, [], entry=lambda index: event(index + 9 * (index == 350)))
    made.entries, made.leaves = other.entries, other.leaves
    for seen in ((), (made.notes[700],), (made.notes[300], made.notes[700])):
        told = made.judged(tmp_path, *seen)
        assert (told["verdict"], told["index"]) == ("wrong", 300)
        assert told["why"].startswith("én af 300–699")


def test_a_key_that_is_none_is_a_wrong_argument_and_missing_keys_are_said_to_be(
    tmp_path: Path,
) -> None:
    made = Made(3, [3])
    told = made.judged(tmp_path, key="garbage")
    assert (told["verdict"], "garbage" in told["why"]) == ("unreadable", True)
    other = made.judged(tmp_path, key=str(signer("access").verifier))
    assert "0461/access" in other["why"] and "0461/events" in other["why"]
    made.head["keys"] = []
    told = made.judged(tmp_path)
    assert (told["verdict"], "nøgler mangler" in told["why"]) == ("wrong", True)


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


def test_nothing_is_written_on_the_terminal_but_what_is_ours(right: Made, tmp_path: Path) -> None:
    lines = right.lines()
    lines[0] = lines[0].replace(b"roedtraad.dk/0461/events+", b"\\u001b[2J\\rRIGTIGT+")
    told = judged(tmp_path, lines, None)
    assert told["verdict"] == "unreadable"
    assert "\x1b" in told["why"]
    assert "\x1b" not in standalone.words(told)


def test_a_signature_of_the_keys_that_doesnt_hold_isnt_passed_over(tmp_path: Path) -> None:
    """C2SP's signed-note: a note with a wrong signature by a known key is refused."""
    made = Made(3, [3])
    other = signed("another text\n", made.signer).split("\n\n")[1]
    made.notes[3] += other
    assert made.judged(tmp_path)["verdict"] == "wrong"


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
