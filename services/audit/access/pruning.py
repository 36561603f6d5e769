"""Looks are kept for so long (*opbevaring*), and only deleted once their log is signed.

Their leaves stay in the tree, so it still verifies; which looks are gone is itself recorded.
"""

from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of, start_of
from services.audit.access.looking import Asking
from services.audit.access.looks import Looks, wait_briefly
from services.audit.proof.entries import ACCESS, moment
from services.audit.proof.log import end_of
from services.audit.proof.proving import index_of
from services.store.municipality import Municipality

_MONTHS = 12  # of a year
# All before the first that is to be kept: what is left begins at one id.
_THROUGH = """
SELECT max(id) FROM {looks} WHERE at < %(before)s AND id <= %(signed)s
   AND id < coalesce((SELECT min(id) FROM {looks} WHERE at >= %(before)s), 9223372036854775807)
"""


def kept_since(now: datetime, months: int) -> datetime:
    """The beginning of the day so many months before; of a shorter month, its last day."""
    today = day_of(now)
    year, month = divmod(today.year * _MONTHS + today.month - 1 - months, _MONTHS)
    for day in range(today.day, 0, -1):
        try:
            return start_of(today.replace(year=year, month=month + 1, day=day))
        except ValueError:
            continue
    raise AssertionError("unreachable")


def prune(looks: Looks, store: Municipality, asking: Asking, before: datetime) -> tuple[int, int]:
    """Delete the looks from before then, of those that are signed; how many, and through which id.

    `asking` says who wants it. It is recorded before it is done: through which id, how many of the
    log are gone then, and from before when they are, in clear. Raises NotRecordedError,
    NotInTheLogError.
    """
    with store.transaction() as cursor:
        wait_briefly(cursor)
        through = _through(cursor, store.schema, before)
        if not through:
            return 0, 0
        # The verifier lets as many be gone as a record tells of.
        size = end_of(cursor, store.schema, ACCESS).size
        many = 1 + index_of(store, cursor, ACCESS, through, size)
    told = Asking(
        what=f"prune {many} through id {through} from before {moment(before)}",
        token=asking.token,
        user=asking.user,
        functions=asking.functions,
        purpose=asking.purpose,
        criteria={**asking.criteria, "before": before.isoformat()},
    )
    looks.record(told, [store], {})
    with store.transaction() as cursor:
        wait_briefly(cursor)
        table = Identifier(store.schema, "looks")
        done = cursor.execute(SQL("DELETE FROM {} WHERE id <= %b").format(table), (through,))
        return done.rowcount, through


def _through(cursor: Cursor[Any], schema: str, before: datetime) -> int:
    row = cursor.execute(
        SQL("SELECT position FROM {} WHERE log = %b").format(Identifier(schema, "log_ends")),
        (ACCESS,),
    ).fetchone()
    if row is None:
        return 0
    statement = SQL(_THROUGH).format(looks=Identifier(schema, "looks"))
    found = cursor.execute(statement, {"before": before, "signed": row[0]}).fetchone()
    return (found and found[0]) or 0
