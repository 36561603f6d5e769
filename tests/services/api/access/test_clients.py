"""An issuer's clients at the interface: registered, narrowed, revoked, and told why not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from services.api import gate
from services.api.app import create_app
from services.root import App
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import ClientKnownError, Rights, Tokens
from tests.conftest import Clock
from tests.services.access.issuer import AUDIENCE, CLIENT, LocalIssuer, fresh
from tests.services.api.sending import SOURCE, event, grant, send


@pytest.fixture
def app(
    server: Server, database_url: str, keyring: Keyring, tmp_path: Path, local: LocalIssuer
) -> App:
    settings = Settings(home=tmp_path, keys=keyring.folder, issuer=local.name, audience=AUDIENCE)
    return App(settings, server, database_url, None)


@pytest.fixture
async def caller(api: FastAPI, municipality: Municipality) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows nothing by itself."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=api),
        base_url="http://test",
        headers={"accept-language": "en"},
    ) as opened:
        yield opened


def everything(clock: Clock) -> Rights:
    return Rights(
        municipality="0860",
        now=clock(),
        source_prefix=SOURCE,
        may_read=True,
        may_decide=True,
    )


def show(caller: httpx.AsyncClient, token: str) -> None:
    caller.headers["authorization"] = f"Bearer {token}"


async def asked(caller: httpx.AsyncClient) -> list[int]:
    """The statuses of sending an intake, reading, and deciding a grant on the course."""
    own = uuid4().hex[:8]
    answers = [
        await send(caller, event(f"ev-{own}", subject=f"c-{own}")),
        await caller.get("/v1/caseload"),
        await caller.post(
            f"/v1/courses/c-{own}/grants",
            json=grant(grant={"id": f"b-{own}"}),
            params={"source": SOURCE},
            headers={"idempotency-key": f"k-{own}", "if-match": "*"},
        ),
    ]
    return [answer.status_code for answer in answers]


async def test_a_registered_client_does_what_it_was_registered_for(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register(local.name, CLIENT, **everything(clock))
    show(caller, local.token(clock()))
    assert await asked(caller) == [201, 200, 201]
    outside = await send(caller, event("ev-2", source="https://another.example"))
    assert outside.status_code == 403
    assert local.fetches == 1


async def test_what_the_token_says_of_itself_gives_it_nothing(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register(local.name, CLIENT, municipality="0860", now=clock(), may_read=True)
    wide = {
        "scope": "roedtraad:send roedtraad:read roedtraad:decide",
        "municipality": "all",
        "source_prefix": SOURCE,
        "may_decide": True,
    }
    show(caller, local.token(clock(), **wide))
    assert await asked(caller) == [403, 200, 403]
    other = await caller.get("/v1/caseload", params={"municipality": "0851"})
    assert other.status_code == 403


@pytest.mark.parametrize(
    ("scopes", "statuses"),
    [
        ({"scope": "openid profile"}, [201, 200, 201]),  # none of ours: not narrowed
        ({"scope": "openid roedtraad:send"}, [201, 403, 403]),
        ({"scp": ["roedtraad:read"]}, [403, 200, 403]),
        ({"scope": "roedtraad:anything"}, [403, 403, 403]),
        ({"scope": {"roedtraad:read": True}}, [401, 401, 401]),
    ],
)
async def test_scopes_narrow_what_a_client_may(
    caller: httpx.AsyncClient,
    tokens: Tokens,
    clock: Clock,
    local: LocalIssuer,
    scopes: dict[str, Any],
    statuses: list[int],
) -> None:
    tokens.register(local.name, CLIENT, **everything(clock))
    show(caller, local.token(clock(), **scopes))
    assert await asked(caller) == statuses


async def test_a_client_that_is_not_to_send_now_still_names_its_own_ids_only(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register(local.name, CLIENT, **everything(clock))
    show(caller, local.token(clock(), scope="roedtraad:decide"))
    answer = await caller.post(
        "/v1/courses/c-1/grants",
        json=grant(),
        params={"source": "https://another.example"},
        headers={"idempotency-key": "k-1", "if-match": "*"},
    )
    assert answer.status_code == 403
    assert [e["code"] for e in answer.json()["errors"]] == ["outside-prefix"]


async def test_a_client_that_is_not_registered_is_told_so_and_looked_up_once(
    caller: httpx.AsyncClient, clock: Clock, local: LocalIssuer, request: pytest.FixtureRequest
) -> None:
    show(caller, local.token(clock()))
    first = await caller.get("/v1/caseload")
    assert (first.status_code, first.json()["errors"][0]["code"]) == (403, "unregistered-client")
    request.getfixturevalue("no_look_up")
    assert (await caller.get("/v1/caseload")).status_code == 403


async def test_another_issuers_client_of_the_same_name_is_another(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register("https://another.example", CLIENT, **everything(clock))
    show(caller, local.token(clock()))
    assert (await caller.get("/v1/caseload")).status_code == 403


async def test_a_client_is_registered_once_and_again_after_it_was_revoked(
    tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    first = tokens.register(local.name, CLIENT, **everything(clock))
    with pytest.raises(ClientKnownError):
        tokens.register(local.name, CLIENT, **everything(clock))
    assert tokens.revoke(first.id, clock())
    revoked = tokens.client(local.name, CLIENT)
    assert revoked is not None and not revoked.holds_at(clock())
    again = tokens.register(local.name, CLIENT, **everything(clock))
    assert tokens.client(local.name, CLIENT) == again


@pytest.mark.parametrize(
    "rights",
    [{"may_read": False}, {"municipality": "0787"}, {}],
    ids=["fewer rights", "another municipality", "the same"],
)
async def test_a_client_that_is_registered_anew_does_not_stay_by_what_it_was_let_in_for(
    api: FastAPI,
    tokens: Tokens,
    clock: Clock,
    local: LocalIssuer,
    monkeypatch: pytest.MonkeyPatch,
    rights: Any,
) -> None:
    monkeypatch.setattr(gate, "_REMEMBERED", 0.0)
    let_in = tokens.register(local.name, CLIENT, **everything(clock))
    shown = f"Bearer {local.token(clock())}".encode()
    request = Request({"type": "http", "headers": [(b"authorization", shown)], "state": {}})
    assert await api.state.api.gate.enter(request) == let_in
    assert await api.state.api.gate.still_holds(request)
    assert tokens.revoke(let_in.id, clock())
    tokens.register(local.name, CLIENT, **(everything(clock) | rights))
    assert not await api.state.api.gate.still_holds(request)


async def test_a_token_that_was_let_in_ends_when_it_runs_out(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register(local.name, CLIENT, **everything(clock))
    show(caller, local.token(clock(), exp=int(clock().timestamp()) + 60))
    assert (await caller.get("/v1/caseload")).status_code == 200
    clock.now = clock.now.replace(minute=1, second=29)
    assert (await caller.get("/v1/caseload")).status_code == 200
    clock.now = clock.now.replace(second=30)  # a minute, and half a one that clocks may differ by
    ended = await caller.get("/v1/caseload")
    assert ended.status_code == 401
    assert ended.headers["www-authenticate"] == 'Bearer realm="roedtraad", error="invalid_token"'
    assert ended.json()["errors"][0]["code"] == "expired"


async def test_while_the_issuer_is_down_a_known_client_goes_on_and_an_unknown_key_waits(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register(local.name, CLIENT, **everything(clock))
    show(caller, local.token(clock()))
    assert (await caller.get("/v1/caseload")).status_code == 200
    local.down = True
    show(caller, local.token(clock(), jti="another"))
    assert (await caller.get("/v1/caseload")).status_code == 200
    show(caller, fresh("k-2").sign(local.claims(clock())))
    unsure = await caller.get("/v1/caseload")
    assert (unsure.status_code, unsure.json()["type"]) == (503, "/problems/busy")
    assert 1 <= int(unsure.headers["retry-after"]) <= 10


async def test_the_contract_shows_where_a_client_gets_its_token(
    caller: httpx.AsyncClient, tokens: Tokens, clock: Clock, local: LocalIssuer
) -> None:
    tokens.register(local.name, CLIENT, **everything(clock))
    show(caller, local.token(clock()))
    assert (await caller.get("/v1/caseload")).status_code == 200
    document = (await caller.get("/openapi.json")).json()
    schemes = document["components"]["securitySchemes"]
    assert (schemes["Bearer"]["type"], schemes["Bearer"]["scheme"]) == ("http", "bearer")
    flow = schemes["ClientCredentials"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{local.name}/token"
    ways = document["paths"]["/v1/events"]["post"]["security"]
    assert ways == [{"Bearer": []}, {"ClientCredentials": []}]
    assert "security" not in document["paths"]["/healthz"]["get"]
    again = (await caller.get("/openapi.json")).json()
    assert again["paths"]["/v1/events"]["post"]["security"] == ways


async def test_where_tokens_are_had_can_be_set(app: App, clock: Clock) -> None:
    settings = app.settings.model_copy(update={"token_url": "https://login.example/token"})
    api = create_app(App(settings, app.server, app.database_url, None), clock=clock)
    flows = api.openapi()["components"]["securitySchemes"]["ClientCredentials"]["flows"]
    assert flows["clientCredentials"]["tokenUrl"] == "https://login.example/token"


async def test_the_log_says_why_somebody_was_turned_away_and_never_what_they_showed(
    caller: httpx.AsyncClient,
    tokens: Tokens,
    clock: Clock,
    local: LocalIssuer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = tokens.register(local.name, CLIENT, municipality="0860", now=clock(), may_read=True)
    _, key = tokens.create(municipality="0860", now=clock(), may_read=True)
    good, stale = local.token(clock()), local.token(clock(), exp=1)
    for shown in (good, stale, key, key[:-4] + "AAAA"):
        show(caller, shown)
        answer = await send(caller, event("ev-1"))
        assert answer.status_code in (401, 403)
        assert shown not in answer.text
    told = capsys.readouterr().out
    assert "may-not-send" in told and "expired" in told and "unknown" in told
    assert str(client.id) in told
    parts = [part for token in (good, stale) for part in token.split(".")]
    assert not any(part in told for part in (*parts, key, key[-20:], CLIENT))
