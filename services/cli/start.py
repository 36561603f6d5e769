"""`roedtraad` from its first moment: who interrupts it while it is being read is shown no trace."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Read the program, and run the command."""
    try:
        from services.cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run()
