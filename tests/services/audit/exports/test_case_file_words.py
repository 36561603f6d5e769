"""Whatever happens in a course can be told to its citizen, and in the citizen's own words."""

import re
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from domain import codes
from domain.course import fold_course
from domain.events.base import CourseFact
from domain.events.codec import decode_fact
from domain.events.common import Amendment
from domain.events.registry import REGISTRY
from domain.fields import CodeList, fields_of
from services.audit.exports.case_file import dates
from services.audit.exports.case_file.case import Case
from services.audit.exports.case_file.html import Html, tag
from services.audit.exports.case_file.page import page
from services.audit.exports.case_file.staff import Staff
from services.audit.exports.case_file.wording import LABELS, TITLES, TO_YOU, TOGETHER
from services.audit.replaying.replay import said_in
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.projections.histories import recorded
from tests.services.audit.course_story import CODE
from tests.services.audit.exports.case_files import Reader, written
from tests.services.mixed import mixed, sendable

_OF_COURSE = {
    f"{name}.v1"
    for name in TITLES
    if "follow-up" not in name and name != "course.activity-registered"
}


def test_every_event_of_a_course_has_a_title_and_every_field_a_label() -> None:
    types = [t for t in REGISTRY if issubclass(t, CourseFact) and not issubclass(t, Amendment)]
    assert {type_.NAME for type_ in types} == TITLES.keys()
    fields = {field.name for type_ in types for field in fields_of(type_)}
    assert fields - LABELS.keys() == {"on_behalf_of", "note_confidential"}
    assert codes.activity_contacts.danish.keys() == TOGETHER.keys()


def test_what_the_trade_says_of_the_citizen_is_said_to_the_citizen() -> None:
    markers = (f.marker for t in REGISTRY if issubclass(t, CourseFact) for f in fields_of(t))
    lists = {one.name: one for one in markers if isinstance(one, CodeList)}
    speaking = {
        term
        for one in (*lists.values(), codes.match_reasons, codes.rules)
        for term in one.danish.values()
        if re.search(r"\bborger(en|ens)?\b", term)
    }
    assert speaking - TO_YOU.keys() == {"samme borger"}  # of courses, not of the citizen


def test_events_of_every_kind_can_be_told(
    municipality: Municipality, clock: Clock, tmp_path: Path
) -> None:
    municipality.append(list(islice(mixed("x", 1), 150)))
    env = {
        "DATABASE_URL": municipality.database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }
    text, _ = written((municipality, env, tmp_path), "--with-third-parties", course="c-x-0")
    read = Reader(text).text
    # Of the work with the citizen the title says how they were in touch.
    titles = [TITLES[topic.rsplit(".v", 1)[0]] for topic in sendable() if topic in _OF_COURSE]
    assert len(titles) == 26 and all(title in read for title in titles)
    assert "None" not in read and "s1." not in read and "(slettet)" not in read


def test_what_is_written_here_only_is_told_too_with_its_reminders_and_what_was_erased() -> None:
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    events = [
        recorded(UUID(int=1), f"ev-{number}", at, decode_fact(f"{name}.v1", _golden(name)), number)
        for number, name in enumerate(TITLES)
    ]
    nobody = Staff({}, {}, {}, named=True)
    case = Case(
        code=CODE,
        place="Hjørring",
        id="c-1",
        made=at,
        today=at.date(),
        said=said_in(events),
        events=len(events),
        state=fold_course(events),
        opened={},
        staff=nobody,
        names={},
        others=[],
        looks=[],
        checkpoint=None,
    )
    read = Reader(page(case)).text
    assert all(title in read for name, title in TITLES.items() if "activity" not in name)
    assert "None" not in read and "(slettet)" in read and "endnu ikke underskrevet" in read
    assert "(frist " in read and "(du er væk)" in read and "(fravær)" in read


def _golden(name: str) -> bytes:
    return Path(__file__).parents[3].joinpath("golden", f"{name}.v1.json").read_bytes()


def test_what_turns_the_text_around_is_shown_as_what_it_is() -> None:
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    told = tag("td", f"Test{turning}nesetseT", title=f"a{turning}")
    assert not any(one in told for one in turning)
    assert told.startswith('<td title="a[U+202A]') and "Test[U+202A]" in told
    assert "[U+202E][U+2066]" in told and told.endswith("nesetseT</td>")


def test_days_and_amounts_as_a_citizen_says_them() -> None:
    assert [dates.duration(each) for each in (0, 1, 60, 61, 150, 62_000)] == [
        "0 minutter",
        "1 minut",
        "1 time",
        "1 time og 1 minut",
        "2 timer og 30 minutter",
        "1.033 timer og 20 minutter",
    ]
    assert dates.kroner(123_456_789) == "1.234.567,89 kr." and dates.kroner(5) == "0,05 kr."
    assert tag("p", "<&>\n", Html("<b>")) == "<p>&lt;&amp;&gt;<br><b></p>"
