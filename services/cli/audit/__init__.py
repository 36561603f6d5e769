"""`roedtraad audit`: what auditors ask, and the log by which they trust nobody."""

import typer

from services.cli.audit import (
    case_file,
    compare,
    corrections,
    diff,
    explain,
    keys,
    looks,
    ocel,
    proofs,
    replay,
    witness,
)

audit = typer.Typer(
    help="Revision: afspil, bevis, sammenlign (replay, prove, compare).", no_args_is_help=True
)
for module in (
    case_file,
    compare,
    corrections,
    diff,
    explain,
    keys,
    looks,
    ocel,
    proofs,
    replay,
    witness,
):
    module.add_to(audit)


def add_to(app: typer.Typer) -> None:
    """Name the group of commands."""
    app.add_typer(audit, name="audit")
