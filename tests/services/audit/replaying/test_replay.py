"""A course told anew from its events: what each changed, and what was true and known when."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from domain import codes
from services.audit.access.looking import EVERYBODY
from services.cli.main import app
from services.store.municipality import Municipality
from tests.services.audit.access.reading import looks
from tests.services.audit.course_story import CODE
from tests.services.store.sending import intake, sent

Json = dict[str, Any]
Told = tuple[Municipality, dict[str, str]]


@pytest.fixture
def told(course_told: Told) -> Told:
    """A municipality of one course, and how commands find it."""
    return course_told


def run(told: Told, *words: str) -> Result:
    return CliRunner().invoke(app, ("audit", *words), env=told[1], catch_exceptions=False)


def lines(told: Told, *words: str) -> list[Json]:
    result = run(told, "replay", *words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def ids(steps: list[Json]) -> list[str]:
    return [step["event"]["id"] for step in steps]


def changed(step: Json) -> list[tuple[str, str, Any, Any]]:
    return [(c["part"], c["field"], c["before"], c["after"]) for c in step["changes"]]


def test_steps_come_as_things_happened_with_what_each_changed(told: Told) -> None:
    *steps, end = lines(told, "c-1", "--step")
    assert ids(steps) == ["ev-1", "ev-2", "ev-3", "ev-4"]
    _, matched, worked, chemistry = steps
    after = {field: after for part, field, before, after in changed(matched)}
    assert after["mentor"]["id"] == "m-31" and after["days.from"] == "2026-01-19"
    # 45 minutes by telephone are the mentor's work, and contact with the citizen.
    assert {part for part, *_ in changed(worked)} == {"activities", "contacts"}
    assert ("activities", "minutes", None, 45) in changed(worked)
    assert not chemistry["counts"] and chemistry["changes"] == []
    assert end["end"]["in_force"]["mentor"] == [after["mentor"]]


def test_a_correction_stands_in_its_originals_place_with_what_was_said_before(told: Told) -> None:
    _, matched, _, chemistry, _ = lines(told, "c-1", "--step")
    amended = matched["amended"]
    assert (amended["reason"], amended["retracted"]) == ("wrong-person", False)
    assert amended["by"]["id"] == "ev-5" and amended["by"]["actor"]["person"]["id"] == "k-02"
    assert amended["original"]["says"]["from"] == "2026-01-15"
    # What counts was learned with the correction.
    assert matched["event"]["position"] == amended["by"]["position"]
    assert chemistry["amended"]["retracted"] and chemistry["amended"]["reason"] == "never-happened"


def test_as_known_before_it_was_corrected_the_first_mentor_was_matched(told: Told) -> None:
    *steps, end = lines(told, "c-1", "--step", "--known-at", "2026-02-04")
    assert ids(steps) == ["ev-1", "ev-2", "ev-3", "ev-4"]
    assert [step["amended"] for step in steps] == [None] * 4
    [mentor] = end["end"]["in_force"]["mentor"]
    assert mentor["id"] == "m-30"
    assert "chemistry" in end["end"]["state"]
    *steps, end = lines(told, "c-1", "--step", "--known-at", "2026-02-02")
    assert ids(steps) == ["ev-1"] and "mentor" not in end["end"]["in_force"]


def test_as_of_a_day_what_had_not_begun_is_left_out(told: Told) -> None:
    # The match was decided on the 14th, to begin on the 19th.
    assert ids(lines(told, "c-1", "--step", "--as-of", "2026-01-13")[:-1]) == ["ev-1"]
    *steps, end = lines(told, "c-1", "--step", "--as-of", "2026-01-18")
    assert ids(steps) == ["ev-1", "ev-2"]
    assert "mentor" not in end["end"]["in_force"] and "matches" in end["end"]["state"]
    [end] = lines(told, "c-1", "--as-of", "2026-01-19")
    assert end["end"]["in_force"]["mentor"][0]["id"] == "m-31"


def test_a_course_is_found_by_its_id_here_and_by_the_beginning_of_it(told: Told) -> None:
    store, _ = told
    stream = store.find("course", "c-1")
    for id_ in (str(stream), str(stream)[:8]):
        assert lines(told, id_)[0]["end"]["stream"] == {"uuid": str(stream), "id": "c-1"}
    assert run(told, "replay", "c-2").exit_code == 2


def test_of_a_municipality_each_stream_has_a_line_and_stdout_holds_nothing_else(
    told: Told,
) -> None:
    [course] = lines(told, CODE)
    assert (course["kind"], course["events"], course["municipality"]) == ("course", 6, CODE)
    assert lines(told, "Hjørring")[0]["state"] == course["state"]
    [end] = lines(told, "c-1", "--municipality", CODE)
    assert end["end"]["state"] == course["state"]


@pytest.mark.parametrize(
    "words", [(CODE, "--step"), (CODE, "--open"), ("c-1", "--by", "mentor"), ("Ingensteds",)]
)
def test_what_can_not_be_answered_is_refused_and_stdout_stays_empty(
    told: Told, words: tuple[str, ...]
) -> None:
    result = run(told, "replay", *words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_what_is_sealed_stays_so_unless_it_is_asked_for(told: Told) -> None:
    for way in ("text", "json"):
        closed = run(told, "replay", "c-1", "--step", "--format", way).stdout
        assert "Test Testesen" not in closed
        opened = run(told, "replay", "c-1", "--step", "--open", "--format", way).stdout
        assert "Test Testesen" in opened
    intake, *_ = lines(told, "c-1", "--step")
    assert intake["event"]["says"]["name"] == {"sealed": True}


def test_the_words_of_a_mentors_profile_stay_sealed_unless_they_are_asked_for(told: Told) -> None:
    store, _ = told
    own = [{"code": "other", "text": "Fluefiskeri"}, {"code": "other", "text": "Gode historier"}]
    profile: Json = {
        "education_field": "other",
        "education": "Bådebygger",
        "experience_years": 7,
        "strengths": [*({"code": code} for code in codes.qualities.codes[:3]), *own],
        "wishes": [*({"code": code} for code in codes.qualities.codes[:2]), own[0]],
    }
    at = "2026-01-12T09:00:00+01:00"
    store.append([sent("p-1", "mentor.profile-completed.v1", "m-31", at, **profile)])
    asked = ("m-31", "--mentor", "--step")
    step, end = lines(told, *asked)
    says = step["event"]["says"]
    assert says["strengths"] == [*codes.qualities.codes[:3], "other", "other"]
    assert says["strengths.4.text"] == says["wishes.3.text"] == {"sealed": True}
    assert "strengths.1.text" not in says
    assert end["end"]["kind"] == "mentor"
    says = lines(told, *asked, "--open")[0]["event"]["says"]
    assert says["strengths.5.text"] == "Gode historier"
    assert says["wishes.3.text"] == "Fluefiskeri"
    assert says["education"] == "Bådebygger"
    assert "Fluefiskeri" not in run(told, "replay", *asked).stdout
    assert "Fluefiskeri" in run(told, "replay", *asked, "--open").stdout
    looked = looks(store)[-1]
    assert store.find("person", "m-31") in looked.record.whose
    assert looked.private.criteria["open"] is True


def test_a_mentor_whom_nobody_knows_is_refused(told: Told) -> None:
    assert run(told, "replay", "c-1", "--mentor").exit_code == 2
    assert run(told, "replay", "m-99", "--mentor").exit_code == 2


def test_in_the_terminal_a_reader_sees_before_and_after_in_danish(told: Told) -> None:
    shown = run(told, "replay", "c-1", "--step").stdout
    assert "→ Match match-1: mentor m-31; hvornår 14.01.2026 10.00; fra 19.01.2026" in shown
    assert "! Rettet: 05.02.2026 08.30 · mentorkoordinator k-02" in shown
    assert "Ændrer intet i tilstanden." in shown
    assert max(map(len, shown.splitlines())) <= 160


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "c-1", "--open"),
        ("diff", "2026-02-04", "2026-02-05", "--course", "c-1"),
        ("corrections", "c-1"),
    ],
)
def test_who_replays_a_course_has_looked_at_it(told: Told, words: tuple[str, ...]) -> None:
    store, _ = told
    stream = store.find("course", "c-1")
    counted = f"SELECT count(*) FROM {store.schema}.looks WHERE subjects @> ARRAY[%s::uuid]"

    def looks() -> int:
        with store.transaction() as cursor:
            [(many,)] = cursor.execute(counted, (stream,)).fetchall()
            return int(many)

    before = looks()
    assert run(told, *words).exit_code == 0
    assert looks() == before + 1


def test_a_look_at_all_of_a_municipality_is_recorded_as_such(told: Told) -> None:
    store, _ = told
    last = f"SELECT subjects FROM {store.schema}.looks ORDER BY id DESC LIMIT 1"
    assert run(told, "replay", CODE).exit_code == 0
    with store.transaction() as cursor:
        assert cursor.execute(last).fetchall() == [([EVERYBODY],)]


def test_an_event_that_cannot_be_read_is_named_and_the_others_are_told(
    municipality: Municipality, database_url: str, tmp_path: Path
) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1")])
    with municipality.transaction() as cursor:
        cursor.execute(
            f"INSERT INTO {municipality.schema}.events (originator_id, originator_version, topic,"
            " state, recorded_at) VALUES (%s, 2, 'course.of-tomorrow.v1', '{}', now())",
            (municipality.find("course", "c-1"),),
        )
    environment = {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }
    for what in ("c-1", CODE):
        [end] = lines((municipality, environment), what)
        end = end.get("end", end)
        assert end["events"] == 1 and end["in_force"]["caseworker"]["id"] == "s-12"
        [unreadable] = end["unreadable"]
        assert unreadable["name"] == "course.of-tomorrow.v1"
        assert unreadable["position"] > receipt.position
    shown = run((municipality, environment), "replay", "c-1").stdout
    assert "course.of-tomorrow.v1 på position" in shown


def test_before_anything_of_it_was_received_there_is_neither_state_nor_name_lost(
    told: Told,
) -> None:
    [end] = lines(told, "c-1", "--known-at", "2026-01-20")
    end = end["end"]
    assert (end["events"], end["in_force"], end["state"]) == (0, {}, {})
    shown = run(told, "replay", "c-1", "--known-at", "2026-01-20").stdout
    assert "Intet var modtaget da." in shown and "Forløb c-1, Hjørring" in shown
    assert "slettet" not in shown and "Åbent" not in shown


def test_before_its_first_event_happened_nothing_of_it_counts(told: Told) -> None:
    # Six events: the intake of 12 January is the first, two are a correction and a retraction.
    [end] = lines(told, "c-1", "--as-of", "2026-01-11")
    end = end["end"]
    assert (end["events"], end["begun"], end["in_force"], end["state"]) == (6, 0, {}, {})
    shown = run(told, "replay", "c-1", "--as-of", "2026-01-11").stdout
    assert "af 6 hændelser, hvoraf 0 tæller" in shown
    assert "Intet af det var begyndt da." in shown and "Åbent" not in shown
    shown = run(told, "replay", "c-1", "--as-of", "2026-01-12").stdout
    assert "af 6 hændelser, hvoraf 1 tæller" in shown and "Åbent: ja" in shown
    streams = lines(told, CODE, "--as-of", "2026-01-11")
    assert [one["in_force"] for one in streams if one["kind"] == "course"] == [{}]


def test_what_came_true_with_the_first_event_is_that_the_course_is_open(told: Told) -> None:
    days = ("2026-01-11", "2026-01-12", "--true", "--course", "c-1", "--format", "json")
    found = json.loads(run(told, "diff", *days).stdout)
    assert ("in_force", "open", None, True) in changed(found)


def test_a_municipality_in_text_has_a_line_of_words_for_each_stream(told: Told) -> None:
    shown = run(told, "replay", CODE, "--as-of", "2026-01-12").stdout.splitlines()
    [line] = [one for one in shown if one.startswith("Forløb")]
    assert line.startswith("Forløb c-1, Hjørring: genafspillet af 6 hændelser, hvoraf 1 tæller.")
    assert "Åbent: ja; Sagsbehandler: s-12" in line
    before = run(told, "replay", CODE, "--known-at", "2026-01-20")
    assert (before.exit_code, before.stdout) == (0, "") and "Intet var modtaget da" in before.stderr


def test_a_view_of_then_is_a_table_in_text_and_says_where_nothing_was_known(told: Told) -> None:
    asked = ("replay", CODE, "--view", "caseload", "--by", "mentor")
    shown = run(told, *asked, "--known-at", "2026-02-04").stdout
    assert "m-30" in shown and "{" not in shown and "Hjørring" in shown
    [row] = lines(told, CODE, *asked[2:], "--known-at", "2026-02-04")
    assert row["mentor_id"] == "m-30"
    before = run(told, *asked, "--known-at", "2026-01-20")
    assert before.exit_code == 0 and "Intet var modtaget da" in before.stderr
    assert "intet at vise" in before.stdout
    assert lines(told, CODE, *asked[2:], "--known-at", "2026-01-20") == []
