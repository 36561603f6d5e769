"""Whatever is told, all whose ids stand in the answer are those whose data is recorded as seen."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from psycopg.sql import SQL, Identifier

from services.feed.reading import read_page
from services.feed.whose import whose
from services.rendering import plain
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, ask, ask_timeline
from tests.conftest import Clock
from tests.services.every_view import tell_of_every_view

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture
def told(municipality: Municipality, server: Server, clock: Clock) -> Municipality:
    """A municipality of which every view has something to say."""
    clock.now = datetime.now(UTC)
    tell_of_every_view(municipality, server, clock.now)
    return municipality


def people(store: Municipality) -> set[UUID]:
    """The ids of all courses and persons that anything is known of."""
    statement = SQL("SELECT id FROM {} WHERE kind IN ('course', 'person')")
    with store.transaction() as cursor:
        rows = cursor.execute(statement.format(Identifier(store.schema, "identities")))
        return {row[0] for row in rows.fetchall()}


def named(told: Any, of: Iterable[UUID]) -> set[UUID]:
    """Those of them whose ids stand anywhere in what is told."""
    return {UUID(one) for one in _ID.findall(json.dumps(plain(told)))} & set(of)


def test_all_whose_ids_stand_in_a_views_answer_are_seen(told: Municipality, clock: Clock) -> None:
    known, now, with_people = people(told), clock.now + timedelta(minutes=1), set[str]()
    for view in VIEWS.values():
        for by, level in view.levels.items():
            course = "c-1" if level.needs_course else None
            for explained in (False, True):
                answer = ask(view, [told], by=by, course=course, now=now, explained=explained)
                seen = answer.seen["0860"]
                assert seen.rows == len(answer.rows)
                found = named([answer.rows, answer.figures], known)
                assert found <= set(seen.whose), (view.name, by, explained)
                if found:
                    with_people.add(view.name)
    assert len(with_people) > len(VIEWS) / 2  # else it would show nothing


def test_whoever_asks_of_one_course_has_seen_it_whatever_the_answer(
    told: Municipality, clock: Clock
) -> None:
    course = told.find("course", "c-1")
    for view in VIEWS.values():
        for by, level in view.levels.items():
            if "course" in level.accepts:
                answer = ask(view, [told], by=by, course="c-1", now=clock.now)
                assert course in answer.seen["0860"].whose, (view.name, by)


def test_all_whose_ids_stand_in_a_timeline_are_seen(told: Municipality, clock: Clock) -> None:
    known = people(told)
    for id_ in ("c-1", "c-3"):
        stream = told.find("course", id_)
        assert stream is not None
        answer = ask_timeline(told, [stream], now=clock.now)
        found = named(answer.rows, known)
        assert len(found) > 1 and found <= set(answer.seen["0860"].whose)


def test_all_whose_ids_stand_in_the_feed_are_seen(told: Municipality) -> None:
    known, told_of = people(told), set[UUID]()
    for each in read_page(told, 0, 1000).events:
        found = named(msgspec.json.decode(each.body), known)
        assert found <= whose(each.event), each.event.topic
        told_of |= found
    assert told_of == known
