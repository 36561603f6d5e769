"""Each person's letter: what lies with them, at least once, and nothing personal."""

from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import ProgrammingError
from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded
from services.digests import posting
from services.digests.letter import Envelope, Told, letter
from services.digests.marks import Letters, Outcome
from services.digests.posting import FutureDayError, Post, key_of
from services.following.concerning import Concerned
from services.mail.sending import MailAwayError
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock, fresh_database
from tests.services.digests.post_room import (
    TUESDAY,
    letters_of,
    outcome_of,
    post_of,
    sent_to,
    told_hall,
)
from tests.services.digests.town_hall import (
    ADDRESSES,
    CASEWORKER,
    COORDINATOR,
    MONDAY,
    SECRETS,
    UNREACHED,
    TownHall,
)
from tests.services.mail.post_office import PostOffice

OF_THE_CASEWORKER = """\
Rød Tråd, Hjørring, mandag 12.01.2026

Hos dig ligger 4 opfølgninger, 3 over frist. 1 kommer inden for 7 dage.

Påmindelser (1)

- Match mangler · forløb c-3 · frist 06.01.2026 (6 dage over) · påmindet

Nye (2)

- Match mangler · forløb c-2 · frist 10.01.2026 (2 dage over) · rejst
- Match mangler · forløb c-1 · frist 12.01.2026 · rejst

Venter stadig (1)

- Match mangler · forløb c-9 · frist 08.01.2026 (4 dage over) · rejst

Kommer inden for 7 dage (1)

- Match mangler · forløb c-5 · frist 16.01.2026

Brevet er sendt automatisk af Rød Tråd. Det rummer kun henvisninger.
"""
OF_THE_COORDINATOR = """\
Rød Tråd, Hjørring, mandag 12.01.2026

Hos dig ligger 2 opfølgninger, 2 over frist.
1 opfølgning når ingen pr. e-mail: 1 hos medarbejdere uden e-mailadresse, 0 hos ingen.

Gået videre til dig (1)

- Match mangler · forløb c-4 · frist 04.01.2026 (8 dage over) · eskaleret

Venter stadig (1)

- Match mangler · forløb c-8 · frist 08.01.2026 (4 dage over) · rejst

Brevet er sendt automatisk af Rød Tråd. Det rummer kun henvisninger.
"""


@pytest.fixture(scope="module")
def shared(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownHall]:
    """One for all tests that tell it nothing more."""
    clock, keys = Clock(), Keyring(tmp_path_factory.mktemp("digests"))
    with fresh_database(postgres) as url, Server(url, keys, clock=clock) as server:
        yield told_hall(server, clock)


@pytest.fixture
def hall(shared: TownHall) -> TownHall:
    """That one, at nine on its Monday, with no letter sent."""
    shared.clock.now = shared.at(0, 9) + timedelta(minutes=1)
    with shared.server.pool.connection() as connection:
        connection.execute("truncate m0860.digests")
    return shared


def without_links(told: str) -> str:
    return "".join(line for line in told.splitlines(True) if not line.startswith("  "))


