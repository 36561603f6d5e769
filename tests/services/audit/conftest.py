"""What several files ask about: one course, stored once for a test process."""

from collections.abc import Iterator

import pytest

from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from tests.services.audit import course_story


@pytest.fixture(scope="session")
def course_told(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Municipality, dict[str, str]]]:
    """The municipality of `course_story` with its tables, and how commands find it. Whoever
    changes something in it leaves it as it was."""
    with course_story.told(postgres, tmp_path_factory.mktemp("audit")) as (store, environment):
        prepare(store)
        catch_up(store)
        yield store, environment
