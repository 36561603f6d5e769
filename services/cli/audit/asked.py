"""What is asked about: a course by any of its ids, or a municipality."""

from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

import typer

from services.audit.access.looking import Seen, together
from services.cli.looking import look
from services.cli.options import REFUSED, stores_of
from services.cli.show import err
from services.following.streams import Streams
from services.municipalities import UnknownMunicipalityError, code_of
from services.root import App
from services.store.municipality import Municipality

_SHORTEST = 8  # signs of a short id


class Way(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


WayOption = Annotated[Way, typer.Option("--format", help="text eller json (NDJSON).")]
CourseOrMunicipality = Annotated[
    str,
    typer.Argument(
        metavar="COURSE|MUNICIPALITY", help="Forløbets id, eller kommunens navn eller kode."
    ),
]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="Det fagsystem, hvis id det er (whose id it is).")
]


class Asked(NamedTuple):
    """A municipality, and one of its courses or mentors unless all of it is asked about."""

    store: Municipality
    streams: Streams
    course: UUID | None
    mentor: UUID | None = None

    @property
    def whose(self) -> set[UUID]:
        """Who is asked about, by all ids of a course: they are looked at whatever the answer is."""
        if self.course is not None:
            return {self.course, *self.streams.now().same_course(self.course)}
        return set() if self.mentor is None else {self.mentor}


def asked_about(app: App, what: str, municipality: str | None, source: str | None) -> Asked:
    """A municipality by its name or code; else a course. Prints what is wrong, and exits with 2.

    With `municipality` it is a course of that one, whatever it is called.
    """
    whole = None if municipality is not None else _municipality(what)
    if whole is not None:
        [store] = stores_of(app, whole) or [_refused("Ingen hændelser (no events).")]
        return Asked(store, Streams(store), None)
    return course_of(stores_of(app, municipality), what, source)


def course_of(stores: list[Municipality], id_: str, source: str | None) -> Asked:
    """A course by its sender's id, our own, or the beginning of ours."""
    return _the_one(
        stores,
        [one for store in stores for one in _courses(store, id_, source)],
        several="Flere forløb passer: angiv --municipality eller hele id'et (several do).",
        none="Intet forløb har det id (no course has that id).",
    )


def mentor_of(stores: list[Municipality], id_: str, source: str | None) -> Asked:
    """A mentor by their sender's id, or our own."""
    return _the_one(
        stores,
        [one for store in stores for one in _mentors(store, id_, source)],
        several="Flere mentorer passer: angiv --municipality eller --source (several do).",
        none="Ingen mentor har det id (no mentor has that id).",
    )


def _the_one(stores: list[Municipality], found: list[Asked], *, several: str, none: str) -> Asked:
    """The only one found; else it is refused, in these words."""
    if len(found) != 1:
        _look(stores, found)
        _refused(several if found else none)
    return found[0]


def _look(stores: list[Municipality], found: list[Asked]) -> None:
    """That nobody, or several, have an id is an answer about those who have it."""
    look(stores, together(*({one.store.code: Seen(0, one.whose)} for one in found)))


def _mentors(store: Municipality, id_: str, source: str | None) -> list[Asked]:
    streams = Streams(store)
    named = store.find_all("person", id_, [source] if source else store.sources())
    known = streams.now().mentors
    several = [one for one in known if one in named or str(one) == id_.lower()]
    return [Asked(store, streams, None, mentor=one) for one in several]


def _courses(store: Municipality, id_: str, source: str | None) -> list[Asked]:
    streams = Streams(store)
    if (stream := store.find("course", id_, source)) is not None:
        return [Asked(store, streams, stream)]
    short = id_.lower().replace("-", "")
    if len(short) < _SHORTEST or not all(sign in "0123456789abcdef" for sign in short):
        return []
    known = streams.now().courses
    return [Asked(store, streams, one) for one in known if one.hex.startswith(short)]


def _municipality(text: str) -> str | None:
    try:
        return code_of(text)
    except UnknownMunicipalityError:
        return None


def _refused(message: str) -> Municipality:
    err.print(message)
    raise typer.Exit(REFUSED)
