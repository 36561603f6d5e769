"""Posting the letters: who gets one, each at least once, and what became of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from threading import Lock
from uuid import UUID

import structlog
from msgspec import Struct

from domain.calendar import Calendar, day_of
from domain.envelope import Recorded
from domain.folding import Persons
from domain.team import TeamState, fold_team
from services.audit.access.looking import SYSTEM, Asking, Seen
from services.audit.access.looks import Looks
from services.digests.addresses import Sealed, opened, sealed_addresses
from services.digests.contents import Contents, StaleViewsError, contents
from services.digests.letter import Envelope, Told, letter, link_to
from services.digests.marks import FINAL, Letters, Outcome
from services.follow_ups import Engine
from services.following.people import rule_book_of
from services.mail.sending import MailAwayError, Mailer, MailRefusedError
from services.mail.server import mail_server
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.writing import utc_now

_KNOWN_FOR = timedelta(minutes=10)  # one reading of the worklist serves all letters of a day
_FAULT = "fault"  # of our own
_SENDING = Asking(
    what="digest", user="digest", functions=(SYSTEM,), purpose="Dagligt brev (daily letter)"
)

log = structlog.get_logger()

Tell = Callable[[int, int], None]
"""Is told how many letters are done, and of how many."""


def nobody(done: int, of: int) -> None:
    """Nobody wants to know."""


class FutureDayError(ValueError):
    """Nobody knows yet what lies with whom on that day."""


class Mail(Struct, frozen=True):
    """How letters go out. `link` as `link_to` takes it, `language` da or en."""

    mailer: Mailer
    sender: str
    link: str | None
    language: str = "da"


def mail_of(settings: Settings) -> Mail | None:
    """As it is set; None where no mail server is."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    mailer = Mailer(mail_server(settings.smtp_url))
    return Mail(mailer, settings.mail_from, settings.link, settings.lang)


class _Reading(Struct, frozen=True):
    """The contents of a day's letters, and whom of those that have something none reaches."""

    contents: Contents
    addresses: Sealed
    without_address: frozenset[UUID]
    aliases: Mapping[UUID, tuple[UUID, ...]]
    at: datetime

    def ids(self, person: UUID) -> list[UUID]:
        """All ids of a person."""
        return [person, *self.aliases.get(person, ())]

    def told(self, municipality: str, person: UUID) -> Told:
        """What a person's letter tells; the coordinator's also what reaches nobody."""
        known, without, nobodys = self.contents, 0, 0
        if person == known.coordinator:
            without, nobodys = sum(map(known.open_with, self.without_address)), known.nobodys
        entries = known.entries.get(person, ())
        return Told(municipality, known.day, entries, without, nobodys)

    def persons(self, municipality: str) -> list[UUID]:
        """Who has something to be told."""
        asked = {*self.contents.entries, self.contents.coordinator} - {None}
        return sorted(one for one in asked if one and not self.told(municipality, one).is_empty)


