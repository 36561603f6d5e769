"""PostgreSQL and Temporal from packages, for whoever has no servers of their own.

A *keeper* process per home folder owns the servers; every command that needs them joins it through
`join` and keeps them up for as long as its connection lasts. `DATABASE_URL` and `TEMPORAL_ADDRESS`
win over all of this: who has them doesn't join. Linux only (the servers die with their keeper by
PR_SET_PDEATHSIG).
"""

from services.embedded.client import Servers, join
from services.embedded.errors import EmbeddedError
from services.embedded.home import Home, default_home

__all__ = ["EmbeddedError", "Home", "Servers", "default_home", "join"]
