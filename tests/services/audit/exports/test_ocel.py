"""The history for process mining: as many events and objects as count, and nothing personal."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.events.common import Amendment
from domain.events.mentor import SurveyAnswered
from services.audit.exports.ocel_types import event_types
from services.audit.replaying.past import Past
from services.audit.replaying.replay import said_in
from services.cli.main import app
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit import course_story
from tests.services.audit.access.reading import last, looks
from tests.services.audit.course_story import CODE
from tests.services.audit.exports.ocel_reader import Ocel
from tests.services.audit.exports.ocel_story import also
from tests.services.mixed import mixed
from tests.soaking import SOAK, runs

SCHEMA = Path(__file__).parent / "ocel20.schema.json"
Told = tuple[Municipality, dict[str, str], Path]
_PM4PY = """
import json, sys, pm4py
log = pm4py.read_ocel2_json(sys.argv[1])
follows, first, last = pm4py.discover_dfg(pm4py.ocel_flattening(log, "course"))
whole = pm4py.discover_ocdfg(log)
print(json.dumps({
    "events": log.events["ocel:activity"].value_counts().to_dict(),
    "objects": log.objects["ocel:type"].value_counts().to_dict(),
    "follows": [[*pair, many] for pair, many in follows.items()],
    "first": sum(first.values()),
    "types": sorted(whole["object_types"]),
}))
"""


@pytest.fixture(scope="module")
def told(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A municipality of one course, and how commands find it."""
    folder = tmp_path_factory.mktemp("ocel")
    with course_story.told(postgres, folder) as (store, env):
        also(store)
        yield store, env, folder


def run(told: Told, *words: str) -> Result:
    return CliRunner().invoke(app, ("audit", "ocel", *words), env=told[1], catch_exceptions=False)


def exported(told: Told, *words: str) -> Ocel:
    path = told[2] / "history.json"
    result = run(told, str(path), "--municipality", CODE, *words)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    read = Ocel(path)
    events, objects = (f"{len(each):,}".replace(",", ".") for each in (read.events, read.objects))
    assert f"{events} hændelser (events), {objects} objekter (objects)" in result.stderr
    return read


def test_corrections_count_and_what_was_retracted_or_answered_is_left_out(told: Told) -> None:
    read = exported(told)
    # ev-4 was retracted, ev-12 answers a survey; ev-5 and ev-6 amend, and are no events here.
    assert Counter(each["type"] for each in read.events.values()) == {
        "course.intake-registered": 1,
        "course.mentor-matched": 1,
        "course.activity-registered": 2,
        "course.grant-decided": 1,
        "course.case-supervised": 1,
        "mentor.employed": 1,
        "team.supervision-session-held": 1,
        "team.identity-linked": 1,
    }
    [matched] = [e for e in read.events.values() if e["type"] == "course.mentor-matched"]
    assert matched["values"]["corrected"] and matched["values"]["method"] == "by-profile"
    # From 19 January in Denmark, where it is an hour later than in UTC.
    assert f"{matched['values']['from']:%Y-%m-%dT%H:%M%z}" == "2026-01-18T23:00+0000"
    assert f"{matched['values']['recorded_at']:%m-%d}" == "02-05"


def test_objects_are_courses_staff_by_function_the_team_grants_matches_and_sessions(
    told: Told,
) -> None:
    read = exported(told)
    # k-02 coordinates and supervised; the mentor's two ids are one; both caseworkers are s-12.
    assert Counter(each["type"] for each in read.objects.values()) == {
        "course": 1,
        "team": 1,
        "mentor": 1,
        "caseworker": 1,
        "coordinator": 1,
        "supervisor": 1,
        "staff": 1,
        "grant": 1,
        "match": 1,
        "supervision-session": 1,
    }
    [matched] = [e for e in read.events.values() if e["type"] == "course.mentor-matched"]
    assert read.related(matched) == [
        ("coordinator", "actor"),
        ("course", "course"),
        ("match", "match"),
        ("mentor", "mentor"),
    ]
    [session] = read.of("supervision-session")
    names = sorted(one["qualifier"] for one in session["relationships"])
    assert names == ["mentor", "supervisor"]
    [coordinator] = read.of("coordinator")
    assert {one["qualifier"] for one in coordinator["relationships"]} == {"same-person"}


def test_an_object_says_what_held_of_it_from_when(told: Told) -> None:
    read = exported(told)
    [grant], [mentor], [match] = read.of("grant"), read.of("mentor"), read.of("match")
    assert (grant["values"]["status"], grant["values"]["weekly_minutes"]) == ("decided", 180)
    assert {since for since, *_ in grant["told"]} == {"2026-01-20T09:00:00Z"}
    assert mentor["told"] == [
        ("2026-01-04T23:00:00Z", "status", "employed"),
        ("2026-01-04T23:00:00Z", "weekly_minutes", 2220),
    ]
    assert match["told"][0] == ("2026-01-18T23:00:00Z", "status", "open")


