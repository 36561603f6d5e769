"""An event that can't be read keeps nobody else's from being stored, and parts no citizen."""

import psycopg
import pytest

from services.store.municipality import Municipality
from services.store.unreadable import UnreadableEventError
from tests.services.store.sending import intake
from tests.services.store.test_same_citizen import CPR, citizens

_OF_ONE = "notification_id = (SELECT min(notification_id) FROM m0860.events)"


def test_a_citizen_with_a_broken_event_is_taken_in_elsewhere_and_found_once_it_is_mended(
    municipality: Municipality, database_url: str
) -> None:
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)])
    assert citizens(municipality) == [{"c-1", "c-2"}]
    with psycopg.connect(database_url) as admin:
        [(state,)] = admin.execute(f"SELECT state FROM m0860.events WHERE {_OF_ONE}").fetchall()
        admin.execute(f"UPDATE m0860.events SET state = '{{' WHERE {_OF_ONE}".encode())
    with pytest.raises(UnreadableEventError) as broken:
        municipality.read_from(0, 1)
    assert "projections parked" in str(broken.value)
    for number in (3, 4):
        [receipt] = municipality.append([intake(f"ev-{number}", f"c-{number}", cpr=CPR)])
        assert receipt.status == "stored"
    with psycopg.connect(database_url) as admin:
        admin.execute(f"UPDATE m0860.events SET state = %s WHERE {_OF_ONE}".encode(), (state,))
    # Nobody was parted from c-1 meanwhile, and the next who tells the number brings all together.
    assert {"c-1", "c-2"} <= citizens(municipality)[0]
    municipality.append([intake("ev-5", "c-5", cpr=CPR)])
    assert citizens(municipality) == [{"c-1", "c-2", "c-3", "c-4", "c-5"}]
