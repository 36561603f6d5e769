"""A log of events of which nothing is signed yet, and a bundle in which nothing is wrong."""

import pytest

from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.signing_keys import SigningKeys
from services.store.keys import Keyring
from services.store.municipality import Municipality
from tests.services.audit.proof.made_bundle import Made
from tests.services.audit.proof.signed_log import NAME


@pytest.fixture
def log(municipality: Municipality, keyring: Keyring) -> Log:
    """The log of events of a municipality without any."""
    return Log(municipality, EVENTS, NAME, SigningKeys(keyring.folder, municipality.code))


@pytest.fixture(scope="session")
def right() -> Made:
    """A bundle in which nothing is wrong; not to be changed."""
    return Made(700, [300, 513, 700])
