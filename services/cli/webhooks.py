"""`roedtraad webhooks`: who is sent what is stored, how it goes, and what wasn't taken."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from services.cli.options import FormatOption, MunicipalityOption, OneMunicipality, stores_of
from services.cli.show import Format, err, print_json, print_rows, tell_if_nobody_follows
from services.feed.kinds import UnknownKindError, kinds_of
from services.municipalities import name_of
from services.rendering import danish
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.webhooks.addresses import ForbiddenAddressError, looked_up, target_of
from services.webhooks.dead import DeadLetters
from services.webhooks.hook_table import FOLLOW_UP_KINDS, Form, Hook
from services.webhooks.hooks import MOST, Hooks, TooManyHooksError
from services.webhooks.signing import LONGEST_OVERLAP_HOURS, OVERLAP_HOURS, TooManySecretsError

REFUSED = 2
webhooks = typer.Typer(help="Webhooks: hændelser sendt videre (sent on).", no_args_is_help=True)
dead = typer.Typer(help="Det, der ikke blev taget imod (dead letters).", no_args_is_help=True)
webhooks.add_typer(dead, name="dead")
Id = Annotated[
    str, typer.Argument(metavar="ID", help="Fra webhooks list; begyndelsen er nok (a prefix).")
]
Found = tuple[Municipality, Hook]
_HEADINGS = {
    "id": "Id",
    "municipality": "Kommune",
    "label": "Til",
    "shown": "Adresse",
    "form": "Hvad",
    "kinds": "Hændelser",
    "position": "Nået til",
    "delivered": "Leveret",
    "state": "Tilstand",
    "told": "Svar",
    "attempts": "Forsøg",
    "retry_at": "Næste forsøg",
    "dead_letters": "Ikke leveret",
}


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(webhooks, name="webhooks")


@webhooks.command()
def add(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="https://… (http kun til denne maskine)")
    ],
    municipality: OneMunicipality,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Kun disse hændelser, fx 'course.*' (only these)."),
    ] = None,
    follow_ups: Annotated[
        bool, typer.Option("--follow-ups", help="Opfølgninger, trin for trin (each stage).")
    ] = False,
    after: Annotated[
        int | None,
        typer.Option(min=0, help="Fra denne position; fra nu, hvis udeladt (from here on)."),
    ] = None,
    label: Annotated[str, typer.Option(help="Hvad den bruges til (what it is for).")] = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Send hændelser videre; hemmeligheden vises én gang. (Add a webhook; prints its secret.)"""
    kinds = _kinds(type_ or [], follow_ups=follow_ups)
    settings = Settings()
    _check(url, settings)
    with open_app(settings) as app:
        store = app.server.municipality(municipality)
        position = store.head().position if after is None else after
        form = Form.FOLLOW_UPS if follow_ups else Form.EVENTS
        try:
            hook, secret = Hooks(store).add(url, form, kinds, position, label, datetime.now(UTC))
        except TooManyHooksError:
            err.print(f"En kommune kan højst have {MOST} webhooks (at most).")
            raise typer.Exit(REFUSED) from None
        row = _row(store, hook) | {"secret": secret}
        tell_if_nobody_follows(app)
    if format_ is Format.JSON:
        print_json(row)
        return
    err.print(f"Webhook {hook.id}. Hemmeligheden vises kun nu (the secret is shown only now):")
    typer.echo(secret)


def _kinds(given: list[str], *, follow_ups: bool) -> tuple[str, ...]:
    if follow_ups and given:
        raise typer.BadParameter("udelukker (excludes) --type", param_hint="--follow-ups")
    try:
        return FOLLOW_UP_KINDS if follow_ups else kinds_of(given)
    except UnknownKindError:
        raise typer.BadParameter(
            "ingen hændelse hedder sådan (no event is named so); fx course.*", param_hint="--type"
        ) from None


def _check(url: str, settings: Settings) -> None:
    try:
        looked_up(target_of(url), settings.webhook_networks_allowed)
    except ForbiddenAddressError as error:
        why = {
            "not-public": "adressen er ikke offentlig; se ROEDTRAAD_WEBHOOK_NETWORKS (not public)",
            "not-https": "skal være https (must be https)",
        }
        told = why.get(error.reason, "skriv https://vært/sti (write https://host/path)")
        raise typer.BadParameter(told, param_hint="URL") from None
    except OSError:
        err.print("Værten kendes ikke lige nu (the host isn't known at the moment).")


@webhooks.command(name="list")
def list_(municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE) -> None:
    """Vis webhooks, og hvordan det går. (List webhooks, and how they fare.)"""
    with open_app(Settings()) as app:
        rows = [
            _row(store, hook)
            for store in stores_of(app, municipality)
            for hook in Hooks(store).all()
        ]
    print_rows("Webhooks", _HEADINGS, rows, format_)


@webhooks.command()
def show(id_: Id, format_: FormatOption = Format.TABLE) -> None:
    """Vis én, med hele adressen. (Show one, with its whole address.)"""
    with open_app(Settings()) as app:
        store, hook = _one(app, id_)
        row = _row(store, hook) | {"shown": Hooks(store).opened(hook.id)[0]}
    print_rows("Webhook", _HEADINGS, [row], format_)


@webhooks.command()
def remove(id_: Id) -> None:
    """Fjern den, og det ulevérede. (Remove it, and its dead letters.)"""
    _do(id_, lambda store, hook: Hooks(store).remove(hook.id))


