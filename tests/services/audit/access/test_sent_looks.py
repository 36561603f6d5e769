"""What is sent by itself, to other systems and to staff, has been seen: it is recorded first."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.audit.access.looks import NotRecordedError
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.access.reading import last, locked, looks
from tests.services.digests.post_room import post_of, told_hall
from tests.services.digests.town_hall import CASEWORKER, MONDAY
from tests.services.mail.post_office import PostOffice, post_office
from tests.services.webhooks.receiving import Receiver, receiving
from tests.services.webhooks.test_delivering import Town


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def test_a_turn_of_a_webhook_is_one_look_at_all_whose_events_it_sends(
    municipality: Municipality, receiver: Receiver, clock: Clock
) -> None:
    town = Town(municipality, receiver, clock)
    town.stored("ev-0", "ev-1")
    with locked(municipality), pytest.raises(NotRecordedError):
        town.turn()
    assert not receiver.letters and not looks(municipality)
    town.turn()
    [look] = looks(municipality)
    course, caseworker = municipality.find("course", "c-1"), municipality.find("person", "s-12")
    assert (look.record.what, look.record.functions) == ("webhook", ("system",))
    assert look.record.rows == len(receiver.letters) == 2
    assert set(look.record.whose) == {course, caseworker}
    assert look.private.user == f"webhook {town.id}"
    town.turn()  # nothing new: nothing sent, nothing seen
    assert len(looks(municipality)) == 1


def test_a_daily_letter_is_a_look_at_all_whom_it_tells_of(
    server: Server, clock: Clock, office: PostOffice
) -> None:
    hall = told_hall(server, clock)
    hall.clock.now = hall.at(0, 9) + timedelta(minutes=1)
    post, person = post_of(hall, office), hall.person(CASEWORKER)
    before = last(hall.store)
    with locked(hall.store), pytest.raises(NotRecordedError):
        post.send("0860", person, MONDAY)
    assert not office.taken
    post.send("0860", person, MONDAY)
    [look] = looks(hall.store, before)
    # The letter tells of c-1, c-2, c-3, c-9 and c-5.
    courses = {hall.store.find("course", f"c-{n}") for n in (1, 2, 3, 5, 9)}
    assert set(look.record.whose) == {person, *courses}
    assert (look.record.what, look.record.rows, look.private.user) == ("digest", 5, "digest")
    assert len(office.taken) == 1
