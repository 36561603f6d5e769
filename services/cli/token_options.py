"""What an access is asked for with, whoever shows it: options, and what would make no sense."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from domain import codes
from services.edge.patterns import is_source
from services.municipalities import code_of
from services.tokens import ALL, Rights

_EVENTS = re.compile(r"(course|mentor|team|\*)(\.[a-z*-]+)?")
_FUNCTIONS = (*codes.staff_functions.codes, "citizen", "system")

Municipality = Annotated[
    str, typer.Option(help="Navn, fire cifre eller all (name, four digits or all).")
]
SourcePrefix = Annotated[
    str | None, typer.Option(help="Må sende hændelser med source herunder (may send these).")
]
Events = Annotated[
    list[str] | None,
    typer.Option(help="Kun disse hændelser, fx 'course.*,mentor.left' (only these)."),
]
Read = Annotated[bool, typer.Option("--read", help="Må læse overblik (may ask views).")]
Decide = Annotated[bool, typer.Option("--decide", help="Må træffe afgørelser (may give commands).")]
Webhooks = Annotated[
    bool,
    typer.Option(
        "--webhooks", help="Må opsætte webhooks, der får alt fra feed'et (may set up webhooks)."
    ),
]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Må kun læse.")]
Functions = Annotated[
    list[str] | None,
    typer.Option(help="Afgør kun som, fx caseworker,coordinator (decides only as these)."),
]
BindFacts = Annotated[
    bool,
    typer.Option("--bind-facts", help="--functions gælder også hændelser (facts too)."),
]
Rate = Annotated[
    float | None, typer.Option(min=0, help="Hændelser i sekundet, 0 = frit (events a second).")
]
RequestRate = Annotated[
    float | None, typer.Option(min=0, help="Forespørgsler i sekundet, 0 = frit (requests).")
]
Ttl = Annotated[int | None, typer.Option(min=1, help="Gælder så mange dage (days).")]
Label = Annotated[str, typer.Option(help="Hvad den bruges til (what it is for).")]


def rights(
    now: datetime,
    *,
    municipality: str,
    source_prefix: str | None,
    events: list[str] | None,
    functions: list[str] | None,
    read: bool,
    decide: bool,
    webhooks: bool,
    read_only: bool,
    bind_facts: bool,
    rate: float | None,
    request_rate: float | None,
    ttl: int | None,
    label: str,
) -> Rights:
    """What is asked for. Raises BadParameter where it would mean nothing, or too much."""
    code = _code(municipality, read_only=read_only)
    _check_prefix(source_prefix)
    if read_only and (source_prefix or decide or webhooks):
        raise typer.BadParameter(
            "udelukker (excludes) --source-prefix, --decide, --webhooks", param_hint="--read-only"
        )
    if not (source_prefix or read or read_only or decide or webhooks):
        raise typer.BadParameter(
            "giv mindst én ret (give at least one right):"
            " --source-prefix, --read, --decide, --webhooks",
            param_hint="--source-prefix",
        )
    names, functions_ = _listed(events), _listed(functions)
    for name in names:
        if not _EVENTS.fullmatch(name):
            raise typer.BadParameter("fx course.* eller mentor.left", param_hint="--events")
    if not set(functions_) <= set(_FUNCTIONS):
        allowed = ", ".join(_FUNCTIONS)
        raise typer.BadParameter(f"nogle af (some of): {allowed}", param_hint="--functions")
    if bind_facts and not functions_:
        raise typer.BadParameter("hører til (goes with) --functions", param_hint="--bind-facts")
    return Rights(
        municipality=code,
        now=now,
        label=label,
        source_prefix=source_prefix,
        events=names,
        may_read=read or read_only,
        may_decide=decide,
        may_forward=webhooks,
        functions=functions_,
        binds_facts=bind_facts,
        requests_a_second=request_rate,
        events_a_second=rate,
        expires_at=now + timedelta(days=ttl) if ttl else None,
    )


def _code(municipality: str, *, read_only: bool) -> str:
    """A municipality's code by its code or name, or *all*. Raises UnknownMunicipalityError."""
    if municipality != ALL:
        return code_of(municipality)
    if not read_only:
        raise typer.BadParameter("for alle kommuner kun med --read-only", param_hint="municipality")
    return ALL


def _check_prefix(prefix: str | None) -> None:
    if prefix is not None and (not is_source(prefix) or prefix.startswith("urn:roedtraad:")):
        raise typer.BadParameter(
            "en absolut URI, fx https://sagssystem.example (an absolute URI)",
            param_hint="--source-prefix",
        )


def _listed(given: Sequence[str] | None) -> tuple[str, ...]:
    """What is set apart by commas, or given several times."""
    parts = [part.strip() for each in given or () for part in each.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))
