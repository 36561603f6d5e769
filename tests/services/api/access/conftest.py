"""One database for all tests of a file: each has courses, tokens and issuers of its own."""

from collections.abc import Iterator

import pytest

from services.store.keys import Keyring
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock, fresh_database
from tests.services.access.issuer import LocalIssuer, serving


@pytest.fixture(scope="module")
def shared(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a database of the file's own."""
    keys = Keyring(tmp_path_factory.mktemp("access") / "keys")
    with fresh_database(postgres) as url, Server(url, keys, clock=Clock()) as opened:
        yield opened


@pytest.fixture
def server(shared: Server) -> Server:
    """The file's."""
    return shared


@pytest.fixture
def database_url(shared: Server) -> str:
    """The file's."""
    return shared.url


@pytest.fixture
def keyring(shared: Server) -> Keyring:
    """The file's."""
    return Keyring(shared.keys_folder)


@pytest.fixture
def local() -> Iterator[LocalIssuer]:
    """An issuer that is up; each has a name of its own."""
    with serving() as issuer:
        yield issuer


@pytest.fixture
def no_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks a token up from now on is told that there is no database."""

    def gone(*_: object) -> None:
        raise ConnectionError

    for name in ("shown", "client"):
        monkeypatch.setattr(Tokens, name, gone)
