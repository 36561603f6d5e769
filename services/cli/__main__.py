"""`python -m services.cli` is `roedtraad`."""

from services.cli.start import main

main()
