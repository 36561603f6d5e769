"""`roedtraad digest`: written by hand, listed and shown; what the doctor and the metrics say."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from pydantic import ValidationError
from typer.testing import CliRunner, Result

from services.api.metrics import Metrics
from services.cli import doctor
from services.cli.digest import asked_day
from services.cli.mailing import outbox_of, with_mail
from services.cli.main import app
from services.digests.marks import Letters, Outcome
from services.root import App
from services.settings import Settings
from services.store.server import Server
from tests.conftest import Clock
from tests.services.digests.town_hall import (
    ADDRESSES,
    CASEWORKER,
    COORDINATOR,
    MONDAY,
    UNREACHED,
    TownHall,
)


@pytest.fixture
def hall(server: Server, clock: Clock) -> TownHall:
    """Something lies with a caseworker, with the coordinator and with one without an address."""
    hall = TownHall(server, clock).staffed()
    hall.course("c-1", -14)
    hall.course("c-4", -22)
    hall.course("c-10", -18, caseworker=UNREACHED)
    return hall.lived()


@pytest.fixture
def given(hall: TownHall, database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of its database."""
    return {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }


def digest(*arguments: str, **given: str) -> Result:
    return CliRunner().invoke(app, ["digest", *arguments], env=given, catch_exceptions=False)


def test_letters_are_written_once_listed_and_shown(given: dict[str, str], tmp_path: Path) -> None:
    dry = digest("send", "--municipality", "Hjørring", "--dry-run", **given)
    assert {line for line in dry.stdout.splitlines() if line.startswith("===")} == {
        f"=== {person}" for person in (CASEWORKER, COORDINATOR, UNREACHED)
    }
    assert "- Match mangler · forløb c-1 · frist 12.01.2026" in dry.stdout
    for _ in range(2):
        sent = digest("send", "--municipality", "0860", **given)
        assert (sent.exit_code, sent.stdout) == (0, "")
        assert "Hjørring: 2 sendt (sent), 1 ingen adresse (no address)." in sent.stderr
    rows = json.loads(digest("list", "--format", "json", **given).stdout)["rows"]
    told = {row["person_id"]: (row["outcome"], row["attempts"]) for row in rows}
    assert told == {CASEWORKER: ("sent", 1), COORDINATOR: ("sent", 1), UNREACHED: ("no-address", 2)}
    shown = digest("show", "--last", "9", **given).stdout
    assert shown.count("Message-ID: ") == 2
    assert {line for line in shown.splitlines() if line.startswith("To: ")} == {
        f"To: {address}" for address in ADDRESSES.values()
    }
    assert "- Match mangler · forløb c-4 · frist 04.01.2026" in shown
    assert "1 hos medarbejdere uden e-mailadresse, 0 hos ingen." in shown
    assert "http" not in shown
    own = digest("show", "--last", "9", "--person", CASEWORKER, "--municipality", "0860", **given)
    assert own.stdout.count("Message-ID: ") == 1
    assert f"To: {ADDRESSES[CASEWORKER]}" in own.stdout


def test_a_mail_server_that_is_away_is_told_of(given: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    there = {
        "ROEDTRAAD_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "ROEDTRAAD_MAIL_FROM": "rt@kommune.example",
    }
    sent = digest("send", "--municipality", "0860", **given, **there)
    assert sent.exit_code == 1
    assert "2 ikke modtaget endnu (not taken yet)" in sent.stderr
    assert "kommune.example" not in sent.stderr
    listed = digest("list", **given).stdout
    assert "unreachable" in listed and "ikke modtaget endnu" in listed


@pytest.mark.parametrize("day", ["2999-01-01", "i morgen"])
def test_a_day_that_has_not_come_has_no_letters(day: str) -> None:
    with pytest.raises(typer.BadParameter):
        asked_day(day)


def test_doctor_and_metrics_tell_of_letters_that_were_not_taken(
    hall: TownHall, server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted, person = Letters(hall.store), hall.person(CASEWORKER)
    noted.note(MONDAY - timedelta(days=7), person, Outcome.REFUSED, code=550)
    noted.note(MONDAY - timedelta(days=3), person, Outcome.SENT)
    metrics = Metrics(server, clock)
    sent = 'roedtraad_letters{municipality="0860",outcome="sent"} 1.0'
    refused = 'roedtraad_letters{municipality="0860",outcome="refused"} 1.0'
    assert sent in metrics.text().decode() and refused not in metrics.text().decode()
    noted.note(MONDAY, person, Outcome.REFUSED, code=550)
    assert refused in metrics.text().decode()
    finding = doctor._of_letters(hall.store, MONDAY)
    assert (finding["what"], finding["ok"]) == ("Hjørring: breve", False)
    assert "1 sendt (sent), 1 ikke modtaget (not taken), 0 uden adresse" in str(finding["detail"])
    assert doctor._of_letters(hall.store, MONDAY + timedelta(days=7))["ok"]


def test_the_doctor_says_where_letters_go() -> None:
    off = doctor._of_mail(Settings(home=Path("/home/x")))
    assert "/home/x/outbox" in str(off["detail"])
    smtp = {"smtp_url": "smtp://u:hemmelig@mail.example?starttls", "mail_from": "rt@k.example"}
    detail = str(doctor._of_mail(Settings(**smtp))["detail"])  # type: ignore[arg-type]
    assert detail == "mail.example:587, TLS: started"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"smtp_url": "smtps://mail.example"}, "mail_from"),
        ({"smtp_url": "smtp://mail.example", "mail_from": "rt@k.example"}, "smtp_url"),
        ({"mail_from": "Rød Tråd"}, "mail_from"),
        ({"link": "portal.example"}, "link"),
        ({"digest_hour": 24}, "digest_hour"),
    ],
)
def test_what_letters_can_t_be_sent_with_is_not_set(given: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValidationError) as told:
        Settings(**given)  # type: ignore[arg-type]
    assert wrong in {error["loc"][0] for error in told.value.errors()}


def test_a_mail_server_that_is_set_is_used_and_in_the_demo_never(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    smtp = {"smtp_url": "smtps://mail.example", "mail_from": "rt@kommune.example"}
    settings = Settings(home=tmp_path / "home", **smtp)  # type: ignore[arg-type]
    app = App(settings, server, database_url, None)
    with with_mail(app) as mailing:
        assert mailing.settings.smtp_url == "smtps://mail.example"
    with with_mail(app, own=True) as mailing:
        assert (mailing.settings.smtp_url or "").startswith("smtp://127.0.0.1:")
        assert outbox_of(mailing.settings) == tmp_path / "home" / "outbox"
