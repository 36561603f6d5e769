"""Decisions asked of us: an event that isn't written yet and the folded state in, events out.

A decision is refused by a named rule, never by a fault of form: that is the edge's. To add one:
its rules (one named function each), and a `Decision` of the event's name and the rules it must
pass. `make docs` tells of it in docs/decisions.md.
"""

from domain.decisions.refusing import Decision, Refusal, Refused, name_of

__all__ = ["Decision", "Refusal", "Refused", "name_of"]
