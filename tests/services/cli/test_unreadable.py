"""At the terminal: a course with an event that can't be read is told of in a sentence, and so is
that its stream waits, where the views are said to be as the log is."""

import json

import psycopg
import pytest

from services.cli import doctor
from services.projector import catch_up
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


def test_neither_the_doctor_nor_a_comparison_calls_views_whole_while_something_is_parked(
    terminal: Terminal, municipality: Municipality, database_url: str
) -> None:
    compare = ("audit", "compare", *_ONE, "--view", "municipalities")
    tell(municipality)
    catch_up(municipality)
    assert doctor.of_views(municipality)["ok"]
    assert "parkeret" not in terminal.run(*compare)[1]
    position = municipality.read_from(0, 10)[3].position
    poison(database_url, BROKEN)
    assert terminal.run("projections", "rebuild", *_ONE)[0] == 0
    found = doctor.of_views(municipality)
    assert not found["ok"]
    assert "0 bagud" in str(found["detail"]) and "1 parkeret" in str(found["detail"])
    code, told, _ = terminal.run(*compare)
    assert code == 0 and "ens op til position" in told
    assert f"fra position {position} venter" in told and "1 parkeret" in told
    [row] = json.loads(terminal.run(*compare, "--format", "json")[1])["rows"]
    assert (row["parked"], row["parked_from"], row["differing"]) == (1, position, [])
