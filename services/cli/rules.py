"""`roedtraad rules`: checking and adopting rule packs, and which rules held when."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from domain import codes
from domain.adoptions import adopted, adoption_id, digest_of, holds_already, overlapping
from domain.calendar import day_of
from domain.decisions.rules import ADOPT_RULES, MAY_ADOPT
from domain.events.team import RulesAdopted
from domain.rule_packs import RulePack
from domain.team import Adoption, TeamState
from domain.values import Actor, Period
from services.audit.access.looking import Seen
from services.cli.looking import PurposeOption, look
from services.cli.options import (
    REFUSED,
    FormatOption,
    KnownAt,
    OneMunicipality,
    by_its_name,
    instant,
    stores_of,
)
from services.cli.show import Format, err, print_csv, print_rows, tell_if_nobody_follows
from services.municipalities import name_of
from services.rendering import danish
from services.root import open_app
from services.rule_words import basis_of
from services.rules import (
    Row,
    adopters,
    adoptions_of,
    checked,
    doubtful,
    left_out,
    rules_on,
    team_of,
    text_of,
)
from services.settings import Settings
from services.store.municipality import Municipality
from services.words import Words

rules = typer.Typer(help="Regelsæt for opfølgninger (rule packs).", no_args_is_help=True)

Function = StrEnum("Function", {one: one for one in MAY_ADOPT})  # type: ignore[misc]
File = Annotated[Path, typer.Argument(help="Et regelsæt i TOML (a rule pack).")]
_RULES = {
    "name": Words("Regel", "Rule"),
    "when": Words("Frist", "Due"),
    "goes_on": Words("Hos, og videre til", "With, and on to"),
    "basis": Words("Grundlag", "Basis"),
    "pack": Words("Regelsæt", "Pack"),
    "edition": Words("Udgave", "Edition"),
}
_ADOPTIONS = {
    "pack": Words("Regelsæt", "Pack"),
    "from": Words("Fra", "From"),
    "to": Words("Til", "To"),
    "adopted_at": Words("Vedtaget", "Adopted"),
    "by": Words("Af", "By"),
    "sha256": Words("SHA-256", "SHA-256"),
}
_ADOPTION_COLUMNS = (
    "pack",
    "edition",
    "from",
    "to",
    "adopted_at",
    "function",
    "by",
    "readable",
    "sha256",
    "id",
)
_DIGITS = 12  # of a SHA-256 in a table


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(rules, name="rules")


@rules.command()
def check(file: File) -> None:
    """Se, om et regelsæt kan vedtages; fejl med linje. (Is a pack right? Its flaws, by line.)"""
    settings = Settings()
    pack, _ = _read(file, settings.lang)
    said = Words(f"{len(pack.rules)} regler kan vedtages.", f"{len(pack.rules)} rules, is right.")
    typer.echo(f"{file}: {pack.pack} {pack.edition}, {said.say(settings.lang)}")
    _tell_doubts(pack, settings.lang)


@rules.command()
def show(
    municipality: Annotated[
        str | None,
        typer.Option(
            "--municipality",
            callback=by_its_name,
            help="Kommunens navn eller kode; standardregelsættet, hvis udeladt.",
        ),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="Den dag noget sker; i dag, hvis udeladt (on a day).")
    ] = None,
    known_at: KnownAt = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Vis reglerne for det, der sker på en dag. (The rules for what happens on a day.)"""
    settings = Settings()
    day = _day(on, "--on") or day_of(datetime.now(UTC))
    known = instant(known_at, "--known-at")
    team = TeamState()
    if municipality is not None:
        with open_app(settings) as app:
            for store in stores_of(app, municipality):
                team = team_of(store, known)
    rows = rules_on(team, day, settings.lang)
    columns = {name: words.say(settings.lang) for name, words in _RULES.items()}
    title = Words(f"Regler den {day:%d.%m.%Y}", f"Rules on {day}").say(settings.lang)
    if format_ is Format.TABLE:
        rows = [
            row | {"basis": basis_of(row["basis"], settings.lang)} if row["holds"] else row
            for row in rows
        ]
    print_rows(title, columns, rows, format_)


