"""Of looks that are gone the verifier believes only what a signed record of deletions says."""

import json
from pathlib import Path

import pytest

from services.audit.proof import standalone
from services.audit.proof.notes import Signer, cosign
from tests.services.audit.proof.made_bundle import Made, signer

PRUNED = b'{"index":%d,"pruned":true}\n'


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
