"""Giving a command from the command line: the way that HTTP goes, less HTTP."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, NoReturn
from uuid import uuid4

import msgspec
import typer

from services.api.commanding import Asking, Command, command
from services.api.conditions import ANY, PREFIX
from services.api.problems import ApiError
from services.api.referring import senders_of
from services.api.state import Desk
from services.audit.access.looking import Seen, together
from services.audit.access.named import named_in
from services.cli.looking import look
from services.cli.options import REFUSED, stores_of
from services.cli.show import err, tell_if_nobody_follows
from services.edge.problems import Flaw, Language, Problem
from services.following.streams import Streams
from services.rendering import OF_FOLLOW_UP, short_id
from services.root import open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.receipts import Receipt
from services.store.refused import Refusals
from services.views import VIEWS, ask, bring_up_to_date
from services.words import Words

_FEWEST, _WHOLE = 4, 40  # hex digits of an id; with fewer, a slip of the finger would hit another
_DIGITS = re.compile(f"[0-9a-f]{{{_FEWEST},{_WHOLE}}}")
_SHOWN = 5
_REMEDY = Words("Det kræver: ", "It takes: ")
_OPTIONS = {"actor": "--by", "on_behalf_of": "--on-behalf-of", "person": "--by"}


class Given(NamedTuple):
    """What every command about a follow-up is given with. `by` is a person by their sender's id."""

    municipality: str | None
    source: str | None
    by: str
    function: str
    reason: str
    note: str | None


def give(
    asked: Command,
    id_: str,
    given: Given,
    persons: Mapping[str, Mapping[str, str]] | None = None,
    **more: Any,
) -> str:
    """Give a command about the follow-up of that id, or of the one id that begins so; its short id.

    `persons` are fields besides the actor, each with a sender's id and perhaps a function. Ends
    with a sentence and exit code 2 where there is no such one, or where it is refused.
    """
    settings = Settings()
    with open_app(settings) as app:
        store, found = _find(stores_of(app, given.municipality), id_)
        fields = {"reason": given.reason, **more}
        fields["actor"] = {**reference(store, given.source, given.by), "function": given.function}
        for name, person in (persons or {}).items():
            fields[name] = {**person, **reference(store, given.source, person["id"])}
        if given.note is not None:
            fields["note"] = given.note
        asking = Asking(
            command=asked,
            id=found,
            source=given.source,
            key=f"{PREFIX}{uuid4().hex}",
            expected=ANY,
            body=msgspec.json.encode(fields),
        )
        carry_out(store, asking, settings.lang)
        tell_if_nobody_follows(app)
    return short_id(found)


def carry_out(store: Municipality, asking: Asking, language: Language) -> Receipt:
    """Do what is asked. Ends with a sentence and exit code 2 where it is refused."""
    desk = Desk(store, Refusals(store.key, store.schema), Streams(store))
    try:
        answer = command(desk, asking, lambda ids: look([store], {store.code: Seen(0, ids)}))
    except ApiError as error:
        refuse(_told(error, language))
    if isinstance(answer, Problem):
        refuse(*(_placed(one, language) for one in answer.errors))
    return answer


def _find(stores: list[Municipality], id_: str) -> tuple[Municipality, str]:
    """The follow-up whose id is this or begins so, without its first word too; of open ones."""
    digits = id_.strip().lower().removeprefix(OF_FOLLOW_UP)
    if not _DIGITS.fullmatch(digits):
        refuse(
            f"Et id har {_FEWEST}–{_WHOLE} cifre af 0-9 og a-f, som de står på opgavelisten."
            " (An id has hexadecimal digits, as the worklist shows them.)"
        )
    if len(digits) == _WHOLE:
        whole = OF_FOLLOW_UP + digits
        found = [(s, whole) for s in stores if s.read_event(s.source, whole) is not None]
    else:
        found = _beginning(stores, OF_FOLLOW_UP + digits)
    if len(found) != 1:
        look(stores, together(*(_of(store, one) for store, one in found[:_SHOWN])))
    if not found:
        refuse("Ingen åben opfølgning har det id (no open follow-up has that id).")
    if len(found) > 1:
        several = ", ".join(one.removeprefix(OF_FOLLOW_UP)[:12] for _, one in found[:_SHOWN])
        refuse(f"Flere opfølgninger begynder så; skriv mere (several begin so): {several}")
    return found[0]


def _of(store: Municipality, id_: str) -> dict[str, Seen]:
    """Whose follow-up it is."""
    raised = store.read_event(store.source, id_)
    return {store.code: Seen(0, named_in([raised] if raised else []))}


def _beginning(stores: list[Municipality], prefix: str) -> list[tuple[Municipality, str]]:
    bring_up_to_date(stores)
    by_code = {store.code: store for store in stores}
    rows = ask(VIEWS["worklist"], stores, now=datetime.now(UTC)).rows
    return [
        (by_code[row["municipality_code"]], row["id"])
        for row in rows
        if row["id"].startswith(prefix)
    ]


def reference(store: Municipality, source: str | None, id_: str) -> dict[str, str]:
    """A person as the interface is told of them, by a system that has told of them before.

    Ends with a sentence where nobody is, or without --source several are: a new person made of a
    slip would be in the way of the one who was meant.
    """
    known = senders_of(store, id_)
    if source not in known and (source is not None or len(known) != 1):
        look([store], {store.code: Seen(0, store.find_all("person", id_, known))})
    if source is not None and source not in known:
        listed = ", ".join(store.sources()) or "–"
        refuse(
            f"Ingen har id'et {id_} hos {source} (nobody has that id there)."
            f" Kendte fagsystemer (known systems): {listed}"
        )
    if not known:
        refuse(f"Ingen har id'et {id_} (nobody has that id).")
    if source is None and len(known) > 1:
        refuse(
            f"Flere fagsystemer har id'et {id_}; angiv --source (several systems have it):"
            f" {', '.join(known)}"
        )
    return {"source": source or known[0], "id": id_}


def _told(error: ApiError, language: str) -> str:
    remedy = error.members.get("satisfied_by")
    added = f" {_REMEDY.say(language)}{remedy.say(language)}." if remedy else ""
    return error.detail.say(language) + added


def _placed(one: Flaw, language: Language) -> str:
    sentence = one.as_dict(language)["detail"]
    field = one.pointer.removeprefix("/").partition("/")[0]
    return f"{_OPTIONS.get(field, f'--{field}')}: {sentence}" if field else sentence


def refuse(*sentences: str) -> NoReturn:
    """Say why not, and end."""
    for sentence in sentences:
        err.print(sentence)
    raise typer.Exit(REFUSED)
