"""`roedtraad audit` prove and witness: what others are given in files, and what they answer."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import Signer
from tests.services.cli.audit.asking import ONE, ask, rows


def test_an_event_and_growth_are_proved_in_files(home: Path) -> None:
    ask("sign", *ONE)
    key = next(str(row["vkey"]) for row in rows("keys", *ONE) if row["log"] == "events")
    proof = home / "event.tlog-proof"
    proof.write_text(ask("prove", *ONE, "--position", "3").stdout)
    verified = ask("verify", str(proof), "--key", key)
    assert (verified.exit_code, "index 2 af (of)" in verified.stdout) == (0, True)
    assert ask("prove", *ONE).exit_code == 2
    assert ask("prove", *ONE, "--position", "1", "--since", "1").exit_code == 2


def test_a_witness_follows_the_log_through_files(home: Path) -> None:
    ask("sign", *ONE)
    state = ("--state", str(home / "witness"))
    begun = ask("witness", "begin", *state, "--name", "witness.example/w1")
    assert begun.stdout.startswith("witness.example/w1+")
    key = next(str(row["vkey"]) for row in rows("keys", *ONE) if row["log"] == "events")
    assert ask("witness", "trust", key, *state).exit_code == 0
    request = home / "request"
    request.write_text(ask("prove", *ONE, "--since", "0").stdout)
    cosigned = ask("witness", "add", str(request), *state)
    assert cosigned.stdout.startswith("\N{EM DASH} witness.example/w1 ")
    again = ask("witness", "add", str(request), *state)
    assert again.exit_code == 2, "the witness has seen it: old is no longer 0"
    checkpoint = home / "checkpoint"
    checkpoint.write_text(request.read_text().split("\n\n", 1)[1])
    settle = ("witness", "accept", str(checkpoint), *state, "--reason")
    assert ask(*settle, " ").exit_code == 2
    settled = ask(*settle, "Sag 26/117")
    assert (settled.exit_code, settled.stdout.count("roedtraad.dk/0860/events: godtaget")) == (0, 1)
    checkpoint.write_text(checkpoint.read_text().replace("0860/events\n", "0851/events\n"))
    assert ask(*settle, "Sag 26/117").exit_code == 2


def test_a_witness_says_what_is_wrong_with_what_it_is_given(home: Path) -> None:
    ask("sign", *ONE)
    nowhere = ("--state", str(home / "nowhere"))
    vkey = next(str(row["vkey"]) for row in rows("keys", *ONE) if row["log"] == "events")
    request = home / "request"
    request.write_text(ask("prove", *ONE, "--since", "0").stdout)
    for words in (("trust", vkey), ("add", str(request)), ("serve",)):
        said = ask("witness", *words, *nowhere)
        assert (said.exit_code, "ikke et vidnes mappe" in said.stderr) == (2, True), words
    assert not (home / "nowhere").exists()
    state = ("--state", str(home / "another"))
    ask("witness", "begin", *state, "--name", "witness.example/w1")
    ask("witness", "trust", vkey, *state)
    other = Signer("roedtraad.dk/0860/events", Ed25519PrivateKey.generate()).verifier
    said = ask("witness", "trust", str(other), *state)
    assert said.exit_code == 2
    assert vkey in said.stderr.replace("\n", "") and "--handover" in said.stderr
