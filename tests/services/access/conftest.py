"""An issuer, and what is known of it here."""

from collections.abc import Iterator

import pytest

from tests.services.access.issuer import LocalIssuer, serving


class Seconds:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    """A clock of seconds, in the test's hands."""
    return Seconds()


@pytest.fixture
def local() -> Iterator[LocalIssuer]:
    """An issuer that is up."""
    with serving() as issuer:
        yield issuer
