"""Files that hold what is nobody else's: whole or not at all, readable to their owner only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

OutFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", dir_okay=False, help="Skrives her (written here)."),
]


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """What is written stands in the file when the block has ended well; else nothing is there, or
    what was. Raises OSError, which names the file."""
    half = file.with_name(f".{file.name}.half")
    try:
        half.unlink(missing_ok=True)  # of a run that was killed
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            yield out
        half.replace(file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None
    finally:
        half.unlink(missing_ok=True)
