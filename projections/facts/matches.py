"""Who is mentor for whom, and how that went (*match*)."""

from typing import Any

from domain.events.base import Fact
from domain.events.course import (
    ChemistryChecked,
    FirstMeetingHeld,
    MatchEnded,
    MatchProposed,
    MentorMatched,
    PreferenceStated,
)
from domain.values import Actor
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values, key, ref

MATCHES = FactTable(
    "matches",
    {
        "match": Kind.TEXT,
        "mentor": Kind.UUID,
        "from_day": Kind.DATE,
        "method": Kind.CODE,
        "reasons": Kind.CODES,
        "minutes": Kind.INT,
        "actor_function": Kind.CODE,
        "meeting": Kind.TEXT,
    },
)
PREFERENCES = FactTable("preferences", {"age": Kind.CODE, "gender": Kind.CODE})
PROPOSALS = FactTable(
    "proposals",
    {"mentor": Kind.UUID, "method": Kind.CODE, "reasons": Kind.CODES, "meeting": Kind.TEXT},
)
MATCH_ENDS = FactTable("match_ends", {"match": Kind.TEXT, "to_day": Kind.DATE, "reason": Kind.CODE})
FIRST_MEETINGS = FactTable("first_meetings", {"mentor": Kind.UUID, "form": Kind.CODE})
CHEMISTRY_CHECKS = FactTable(
    "chemistry_checks", {"mentor": Kind.UUID, "asked": Kind.CODE, "result": Kind.CODE}
)

ALL = (PREFERENCES, PROPOSALS, MATCHES, MATCH_ENDS, FIRST_MEETINGS, CHEMISTRY_CHECKS)


@MATCHES.row_from(MentorMatched)
def _match(fact: MentorMatched) -> Values:
    thing = key(fact.match)
    told = (fact.from_, fact.method, fact.reasons, fact.minutes)
    return (thing, fact.mentor, *told, fact.actor.function, key(fact.meeting))


@MATCHES.read_as
def _read_match(row: Any) -> Fact:
    return MentorMatched(
        actor=Actor(row.actor_function),
        match=ref(row.match),
        mentor=row.mentor,
        from_=row.from_day,
        method=row.method,
        reasons=tuple(row.reasons),
        minutes=row.minutes,
        meeting=ref(row.meeting) if row.meeting else None,
    )


@PREFERENCES.row_from(PreferenceStated)
def _preference(fact: PreferenceStated) -> Values:
    return (fact.age, fact.gender)


@PREFERENCES.read_as
def _read_preference(row: Any) -> Fact:
    return PreferenceStated(actor=UNSAID, age=row.age, gender=row.gender)


@PROPOSALS.row_from(MatchProposed)
def _proposal(fact: MatchProposed) -> Values:
    return (fact.mentor, fact.method, fact.reasons, key(fact.meeting))


@PROPOSALS.read_as
def _read_proposal(row: Any) -> Fact:
    return MatchProposed(
        actor=UNSAID,
        mentor=row.mentor,
        method=row.method,
        reasons=tuple(row.reasons),
        meeting=ref(row.meeting) if row.meeting else None,
    )


@MATCH_ENDS.row_from(MatchEnded)
def _match_end(fact: MatchEnded) -> Values:
    return (key(fact.match), fact.to, fact.reason)


@MATCH_ENDS.read_as
def _read_match_end(row: Any) -> Fact:
    return MatchEnded(actor=UNSAID, match=ref(row.match), to=row.to_day, reason=row.reason)


@FIRST_MEETINGS.row_from(FirstMeetingHeld)
def _first_meeting(fact: FirstMeetingHeld) -> Values:
    return (fact.mentor, fact.form)


@FIRST_MEETINGS.read_as
def _read_first_meeting(row: Any) -> Fact:
    return FirstMeetingHeld(actor=UNSAID, mentor=row.mentor, form=row.form)


@CHEMISTRY_CHECKS.row_from(ChemistryChecked)
def _chemistry_check(fact: ChemistryChecked) -> Values:
    return (fact.mentor, fact.asked, fact.result)


@CHEMISTRY_CHECKS.read_as
def _read_chemistry_check(row: Any) -> Fact:
    return ChemistryChecked(actor=UNSAID, mentor=row.mentor, asked=row.asked, result=row.result)
