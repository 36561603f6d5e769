"""The access log: a look is committed before anything is told, in the order of its id."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from services.audit.access.looking import Asking, Seen, opened, read
from services.audit.access.looks import Looks, NotRecordedError, look_entries
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.access.reading import locked

TOKEN = UUID("64da03aa-d753-46b5-921f-95bb97f1bedd")
ASKING = Asking(
    what="GET /v1/worklist",
    token=TOKEN,
    functions=("caseworker",),
    purpose="Opfølgning på fru Testesens forløb",
    criteria={"where": ["person_id=s-12"]},
)


@pytest.fixture
def looks(server: Server) -> Looks:
    return Looks(server.pool)


def table(municipality: Municipality) -> list[tuple[int, bytes, list[UUID]]]:
    statement = SQL("SELECT id, record, subjects FROM {} ORDER BY id").format(
        Identifier(municipality.schema, "looks")
    )
    with municipality.transaction() as cursor:
        rows = cursor.execute(statement).fetchall()
    return [(id_, bytes(record), subjects) for id_, record, subjects in rows]


def test_a_record_says_who_what_and_whose_in_clear_and_why_under_seal(
    municipality: Municipality, looks: Looks
) -> None:
    course, mentor = uuid4(), uuid4()
    looks.record(ASKING, [municipality], {"0860": Seen(3, [course, mentor, course])})
    [(_, record, subjects)] = table(municipality)
    told = read(record)
    assert (told.what, told.token, told.functions) == ("GET /v1/worklist", TOKEN, ("caseworker",))
    assert (told.rows, list(told.whose)) == (3, [course, mentor])
    assert subjects == [course, mentor]
    private = opened(municipality.key, municipality.clock(), told)
    assert private.purpose == ASKING.purpose and private.criteria == {"where": ["person_id=s-12"]}
    assert b"Testesen" not in record and b"s-12" not in record


def test_who_asks_at_the_command_line_is_a_pseudonym_that_is_always_the_same(
    municipality: Municipality, looks: Looks
) -> None:
    for user in ("amalie", "bo", "amalie"):
        asking = Asking(what="roedtraad query", user=user, functions=("operator",))
        looks.record(asking, [municipality], {})
    told = [read(record) for _, record, _ in table(municipality)]
    assert told[0].by == told[2].by != told[1].by
    assert told[0].token is None and "amalie" not in told[0].by
    assert opened(municipality.key, municipality.clock(), told[1]).user == "bo"


def test_a_question_to_several_municipalities_is_recorded_in_each(
    server: Server, looks: Looks
) -> None:
    one, other = server.municipality("0860"), server.municipality("0751")
    course = uuid4()
    looks.record(ASKING, [one, other], {"0751": Seen(1, [course])})
    assert [subjects for _, _, subjects in table(one)] == [[]]
    assert [subjects for _, _, subjects in table(other)] == [[course]]


def test_where_one_of_several_can_not_be_recorded_none_is(server: Server, looks: Looks) -> None:
    one, other = server.municipality("0751"), server.municipality("0860")
    with locked(other), pytest.raises(NotRecordedError):
        looks.record(ASKING, [one, other], {})
    assert table(one) == table(other) == []
    looks.record(ASKING, [one, other], {})  # the connection that failed is whole again
    assert len(table(one)) == len(table(other)) == 1


def test_without_the_table_nothing_is_recorded_and_that_is_said(
    municipality: Municipality, looks: Looks, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE m0860.looks RENAME TO gone")
    with pytest.raises(NotRecordedError, match="intet vises"):
        looks.record(ASKING, [municipality], {})


def test_those_who_wait_together_are_all_told_that_it_could_not_be_recorded(
    municipality: Municipality, looks: Looks
) -> None:
    with locked(municipality), ThreadPoolExecutor(6) as pool:
        working = [pool.submit(looks.record, ASKING, [municipality], {}) for _ in range(6)]
        errors = [one.exception() for one in working]
    assert [type(error) for error in errors] == [NotRecordedError] * 6
    assert table(municipality) == []


def test_eight_readers_at_once_give_ids_in_the_order_of_commits(
    server: Server, municipality: Municipality, database_url: str
) -> None:
    # Two processes with four readers each, and one who reads on from the last id it saw: what it
    # has passed may never come later.
    several = [Looks(server.pool), Looks(server.pool)]
    seen: list[int] = []

    def reader(number: int) -> None:
        for _ in range(25):
            several[number % 2].record(ASKING, [municipality], {})

    with ThreadPoolExecutor(8) as pool:
        working = [pool.submit(reader, number) for number in range(8)]
        while not all(one.done() for one in working):
            seen += _after(municipality, seen[-1] if seen else 0)
        for one in working:
            one.result()
    seen += _after(municipality, seen[-1] if seen else 0)
    assert seen == [id_ for id_, _, _ in table(municipality)] and len(seen) == 200


def _after(municipality: Municipality, id_: int) -> list[int]:
    with municipality.transaction() as cursor:
        return [found for found, _ in look_entries(cursor, municipality, id_, 1000)]


def test_an_entry_tells_the_id_the_time_and_the_hash_of_the_record(
    municipality: Municipality, looks: Looks, clock: Clock
) -> None:
    for _ in range(3):
        looks.record(ASKING, [municipality], {})
        clock.now += timedelta(microseconds=1)
    (one, _, _), (two, record, _), _ = table(municipality)
    with municipality.transaction() as cursor:
        [(id_, entry)] = look_entries(cursor, municipality, one, 1)
    digest = sha256(record).hexdigest()
    assert id_ == two
    assert entry.decode() == (
        f'{{"log":"access","id":{two},"at":"2026-01-12T08:00:00.000001Z","sha256":"{digest}"}}'
    )
    assert json.loads(record)["whose"] == []