@rules.command(name="list")
def list_(
    municipality: OneMunicipality,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Vis, hvad der er vedtaget; det øverste til sidst. (What was adopted, the top one last.)"""
    settings = Settings()
    name = name_of(municipality)
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        teams = {store.code: team_of(store) for store in stores}
        rows = [row for store in stores for row in adoptions_of(store, teams[store.code])]
        look(stores, {code: Seen(len(rows), adopters(team)) for code, team in teams.items()})
    if format_ is Format.CSV:
        print_csv(rows, _ADOPTION_COLUMNS)
        return
    columns = {name: words.say(settings.lang) for name, words in _ADOPTIONS.items()}
    title = Words(f"Vedtagne regelsæt, {name}", f"Adopted packs, {name}").say(settings.lang)
    if format_ is Format.TABLE:
        rows = [_in_words(row, settings.lang) for row in rows]
    print_rows(title, columns, rows, format_)


def _in_words(row: Row, language: str) -> Row:
    """An adoption as a table shows it, in fewer columns."""
    unreadable = Words(" (kan ikke læses)", " (unreadable)").say(language)
    function = row["function"]
    if language == "da":
        function = codes.functions.danish[function]
    return row | {
        "pack": f"{row['pack']} {row['edition']}{'' if row['readable'] else unreadable}",
        "adopted_at": day_of(row["adopted_at"]),
        "by": f"{function} {row['by'] or ''}".rstrip(),
        "sha256": row["sha256"][:_DIGITS],
    }


@rules.command()
def adopt(
    file: File,
    municipality: OneMunicipality,
    by: Annotated[str, typer.Option("--by", help="Hvem der vedtager, ved sit id (who adopts).")],
    function: Annotated[Function, typer.Option(help="I hvilken funktion (in which function).")],
    from_: Annotated[
        str | None, typer.Option("--from", help="Første dag; regelsættets, hvis udeladt.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Første dag, det ikke gælder (first day after).")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Det fagsystem, hvis id --by er (whose id it is).")
    ] = None,
    purpose: PurposeOption = None,
) -> None:
    """Vedtag et regelsæt; alle åbne forløb følges straks efter det. (Adopt a rule pack.)

    Det, der gælder i forvejen, giver kvitteringen for dengang; ligger et andet over det, vedtages
    det igen.
    """
    settings = Settings()
    pack, text = _read(file, settings.lang)
    period = Period(_day(from_, "--from") or pack.period.from_, _day(to, "--to") or pack.period.to)
    with open_app(settings) as app:
        store = app.server.municipality(municipality)
        adoptions = team_of(store).adoptions
        own = overlapping(adoptions, period)
        same = holds_already(adoptions, digest_of(text), period)
        if same is None:
            fact = adopted(pack, text, period, Actor(function.value))
            key = adoption_id(fact, own[-1] if own else None)
            position = _adopt(store, fact, key, (by, source), settings)
            tell_if_nobody_follows(app)
        else:
            told = store.read_event(same.ref.source, same.ref.id)
            position = told.position if told else 0
    was = "er vedtaget (adopted)" if same is None else "var vedtaget i forvejen (already adopted)"
    days = _days(period)
    typer.echo(f"{pack.pack} {pack.edition}, {days}: {was}, position {position}.")
    _tell_doubts(pack, settings.lang)
    _tell_overlaps(one for one in own if one != same)


def _adopt(
    store: Municipality,
    fact: RulesAdopted,
    key: str,
    person: tuple[str, str | None],
    settings: Settings,
) -> int:
    """The position at which it is written. Ends with a sentence where it is refused."""
    from services.api.commanding import Asking, Command
    from services.api.conditions import ANY, PREFIX
    from services.api.subjects import team
    from services.cli.giving import carry_out, reference

    by, source = person
    body = {
        "actor": {**reference(store, source, by), "function": fact.actor.function},
        "pack": fact.pack,
        "edition": fact.edition,
        "period": msgspec.to_builtins(fact.period),
        "sha256": fact.sha256,
        "text": fact.text,
    }
    asking = Asking(
        command=Command(team, ADOPT_RULES),
        id="",
        source=source,
        key=PREFIX + key,
        expected=ANY,
        body=msgspec.json.encode(body),
    )
    return carry_out(store, asking, settings.lang).position


def _read(file: Path, language: str) -> tuple[RulePack, str]:
    """A pack and its text. Ends with its flaws, a line for each, and exit code 2."""
    if not file.is_file():
        err.print(f"Filen findes ikke (no such file): {file}", soft_wrap=True)
        raise typer.Exit(REFUSED)
    content = file.read_bytes()
    pack = checked(content)
    if isinstance(pack, RulePack):
        return pack, text_of(content)
    for flaw in pack:
        at = f"{file}:{flaw.line}" if flaw.line else str(file)
        said = Words(flaw.danish, flaw.english).say(language)
        err.print(f"{at}: {flaw.place}: {said}", soft_wrap=True)
    raise typer.Exit(REFUSED)


def _tell_doubts(pack: RulePack, language: str) -> None:
    for words in doubtful(pack):
        err.print(words.say(language), soft_wrap=True)
    if missing := left_out(pack):
        named = [codes.rules.danish[one] if language == "da" else one for one in missing]
        said = Words("Følges ikke", "Left out").say(language)
        err.print(f"{said}: {', '.join(named)}.", soft_wrap=True)


def _tell_overlaps(beneath: Iterable[Adoption]) -> None:
    """Warn of the packs for the same days: the one adopted last lies on top."""
    for one in beneath:
        err.print(
            f"Ligger over (on top of): {one.pack} {one.edition}, {_days(one.period)},"
            f" vedtaget {day_of(one.at):%d.%m.%Y}.",
            soft_wrap=True,
        )


def _days(period: Period) -> str:
    return f"{danish(period.from_)} – {danish(period.to, empty='')}".rstrip()


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("skriv 2026-07-01 (a date)", param_hint=option) from None
