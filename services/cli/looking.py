"""Nothing personal is printed before it is recorded who has it: `services/audit/access/looks.py`.

What was asked is taken from the command as it was given; why, from `--purpose`, else from
`ROEDTRAAD_PURPOSE`, else it is the command's name. Each command that looks has `PurposeOption`.
"""

import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any

import typer

from services.audit.access.looking import EVERYBODY, LONGEST_PURPOSE, OPERATOR, Asking, Seen
from services.audit.access.looks import Looks
from services.narrowing import AskedWrongError
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.unreadable import UnreadableEventError

_ROOT = "roedtraad"
_UNSAID = {"purpose", "note"}  # a note is the citizen's, and sealed as theirs
_LOGIN = Path("/proc/self/loginuid")  # who logged in, whoever they have become since


_running: ContextVar[typer.Context | None] = ContextVar("running", default=None)
"""The command that runs, as `PurposeOption` has met it."""


def _noted(context: typer.Context, text: str | None) -> str | None:
    _running.set(context)
    if text is not None and len(text) > LONGEST_PURPOSE:
        raise typer.BadParameter(f"højst {LONGEST_PURPOSE} tegn (characters at most)")
    return text


PurposeOption = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        callback=_noted,
        help="Hvad det skal bruges til; noteres i adgangsloggen (what for; it is recorded).",
    ),
]


def look(stores: Iterable[Municipality], seen: Mapping[str, Seen]) -> None:
    """Record what the running command is about to tell of these; `seen` is by their codes, nobody's
    data where one is left out. Raises NotRecordedError: then nothing may be told."""
    several = list(stores)
    if several:
        Looks(several[0].pool).record(asking_now(), several, seen)


def look_at_all(store: Municipality) -> None:
    """Record that all that a municipality has is about to be told. Raises NotRecordedError."""
    look([store], {store.code: Seen(0, [EVERYBODY])})


@contextmanager
def searching(stores: Iterable[Municipality]) -> Iterator[None]:
    """Within it a search may end in an answer that there is nothing, that the question is wrong or
    that an event can't be read: that is told too, so it is recorded. Raises NotRecordedError, and
    what the block does."""
    try:
        yield
    except AskedWrongError as error:
        look(stores, {code: Seen(0, ids) for code, ids in error.whose.items()})
        raise
    except UnreadableEventError as error:
        look(stores, {error.municipality: Seen(0, [error.stream])})
        raise


def asking_now() -> Asking:
    """What the running command asks, as it was given, and who runs it."""
    context = _running.get()
    what = _name(context)
    params: Mapping[str, Any] = context.params if context else {}
    return Asking(
        what=what,
        user=user_name(),
        functions=(OPERATOR,),
        purpose=params.get("purpose") or Settings().purpose or what,
        criteria=_criteria(context) if context else {},
    )


def _name(context: typer.Context | None) -> str:
    """The command's whole name, however the program was started."""
    names: list[str] = []
    at: Any = context
    while at is not None and at.parent is not None:
        names.insert(0, at.info_name or "")
        at = at.parent
    return " ".join((_ROOT, *names))


def _criteria(context: typer.Context) -> dict[str, Any]:
    """The arguments and options that were given, by name."""
    return {
        name.strip("_"): _plain(value)
        for name, value in context.params.items()
        if name not in _UNSAID and _is_given(context, name)
    }


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


def user_name() -> str:
    """What the operating system calls whoever runs this, and whoever they logged in as before they
    became that."""
    name = _called(os.getuid())
    try:
        login = _called(int(_LOGIN.read_text()))
    except (OSError, ValueError):
        return name
    return name if login in ("", name) else f"{name} ({login})"


def _called(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return "" if uid >= _NOBODY_LOGGED_IN else str(uid)


_NOBODY_LOGGED_IN = 2**32 - 1
