"""All measures by name."""

from bench.following.memory import FOLLOW_UP_MEMORY
from bench.following.opening import FOLLOW_UP_OPEN
from bench.following.poking import FOLLOW_UP_POKE
from bench.following.waking import FOLLOW_UP_DELAY
from bench.following.year import FOLLOW_UP_YEAR
from bench.ingest import INGEST_FILE
from bench.proof import PROTECTION_COST, VERIFY_BUNDLE
from bench.query import QUERY
from bench.replaying import REPLAY_COURSE
from bench.sending import INGEST_HTTP_BATCH, INGEST_HTTP_SINGLE
from bench.views import VIEWS_LIVE, VIEWS_REBUILD
from bench.visible import APPEND_TO_VISIBLE

_ALL = (
    *(INGEST_FILE, INGEST_HTTP_SINGLE, INGEST_HTTP_BATCH),
    *(VIEWS_LIVE, VIEWS_REBUILD, APPEND_TO_VISIBLE, QUERY, REPLAY_COURSE),
    *(VERIFY_BUNDLE, PROTECTION_COST),
    *(FOLLOW_UP_OPEN, FOLLOW_UP_POKE, FOLLOW_UP_DELAY, FOLLOW_UP_MEMORY, FOLLOW_UP_YEAR),
)
MEASURES = {measure.name: measure for measure in _ALL}
