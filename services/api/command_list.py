"""The commands: what each is called, what it decides, and a body that could be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from domain.decisions import (
    Decision,
    agreement,
    closing,
    follow_ups,
    grants,
    handovers,
    matching,
    rules,
    team,
)
from services.api import examples, subjects
from services.api.commanding import Command, Find


class Place(NamedTuple):
    """Where commands of one kind are given, of what they are, and whose events OpenAPI shows."""

    path: str
    find: Find
    stream: str


COURSE = Place("/v1/courses/{id:path}/", subjects.course, "course")
FOLLOW_UP = Place("/v1/follow-ups/{id}/", subjects.follow_up, "course")
TEAM = Place("/v1/", subjects.team, "team")


@dataclass(frozen=True)
class Route:
    """A command: where it is given, what it is called in English and Danish, and an example."""

    place: Place
    name: str
    summary: str
    decision: Decision[Any, Any]
    example: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Where it is given."""
        return self.place.path + self.name

    @property
    def command(self) -> Command:
        """What it asks for."""
        return Command(self.place.find, self.decision)

    @property
    def topic(self) -> str:
        """The name and version of the event that it decides."""
        return f"{self.place.stream}.{self.decision.event}.v1"


COMMANDS = (
    Route(
        COURSE,
        "propose-match",
        "Propose a mentor (foreslå et match)",
        matching.PROPOSE_MATCH,
        examples.PROPOSE_MATCH,
    ),
    Route(COURSE, "match", "Decide a match (afgør et match)", matching.MATCH, examples.MATCH),
    Route(
        COURSE,
        "make-agreement",
        "Make or renew the mentor agreement (indgå mentoraftale)",
        agreement.MAKE_AGREEMENT,
        examples.AGREEMENT,
    ),
    Route(
        COURSE,
        "state-roles",
        "State who does what (udmeld rollerne)",
        agreement.STATE_ROLES,
        examples.ROLES,
    ),
    Route(
        COURSE,
        "set-goal",
        "Set the common goal (sæt det fælles mål)",
        agreement.SET_GOAL,
        examples.SET_GOAL,
    ),
    Route(
        COURSE,
        "acknowledge-goal",
        "Stand by the goal (tilslut dig målet)",
        agreement.ACKNOWLEDGE_GOAL,
        examples.ACKNOWLEDGE_GOAL,
    ),
    Route(
        COURSE,
        "review-goal",
        "Go through the goal (følg op på målet)",
        agreement.REVIEW_GOAL,
        examples.REVIEW_GOAL,
    ),
    Route(
        COURSE,
        "apply-for-grant",
        "Apply for a grant (ansøg om en bevilling)",
        grants.APPLY_FOR_GRANT,
        examples.APPLY_FOR_GRANT,
    ),
    Route(
        COURSE,
        "grants",
        "Decide a grant (træf afgørelse om en bevilling)",
        grants.DECIDE_GRANT,
        examples.DECIDE_GRANT,
    ),
    Route(
        COURSE,
        "extend-grant",
        "Extend a grant (forlæng en bevilling)",
        grants.EXTEND_GRANT,
        examples.EXTEND_GRANT,
    ),
    Route(
        COURSE,
        "end-grant",
        "End a grant (lad en bevilling ophøre)",
        grants.END_GRANT,
        examples.END_GRANT,
    ),
    Route(
        COURSE,
        "offer-handover",
        "Offer the course to another (tilbyd overdragelse)",
        handovers.OFFER_HANDOVER,
        examples.OFFER_HANDOVER,
    ),
    Route(
        COURSE,
        "accept-handover",
        "Take the course over (modtag overdragelsen)",
        handovers.ACCEPT_HANDOVER,
        examples.ACCEPT_HANDOVER,
    ),
    Route(
        COURSE,
        "reject-handover",
        "Decline the course (afvis overdragelsen)",
        handovers.REJECT_HANDOVER,
        examples.REJECT_HANDOVER,
    ),
    Route(
        COURSE,
        "end-match",
        "End a match (lad et match ophøre)",
        matching.END_MATCH,
        examples.END_MATCH,
    ),
    Route(COURSE, "close", "Close the course (afslut forløbet)", closing.CLOSE, examples.CLOSE),
    Route(COURSE, "reopen", "Reopen the course (genåbn forløbet)", closing.REOPEN, examples.REOPEN),
    Route(
        TEAM,
        "team/arrange-supervision",
        "Arrange supervision, or none (aftal supervision)",
        team.ARRANGE_SUPERVISION,
        examples.ARRANGE_SUPERVISION,
    ),
    Route(
        TEAM,
        "team/set-caseload-policy",
        "Choose how many citizens a mentor has (sæt belastningspolitik)",
        team.SET_CASELOAD_POLICY,
        examples.SET_CASELOAD_POLICY,
    ),
    Route(
        TEAM,
        "rules",
        "Adopt a rule pack (vedtag et regelsæt)",
        rules.ADOPT_RULES,
        examples.ADOPT_RULES,
    ),
    Route(
        FOLLOW_UP,
        "snooze",
        "Put a follow-up off until a day (udsæt en opfølgning)",
        follow_ups.SNOOZE,
        examples.SNOOZE,
    ),
    Route(
        FOLLOW_UP,
        "take-over",
        "Take a follow-up on (overtag en opfølgning)",
        follow_ups.TAKE_OVER,
        examples.TAKE_OVER,
    ),
)