def test_what_directly_follows_what_on_the_course(told: Told) -> None:
    # On 12 and 14 January, two at ten on the 20th in the order of their ids, the 22nd, the 23rd.
    assert exported(told).follows("course") == {
        ("course.intake-registered", "course.mentor-matched"): 1,
        ("course.mentor-matched", "course.grant-decided"): 1,
        ("course.grant-decided", "course.activity-registered"): 1,
        ("course.activity-registered", "course.case-supervised"): 1,
        ("course.case-supervised", "course.activity-registered"): 1,
    }


def test_nothing_sealed_no_senders_id_and_nothing_that_describes_a_person_is_in_it(
    told: Told,
) -> None:
    exported(told)
    text = (told[2] / "history.json").read_text(encoding="utf-8")
    for personal in ("Test", "Åse", "§", "s1.", '"woman"', "gender", "ringede", "sagssystem"):
        assert personal not in text
    for senders in ("c-1", "m-31", "mx-31", "k-02", "s-12", "g-1", "match-1", "r-99", "ev-1"):
        assert f'"{senders}"' not in text and f":{senders}" not in text


def test_as_of_a_day_and_as_known_before_the_correction(told: Told) -> None:
    read = exported(told, "--as-of", "2026-01-13")
    # Of what is told of days, what had begun is there: the mentor was employed on the 5th.
    assert sorted(each["type"] for each in read.events.values()) == [
        "course.intake-registered",
        "mentor.employed",
    ]
    read = exported(told, "--known-at", "2026-02-04")
    assert [each["type"] for each in read.events.values()] == [
        "course.intake-registered",
        "course.mentor-matched",
        "course.activity-registered",
        "course.chemistry-checked",
    ]
    assert not any(each["values"]["corrected"] for each in read.events.values())


def test_it_is_whole_or_not_there_for_its_owner_only_and_a_look_at_everybody(told: Told) -> None:
    store, _, folder = told
    before = last(store)
    exported(told)
    [look] = looks(store, before)
    assert look.record.what == "roedtraad audit ocel" and look.record.whose[0].int == 0
    path = folder / "history.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.glob(".*")] == []
    with pytest.raises(OSError, match="No such file") as error:
        run(told, str(folder / "nowhere" / "x.json"), "--municipality", CODE)
    assert error.value.filename == str(folder / "nowhere" / "x.json")
    away = run(told, str(folder / "none.json"), "--municipality", "0101")
    assert away.exit_code == 2 and "København" in away.stderr
    assert not (folder / "none.json").exists()


def test_it_is_of_the_standard(told: Told) -> None:
    exported(told)
    assert _is_valid(told[2] / "history.json")
    broken = told[2] / "broken.json"
    broken.write_text((told[2] / "history.json").read_text().replace('"180"', "180", 1))
    assert not _is_valid(broken)


def _is_valid(path: Path) -> bool:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", SCHEMA, path],
        capture_output=True,
        check=False,
        timeout=120,
    )
    return checked.returncode == 0


@pytest.mark.soak
def test_of_events_of_every_kind_all_that_count_are_there_and_pm4py_reads_the_same(
    municipality: Municipality, clock: Clock, tmp_path: Path
) -> None:
    events = list(islice(mixed("x", runs(5, 200)), runs(300, 20_000)))
    for start in range(0, len(events), 500):
        municipality.append(events[start : start + 500])
    past = Past(municipality)
    env = {
        "DATABASE_URL": municipality.database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }
    read = exported((municipality, env, tmp_path), "--as-of", "2099-01-01")
    counting = Counter(
        said.event.fact.NAME
        for thread, _ in past.all()
        for said in said_in(thread.events)
        if said.counts and not isinstance(said.event.fact, Amendment | SurveyAnswered)
    )
    assert counting == Counter(each["type"] for each in read.events.values())
    assert len(counting) > len(event_types()) / 2
    if SOAK:
        _reads_the_same(read, tmp_path / "history.json")


def _reads_the_same(read: Ocel, path: Path) -> None:
    """`make soak` sets pm4py up in an environment of its own: it is no part of the project."""
    python = Path(sys.prefix) / "pm4py" / "bin" / "python"
    told = subprocess.run(
        [python, "-c", _PM4PY, path], capture_output=True, check=True, env=dict(os.environ)
    )
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["events"] == Counter(each["type"] for each in read.events.values())
    assert found["objects"] == Counter(each["type"] for each in read.objects.values())
    assert set(found["types"]) == set(found["objects"])
    follows = {(one, other): many for one, other, many in found["follows"]}
    # Events of one time may stand either way, so which follows which is compared by its sum.
    assert sum(follows.values()) == read.follows("course").total()
    assert found["first"] == len({each["id"] for each in read.of("course")})
