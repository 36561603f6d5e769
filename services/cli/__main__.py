"""`python -m services.cli` is `roedtraad`."""

from services.cli.main import main

main()
