"""Whose signatures the verifier asks for in a bundle: those of the trusted key, of those that took
over from it as their handovers say, and of the given witnesses."""

from pathlib import Path
from typing import Any

from services.audit.proof import standalone
from services.audit.proof.notes import Signer, cosign
from services.audit.proof.signing_keys import handover_text
from tests.services.audit.proof.made_bundle import Made, signed, signer


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


def test_a_signature_of_the_keys_that_doesnt_hold_isnt_passed_over(tmp_path: Path) -> None:
    """C2SP's signed-note: a note with a wrong signature by a known key is refused."""
    made = Made(3, [3])
    other = signed("another text\n", made.signer).split("\n\n")[1]
    made.notes[3] += other
    assert made.judged(tmp_path)["verdict"] == "wrong"