class Post:
    """The letters of a server's municipalities. Safe to use from threads.

    `hour` is when they are written on working days, Copenhagen's time; without `mail` there are
    none.
    """

    def __init__(self, engine: Engine, mail: Mail | None, hour: int = 7) -> None:
        self._engine = engine
        self._mail = mail
        self._hour = hour
        self._read: dict[str, _Reading] = {}
        self._looks = Looks(engine.server.pool)
        self._lock = Lock()

    def to_be_written(self, code: str) -> tuple[date, list[UUID]]:
        """Today, and who is to get a letter: nobody on a day off, and without a mail server.

        Raises StaleViewsError.
        """
        store = self._store(code)
        day = day_of(store.clock() if store else utc_now())
        if self._mail is None or store is None:
            return day, []
        if not self._calendar(fold_team(_team_of(store))).is_working_day(day):
            return day, []
        Letters(store).let_go(day)
        return day, self.persons(store, day)

    def persons(self, store: Municipality, day: date) -> list[UUID]:
        """Who has something to be told on a day. Raises StaleViewsError, FutureDayError."""
        return self._reading(store, day).persons(store.code)

    def told(self, store: Municipality, person: UUID, day: date) -> Told:
        """What that person's letter tells. Raises as `persons` does."""
        return self._reading(store, day).told(store.code, person)

    def seen(self, store: Municipality, person: UUID, day: date) -> Seen:
        """Whose data that letter tells, its reader's too. Raises as `persons` does."""
        entries = self.told(store, person, day).entries
        return Seen(len(entries), {person}.union(*(entry.whose for entry in entries)))

    def send(self, code: str, person: UUID, day: date, *, again: bool = False) -> Outcome:
        """Send a person's letter of a day, unless it was sent or refused already.

        It is noted after it was handed in: who dies between the two sends the same Message-ID
        again. Raises MailAwayError (noted too), NotRecordedError and what `persons` does.
        """
        store = self._store(code)
        if store is None or self._mail is None:
            return Outcome.NOTHING
        noted, reading = Letters(store), self._reading(store, day)
        before = noted.done(day, reading.ids(person), FINAL)
        if before is not None and not again:
            return Outcome(before.outcome)
        told = reading.told(code, person)
        if told.is_empty:
            return Outcome.NOTHING
        sealed = {one: text for one, text in reading.addresses.items() if one == person}
        address = opened(store, sealed).get(person)
        if address is None:
            noted.note(day, person, Outcome.NO_ADDRESS)
            return Outcome.NO_ADDRESS
        # What is sent is seen: where it can't be recorded, it isn't sent.
        seen = self.seen(store, person, day)
        self._looks.record(_SENDING, [store], {code: seen})
        return self._hand_in(store, self._mail, seen, person, told, address)

    def send_all(
        self, store: Municipality, day: date, tell: Tell = nobody, *, again: bool = False
    ) -> Counter[Outcome]:
        """Send all letters of a day, each tried once; in numbers, what became of them.

        Raises as `persons` does.
        """
        outcomes: Counter[Outcome] = Counter()
        persons = self.persons(store, day)
        for number, person in enumerate(persons, 1):
            try:
                outcomes[self.send(store.code, person, day, again=again)] += 1
            except MailAwayError:
                outcomes[Outcome.WAITING] += 1
            except (StaleViewsError, FutureDayError):
                raise
            except Exception as error:  # one letter's fault isn't the others'
                log.error("a letter fails", municipality=store.code, kind=type(error).__name__)
                outcomes[Outcome.WAITING] += 1
            tell(number, len(persons))
        return outcomes

    def _hand_in(
        self, store: Municipality, mail: Mail, seen: Seen, person: UUID, told: Told, address: str
    ) -> Outcome:
        noted = Letters(store)
        envelope = Envelope(mail.sender, address, key_of(store, person, told.day), store.clock())
        try:
            written = letter(told, envelope, link_to(mail.link, store.code), mail.language)
            mail.mailer.send(written, mail.sender, address)
        except MailRefusedError as error:
            noted.note(told.day, person, Outcome.REFUSED, code=error.code)
            log.warning("a letter was refused", municipality=store.code, code=error.code)
            return Outcome.REFUSED
        except MailAwayError as error:
            noted.note(told.day, person, Outcome.WAITING, error.reason, error.code)
            raise
        except Exception:
            noted.note(told.day, person, Outcome.WAITING, _FAULT)
            raise
        noted.note(told.day, person, Outcome.SENT, whose=seen.whose)
        return Outcome.SENT

    def _store(self, code: str) -> Municipality | None:
        """None for a municipality that is gone: to ask for its store would make it anew."""
        server = self._engine.server
        return server.municipality(code) if code in known_municipalities(server.pool) else None

    def _calendar(self, team: TeamState) -> Calendar:
        """The letters' hour, and the days on which the municipality is closed by its own rules."""
        packs = rule_book_of(team.adoptions).packs
        closed = frozenset(day for pack in packs for day in pack.closed)
        return Calendar(morning=time(self._hour), closed=closed)

    def _reading(self, store: Municipality, day: date) -> _Reading:
        now = store.clock()
        with self._lock:
            known = self._read.get(store.code)
            if known and known.contents.day == day and now < known.at + _KNOWN_FOR:
                return known
            found = self._fresh(store, day, now)
            self._read[store.code] = found
            return found

    def _fresh(self, store: Municipality, day: date, now: datetime) -> _Reading:
        if day > day_of(now):
            raise FutureDayError(day.isoformat())
        told = _team_of(store)
        team = fold_team(told)
        calendar = self._calendar(team)
        as_of = now if day == day_of(now) else calendar.morning_of(day)
        since = calendar.morning_of(calendar.working_day_before(day))
        found = contents(store, self._engine, team, day=day, now=now, since=since, as_of=as_of)
        sealed = sealed_addresses(store, told, Persons(team.same))
        own = {person: sealed[person] for person in found.entries if person in sealed}
        lacking = frozenset(found.entries.keys() - opened(store, own).keys())
        return _Reading(found, sealed, lacking, _aliases(team.same), now)


def _team_of(store: Municipality) -> list[Recorded]:
    """What the log tells of the team."""
    stream = store.team()
    return store.read_stream(stream) if stream else []


def _aliases(same: Mapping[UUID, UUID]) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, tuple[UUID, ...]] = {}
    for alias, person in same.items():
        found[person] = (*found.get(person, ()), alias)
    return found


def key_of(store: Municipality, person: UUID, day: date) -> str:
    """The part of a Message-ID that is always the same for a person's letter of a day.

    A keyed hash: whoever sees it can't tell whose letter it is, nor which of two are one person's.
    """
    return store.key.lookup("digest", person.hex, day.isoformat()).hex()[:40]
