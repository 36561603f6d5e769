"""All measures by name."""

from bench.ingest import INGEST_FILE
from bench.views import VIEWS_LIVE, VIEWS_REBUILD

MEASURES = {measure.name: measure for measure in (INGEST_FILE, VIEWS_LIVE, VIEWS_REBUILD)}
