"""A log that has grown once since its first checkpoint."""

import pytest

from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.signing_keys import SigningKeys
from services.store.keys import Keyring
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import NAME, advance, fill


@pytest.fixture
def log(municipality: Municipality, keyring: Keyring, clock: Clock) -> Log:
    """A log with two checkpoints, of 300 and of 520."""
    one = Log(municipality, EVENTS, NAME, SigningKeys(keyring.folder, municipality.code))
    for writer, many in (("a", 300), ("b", 220)):
        fill(municipality, many, writer)
        advance(one, clock)
    return one
