"""`roedtraad webhooks`, as an operator uses it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.api.metrics import Metrics
from services.cli import doctor
from services.cli.main import app
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.webhooks.addresses import networks_of
from services.webhooks.delivering import Turn
from services.webhooks.hooks import Hooks
from services.webhooks.signing import MOST_OLD
from tests.conftest import Clock
from tests.services.store.sending import intake
from tests.services.webhooks.receiving import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


class Operator:
    """Gives commands."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def run(self, *words: str, expected: int = 0) -> Result:
        found = CliRunner().invoke(
            app, ["webhooks", *words], env=self._environment, catch_exceptions=False
        )
        assert found.exit_code == expected, found.output
        return found

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--format", "json").stdout)

    def rows(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json(*words)["rows"]
        return found


@pytest.fixture
def operator(database_url: str, keyring: Keyring, tmp_path: Any) -> Operator:
    return Operator(
        {
            "DATABASE_URL": database_url,
            "ROEDTRAAD_HOME": str(tmp_path),
            "ROEDTRAAD_KEYS": str(keyring.folder),
        }
    )


def test_a_webhook_is_added_shown_paused_replayed_and_removed(
    operator: Operator, municipality: Municipality, receiver: Receiver, clock: Clock
) -> None:
    [first, head] = municipality.append([intake("ev-0", "c-1"), intake("ev-1", "c-1")])
    made = operator.json("add", receiver.url, "--municipality", "Hjørring", "--type", "course.*")
    assert made["secret"].startswith("whsec_") and made["position"] == head.position
    [row] = operator.rows("list")
    assert (row["municipality"], row["kinds"], row["state"]) == ("Hjørring", "course.*", "i orden")
    assert "hemmelig" not in str(row) and "secret" not in row
    start = made["id"][:8]
    [whole] = operator.rows("show", start)
    assert whole["shown"] == receiver.url
    operator.run("pause", start)
    assert operator.rows("list")[0]["state"] == "på pause"
    operator.run("resume", start)
    operator.run("replay", start, "--after", str(first.position))
    assert operator.rows("list")[0]["position"] == first.position
    operator.run("remove", start)
    assert operator.rows("list") == []
    operator.run("pause", start, expected=2)


def test_what_wasnt_taken_is_listed_counted_and_sent_again(
    operator: Operator,
    municipality: Municipality,
    server: Server,
    receiver: Receiver,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.now = datetime.now(UTC)
    monkeypatch.setattr("services.webhooks.waits.REFUSED", ())
    made = operator.json("add", receiver.url, "--municipality", "0860")
    [stored] = municipality.append([intake("ev-0", "c-1")])
    [hook] = Hooks(municipality).all()
    turn = (municipality, hook.id, networks_of("127.0.0.1/32"))
    receiver.reply = lambda _: (422, {})
    Turn(*turn).take()
    [letter] = operator.rows("dead", "list")
    assert (letter["position"], letter["told"]) == (stored.position, "422")
    assert letter["webhook"] == made["id"]
    assert operator.rows("list")[0]["dead_letters"] == 1
    measured = Metrics(server, clock).text().decode()
    assert 'roedtraad_webhook_dead_letters{municipality="0860"} 1.0' in measured
    receiver.reply = lambda _: (200, {})
    operator.run("dead", "retry", made["id"])
    Turn(*turn).take()
    assert operator.rows("dead", "list") == []
    operator.run("dead", "retry", made["id"], expected=2)


def test_a_secret_is_rotated_and_the_old_one_holds_for_as_long_as_is_said(
    operator: Operator, municipality: Municipality, receiver: Receiver
) -> None:
    made = operator.json("add", receiver.url, "--municipality", "0860")
    rotated = operator.json("rotate", made["id"], "--overlap-hours", "2")
    until = datetime.fromisoformat(rotated["old_secret_ends_at"])
    assert timedelta(minutes=119) < until - datetime.now(UTC) <= timedelta(hours=2)
    [hook] = Hooks(municipality).all()
    _, secrets = Hooks(municipality).opened(hook.id)
    assert secrets.at(until - timedelta(seconds=1)) == [rotated["secret"], made["secret"]]
    assert secrets.at(until) == [rotated["secret"]]
    Hooks(municipality).forget_ended(until)
    assert Hooks(municipality).opened(hook.id)[1].old == ()
    ended = operator.run("rotate", made["id"], "--overlap-hours", "0")
    _, secrets = Hooks(municipality).opened(hook.id)
    assert secrets == (ended.stdout.strip(), ())
    for _ in range(MOST_OLD):
        operator.run("rotate", made["id"])
    operator.run("rotate", made["id"], expected=2)
    operator.run("rotate", "ffffffff", expected=2)


def test_the_doctor_warns_between_two_attempts_and_fails_where_one_stands_still(
    operator: Operator, municipality: Municipality, receiver: Receiver, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    operator.run("add", receiver.url, "--municipality", "0860")
    municipality.append([intake("ev-0", "c-1")])
    [hook] = Hooks(municipality).all()
    receiver.reply = lambda _: (503, {})
    Turn(municipality, hook.id, networks_of("127.0.0.1/32"), clock=clock).take()
    between = doctor._of_webhooks(municipality, clock() + timedelta(minutes=59))
    assert (between["ok"], between["warning"]) == (True, True)
    late = doctor._of_webhooks(municipality, clock() + timedelta(hours=1))
    assert (late["ok"], late["warning"]) == (False, False)
    Hooks(municipality).pause(hook.id, clock())  # by a person, who knows
    paused = doctor._of_webhooks(municipality, clock() + timedelta(hours=1))
    assert paused["ok"]


def test_what_makes_no_sense_is_refused(operator: Operator, municipality: Municipality) -> None:
    for words in (
        ["http://example.dk/"],
        ["https://10.0.0.1/"],
        ["https://93.184.216.34/", "--type", "course.closd"],
        ["https://93.184.216.34/", "--type", "course.*", "--follow-ups"],
    ):
        operator.run("add", *words, "--municipality", "0860", expected=2)
    assert operator.rows("list") == []


def test_follow_ups_can_be_asked_for(operator: Operator, municipality: Municipality) -> None:
    made = operator.json(
        "add", "https://93.184.216.34/", "--municipality", "0860", "--follow-ups", "--after", "0"
    )
    assert (made["form"], made["kinds"], made["position"]) == ("follow-ups", "*.follow-up-*", 0)
