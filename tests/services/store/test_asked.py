"""Questions asked again and again in one message, on connections that may have forgotten them."""

from services.projector import prepare
from services.rebuilding import rebuild_all
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.services.store.sending import intake

HEAD = b"SELECT max(notification_id) FROM %s.events"
ROWS = b"SELECT event_id FROM %s.intakes ORDER BY 1"


def asked(store: Municipality) -> list[list[tuple[object, ...]]]:
    schema = store.schema.encode()
    with store.asking(HEAD % schema, ROWS % schema) as (_, answers):
        return answers


def test_what_is_asked_again_is_answered_as_things_stand_then(
    server: Server, municipality: Municipality
) -> None:
    other = server.municipality("0999")
    for store in (municipality, other):
        prepare(store)
    position = municipality.append([intake("ev-1", "c-1")])[0].position
    assert asked(municipality) == [[(position,)], []]
    assert asked(other) == [[(None,)], []]
    rebuild_all(municipality)  # the table of intakes is another now
    assert asked(municipality) == [[(position,)], [("ev-1",)]]
    later = municipality.append([intake("ev-2", "c-2")])[0].position
    assert asked(municipality) == [[(later,)], [("ev-1",)]]
    assert asked(other) == [[(None,)], []]


def test_a_connection_that_has_forgotten_its_questions_is_told_them_anew(
    municipality: Municipality, database_url: str, keyring: Keyring
) -> None:
    prepare(municipality)
    position = municipality.append([intake("ev-1", "c-1")])[0].position
    with Server(database_url, keyring, pool_size=1) as server:
        store = server.municipality(municipality.code)
        for _ in range(2):
            assert asked(store) == [[(position,)], []]
            with server.pool.connection() as conn:
                known = conn.execute("SELECT count(*) AS n FROM pg_prepared_statements").fetchone()
                assert known == {"n": 2}
                conn.execute("DEALLOCATE ALL")
        assert asked(store) == [[(position,)], []]
