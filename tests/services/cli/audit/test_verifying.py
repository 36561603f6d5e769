"""`roedtraad audit` export and verify: bundles, and what lies in the database."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.services.cli.audit.asking import ONE, ask, rows, url_of


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
