"""A case file: all of a course in plain Danish for its citizen, and nothing that is others'."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from domain import codes
from domain.course import fold_course
from domain.events.base import CourseFact
from domain.events.codec import decode_fact
from domain.events.common import Amendment
from domain.events.registry import REGISTRY
from domain.fields import CodeList, fields_of
from services.audit.access.looks import NotRecordedError
from services.audit.exports.case_file import dates
from services.audit.exports.case_file.case import Case
from services.audit.exports.case_file.html import Html, tag
from services.audit.exports.case_file.page import page
from services.audit.exports.case_file.staff import Staff
from services.audit.exports.case_file.wording import LABELS, TITLES, TO_YOU, TOGETHER
from services.audit.proof.entries import EVENTS
from services.audit.proof.proving import inclusion, inclusion_at
from services.audit.replaying.replay import said_in
from services.cli.main import app
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.projections.histories import recorded
from tests.services.audit import course_story
from tests.services.audit.access.reading import last, locked, looks
from tests.services.audit.course_story import CODE, COORDINATOR, MENTOR
from tests.services.mixed import mixed, sendable
from tests.services.store.sending import intake, sent

Told = tuple[Municipality, dict[str, str], Path]
_OF_COURSE = {
    f"{name}.v1"
    for name in TITLES
    if "follow-up" not in name and name != "course.activity-registered"
}
_NOTHING_INSIDE = {"meta", "br"}


def also(store: Municipality) -> None:
    """A goal, a grant, a mother, a remark and one in confidence, the mentor's name, and another
    course of the same citizen."""
    at = "2026-01-20T11:00:00+01:00"
    employed: dict[str, Any] = {
        "from": "2026-01-05",
        "weekly_minutes": 2220,
        "gender": "woman",
        "name": "Åse Holm",
    }
    goal: dict[str, Any] = {
        "goal": {"id": "goal-1"},
        "directions": ["education"],
        "text": "HF til <sommer> & et værelse",
    }
    grant: dict[str, Any] = {
        "grant": {"id": "g-1"},
        "kind": "mentor-hours",
        "outcome": "granted",
        "legal_basis": "lab:167",
        "period": {"from": "2026-01-19", "to": "2026-07-19"},
        "weekly_minutes": 150,
        "amount_oere": 125000,
    }
    mother: dict[str, Any] = {
        "key_person": {"id": "k-1"},
        "relation": "parent",
        "name": "Mona",
        "contact": "12345678",
    }
    did: dict[str, Any] = {
        "role": "system-guide",
        "activity": "other",
        "minutes": 30,
        "contact": "none",
    }
    secret: dict[str, Any] = {"note": "Bekymret for moren", "note_confidential": True}
    link: dict[str, Any] = {"what": "citizen", "alias": {"id": "c-2"}, "basis": "manual"}
    store.append(
        [
            sent(
                "ev-10",
                "mentor.employed.v1",
                "m-31",
                at,
                actor=COORDINATOR,
                **employed,
            ),
            sent("ev-11", "course.goal-set.v1", "c-1", at, actor=MENTOR, **goal),
            sent("ev-12", "course.grant-decided.v1", "c-1", at, note="Ringet den 20.", **grant),
            sent(
                "ev-13",
                "course.key-person-found.v1",
                "c-1",
                at,
                actor=MENTOR,
                **mother,
            ),
            sent(
                "ev-14", "course.activity-registered.v1", "c-1", at, actor=MENTOR, **did, **secret
            ),
            intake("ev-15", "c-2", name="Anden Sag"),
            sent(
                "ev-16",
                "course.identity-linked.v1",
                "c-1",
                at,
                actor=COORDINATOR,
                **link,
            ),
        ]
    )


@pytest.fixture(scope="module")
def told(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A municipality of one citizen with two courses, and how commands find it."""
    folder = tmp_path_factory.mktemp("case")
    with course_story.told(postgres, folder) as (store, env):
        also(store)
        yield store, env, folder


def run(told: Told, *words: str) -> Result:
    asked = ("audit", "case-file", *words, "--municipality", CODE)
    return CliRunner().invoke(app, asked, env=told[1], catch_exceptions=False)


def written(told: Told, *options: str, course: str = "c-1") -> tuple[str, str]:
    """The file, and what was said of it."""
    path = told[2] / "case.html"
    result = run(told, course, str(path), *options)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    return path.read_text(encoding="utf-8"), result.stderr


