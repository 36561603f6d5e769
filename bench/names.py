"""The measures' names, for a command that only speaks of them: `measures.py` loads a Temporal."""

NAMES = (
    "ingest-file",
    "ingest-http-single",
    "ingest-http-batch",
    "views-live",
    "views-rebuild",
    "append-to-visible",
    "query",
    "follow-up-open",
    "follow-up-poke",
    "follow-up-delay",
    "follow-up-memory",
    "follow-up-year",
)
