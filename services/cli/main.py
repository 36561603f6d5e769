"""`roedtraad`: what each command is called, and how its errors are told."""

import os
import sys

import psycopg
import typer
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout
from pydantic import ValidationError
from typer.exceptions import TyperException

from domain.events.base import UnknownEventError
from services.audit.access.looks import NotRecordedError
from services.audit.proof.bundle import NothingSignedError
from services.audit.proof.proving import NotInTheLogError
from services.builders import OtherProgramError
from services.cli import (
    audit,
    bench,
    citizens,
    course,
    demo,
    digest,
    doctor,
    follow_ups,
    ingest,
    projections,
    query,
    refused,
    rules,
    run,
    token,
    upkeep,
    usage,
    webhooks,
)
from services.cli.show import err
from services.cli.start import INTERRUPTED
from services.embedded.errors import EmbeddedError
from services.freshness import shows_another_edition
from services.municipalities import UnknownMunicipalityError
from services.rebuilding import HeldError, PackingError
from services.store.datastore import DatabaseUnreachableError
from services.store.keys import MissingKeyError
from services.store.municipality import StoreBusyError
from services.store.unreadable import UnreadableEventError

ABORTED, REFUSED = 1, 2
_FOR_THE_USER = (
    NotInTheLogError,
    NothingSignedError,
    DatabaseUnreachableError,
    EmbeddedError,
    MissingKeyError,
    NotRecordedError,
    OtherProgramError,
    StoreBusyError,
    UnknownMunicipalityError,
    UnreadableEventError,
)
_OF_ANOTHER_EDITION = (
    "Tabellerne er fra en anden udgave af programmet: kør den, eller byg dem om med"
    " roedtraad projections rebuild. (The tables are another edition's: run that, or rebuild them.)"
)

app = typer.Typer(
    name="roedtraad",
    help="Rød Tråd: borgerens forløb i mentorindsatsen som én ubrudt tråd. "
    "(The red thread of a citizen's course through a municipal mentor programme.)",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    run,
    demo,
    ingest,
    refused,
    projections,
    citizens,
    query,
    course,
    follow_ups,
    digest,
    rules,
    token,
    webhooks,
    audit,
    upkeep,
    doctor,
    bench,
):
    module.add_to(app)


def main() -> None:
    """Run the command. What the user can mend is told in a sentence, never as a stack trace."""
    try:
        ended = app(standalone_mode=False)  # so that what is wrong is told in our words
        sys.exit(ended if isinstance(ended, int) else 0)
    except TyperException as error:
        sys.exit(usage.told(error))
    except typer.Abort:
        err.print("Afbrudt (aborted).")
        sys.exit(ABORTED)
    except _FOR_THE_USER as error:
        _fail(str(error))
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            _fail(f"{_variable(str(one['loc'][0]))}: {usage.wrong(one)}")
    except (psycopg.Error, PoolTimeout, PersistenceError) as error:
        if shows_another_edition(error):
            _fail(_OF_ANOTHER_EDITION)
        _fail(f"Databasen kan ikke bruges (the database can't be used): {type(error).__name__}")
    except (PackingError, HeldError) as error:
        _fail(
            f"Tabellerne blev ikke bygget, de gamle står (not rebuilt, the old ones stand): {error}"
        )
    except UnknownEventError as error:
        _fail(f"Loggen rummer en hændelse, som dette program ikke kender (unknown event): {error}")
    except BrokenPipeError:
        os._exit(0)
    except OSError as error:
        _fail(f"{error.filename or ''}: {error.strerror}".lstrip(": "))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _variable(setting: str) -> str:
    """The variable that sets it; some settings are named by theirs."""
    return setting if setting.isupper() else f"ROEDTRAAD_{setting.upper()}"


def _fail(message: str) -> None:
    err.print(message, style="red")
    sys.exit(REFUSED)
