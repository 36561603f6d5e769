"""The list of all fact tables."""

from projections.facts import (
    activities,
    agreements,
    courses,
    follow_ups,
    grants,
    leadership,
    matches,
    profiles,
    roles,
    rules,
    staff,
    supervision,
)
from projections.facts.timeline import TIMELINE
from projections.table import FactTable

TABLES: tuple[FactTable, ...] = (
    *courses.ALL,
    *matches.ALL,
    *staff.ALL,
    *profiles.ALL,
    *supervision.ALL,
    *leadership.ALL,
    *roles.ALL,
    *agreements.ALL,
    *grants.ALL,
    *activities.ALL,
    *rules.ALL,
    *follow_ups.ALL,
    TIMELINE,
)
