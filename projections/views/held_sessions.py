"""A team as supervision reads it: its sessions straight from their rows, not folded from events.

They are those that had been held by the moment asked about. There is a session for each eight
mentors and six weeks, with as many mentors: who took part is read only where it is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from psycopg.rows import tuple_row
from psycopg.sql import SQL

from domain.calendar import day_of
from domain.supervision import Session
from domain.team import TeamState, fold_team
from domain.values import Ref
from projections.asking import Question
from projections.facts.staff import ASSIGNMENTS, BEGINNINGS, RELEASES, STAFF_LINKS
from projections.facts.supervision import ARRANGEMENTS, SESSIONS
from projections.table import ref
from projections.views.known import known_rows

_MENTORS = """select session, mentors::text[] from {sessions} s
 where occurred_at <= %(as_of)s
 order by occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C\""""


def supervised_team(question: Question) -> TeamState:
    """The team's start, functions, linked ids, arrangements and sessions; of these not who took
    part, which `attendance` has."""
    tables = (BEGINNINGS, ASSIGNMENTS, RELEASES, STAFF_LINKS, ARRANGEMENTS)
    state = fold_team(question.facts(*tables))
    told: dict[Ref, Session] = {}
    for session in _sessions(question, state.same):
        told.setdefault(session.session, session)
    return replace(state, sessions=tuple(told.values()))


def _sessions(question: Question, same: Mapping[UUID, UUID]) -> Iterator[Session]:
    """Each telling of a session, in fold order."""
    columns = ("session", "supervisor", "form", "minutes", "joint", "joint_municipalities")
    for at, id_, source, session, by, form, minutes, joint, municipalities in question.rows(
        SESSIONS, "occurred_at", "event_id", "source", *columns, until=question.as_of
    ):
        yield Session(
            session=ref(session),
            supervisor=same.get(by, by),
            mentors=(),
            form=form,
            minutes=minutes,
            day=day_of(at),
            ref=Ref(source, id_),
            joint_with=tuple(municipalities) if joint else (),
        )


def attendance(question: Question) -> Mapping[Ref, Sequence[str]]:
    """Of each session the mentors who took part, each once, by the one id that they are read as.

    As text: there are so many of them that it shows.
    """
    same = {str(id_): str(one) for id_, one in question.once(supervised_team).same.items()}
    found: dict[Ref, Sequence[str]] = {}
    for session, mentors in _attended(question):
        ones = [same.get(one, one) for one in mentors] if same else mentors
        found.setdefault(ref(session), tuple(dict.fromkeys(ones)))
    return found


def _attended(question: Question) -> Iterator[tuple[Any, ...]]:
    statement = SQL(_MENTORS).format(sessions=known_rows(SESSIONS, question.schema))
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    values = {"at": question.position, "as_of": question.as_of}
    yield from cursor.execute(statement, values, prepare=True)
