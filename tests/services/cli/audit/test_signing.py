"""`roedtraad audit` sign and rotate, and the signer: what is signed, and what stops it."""

import threading
import time
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from services.api.metrics import Metrics
from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.proof.signer import LogSigner
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.standing import LATE_AFTER, standings
from services.cli.doctor import _of_log
from services.root import open_app
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.store.writing import utc_now
from tests.services.audit.access.reading import locked, looks
from tests.services.audit.proof.signed_log import fill
from tests.services.cli.audit.asking import ONE, ask, rows, url_of

LOOKING = Asking(what="roedtraad course", user="bo")
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
