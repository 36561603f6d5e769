"""The list of all fact tables."""

from projections.facts import (
    activities,
    courses,
    follow_ups,
    matches,
    roles,
    staff,
    supervision,
)
from projections.facts.timeline import TIMELINE
from projections.table import FactTable

TABLES: tuple[FactTable, ...] = (
    *courses.ALL,
    *matches.ALL,
    *staff.ALL,
    *supervision.ALL,
    *roles.ALL,
    *activities.ALL,
    *follow_ups.ALL,
    TIMELINE,
)
