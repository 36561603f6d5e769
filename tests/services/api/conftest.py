"""The interface on a real database, asked in process; and whoever may ask it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.api.app import create_app
from services.api.described import EXAMPLE
from services.root import App
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.commanding import employed
from tests.services.api.sending import SOURCE, send


@pytest.fixture
def app(server: Server, database_url: str, keyring: Keyring, tmp_path: Path) -> App:
    """What a command would have opened."""
    settings = Settings(home=tmp_path, keys=keyring.folder, webhook_networks="127.0.0.0/8")
    return App(settings, server, database_url, None)


@pytest.fixture
def api(app: App, clock: Clock) -> FastAPI:
    """The application."""
    return create_app(app, clock=clock)


@pytest.fixture
def tokens(server: Server) -> Tokens:
    """The tokens that the database knows."""
    return Tokens(server)


@pytest.fixture
def secret(tokens: Tokens, clock: Clock) -> str:
    """A token that may do everything in Hjørring."""
    _, secret = tokens.create(
        municipality="0860",
        now=clock(),
        source_prefix=SOURCE,
        may_read=True,
        may_decide=True,
        may_forward=True,
    )
    return secret


@pytest.fixture
async def client(
    api: FastAPI, secret: str, municipality: Municipality
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with that token; its errors are in English."""
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    transport = httpx.ASGITransport(app=api)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=headers
    ) as opened:
        yield opened


@pytest.fixture
async def course(client: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    """The same, when the course of the contract's examples has had its intake, and its mentor is
    employed. It is the day after that on which the examples close it."""
    clock.now = datetime(2026, 6, 2, 10, 0, tzinfo=UTC)
    for one in (EXAMPLE, employed("m-31")):
        answer = await send(client, one)
        assert answer.status_code == 201, answer.text
    return client
