"""All the courses of one citizen (*borgerens forløb*): those that are one course, and those that
somebody, or the CPR number, has said are the same citizen's."""

from collections import defaultdict
from uuid import UUID

from psycopg.sql import SQL, Identifier

from domain.envelope import OrderKey, Recorded
from domain.folding import Telling
from domain.linking import Link, course_links, one_of_each
from domain.same_citizen import said_by
from services.store.municipality import Municipality

# A correction can make another event a link; its state is JSON in clear but for sealed fields.
_LINKING = """ WHERE topic ~ '^course[.](identity-|event-corrected[.]|event-retracted[.])'
 AND originator_id IN (SELECT originator_id FROM {}
  WHERE topic LIKE 'course.identity-%%' OR (topic LIKE 'course.event-corrected.%%'
   AND position('course.identity-'::bytea IN state) > 0)) ORDER BY notification_id"""


def courses_of(store: Municipality, course: UUID) -> list[UUID]:
    """The courses of the citizen whose course that is, itself the first."""
    statement = SQL(_LINKING).format(Identifier(store.schema, "events"))
    by_stream: dict[UUID, list[Recorded]] = defaultdict(list)
    with store.transaction() as cursor:
        for event in store.read_where(cursor, statement, ()):
            by_stream[event.originator_id].append(event)
    links: list[tuple[OrderKey, Link]] = []
    for stream, events in by_stream.items():
        telling = Telling(events)
        links += course_links(stream, telling)
        links += [(said.order, said.link) for said in said_by(stream, telling, store.source)]
    one_of = one_of_each(link for _, link in sorted(links, key=lambda told: told[0]))
    own = one_of.get(course)
    others = {other for other, one in one_of.items() if one == own} - {course}
    return [course, *sorted(others)]
