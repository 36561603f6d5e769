"""A bundle beside checkpoints that somebody kept: the log must go on from each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.audit.proof.made_bundle import Made, event, signer

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


def test_a_kept_checkpoint_of_another_log_is_a_wrong_argument(right: Made, tmp_path: Path) -> None:
    other = Made(5, [5], of=signer("access")).notes[5]
    told = right.judged(tmp_path, other)
    assert (told["verdict"], "0461/access" in told["why"]) == ("unreadable", True)


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
