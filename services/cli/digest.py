"""`roedtraad digest`: the daily letters to staff: what became of them, what they say, by hand."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from domain.calendar import day_of
from services.audit.access.looking import Seen
from services.cli.looking import PurposeOption, look
from services.cli.mailing import outbox_of, with_mail
from services.cli.options import (
    FormatOption,
    MunicipalityOption,
    OneMunicipality,
    stores_of,
)
from services.cli.show import Format, err, print_rows, print_text, progress_bar
from services.digests.marks import TROUBLED, Letters, Mark, Outcome
from services.listing import Row, with_senders_ids
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.views import bring_up_to_date
from services.words import Words

if TYPE_CHECKING:
    from email.message import EmailMessage

    from services.digests.posting import Post

FAILED = 1
digest = typer.Typer(help="Daglige breve til medarbejdere (daily letters).", no_args_is_help=True)

OUTCOMES = {
    Outcome.SENT: Words("sendt", "sent"),
    Outcome.WAITING: Words("ikke modtaget endnu", "not taken yet"),
    Outcome.REFUSED: Words("afvist", "refused"),
    Outcome.NO_ADDRESS: Words("ingen adresse", "no address"),
    Outcome.NOTHING: Words("intet at fortælle", "nothing to tell"),
}
_HEADINGS = {
    "municipality": Words("Kommune", "Municipality"),
    "day": Words("Dag", "Day"),
    "person_id": Words("Person", "Person"),
    "outcome": Words("Hvad der skete", "What became of it"),
    "reason": Words("Hvorfor", "Why"),
    "code": Words("Mailserverens svar", "The mail server's answer"),
    "attempts": Words("Forsøg", "Attempts"),
    "noted_at": Words("Senest", "Last"),
}
_Days = Annotated[int, typer.Option("--days", min=1, help="Så mange dage tilbage (days back).")]
_Day = Annotated[
    str | None, typer.Option("--day", help="Dagen, 2026-03-31; i dag, hvis udeladt (the day).")
]

_Person = Annotated[
    str | None,
    typer.Option("--person", help="Kun brevene til den, fx s-12 (whose letters, by sender's id)."),
]


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(digest, name="digest")


@digest.command(name="list")
def list_(
    municipality: MunicipalityOption = None,
    days: _Days = 7,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Hvad der blev af brevene, og hvem der ingen adresse har. (What became of the letters.)"""
    settings = Settings()
    with open_app(settings) as app:
        since = day_of(datetime.now(UTC)) - timedelta(days=days - 1)
        stores = stores_of(app, municipality)
        marks = {store.code: Letters(store).since(since) for store in stores}
        rows = [row for store in stores for row in _listed(store, marks[store.code])]
        people = {code: {mark.person for mark in several} for code, several in marks.items()}
        look(stores, {code: Seen(len(marks[code]), ids) for code, ids in people.items()})
    headings = {name: words.say(settings.lang) for name, words in _HEADINGS.items()}
    if format_ is Format.TABLE:
        rows = [row | {"outcome": OUTCOMES[row["outcome"]].say(settings.lang)} for row in rows]
    title = Words("Breve", "Letters").say(settings.lang)
    print_rows(title, headings, rows, format_)


def _listed(store: Municipality, marks: Iterable[Mark]) -> list[Row]:
    rows = [
        {
            "municipality": name_of(store.code),
            "day": mark.day,
            "person": mark.person,
            "outcome": Outcome(mark.outcome),
            "reason": mark.reason or None,
            "code": mark.code,
            "attempts": mark.attempts,
            "noted_at": mark.noted_at,
        }
        for mark in marks
    ]
    named = with_senders_ids(store, rows, ["person"])
    return [{name: row[name] for name in _HEADINGS} for row in named]


