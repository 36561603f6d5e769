"""The measures' names, for a command that only speaks of them: `measures.py` loads a Temporal."""

NAMES = (
    "ingest-file",
    "ingest-http-single",
    "ingest-http-batch",
    "views-live",
    "views-rebuild",
    "append-to-visible",
    "query",
    "replay-course",
    "verify-bundle",
    "protection-cost",
    "follow-up-open",
    "follow-up-poke",
    "follow-up-delay",
    "follow-up-memory",
    "follow-up-year",
)