class Reader(HTMLParser):
    """What stands in a document; fails where an element isn't closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))
        if tag not in _NOTHING_INSIDE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def entry(text: str, title: str) -> str:
    """The text of the point in the timeline that has that title."""
    [found] = [one for one in text.split('<li id="punkt-')[1:] if title in one.split("</h4>")[0]]
    return Reader(f"<li>{found.split('>', 1)[1].split('</li>')[0]}</li>").text


def test_the_citizen_reads_what_happened_in_plain_danish(told: Told) -> None:
    text, _ = written(told, course=str(told[0].find("course", "c-1")))
    read = Reader(text).text
    assert "Forløb c-1" in read and "Navn Test Testesen" in read and "Kommune Hjørring" in read
    assert "Fra 19. januar 2026" in entry(text, "Det blev besluttet, hvem der er din mentor")
    grant = entry(text, "Kommunen afgjorde, om du kan få støtte")
    # 19 July is the first day that isn't covered; 150 minutes; 125,000 øre.
    assert "19. januar 2026 til 18. juli 2026" in grant and "LAB § 167" in grant
    assert "2 timer og 30 minutter" in grant and "1.250,00 kr." in grant
    assert "Notat: Ringet den 20." in grant and "støtte g-1" in grant
    assert "HF til <sommer> & et værelse" in read and "<sommer>" not in text
    assert "Arbejde for dig, uden at du var med" in read and "uden dig" in read


def test_what_was_corrected_or_taken_back_stands_with_what_stood_before(told: Told) -> None:
    text, _ = written(told)
    matched = entry(text, "Det blev besluttet, hvem der er din mentor")
    now, _, before = matched.partition("Rettet 5. februar 2026 kl. 08.30 af mentorkoordinator k-02")
    assert "Mentor Åse Holm" in now and "fordi: forkert person" in before
    assert "Mentor m-30" in before and "Fra 15. januar 2026" in before
    gone = entry(text, "Der blev spurgt, om du og mentoren passer sammen")
    assert "Trukket tilbage 6. februar 2026" in gone and "fandt ikke sted. Det gælder ikke" in gone


def test_in_confidence_and_of_others_only_where_it_is_asked_for(told: Told) -> None:
    text, said = written(told)
    for others in ("Bekymret", "Mona", "12345678"):
        assert others not in text
    assert "Hvem det er for dig forælder" in Reader(text).text
    assert "Der er et fortroligt notat, som er udeladt." in text
    assert "Fortrolige notater: 1." in text and "andre mennesker: 1." in text
    assert "1 fortrolige notater; andres navn og kontakt: 1." in said
    text, said = written(told, "--with-confidential", "--with-third-parties")
    for others in ("Fortroligt notat: ", "Bekymret for moren", "Mona", "12345678"):
        assert others in text
    assert "0 fortrolige notater; andres navn og kontakt: 0." in said


def test_staff_are_named_by_function_and_name_or_by_function_only(told: Told) -> None:
    text, _ = written(told)
    assert "mentor Åse Holm" in text and "sagsbehandler s-12" in text
    assert "2220" not in text and "kvinde" not in text
    text, _ = written(told, "--no-staff-names")
    for name in ("Åse", "m-30", "m-31", "s-12", "k-02"):
        assert name not in text
    assert "sagsbehandler" in text and "mentorkoordinator" in text
    assert "Medarbejdernes navne:" in text and "(navn udeladt)" in text


def test_another_course_of_the_citizen_is_named_and_not_told(told: Told) -> None:
    text, _ = written(told)
    assert "Anden Sag" not in text
    assert "Du har flere forløb i kommunen, som ikke er med her: c-2." in Reader(text).text


def test_each_point_says_where_it_stands_in_the_signed_log(told: Told) -> None:
    text, _ = written(told)
    store = told[0]
    found = store.read_event("https://sagssystem.example", "ev-12")
    assert found is not None
    [index] = re.findall(r"^index (\d+)$", inclusion(store, EVENTS, found.position), re.MULTILINE)
    where = f"position {found.position}, indeks {index}"
    assert where in entry(text, "Kommunen afgjorde, om du kan få støtte")
    # By either number the same is proved, and they are different numbers.
    proofs = (inclusion(store, EVENTS, found.position), inclusion_at(store, EVENTS, int(index)))
    assert proofs[0] == proofs[1] and found.position != int(index)
    assert f"roedtraad.dk/{CODE}/events" in text and "endnu ikke underskrevet" not in text


def test_it_is_one_accessible_file_that_asks_nothing_of_any_other_place(told: Told) -> None:
    text, _ = written(told)
    read = Reader(text)
    assert ("html", {"lang": "da"}) in read.met
    names = [name for name, _ in read.met]
    assert names.count("h1") == 1 and names.count("table") == names.count("caption") > 3
    assert all(told["scope"] in ("col", "row") for name, told in read.met if name == "th")
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for name, told_of in read.met:
        assert name not in {"script", "img", "link", "iframe"} and "src" not in told_of
        assert (told_of.get("href") or "#").startswith("#")
    assert "url(" not in text and "@import" not in text and "default-src 'none'" in text
    links = [told_of["href"] for name, told_of in read.met if name == "a"]
    ids = {f"#{told_of['id']}" for _, told_of in read.met if "id" in told_of}
    assert set(links) <= ids
    assert "@page" in text and "A4" in text and "counter(pages)" in text


def test_who_looked_is_told_and_the_case_file_is_a_look(told: Told) -> None:
    store, _, folder = told
    before = last(store)
    _, said = written(told)
    [look] = looks(store, before)
    assert look.record.what == "roedtraad audit case-file"
    mentor, course = store.find("person", "m-31"), store.find("course", "c-1")
    assert {mentor, course} <= set(look.record.whose)
    assert store.find("course", "c-2") in look.record.whose  # it is named
    text, _ = written(told)
    assert "Udskrift til aktindsigt" in text and "ikke oplyst" in text
    assert "Testesen" not in said and "Åse" not in said
    assert (folder / "case.html").stat().st_mode & 0o777 == 0o600


def test_where_it_cant_be_recorded_nothing_is_written(told: Told) -> None:
    path = told[2] / "never.html"
    with locked(told[0]), pytest.raises(NotRecordedError):
        run(told, "c-1", str(path))
    assert not path.exists() and not list(told[2].glob(".*"))
    told[0].identity("course", "c-known", "https://sagssystem.example")
    unsaid = run(told, "c-known", str(path))
    assert unsaid.exit_code == 2 and "Intet er noteret om det forløb" in unsaid.stderr
    nobody = run(told, "c-99", str(path))
    assert nobody.exit_code == 2 and "Intet forløb har det id" in nobody.stderr
    assert not path.exists()


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


def test_a_word_without_end_keeps_within_its_column(told: Told) -> None:
    style, _ = written(told)
    assert "table-layout: fixed" in style
    assert re.search(r"th, td \{[^}]*overflow-wrap: anywhere", style)


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