def test_each_letter_tells_what_lies_with_its_reader(hall: TownHall, office: PostOffice) -> None:
    post = post_of(hall, office)
    day, persons = post.to_be_written("0860")
    assert (day, set(persons)) == (
        MONDAY,
        {hall.person(one) for one in (CASEWORKER, COORDINATOR, UNREACHED)},
    )
    outcomes = [post.send("0860", person, day) for person in persons]
    assert sorted(outcomes) == ["no-address", "sent", "sent"]
    taken = {
        receiver: without_links(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        for receiver, message in office.taken
    }
    assert taken == {
        ADDRESSES[CASEWORKER]: OF_THE_CASEWORKER.replace("\n", "\r\n"),
        ADDRESSES[COORDINATOR]: OF_THE_COORDINATOR.replace("\n", "\r\n"),
    }


def test_nothing_that_is_sealed_is_in_a_letter_in_the_marks_or_the_id(
    hall: TownHall, office: PostOffice
) -> None:
    post = post_of(hall, office)
    for person in (CASEWORKER, COORDINATOR, UNREACHED):
        sent_to(hall, post, person)
    with hall.server.pool.connection() as connection:
        marks = str(connection.execute("select * from m0860.digests").fetchall())
    assert marks.count("sent") == 2
    assert not any(words in marks for words in (*SECRETS, "@"))
    for receiver, message in office.taken:
        del message["To"]
        parts = [part.get_content() for part in message.iter_parts()]
        whole = message.as_string() + "".join(parts)
        assert "c-4" in whole or "c-3" in whole
        for words in (*SECRETS, receiver, *(str(hall.person(one)) for one in ADDRESSES)):
            assert words not in whole, words


def test_a_letter_that_is_sent_again_has_the_same_message_id(
    hall: TownHall, office: PostOffice
) -> None:
    post = post_of(hall, office)
    assert sent_to(hall, post, CASEWORKER) == Outcome.SENT
    assert sent_to(hall, post, CASEWORKER) == Outcome.SENT
    assert len(office.taken) == 1
    hall.clock.now += timedelta(hours=3)
    assert sent_to(hall, post, CASEWORKER, again=True) == Outcome.SENT
    assert sent_to(hall, post, COORDINATOR) == Outcome.SENT
    ids = [message["message-id"] for _, message in office.taken]
    assert ids[0] == ids[1] != ids[2]
    assert key_of(hall.store, hall.person(CASEWORKER), TUESDAY) not in ids[0]


def test_who_is_killed_between_the_server_s_yes_and_our_mark_sends_the_same_again(
    hall: TownHall, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = post_of(hall, office)
    take = office.handle_DATA

    def rename(one: str, other: str) -> None:
        statement = SQL("alter table m0860.{} rename to {}")
        with hall.server.pool.connection() as connection:
            connection.execute(statement.format(Identifier(one), Identifier(other)))

    async def take_and_break(*given: Any) -> str:
        rename("digests", "gone")
        return await take(*given)

    monkeypatch.setattr(office, "handle_DATA", take_and_break)
    with pytest.raises(ProgrammingError):
        sent_to(hall, post, CASEWORKER)
    monkeypatch.undo()
    rename("gone", "digests")
    assert sent_to(hall, post, CASEWORKER) == Outcome.SENT
    first, second = (message["message-id"] for _, message in office.taken)
    assert first == second
    assert outcome_of(hall, CASEWORKER) == ("sent", None, 1)


def test_what_isn_t_taken_now_waits_and_is_taken_later(hall: TownHall, office: PostOffice) -> None:
    post = post_of(hall, office)
    office.to_rcpt = ["451 Try later"]
    with pytest.raises(MailAwayError):
        sent_to(hall, post, CASEWORKER)
    assert outcome_of(hall, CASEWORKER) == ("waiting", 451, 1)
    assert sent_to(hall, post, CASEWORKER) == Outcome.SENT
    assert outcome_of(hall, CASEWORKER) == ("sent", None, 2)


def test_what_is_refused_for_good_is_noted_and_asked_again_only_by_hand(
    hall: TownHall, office: PostOffice
) -> None:
    post = post_of(hall, office)
    office.to_rcpt = ["550 No such user"]
    assert sent_to(hall, post, CASEWORKER) == Outcome.REFUSED
    assert outcome_of(hall, CASEWORKER) == ("refused", 550, 1)
    assert sent_to(hall, post, CASEWORKER) == Outcome.REFUSED
    assert not office.taken
    assert sent_to(hall, post, CASEWORKER, again=True) == Outcome.SENT


def test_what_is_coming_is_asked_of_all_courses_at_once_and_is_what_each_says(
    hall: TownHall, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = hall.clock()
    subjects = sorted(Concerned(hall.store).needing(now))
    each = [(subject, hall.engine.holders("0860", subject, now)) for subject in subjects]
    assert len(subjects) > 9 and any(due for _, due in each)
    assert sorted(hall.engine.holders_of("0860", subjects, now), key=str) == sorted(each, key=str)
    read: list[UUID] = []
    plainly = Municipality.read_stream

    def noted(store: Municipality, stream: UUID) -> list[Recorded]:
        read.append(stream)
        return plainly(store, stream)

    monkeypatch.setattr(Municipality, "read_stream", noted)
    post_of(hall, office).persons(hall.store, MONDAY)
    # The team's, which has no sender's id, and of all courses the one that tells of links.
    assert {name for _, name in hall.store.references(read).values()} <= {"", "c-4"}


def test_a_letter_that_can_t_be_written_stops_no_other(
    hall: TownHall, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(told: Told, envelope: Envelope, *more: Any) -> EmailMessage:
        if envelope.receiver == ADDRESSES[CASEWORKER]:
            raise IndexError(envelope.receiver)
        return letter(told, envelope, *more)

    monkeypatch.setattr(posting, "letter", write)
    outcomes = post_of(hall, office).send_all(hall.store, MONDAY)
    assert outcomes == {Outcome.WAITING: 1, Outcome.SENT: 1, Outcome.NO_ADDRESS: 1}
    assert [receiver for receiver, _ in office.taken] == [ADDRESSES[COORDINATOR]]
    assert outcome_of(hall, CASEWORKER) == ("waiting", None, 1)


def test_on_days_off_nobody_is_written_to(hall: TownHall, office: PostOffice) -> None:
    post = post_of(hall, office)
    # Saturday and Sunday; a Tuesday on which the municipality's own rules say that it is closed;
    # Maundy Thursday; Constitution Day, a Friday.
    closed = ((1, 17), (1, 18), (1, 20), (4, 2), (6, 5))
    for day in (date(2026, *each) for each in closed):
        hall.clock.now = hall.at((day - MONDAY).days, 7)
        assert post.to_be_written("0860") == (day, [])
    hall.clock.now = hall.at((date(2026, 4, 7) - MONDAY).days, 7)
    assert post.to_be_written("0860")[1]


def test_without_a_mail_server_nobody_is_written_to(hall: TownHall) -> None:
    assert Post(hall.engine, None).to_be_written("0860") == (MONDAY, [])


def test_a_past_day_is_told_as_it_stood_and_one_ahead_not_at_all(
    hall: TownHall, office: PostOffice
) -> None:
    post = post_of(hall, office)
    friday = MONDAY - timedelta(days=3)
    told = letters_of(hall, post, friday)[hall.person(CASEWORKER)]
    # At seven on Friday the 9th: c-2 wasn't due yet, and c-4 was the caseworker's, reminded.
    assert "c-2" not in told and "c-1 " not in told
    assert "- Match mangler · forløb c-4 · frist 04.01.2026 (5 dage over) · påmindet" in told
    with pytest.raises(FutureDayError):
        post.persons(hall.store, TUESDAY)
    assert post.send("0999", hall.person(CASEWORKER), MONDAY) == Outcome.NOTHING


def test_marks_are_let_go_after_ninety_days(hall: TownHall, office: PostOffice) -> None:
    noted, person = Letters(hall.store), hall.person(CASEWORKER)
    for days in (91, 90):
        noted.note(MONDAY - timedelta(days=days), person, Outcome.SENT)
    post_of(hall, office).to_be_written("0860")
    assert [mark.day for mark in noted.since(date(2025, 1, 1))] == [MONDAY - timedelta(days=90)]
