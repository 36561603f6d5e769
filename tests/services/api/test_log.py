"""The logs over HTTP, as C2SP's tlog-tiles has them."""

import httpx
import pytest
from httpx import AsyncClient

from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.notes import read_checkpoint, read_note, signed_by
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.tree import of_leaves, root
from services.store.keys import Keyring
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import NAME, advance, fill, leaves_of

PATH = "/v1/audit/log/events"


@pytest.fixture
def log(municipality: Municipality, keyring: Keyring, clock: Clock) -> Log:
    """A log of 300 events."""
    one = Log(municipality, EVENTS, NAME, SigningKeys(keyring.folder, municipality.code))
    fill(municipality, 300)
    advance(one, clock)
    return one


async def test_who_follows_the_log_works_its_root_out_of_the_tiles(
    client: AsyncClient, municipality: Municipality, log: Log
) -> None:
    note = read_note((await client.get(f"{PATH}/checkpoint")).text)
    told = read_checkpoint(note.text)
    assert signed_by(note, [log.first_key()])
    leaves = b""
    for tile in ("000", "001.p/44"):
        answer = await client.get(f"{PATH}/tile/0/{tile}")
        assert answer.headers["content-type"] == "application/octet-stream"
        leaves += answer.content
    split = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    assert split == leaves_of(municipality)
    assert (told.size, told.root) == (300, root(300, of_leaves(split)))
    above = await client.get(f"{PATH}/tile/1/000.p/1")
    assert above.content == root(256, of_leaves(split))


@pytest.mark.parametrize(
    "tile",
    [
        "0/001",
        "0/000.p/257",
        "0/000.p/0",
        "0/0",
        "0/x000/002",
        "7/000",
        "0/000.p/300",
    ],
)
async def test_what_isnt_in_the_tree_isnt_found(client: AsyncClient, log: Log, tile: str) -> None:
    assert (await client.get(f"{PATH}/tile/{tile}")).status_code == httpx.codes.NOT_FOUND


async def test_a_log_that_hasnt_begun_isnt_found(client: AsyncClient, log: Log) -> None:
    assert (await client.get("/v1/audit/log/access/checkpoint")).status_code == 404
    assert (await client.get("/v1/audit/log/others/checkpoint")).status_code == 400


@pytest.mark.parametrize(
    ("path", "danish", "english"),
    [
        (
            "/v1/audit/log/others/checkpoint",
            "Ugyldig. Tilladt: 'events' eller 'access'",
            "Invalid. Allowed: 'events' or 'access'",
        ),
        (
            f"{PATH}/tile/entries/000",
            "Ugyldig. Tilladt: et helt tal",
            "Invalid. Allowed: a whole number",
        ),
        (f"{PATH}/tile/-1/000", "Ugyldig. Tilladt: mindst 0", "Invalid. Allowed: 0 at least"),
        (f"{PATH}/tile/64/000", "Ugyldig. Tilladt: højst 63", "Invalid. Allowed: 63 at most"),
    ],
)
async def test_what_a_parameter_may_be_is_said(
    client: AsyncClient, municipality: Municipality, path: str, danish: str, english: str
) -> None:
    for language, told in (("da", danish), ("en", english)):
        answer = await client.get(path, headers={"accept-language": language})
        assert [flaw["detail"] for flaw in answer.json()["errors"]] == [told]
