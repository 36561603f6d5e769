"""`roedtraad token`, as an operator uses it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import SOURCE

_RUN = CliRunner()


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ROEDTRAAD_HOME", str(tmp_path))


def test_a_token_is_made_shown_once_listed_without_its_secret_and_revoked(
    server: Server, clock: Clock
) -> None:
    create = ["token", "create", "--municipality", "0860", "--source-prefix", SOURCE, "--read"]
    made = json.loads(_RUN.invoke(app, [*create, "--ttl", "1", "--format", "json"]).stdout)
    token = Tokens(server).find(made["token"])
    assert token is not None
    assert (token.municipality, token.source_prefix, token.may_read) == ("0860", SOURCE, True)
    assert not token.may_decide and token.expires_at is not None
    listed = _RUN.invoke(app, ["token", "list", "--format", "json"]).stdout
    assert made["id"] in listed and made["token"] not in listed
    assert _RUN.invoke(app, ["token", "revoke", made["id"]]).exit_code == 0
    ended = Tokens(server).find(made["token"])
    assert ended is not None and not ended.holds_at(clock())
    assert _RUN.invoke(app, ["token", "revoke", made["id"]]).exit_code == 2


@pytest.mark.parametrize(
    "options",
    [
        ["--municipality", "all"],
        ["--municipality", "all", "--read-only", "--decide"],
        ["--municipality", "0860", "--source-prefix", "sagssystem"],
        ["--municipality", "0860", "--source-prefix", "urn:roedtraad:0860"],
        ["--municipality", "0860", "--events", "*.*.*"],
        ["--municipality", "0860"],
        ["--municipality", "0860", "--decide", "--functions", "mayor"],
        ["--municipality", "0860", "--source-prefix", SOURCE, "--bind-facts"],
        ["--municipality", "0860", "--source-prefix", SOURCE, "--rate", "-1"],
    ],
)
def test_a_token_that_would_mean_nothing_or_too_much_is_not_made(
    server: Server, options: list[str]
) -> None:
    assert _RUN.invoke(app, ["token", "create", *options]).exit_code == 2
    assert Tokens(server).all() == []


def test_a_token_is_for_a_municipality_by_its_name_as_well(server: Server) -> None:
    create = ["token", "create", "--municipality", "Ærø", "--read"]
    assert _RUN.invoke(app, create).exit_code == 0
    [token] = Tokens(server).all()
    assert token.municipality == "0492"


def test_a_token_is_bound_to_events_functions_and_rates(server: Server) -> None:
    bound = ["--events", "course.*,mentor.left", "--functions", "mentor", "--functions", "leader"]
    rates = ["--bind-facts", "--rate", "50", "--request-rate", "0"]
    create = ["token", "create", "--municipality", "0860", "--source-prefix", SOURCE]
    assert _RUN.invoke(app, [*create, *bound, *rates]).exit_code == 0
    [token] = Tokens(server).all()
    assert token.events == ("course.*", "mentor.left")
    assert (token.functions, token.binds_facts) == (("mentor", "leader"), True)
    assert (token.events_a_second, token.requests_a_second) == (50, 0)


def test_a_client_is_registered_once_listed_with_tokens_and_revoked(
    server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROEDTRAAD_ISSUER", "https://login.example")
    monkeypatch.setenv("ROEDTRAAD_AUDIENCE", "https://roedtraad.example")
    register = ["token", "register-client", "--client-id", "sag-1", "--municipality", "0860"]
    made = _RUN.invoke(app, [*register, "--source-prefix", SOURCE, "--format", "json"])
    told = json.loads(made.stdout)
    assert "token" not in told
    token = Tokens(server).client("https://login.example", "sag-1")
    assert token is not None and str(token.id) == told["id"] and token.speaks_for(SOURCE)
    assert _RUN.invoke(app, [*register, "--read"]).exit_code == 2  # it is registered already
    listed = _RUN.invoke(app, ["token", "list", "--format", "csv"]).stdout
    assert "sag-1" in listed and "https://login.example" in listed
    assert _RUN.invoke(app, ["token", "revoke", told["id"]]).exit_code == 0
    assert _RUN.invoke(app, [*register, "--read"]).exit_code == 0


def test_a_client_of_an_issuer_that_is_not_set_is_not_registered(server: Server) -> None:
    register = ["token", "register-client", "--client-id", "sag-1", "--municipality", "0860"]
    assert _RUN.invoke(app, [*register, "--read"]).exit_code == 2
    unknown = [*register, "--read", "--issuer", "https://evil.example"]
    assert _RUN.invoke(app, unknown).exit_code == 2
    assert Tokens(server).all() == []


def test_a_key_that_turns_up_somewhere_is_told_whose_it_is_and_not_shown(
    server: Server, clock: Clock
) -> None:
    token, key = Tokens(server).create(municipality="0860", now=clock(), source_prefix=SOURCE)
    told = _RUN.invoke(app, ["token", "whose", "--format", "json"], input=f"{key}\n")
    assert str(token.id) in told.stdout and key not in told.output
    unknown = _RUN.invoke(app, ["token", "whose"], input=f"{key[:-1]}-\n")
    assert unknown.exit_code == 2 and key[:-1] not in unknown.output