@webhooks.command()
def pause(id_: Id) -> None:
    """Send intet, før den genoptages. (Send nothing until it is resumed.)"""
    _do(id_, lambda store, hook: Hooks(store).pause(hook.id, datetime.now(UTC)))


@webhooks.command()
def resume(id_: Id) -> None:
    """Fortsæt nu, hvor den slap. (Go on now, from where it stopped.)"""
    _do(id_, lambda store, hook: Hooks(store).resume(hook.id))


@webhooks.command()
def replay(
    id_: Id, after: Annotated[int, typer.Option(min=0, help="Positionen før den første.")]
) -> None:
    """Send alt efter en position igen, med samme webhook-id. (Send all after a position again.)"""
    _do(id_, lambda store, hook: Hooks(store).replay(hook.id, after))


@webhooks.command()
def rotate(
    id_: Id,
    overlap_hours: Annotated[
        float,
        typer.Option(
            min=0,
            max=LONGEST_OVERLAP_HOURS,
            help="Så længe gælder den gamle også; 0 = ingen gammel (old one holds so long).",
        ),
    ] = OVERLAP_HOURS,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Giv den en ny hemmelighed; den vises én gang. (Give it a new secret, shown once.)"""
    now, overlap = datetime.now(UTC), timedelta(hours=overlap_hours)
    with open_app(Settings()) as app:
        store, hook = _one(app, id_)
        try:
            secret = Hooks(store).rotate(hook.id, now, overlap)
        except TooManySecretsError:
            err.print(
                "For mange gamle hemmeligheder gælder endnu; brug --overlap-hours 0, eller vent."
                " (Too many old secrets still hold; use 0, or wait.)",
                soft_wrap=True,
            )
            raise typer.Exit(REFUSED) from None
        changed = Hooks(store).get(hook.id)
        if secret is None or changed is None:
            err.print("Den er lige blevet fjernet (it was removed just now).")
            raise typer.Exit(REFUSED)
        row = _row(store, changed) | {"secret": secret}
    if format_ is Format.JSON:
        print_json(row | {"old_secret_ends_at": changed.old_secret_ends_at})
        return
    until = changed.old_secret_ends_at
    told = (
        f"den gamle gælder til {danish(until)} (the old one holds until then)"
        if until
        else ("den gamle gælder ikke mere (the old one is good no more)")
    )
    err.print(f"Webhook {hook.id}: {told}. Vises kun nu (shown only now):", soft_wrap=True)
    typer.echo(secret)


@dead.command(name="list")
def dead_list(
    municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE
) -> None:
    """Vis det, der ikke blev taget imod. (List what wasn't taken.)"""
    headings = {
        "id": "Nr.",
        "municipality": "Kommune",
        "webhook": "Webhook",
        "position": "Position",
        "topic": "Hændelse",
        "attempts": "Forsøg",
        "told": "Svar",
        "died_at": "Opgivet",
        "again": "Sendes igen",
    }
    with open_app(Settings()) as app:
        rows: list[dict[str, object]] = [
            {name: getattr(letter, name, store.code) for name in headings}
            for store in stores_of(app, municipality)
            for letter in DeadLetters(store).all()
        ]
    print_rows("Ikke leveret", headings, rows, format_)


@dead.command()
def retry(
    id_: Id,
    number: Annotated[
        int | None, typer.Option("--number", help="Kun dette nummer fra dead list (only this).")
    ] = None,
) -> None:
    """Send det ulevérede igen; alt, hvis intet nummer gives. (Send dead letters again.)"""

    def ask(store: Municipality, hook: Hook) -> bool:
        asked = DeadLetters(store).ask_again(hook.id, number)
        return bool(asked) and Hooks(store).awaken(hook.id)

    _do(id_, ask)


def _do(id_: str, work: Callable[[Municipality, Hook], bool]) -> None:
    """Do it, or say that there was nothing to do it to."""
    with open_app(Settings()) as app:
        store, hook = _one(app, id_)
        if not work(store, hook):
            err.print("Der var intet at gøre (there was nothing to do).")
            raise typer.Exit(REFUSED)
        tell_if_nobody_follows(app)


def _one(app: App, id_: str) -> Found:
    """The one whose id begins so, or the end of the command."""
    found = [
        (store, hook)
        for store in app.server.municipalities()
        for hook in Hooks(store).all()
        if str(hook.id).startswith(id_.lower())
    ]
    if len(found) != 1:
        several = "Flere webhooks har id'er, der begynder sådan (several begin so)."
        err.print(several if found else "Ingen webhook har det id (no webhook has that id).")
        raise typer.Exit(REFUSED)
    return found[0]


def _row(store: Municipality, hook: Hook) -> dict[str, object]:
    return {
        **{name: getattr(hook, name, None) for name in _HEADINGS},
        "municipality": name_of(store.code),
        "form": hook.form.value,
        "kinds": ", ".join(hook.kinds),
        "told": hook.told or None,
        "state": _state(hook),
        "dead_letters": DeadLetters(store).counts().get(hook.id, 0),
    }


def _state(hook: Hook) -> str:
    if not hook.is_active:
        return "sat på pause af sig selv" if hook.paused_because else "på pause"
    return "prøver igen" if hook.attempts else "i orden"
