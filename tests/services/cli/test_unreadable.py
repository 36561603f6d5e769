"""At the terminal: a course with an event that can't be read is told of in a sentence."""

import psycopg
import pytest

from services.store.municipality import Municipality
from tests.services.cli.terminal import Terminal
from tests.services.test_projector_parked import BROKEN, UNKNOWN, mend, poison, tell

_ONE = ("--municipality", "0860")


@pytest.mark.parametrize("how", [BROKEN, UNKNOWN])
@pytest.mark.parametrize("more", [(), ("--next",)])
def test_a_course_that_waits_says_for_what_and_what_to_do(
    terminal: Terminal,
    municipality: Municipality,
    database_url: str,
    how: str,
    more: tuple[str, ...],
) -> None:
    tell(municipality)
    # The intake of ev-1, those of a and b, and then the closing of a.
    position = municipality.read_from(0, 10)[3].position
    state = poison(database_url, how)
    code, answer, said = terminal.run("course", "a", *_ONE, *more)
    assert (code, answer) == (2, "")
    assert f"position {position} (course." in said and "projections parked" in said
    for told in ("Traceback", "close-a", "job", "Test Testesen"):
        assert told not in said
    assert terminal.run("course", "b", *_ONE, *more)[0] == 0
    with psycopg.connect(database_url) as admin:
        looks = admin.execute("SELECT count(*) FROM m0860.looks").fetchall()
    assert looks == [(2,)]
    if not more:  # the tables were asked, so it was parked
        mend(database_url, state)
        assert terminal.run("course", "a", *_ONE)[0] == 0
