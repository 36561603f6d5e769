"""The supervision sessions that contradictions are about: those named, and those at odds."""

from collections.abc import Iterable
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from domain.contradictions import TeamTold, team_told
from domain.events.course import CaseSupervised
from domain.folding import Telling
from domain.supervision import Session
from domain.team import fold_team
from domain.values import Ref
from projections import identity
from projections.asking import Question
from projections.facts.staff import ASSIGNMENTS, RELEASES, STAFF_LINKS
from projections.facts.supervision import SESSIONS
from projections.table import key
from projections.views.known import known_rows, one_person

# Told twice, or by whom no function is known that they hadn't been released from.
_AT_ODDS = """
with held as materialized (
 select session, {s_supervisor} as supervisor,
  (occurred_at at time zone 'Europe/Copenhagen')::date as day
 from {sessions} as s where occurred_at <= %(as_of)s),
supervisor as (
 select distinct supervisor, day from held as h where not exists (
  select from {assignments} as a where {a_person} = h.supervisor and a.from_day <= h.day
  and a.function in ('supervisor', 'coordinator', 'leader') and not exists (
   select from {releases} as r where {r_person} = h.supervisor and r.function = a.function
   and r.to_day <= h.day)))
select session from held group by 1 having count(*) > 1
union select session from held join supervisor using (supervisor, day)"""


def sessions_named(question: Question, courses: Iterable[Telling]) -> dict[Ref, Session]:
    """The sessions in which a case of these courses was taken up."""
    cases = [case for told in courses for case in told.of(CaseSupervised)]
    named = {key(case.fact.session) for case in cases}
    if not named:
        return {}
    links = question.facts(STAFF_LINKS)
    held = question.facts(SESSIONS, among={"session": list(named)})
    return {session.session: session for session in fold_team([*links, *held]).sessions}


def team_at_odds(question: Question) -> TeamTold:
    """The team's functions, and of its sessions those that may be at odds."""
    events = question.facts(ASSIGNMENTS, RELEASES, STAFF_LINKS)
    if odd := _at_odds(question):
        events += question.facts(SESSIONS, among={"session": odd})
    return team_told(events, question.as_of)


def _at_odds(question: Question) -> list[str]:
    same: dict[UUID, UUID] = dict(question.once(identity.staff))
    names = ("s.supervisor", "a.person", "r.person")
    tables = {"sessions": SESSIONS, "assignments": ASSIGNMENTS, "releases": RELEASES}
    statement = SQL(_AT_ODDS).format(
        **{name: known_rows(table, question.schema) for name, table in tables.items()},
        **{name.replace(".", "_"): one_person(name, linked=bool(same)) for name in names},
    )
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "same": Jsonb({str(id_): str(one) for id_, one in same.items()}),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return [session for (session,) in cursor.execute(statement, values)]
