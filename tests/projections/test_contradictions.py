"""What was told and can't all be so: it appears, goes when what was missing comes, and is still
there as known before."""

import pytest

from tests.projections.conftest import Connection
from tests.projections.contradicting import (
    Tell,
    odd,
)
from tests.projections.oddities import CASES
from tests.projections.story import Story


@pytest.fixture
def story(connection: Connection) -> Story:
    return Story(connection)


@pytest.mark.parametrize(("before", "odd_one", "kind", "missing"), CASES)
def test_it_appears_goes_when_the_missing_fact_comes_and_is_as_it_was_as_known_before(
    story: Story, before: Tell, odd_one: Tell, kind: str, missing: Tell
) -> None:
    before(story)
    nothing_odd = story.position
    odd_one(story)
    known = story.position
    assert odd(story) == [kind]
    missing(story)

    assert odd(story) == []
    assert odd(story, known) == [kind]
    assert odd(story, nothing_odd) == []