@digest.command()
def show(
    last: Annotated[int, typer.Option("--last", min=1, help="Så mange (so many).")] = 1,
    person: _Person = None,
    municipality: MunicipalityOption = None,
    purpose: PurposeOption = None,
) -> None:
    """De seneste breve i den indbyggede postkasse. (The last letters in our own mailbox.)"""
    from services.digests.addresses import addresses_of
    from services.digests.kept import is_of, seen_in
    from services.mail.mailbox import letters

    settings = Settings()
    folder = outbox_of(settings)
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        asked = {s.code: _ids(s, person) for s in stores}
        to = {s.code: set(addresses_of(s, asked[s.code]).values()) for s in stores if person}

        def wanted(head: "EmailMessage") -> bool:
            # A look is recorded where the letter is from, so others aren't shown.
            own = (code for code in asked if is_of(head, code))
            return any(person is None or head["To"] in to[code] for code in own)

        found = letters(folder, last, wanted)
        look(stores, {s.code: seen_in(s, found, asked[s.code]) for s in stores})
    if not found:
        err.print(f"Ingen breve i (no letters in) {folder}.", soft_wrap=True)
    for message in found:
        for name in ("Date", "From", "To", "Subject", "Message-ID"):
            print_text(f"{name}: {message[name]}\n")
        body = message.get_body(("plain",))
        told = body.get_content() if body is not None else ""
        print_text("\n" + told.replace("\r\n", "\n") + "\n")


def _ids(store: Municipality, person: str | None) -> list[UUID]:
    """All whom senders call so."""
    return [] if person is None else store.find_all("person", person, store.sources())


@digest.command()
def send(
    municipality: OneMunicipality,
    day: _Day = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send intet; vis, hvad de ville sige (send nothing).")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Også til dem, der har fået det (to all, once more).")
    ] = False,
    purpose: PurposeOption = None,
) -> None:
    """Skriv brevene nu, også på en fridag. (Write the letters now, on days off too.)"""
    asked = asked_day(day)
    with open_app(Settings()) as app, with_mail(app) as mailing:
        for store in stores_of(mailing, municipality):
            bring_up_to_date([store])
            post = post_of(mailing)
            if dry_run:
                _tell(mailing, post, store, asked)
                continue
            outcomes = _sent(post, store, asked, again)
            if any(outcomes[one] for one in TROUBLED):
                raise typer.Exit(FAILED)


def post_of(app: App) -> "Post":
    """The post as the app's settings have it."""
    from services.digests.posting import Post, mail_of
    from services.follow_ups import Engine

    return Post(Engine(app.server), mail_of(app.settings), app.settings.digest_hour)


def _sent(post: "Post", store: Municipality, day: date, again: bool) -> Counter[Outcome]:
    """Send all letters of a day; what became of them, on stderr too."""
    with progress_bar() as bar:
        task = bar.add_task(f"Breve (letters): {name_of(store.code)}", total=None)
        outcomes = post.send_all(
            store, day, lambda done, of: bar.update(task, completed=done, total=of), again=again
        )
    told = [f"{n} {OUTCOMES[one].da} ({OUTCOMES[one].en})" for one, n in _in_order(outcomes)]
    said = ", ".join(told) or "ingen breve (no letters)"
    err.print(f"{name_of(store.code)}: {said}.", soft_wrap=True)
    return outcomes


def _in_order(outcomes: Counter[Outcome]) -> Iterator[tuple[Outcome, int]]:
    return ((one, outcomes[one]) for one in Outcome if outcomes[one])


def _tell(app: App, post: "Post", store: Municipality, day: date) -> None:
    """What the letters would say, each under the id of who would get it."""
    from services.digests.letter import link_to, text

    link = link_to(app.settings.link, store.code)
    persons = post.persons(store, day)
    whose = {one for person in persons for one in post.seen(store, person, day).whose}
    look([store], {store.code: Seen(len(persons), whose)})
    named = with_senders_ids(store, [{"person": one} for one in persons], ["person"])
    for row in named:
        told = post.told(store, row["person"], day)
        print_text(f"=== {row['person_id'] or '–'}\n\n{text(told, link, app.settings.lang)}\n")


def asked_day(text: str | None) -> date:
    """A day that has come; today where none is given."""
    today = day_of(datetime.now(UTC))
    try:
        day = today if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("skriv 2026-03-31 (write a date)", param_hint="--day") from None
    if day > today:
        message = "dagen er ikke kommet (the day hasn't come)"
        raise typer.BadParameter(message, param_hint="--day")
    return day
