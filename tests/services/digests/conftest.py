"""A mail server for those who post letters."""

from collections.abc import Iterator

import pytest

from tests.services.mail.post_office import PostOffice, post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server at work."""
    with post_office() as office:
        yield office
