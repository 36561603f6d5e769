"""Decisions asked of us: a command and the folded state in, the events to be written out.

A command is refused by a named rule, never by a fault of form: that is the edge's. To add one:
its Struct, its rules (one named function each), and the list of rules it must pass.
"""

from domain.decisions.follow_ups import (
    FollowUpSeen,
    SnoozeFollowUp,
    TakeOverFollowUp,
    snooze,
    take_over,
)
from domain.decisions.grants import DecideGrant, decide_grant
from domain.decisions.refusing import Refusal, Refused, name_of
from domain.decisions.rules import AdoptRules, adopt_rules

__all__ = [
    "AdoptRules",
    "DecideGrant",
    "FollowUpSeen",
    "Refusal",
    "Refused",
    "SnoozeFollowUp",
    "TakeOverFollowUp",
    "adopt_rules",
    "decide_grant",
    "name_of",
    "snooze",
    "take_over",
]
