"""A town hall with something of each kind for its letters, and the post that sends them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.digests.letter import text
from services.digests.marks import Letters, Outcome
from services.digests.posting import Mail, Post
from services.mail.sending import Mailer
from services.mail.server import mail_server
from services.store.server import Server
from tests.conftest import Clock
from tests.services.digests.town_hall import MONDAY, UNREACHED, TownHall
from tests.services.mail.post_office import PostOffice

TUESDAY = MONDAY + timedelta(days=1)


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


def post_of(hall: TownHall, office: PostOffice) -> Post:
    """The post that sends by way of that mail server."""
    mailer = Mailer(mail_server(office.address))
    return Post(hall.engine, Mail(mailer, "roedtraad@kommune.example", "https://rt.example"))


def sent_to(hall: TownHall, post: Post, person: str, day: date = MONDAY, **more: Any) -> Outcome:
    """How it went to send somebody the letter of a day."""
    return post.send("0860", hall.person(person), day, **more)


def outcome_of(hall: TownHall, person: str, day: date = MONDAY) -> tuple[str, int | None, int]:
    """What is noted of that: the outcome, the mail server's code, and how often it was tried."""
    mark = Letters(hall.store).of(day, hall.person(person))
    assert mark is not None
    return mark.outcome, mark.code, mark.attempts


def letters_of(hall: TownHall, post: Post, day: date = MONDAY) -> dict[UUID, str]:
    """The letters of a day in Danish, by whom they are for."""
    return {
        person: text(post.told(hall.store, person, day), lambda id_: id_, "da")
        for person in post.persons(hall.store, day)
    }
