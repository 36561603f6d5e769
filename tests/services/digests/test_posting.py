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
from services.digests.contents import StaleViewsError
from services.digests.letter import Envelope, Told, letter, text
from services.digests.marks import Letters, Outcome
from services.digests.posting import FutureDayError, Mail, Post, key_of
from services.following.concerning import Concerned
from services.mail.sending import MailAwayError, Mailer
from services.mail.server import mail_server
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock, fresh_database
from tests.services.digests.town_hall import (
    ADDRESSES,
    CASEWORKER,
    COORDINATOR,
    MONDAY,
    SECRETS,
    UNREACHED,
    TownHall,
)
from tests.services.mail.post_office import PostOffice, post_office

SMUGGLED = "a@=?utf-8?q?b.dk=0D=0ASubject=3A_Nyt_kodeord=0D=0A=0D=0AHej?="
"""An encoded word (RFC 2047) that brings a header and a body of its own."""
TUESDAY = MONDAY + timedelta(days=1)
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


def told_hall(server: Server, clock: Clock) -> TownHall:
    """A match is due 14 days after the intake, on Monday 12 January at the latest for c-1."""
    hall = TownHall(server, clock).staffed()
    hall.course("c-1", -14)  # due today
    hall.course("c-2", -16)  # due on Saturday, after Friday's letter
    hall.course("c-3", -20)  # due on the 6th, reminded on the 11th
    hall.course("c-4", -22)  # due on the 4th, the coordinator's since the 11th
    hall.course("c-5", -10)  # due on the 16th
    hall.course("c-6", -6)  # due on the 20th: in more than seven days
    hall.course("c-7", -18)  # due on the 8th, snoozed until the 13th
    hall.course("c-8", -18)  # due on the 8th, taken over by the coordinator
    hall.course("c-9", -18)  # due on the 8th
    hall.course("c-10", -18, caseworker=UNREACHED)
    hall.on(-1, hall.snooze, "c-7", 1)
    hall.on(-1, hall.take_over, "c-8")
    return hall.lived()


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


@pytest.fixture
def own(server: Server, clock: Clock) -> TownHall:
    """One that a test may tell more."""
    return told_hall(server, clock)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server at work."""
    with post_office() as office:
        yield office


def post_of(hall: TownHall, office: PostOffice) -> Post:
    mailer = Mailer(mail_server(office.address))
    return Post(hall.engine, Mail(mailer, "roedtraad@kommune.example", "https://rt.example"))


def sent_to(hall: TownHall, post: Post, person: str, day: date = MONDAY, **more: Any) -> Outcome:
    return post.send("0860", hall.person(person), day, **more)


def without_links(told: str) -> str:
    return "".join(line for line in told.splitlines(True) if not line.startswith("  "))


def outcome_of(hall: TownHall, person: str, day: date = MONDAY) -> tuple[str, int | None, int]:
    mark = Letters(hall.store).of(day, hall.person(person))
    assert mark is not None
    return mark.outcome, mark.code, mark.attempts


def letters_of(hall: TownHall, post: Post, day: date = MONDAY) -> dict[UUID, str]:
    return {
        person: text(post.told(hall.store, person, day), lambda id_: id_, "da")
        for person in post.persons(hall.store, day)
    }


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


def test_an_address_is_what_was_told_last_under_any_of_a_person_s_ids(
    own: TownHall, office: PostOffice
) -> None:
    post = post_of(own, office)
    own.town.tell(
        "mentor.employed",
        "tid-7",
        -3,
        from_=own.town.day(-3).isoformat(),
        weekly_minutes=300,
        gender="male",
        email="ny@kommune.example",
    )
    own.town.tell(
        "team.identity-linked",
        "team",
        -2,
        person={"id": CASEWORKER},
        alias={"id": "tid-7"},
        basis="case-system",
    )
    own.project()
    [person] = [one for one in post.persons(own.store, MONDAY) if one == own.one(CASEWORKER)]
    assert post.send("0860", person, MONDAY) == Outcome.SENT
    assert [receiver for receiver, _ in office.taken] == ["ny@kommune.example"]


def test_whoever_has_two_ids_gets_one_letter(own: TownHall, office: PostOffice) -> None:
    # The fourth course is the coordinator's as who holds the function, the eighth since she took it
    # over under the id that she had then. She is one with k-77 from now on, and read as that.
    own.assigned("k-77", "leader", -1, email="kirsten.ny@kommune.example")
    own.town.tell(
        "team.identity-linked",
        "team",
        0,
        person={"id": "k-77"},
        alias={"id": COORDINATOR},
        basis="case-system",
    )
    own.project()
    post, one = post_of(own, office), own.person("k-77")
    assert own.one(COORDINATOR) == one
    letters = letters_of(own, post)
    assert own.person(COORDINATOR) not in letters
    assert "forløb c-4 " in letters[one] and "forløb c-8 " in letters[one]
    assert post.send("0860", one, MONDAY) == Outcome.SENT
    # Had she had it under her other id before the two were linked, she would get no second one.
    with own.server.pool.connection() as connection:
        connection.execute(
            "UPDATE m0860.digests SET person = %s WHERE person = %s",
            (own.person(COORDINATOR), one),
        )
    assert post.send("0860", one, MONDAY) == Outcome.SENT
    assert [receiver for receiver, _ in office.taken] == ["kirsten.ny@kommune.example"]


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


def test_what_is_no_address_is_none(own: TownHall, office: PostOffice) -> None:
    post = post_of(own, office)
    for attempts, email in enumerate(("se telefonlisten", SMUGGLED), 1):
        own.assigned(CASEWORKER, "caseworker", 0, email=email)
        own.project()
        assert sent_to(own, post, CASEWORKER) == Outcome.NO_ADDRESS
        assert outcome_of(own, CASEWORKER) == ("no-address", None, attempts)
    assert not office.taken


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


def test_what_is_snoozed_is_told_of_from_its_day_on(own: TownHall, office: PostOffice) -> None:
    assert not any("c-7" in told for told in letters_of(own, post_of(own, office)).values())
    own.clock.now = own.at(1, 9)
    own.look()
    own.project()
    told = letters_of(own, post_of(own, office), TUESDAY)[own.person(CASEWORKER)]
    assert "- Match mangler · forløb c-7 · frist 08.01.2026 (5 dage over) · påmindet" in told


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


def test_with_nothing_due_there_is_no_letter(own: TownHall, office: PostOffice) -> None:
    for course in range(1, 11):
        own.town.closed(f"c-{course}", -1)
    own.look()
    own.project()
    post = post_of(own, office)
    assert post.persons(own.store, MONDAY) == []
    assert sent_to(own, post, CASEWORKER) == Outcome.NOTHING
    assert not office.taken


def test_without_a_mail_server_nobody_is_written_to(hall: TownHall) -> None:
    assert Post(hall.engine, None).to_be_written("0860") == (MONDAY, [])


def test_views_that_are_behind_write_no_letters(own: TownHall, office: PostOffice) -> None:
    own.course("c-11", 0)
    for tell in own.due_today():
        tell()
    own.clock.now += timedelta(minutes=1)
    with pytest.raises(StaleViewsError):
        post_of(own, office).to_be_written("0860")


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
