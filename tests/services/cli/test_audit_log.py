"""`roedtraad audit` about the log: sign, keys, export, verify, prove, rotate; and the signer."""

import json
import stat
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner, Result

from services.api.metrics import Metrics
from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.proof.notes import Signer
from services.audit.proof.signer import LogSigner
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.standing import LATE_AFTER, standings
from services.cli.doctor import _of_log
from services.cli.main import app
from services.root import open_app
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.store.writing import utc_now
from tests.conftest import fresh_database
from tests.services.audit.access.reading import locked, looks
from tests.services.audit.proof.signed_log import fill

ONE = ("--municipality", "0860")
LOOKING = Asking(what="roedtraad course", user="bo")


@pytest.fixture(scope="module")
def home(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A municipality of forty events, as commands find it."""
    folder = tmp_path_factory.mktemp("log")
    with fresh_database(postgres) as url, pytest.MonkeyPatch.context() as patch:
        for name, value in {"DATABASE_URL": url, "ROEDTRAAD_HOME": str(folder)}.items():
            patch.setenv(name, value)
        with Server(url, Keyring(folder / "keys")) as server:
            fill(server.municipality("0860"), 40)
        yield folder


def ask(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, ["audit", *words])


def rows(*words: str) -> list[dict[str, Any]]:
    """What a command answers as JSON."""
    answer = ask(*words, "--format", "json")
    found: list[dict[str, object]] = json.loads(answer.stdout)["rows"]
    return found


def test_a_bundle_is_exported_and_verified_with_nothing_of_ours(home: Path) -> None:
    bundle = home / "bundle.ndjson"
    assert ask("export", *ONE, str(bundle)).exit_code == 0
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    assert sorted(path.name for path in home.glob("*bundle*")) == ["bundle.ndjson"]
    key = next(str(row["vkey"]) for row in rows("keys", *ONE) if row["log"] == "events")
    verified = ask("verify", str(bundle), "--key", key)
    assert (verified.exit_code, verified.stdout.count("RIGTIGT (RIGHT)")) == (0, 1)
    program = home / "roedtraad_verify.py"
    program.write_text(ask("verifier").stdout)
    ran = subprocess.run(
        [sys.executable, "-I", program, bundle, "--key", key, "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = json.loads(ran.stdout)
    assert (told["verdict"], told["entries"], told["key"]) == ("right", 40, "pinned")


def test_a_bundle_that_was_cut_off_cant_be_read(home: Path) -> None:
    bundle, half = home / "whole.ndjson", home / "half.ndjson"
    ask("export", *ONE, str(bundle))
    whole = bundle.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        half.write_bytes(whole[:cut])
        assert ask("verify", str(half)).exit_code == 2, cut


def test_another_key_is_said_to_be_none_of_the_logs(home: Path) -> None:
    bundle = home / "bundle.ndjson"
    ask("export", *ONE, str(bundle))
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    verified = ask("verify", str(bundle), "--key", other)
    assert verified.exit_code == 1
    assert "til (the key is for) PeterNeumann" in verified.stdout
    assert ask("verify", str(bundle), "--key", "garbage").exit_code == 2


def test_a_bundle_of_another_municipality_or_log_than_was_asked_for_is_none(home: Path) -> None:
    bundle = home / "bundle.ndjson"
    ask("export", *ONE, str(bundle))
    assert ask("verify", str(bundle), *ONE, "--log", "events").exit_code == 0
    for other in (("--municipality", "0101"), ("--log", "access")):
        verified = ask("verify", str(bundle), *other)
        assert (verified.exit_code, "0860/events" in verified.stdout) == (2, True)


def test_a_checkpoint_is_kept_and_the_log_must_go_on_from_it(home: Path) -> None:
    bundle, kept = home / "bundle.ndjson", home / "kept.txt"
    ask("export", *ONE, str(bundle))
    shown = ask("verify", str(bundle), "--keep", str(kept)).stdout
    assert shown.rstrip().endswith(kept.read_text().rstrip()), "it is on the screen too"
    assert ask("verify", *ONE, "--seen", str(kept), "--keep", str(kept)).exit_code == 0
    note = kept.read_text()
    verified = ask("verify", *ONE, "--seen", str(kept), "--log", "access")
    assert (verified.exit_code, "0860/events" in verified.stdout) == (2, True)
    kept.write_text(note.replace("\n\n", "AA\n\n").replace("\n", "9\n", 1))
    assert ask("verify", str(bundle), "--seen", str(kept)).exit_code == 2
    program = home / "roedtraad_verify.py"
    program.write_text(ask("verifier").stdout)
    alone = [sys.executable, "-I", str(program), str(bundle), "--keep", str(kept)]
    assert subprocess.run(alone, capture_output=True, check=False, timeout=120).returncode == 0
    assert kept.read_text() == note


def test_a_file_that_isnt_there_is_said_in_one_form_by_both(home: Path) -> None:
    bundle, away = home / "bundle.ndjson", str(home / "away")
    ask("export", *ONE, str(bundle))
    program = home / "roedtraad_verify.py"
    program.write_text(ask("verifier").stdout)
    for words in ([away], [str(bundle), "--seen", away]):
        verified = ask("verify", *words)
        assert (verified.exit_code, "kan ikke åbnes" in verified.stdout) == (2, True)
        alone = subprocess.run(
            [sys.executable, "-I", str(program), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (alone.returncode, alone.stderr) == (2, "")
        assert alone.stdout.startswith("KAN IKKE LÆSES (UNREADABLE): kan ikke åbnes")


def test_an_export_says_which_witness_was_away_and_is_written_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = ask("witness", "begin", "--state", str(home / "away"), "--name", "witness.example/away")
    monkeypatch.setenv("ROEDTRAAD_WITNESSES", f"http://127.0.0.1:9 {begun.stdout.strip()}")
    exported = ask("export", *ONE, str(home / "bundle.ndjson"))
    assert (exported.exit_code, "witness.example/away" in exported.stderr) == (0, True)
    verified = ask("verify", *ONE, "--witness", begun.stdout.strip())
    assert (verified.exit_code, "ikke bevidnet" in verified.stdout) == (1, True)


def test_without_a_key_it_is_said_what_the_verdict_shows(home: Path) -> None:
    assert rows("verify", *ONE)[0]["key"] == "own"
    assert "loggens egen nøglefil" in ask("verify", *ONE).stdout
    table = ask("verify", *ONE, "--format", "csv").stdout.splitlines()
    assert table[0].lstrip("\ufeff").startswith("of;verdict;index;why;origin;entries")
    assert ";right;" in table[1]


def test_what_lies_in_the_database_is_verified_and_the_first_wrong_one_named(home: Path) -> None:
    assert rows("verify", *ONE)[0]["verdict"] == "right"
    with psycopg.connect(url_of(home), autocommit=True) as conn:
        for sign, code, verdict, index in (("+", 1, "wrong", 6), ("-", 0, "right", None)):
            conn.execute(
                f"UPDATE m0860.events SET recorded_at = recorded_at {sign} interval '1 second'"
                " WHERE notification_id = 7"
            )
            assert ask("verify", *ONE).exit_code == code
            told = rows("verify", *ONE)[0]
            assert (told["verdict"], told.get("index")) == (verdict, index)


def test_a_log_that_was_taken_out_of_the_database_isnt_passed_over(home: Path) -> None:
    assert rows("verify", *ONE)[0]["verdict"] == "right"
    tables = [f"m0860.log_{name}" for name in ("keys", "ends", "checkpoints", "tiles", "incoming")]
    with psycopg.connect(url_of(home), autocommit=True) as conn:
        for table in tables:
            conn.execute(f"CREATE TABLE {table}_kept AS TABLE {table}; TRUNCATE {table}")
        verified = ask("verify", *ONE)
        assert (verified.exit_code, "loggens nøgler mangler" in verified.stdout) == (1, True)
        signed = ask("sign", *ONE)
        assert signed.exit_code == 1 and "set back" in " ".join(signed.stderr.split())
        for table in tables:
            conn.execute(f"INSERT INTO {table} TABLE {table}_kept; DROP TABLE {table}_kept")
        assert ask("verify", *ONE).exit_code == 0
        conn.execute("UPDATE m0860.log_ends SET position = position - 1 WHERE log = 'events'")
        told = rows("verify", *ONE)[0]
        assert told["verdict"] == "wrong"
        conn.execute("UPDATE m0860.log_ends SET position = position + 1 WHERE log = 'events'")


ACCEPT = ("sign", *ONE, "--accept", "--reason")


def test_what_is_accepted_stands_in_the_log_of_who_looked_for_every_auditor(home: Path) -> None:
    assert ask("sign", *ONE).exit_code == 0
    with Server(url_of(home), Keyring(home / "keys")) as server:
        store = server.municipality("0860")
        memory = SigningKeys(server.keys_folder, "0860").memory("events")
        right = memory.read()
        assert right
        memory.write(right._replace(size=right.size + 7))  # as after an old backup was put back
        assert ask("sign", *ONE).exit_code == 1
        assert ask("sign", *ONE, "--accept").exit_code == 2, "not without a reason"
        assert ask(*ACCEPT, " ").exit_code == 2
        assert ask("sign", *ONE, "--reason", "Sag 26/117").exit_code == 2
        said = ask(*ACCEPT, "Sag 26/117: kopi fra i går sat ind")
        assert (said.exit_code, f"{right.size + 7} → {right.size}" in said.stderr) == (0, True)
        assert memory.read() == right._replace(began=store.head().position)
        again = ask(*ACCEPT, "Igen")
        assert again.exit_code == 0
        assert again.stderr.count("intet er godtaget") == 2, "nothing stands still"
        accepted = [one for one in looks(store) if one.record.what.startswith("accept ")]
    [one] = accepted
    assert one.private.user
    bundle = home / "access.ndjson"
    assert ask("export", *ONE, "--log", "access", str(bundle)).exit_code == 0
    [told] = rows("verify", str(bundle))
    [shown] = told["accepted"]
    assert (shown["log"], shown["reason"]) == ("events", "Sag 26/117: kopi fra i går sat ind")
    root = b64encode(right.root).decode()
    assert shown["signed"] == {"size": right.size + 7, "root": root}
    assert shown["accepted"] == {"size": right.size, "root": root}
    assert shown["by"] == one.record.by
    assert "godtaget (accepted)" in ask("verify", str(bundle)).stdout
    assert "kopi fra i går sat ind" in ask("verify", str(bundle)).stdout


def test_signing_says_how_the_logs_stand_and_what_stops_them(home: Path) -> None:
    ask("sign", *ONE)
    with Server(url_of(home), Keyring(home / "keys")) as server:
        signed = standings(server.municipality("0860"), utc_now())[0].signed
        memory = SigningKeys(server.keys_folder, "0860").memory("events")
    said = ask("sign", *ONE)
    assert (said.exit_code, f"events: {signed} underskrevet" in said.stderr) == (0, True)
    with psycopg.connect(url_of(home), autocommit=True) as conn:
        conn.execute("DELETE FROM m0860.log_checkpoints WHERE log = 'events'")
    said = ask("sign", *ONE)
    assert (said.exit_code, f"størrelse {signed}, er ikke i databasen" in said.stderr) == (1, True)
    said = ask(*ACCEPT, "Sag 26/118")
    assert (said.exit_code, f"godtaget (accepted): {signed} → {signed}" in said.stderr) == (0, True)
    assert ask("sign", *ONE).exit_code == 0
    memory.path.unlink()
    with open_app(Settings()) as opened:
        found = _of_log(opened, opened.server.municipality("0860"))
        assert not found["ok"] and memory.path.name in str(found["detail"])
    assert ask("verify", *ONE).exit_code == 1
    said = ask("sign", *ONE)
    assert (said.exit_code, memory.path.name in said.stderr) == (1, True)
    said = ask(*ACCEPT, "Sag 26/119")
    assert (said.exit_code, f"godtaget (accepted): ? → {signed}" in said.stderr) == (0, True)


def test_what_cant_be_recorded_isnt_accepted(home: Path) -> None:
    assert ask("sign", *ONE).exit_code == 0
    with Server(url_of(home), Keyring(home / "keys")) as server:
        memory = SigningKeys(server.keys_folder, "0860").memory("events")
        right = memory.read()
        assert right
        memory.write(right._replace(size=right.size + 7))
        with locked(server.municipality("0860")):
            assert ask(*ACCEPT, "Uden spor").exit_code != 0
        assert memory.read() == right._replace(size=right.size + 7)
        memory.write(right)


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


def test_after_a_rotation_the_first_key_still_verifies_all(home: Path) -> None:
    first = next(str(row["vkey"]) for row in rows("keys", *ONE) if row["log"] == "events")
    assert ask("rotate", *ONE).exit_code == 0
    numbers = [row["number"] for row in rows("keys", *ONE) if row["log"] == "events"]
    assert numbers == [1, 2]
    with Server(url_of(home), Keyring(home / "keys")) as server:
        fill(server.municipality("0860"), 5, "later")
    bundle = home / "rotated.ndjson"
    ask("export", *ONE, str(bundle))
    assert ask("verify", str(bundle), "--key", first).exit_code == 0


def test_the_signer_signs_by_itself_and_how_it_stands_is_told(home: Path) -> None:
    with Server(url_of(home), Keyring(home / "keys")) as server:
        store = server.municipality("0860")
        fill(store, 3, "signed")
        later = utc_now() + timedelta(seconds=LATE_AFTER + 5)
        Looks(server.pool).record(LOOKING, [store], {})
        before, looks = standings(store, later)
        assert before.is_late
        assert looks.is_late
        signer = LogSigner(server, "roedtraad.dk", utc_now, pause=0.05)
        thread = threading.Thread(target=signer.run, daemon=True)
        thread.start()
        until = time.monotonic() + 60
        try:
            while any(one.unsigned_seconds for one in standings(store, later)):
                assert time.monotonic() < until, standings(store, later)
                time.sleep(0.05)
        finally:
            signer.stop()
            thread.join(60)
        after, looked = standings(store, later)
        assert after.signed >= before.signed + 3
        assert looked.signed > looks.signed
        assert measure(server, store, "events") == after.signed
        assert measure(server, store, "looks") == looked.signed


def test_the_doctor_tells_of_a_look_that_nobody_signs(home: Path) -> None:
    assert ask("sign", *ONE).exit_code == 0
    with Server(
        url_of(home), Keyring(home / "keys"), clock=lambda: utc_now() - timedelta(hours=1)
    ) as early:
        Looks(early.pool).record(LOOKING, [early.municipality("0860")], {})
    with open_app(Settings()) as opened:
        store = opened.server.municipality("0860")
        found = _of_log(opened, store)
        assert found["warning"]
        assert "ældste usignerede opslag (look): 36" in str(found["detail"])
        assert "usignerede hændelse" not in str(found["detail"])
        assert ask("sign", *ONE).exit_code == 0
        assert not _of_log(opened, store)["warning"]


def measure(server: Server, store: Municipality, what: str) -> float:
    """How many events or looks are signed, as it is scraped."""
    text = Metrics(server, utc_now).text().decode()
    return next(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"roedtraad_log_signed_{what}"
        and sample.labels["municipality"] == store.code
    )


def url_of(home: Path) -> str:
    """Where the database is that commands find."""
    return Settings(home=home).database_url or ""
