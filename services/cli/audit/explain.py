"""`roedtraad audit explain`: the events and the rule pack behind a follow-up or a figure."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer

from domain import codes
from domain.envelope import Recorded
from domain.follow_ups import why
from services.audit.access.looking import Seen, together
from services.audit.access.named import named_in
from services.audit.changes.duty import Explained, Pack, explained, raised_as
from services.audit.changes.reckoned import Part, reckoned, sentence
from services.audit.replaying.reading import value_in_words
from services.audit.replaying.telling import Reader, event_as_json
from services.cli.audit.asked import Way, WayOption
from services.cli.audit.explain_figure import FigureAsked, explain_figure
from services.cli.looking import PurposeOption, look
from services.cli.options import (
    REFUSED,
    AsOf,
    By,
    From,
    KnownAt,
    MunicipalityOption,
    OnlyCourse,
    To,
    stores_of,
)
from services.cli.show import counted_as_told, err, out, print_json, print_lines
from services.following.streams import Streams
from services.municipalities import name_of
from services.rendering import danish, plain, short_id
from services.root import open_app
from services.rule_words import basis_of
from services.settings import Settings
from services.store.municipality import Municipality
from services.view_list.events import EVENT_NAMES
from services.views import VIEWS, bring_up_to_date
from services.words import Words

Json = Any
_SHOWN = 9
_FOLLOW_UP = Words("Opfølgning", "Follow-up")
_HANGS_ON = Words("Hænger på", "Hangs on")
_UNKNOWN = Words("ukendt hændelse", "unknown event")
_DEADLINE = Words("Frist", "Deadline")
_NO_DUTY = Words(
    "efter det, man vidste da, beder reglerne ikke om den.",
    "by what was known then, the rules ask for no such thing.",
)
_PACK = Words("Regelsæt", "Rule pack")
_FROM = Words("fra", "from")
_ADOPTED = Words("vedtaget", "adopted")
_OF_PROGRAM = Words("følger med programmet", "comes with the program")
_BASIS = Words("grundlag", "basis")
_TOLD = Words("Hændelser", "Events")


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(explain)


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FOLLOW-UP|VIEW", help="Opfølgningens id (begyndelsen er nok), eller overblik."
        ),
    ],
    by: By = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="KOLONNE=VÆRDI", help="Hvilke rækker (which rows)."),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="Hvilket tal (which figure).")
    ] = None,
    from_: From = None,
    to: To = None,
    course: OnlyCourse = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    municipality: MunicipalityOption = None,
    format_: WayOption = Way.TEXT,
    purpose: PurposeOption = None,
) -> None:
    """Hvorfor? Hændelserne og regelsættet bag. (Why? The events and the rule pack behind.)"""
    settings = Settings()
    if what in VIEWS:
        asked = FigureAsked(
            what, by, tuple(where or ()), column, from_, to, course, as_of, known_at, municipality
        )
        explain_figure(settings, asked, Way(format_))
        return
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        bring_up_to_date(stores)
        store, id_ = _find(stores, what)
        with counted_as_told(name_of(store.code)) as tell:
            found = explained(store, Streams(store), id_, tell)
        events = [found.raised, *found.told, *([found.anchor] if found.anchor else [])]
        people = named_in(events) | _adopted_by(found.pack)
        look([store], {store.code: Seen(len(events), people)})
        reader = Reader(store.references(people))
    if format_ is Way.JSON:
        print_json(_as_json(found, store.code, reader))
    else:
        print_lines(_lines(found, name_of(store.code), reader, settings.lang, out.width))


def _find(stores: list[Municipality], id_: str) -> tuple[Municipality, str]:
    """The one follow-up of that id, or that begins so; also one that is closed."""
    found = [(store, one) for store in stores for one in raised_as(store, id_)]
    if len(found) != 1:
        look(stores, together(*(_of(store, one) for store, one in found[:_SHOWN])))
    if not found:
        _refuse("Ingen opfølgning har det id, og intet overblik hedder sådan (nothing is it).")
    if len(found) > 1:
        several = ", ".join(short_id(one) for _, one in found[:_SHOWN])
        _refuse(f"Flere opfølgninger begynder så; skriv mere (several begin so): {several}")
    return found[0]


def _of(store: Municipality, id_: str) -> dict[str, Seen]:
    """Whose follow-up it is."""
    raised = store.read_event(store.source, id_)
    return {store.code: Seen(1, named_in([raised] if raised else []))}


def _adopted_by(pack: Pack | None) -> set[UUID]:
    """Who adopted it."""
    who = pack.adoption.actor.id if pack is not None and pack.adoption else None
    return {who} if who else set()


def _refuse(message: str) -> NoReturn:
    err.print(message, soft_wrap=True)
    raise typer.Exit(REFUSED)


def _as_json(found: Explained, code: str, reader: Reader) -> Json:
    one = found.obligation
    return {
        "municipality": code,
        "follow_up": found.raised.source_id,
        "rule": found.key.rule,
        "why": why(found.key.rule, one.days)[0] if one else None,
        "why_english": why(found.key.rule, one.days)[1] if one else None,
        "about": reader.of(found.key.about),
        "raised": event_as_json(found.raised, reader),
        "anchor": event_as_json(found.anchor, reader) if found.anchor else None,
        "since": one.duty.since if one else None,
        "due_on": found.fact.due_on,
        "reckoning": [_part(part) for part in reckoned(one)] if one else None,
        "pack": _pack_as_json(found.pack, found, reader),
        "events": [event_as_json(event, reader) for event in found.told],
    }


def _part(part: Part) -> Json:
    return {"what": part.what.en, "danish": part.what.da, "on": part.on}


def _pack_as_json(pack: Pack | None, found: Explained, reader: Reader) -> Json:
    if pack is None:
        return None
    one, adoption = found.obligation, pack.adoption
    return {
        "pack": pack.pack,
        "edition": pack.edition,
        "sha256": pack.sha256,
        "from": plain(one.pack.period.from_) if one else None,
        "to": plain(one.pack.period.to) if one else None,
        "basis": one.terms.basis if one else None,
        "adopted": None
        if adoption is None
        else {
            "source": adoption.ref.source,
            "id": adoption.ref.id,
            "at": plain(adoption.at),
            "by": reader.of(adoption.actor),
        },
        "lines": [{"line": line.number, "text": line.text} for line in pack.lines],
    }


def _lines(
    found: Explained, place: str, reader: Reader, language: str, width: int
) -> Iterator[str]:
    rule, one = found.key.rule, found.obligation
    called = codes.rules.danish[rule] if language == "da" else rule
    yield f"{_FOLLOW_UP.say(language)} {short_id(found.raised.source_id)}, {place}: {called}"
    if one is not None:
        danish_why, english_why = why(rule, one.days)
        yield from wrap(english_why if language == "en" else danish_why, width)
    yield ""
    anchor = _event(found.anchor, reader, language) if found.anchor else _UNKNOWN.say(language)
    yield f"{_HANGS_ON.say(language)}: {anchor}"
    told = sentence(reckoned(one), language) if one else _NO_DUTY.say(language)
    yield from wrap(f"{_DEADLINE.say(language)}: {told}", width)
    yield ""
    if found.pack is not None:
        yield from _pack_lines(found.pack, found, reader, language)
    yield f"{_TOLD.say(language)}:"
    for event in found.told:
        yield f"  {_event(event, reader, language)}"


def _pack_lines(pack: Pack, found: Explained, reader: Reader, language: str) -> Iterator[str]:
    one, adoption = found.obligation, pack.adoption
    since = f", {_FROM.say(language)} {danish(one.pack.period.from_)}" if one else ""
    how = _OF_PROGRAM.say(language)
    if adoption is not None:
        who = value_in_words(adoption.actor, reader.names, language, {})
        how = f"{_ADOPTED.say(language)} {danish(adoption.at)} · {who} · {adoption.ref.id}"
    yield f"{_PACK.say(language)} {pack.pack} {pack.edition}{since}: {how}"
    if one is not None:
        yield f"  {_BASIS.say(language)}: {basis_of(one.terms.basis, language)}"
    for line in pack.lines:
        yield f"  {line.number:>4}  {line.text}"
    yield ""


def _event(event: Recorded, reader: Reader, language: str) -> str:
    name = EVENT_NAMES[event.fact.NAME] if language == "da" else event.fact.NAME
    who = value_in_words(event.fact.on_behalf_of or event.fact.actor, reader.names, language, {})
    return (
        f"{danish(event.occurred_at)} {name} · {who} · {event.source} {event.source_id},"
        f" position {event.position}"
    )
