"""`roedtraad follow-ups`: what is due, putting it off, taking it on, and setting the engine going
again from the store."""

import asyncio
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer
from rich.progress import TaskID

from domain import codes
from domain.events.common import FollowUpSnoozed
from services.cli.looking import PurposeOption
from services.cli.options import FormatOption, MunicipalityOption, stores_of
from services.cli.query import ViewName, query
from services.cli.show import Format, err, progress_bar, tell_if_nobody_follows
from services.municipalities import name_of
from services.rendering import danish
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality

follow_ups = typer.Typer(help="Opfølgninger (what is due).", no_args_is_help=True)

Function = StrEnum("Function", {one: one for one in FollowUpSnoozed.HERE})  # type: ignore[misc]
SnoozeReason = StrEnum("SnoozeReason", {one: one for one in codes.snooze_reasons.codes})  # type: ignore[misc]
TakeOverReason = StrEnum("TakeOverReason", {one: one for one in codes.take_over_reasons.codes})  # type: ignore[misc]

FollowUpId = Annotated[
    str,
    typer.Argument(metavar="ID", help="Fra opgavelisten; begyndelsen er nok (a prefix will do)."),
]
By = Annotated[str, typer.Option("--by", help="Hvem der gør det, ved sit id (who does it).")]
FunctionOption = Annotated[Function, typer.Option(help="I hvilken funktion (in which function).")]
Note = Annotated[str | None, typer.Option(help="Bemærkning; den forsegles (a remark, sealed).")]
Source = Annotated[
    str | None, typer.Option(help="Det fagsystem, hvis id'er det er (whose ids they are).")
]


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(follow_ups, name="follow-ups")


@follow_ups.command(name="list")
def list_(
    municipality: MunicipalityOption = None,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Opgavelisten: opfølgninger, der er åbne nu. (The worklist: what is open now.)"""
    query(ViewName("worklist"), municipality, format_=format_)


@follow_ups.command()
def snooze(
    id_: FollowUpId,
    until: Annotated[str, typer.Option(help="Til hvilken dag, 2026-12-15 (until which day).")],
    reason: Annotated[SnoozeReason, typer.Option(help="Hvorfor (why).")],
    by: By,
    function: FunctionOption,
    note: Note = None,
    municipality: MunicipalityOption = None,
    source: Source = None,
    purpose: PurposeOption = None,
) -> None:
    """Udsæt en opfølgning: intet minder om den før den dag. (Put a follow-up off until a day.)"""
    from domain.decisions.follow_ups import SNOOZE
    from services.api.commanding import Command
    from services.api.subjects import follow_up
    from services.cli.giving import Given, give

    given = Given(municipality, source, by, function.value, reason.value, note)
    done = give(Command(follow_up, SNOOZE), id_, given, until=until)
    typer.echo(f"Opfølgning {done} er udsat til {danish(date.fromisoformat(until))} (is put off).")


@follow_ups.command()
def take_over(
    id_: FollowUpId,
    reason: Annotated[TakeOverReason, typer.Option(help="Hvorfor (why).")],
    by: By,
    function: FunctionOption,
    on_behalf_of: Annotated[
        str | None,
        typer.Option(help="Den, der overtager, når --by siger det for en anden (for whom)."),
    ] = None,
    for_function: Annotated[
        Function | None, typer.Option(help="Den andens funktion (that person's function).")
    ] = None,
    note: Note = None,
    municipality: MunicipalityOption = None,
    source: Source = None,
    purpose: PurposeOption = None,
) -> None:
    """Overtag en opfølgning: den ligger hos dig fra nu af. (Take a follow-up on.)

    Siger du det for en anden, ligger den hos den person. (Or for somebody else, who has it then.)
    """
    if (on_behalf_of is None) != (for_function is None):
        message = "angiv også --for-function, og omvendt (give both, or none)"
        raise typer.BadParameter(message, param_hint="--on-behalf-of")
    from domain.decisions.follow_ups import TAKE_OVER
    from services.api.commanding import Command
    from services.api.subjects import follow_up
    from services.cli.giving import Given, give

    given = Given(municipality, source, by, function.value, reason.value, note)
    persons = {"person": {"id": on_behalf_of or by}}
    if on_behalf_of is not None and for_function is not None:
        persons["on_behalf_of"] = {"id": on_behalf_of, "function": for_function.value}
    done = give(Command(follow_up, TAKE_OVER), id_, given, persons)
    typer.echo(f"Opfølgning {done} er overtaget af {on_behalf_of or by} (is taken over).")


@follow_ups.command()
def reconcile(
    municipality: MunicipalityOption = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Afslut det, der kører, og begynd forfra (end what runs, and begin anew):"
            " når noget i Temporal ikke kan læses mere.",
        ),
    ] = False,
) -> None:
    """Sæt alle opfølgninger i gang igen ud fra loggen. (Start them all again from the log.)

    Ingen bliver mindet om noget to gange (nobody is reminded twice).
    """
    with open_app(Settings(), temporal=True) as app:
        told = asyncio.run(_reconcile(app, stores_of(app, municipality), anew))
        tell_if_nobody_follows(app)
    for name, count in told.items():
        did = "er begyndt forfra (were begun anew)" if anew else "er vækket (were woken)"
        err.print(f"{name}: {count} forløb og team {did}; planer er sat (schedules are made).")


async def _reconcile(app: App, stores: list[Municipality], anew: bool) -> dict[str, int]:
    from services.dispatcher import reconcile as wake
    from services.following.connecting import connect

    assert app.temporal_address is not None
    client = await connect(app.temporal_address, app.settings.keys_folder)
    told = {}
    with progress_bar() as bar:
        for store in stores:
            name = name_of(store.code)
            task = bar.add_task(name, total=None)

            def tell(done: int, of: int, task: TaskID = task) -> None:
                bar.update(task, completed=done, total=of)

            told[name] = await wake(
                store, client, tell, anew=anew, digest_hour=app.settings.digest_hour
            )
    return told
