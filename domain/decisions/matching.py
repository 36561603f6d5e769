"""Matching (*matchning*): a mentor is proposed, a person decides the match, and it ends.

How many citizens a mentor has forbids nothing here: what a team has set as its caseload
(*belastningspolitik*) informs whoever decides, and the matching view shows who has room.
"""

from datetime import date, datetime

from domain.calendar import day_of, overlap
from domain.decisions.general import course_is_open, ends_now_or_sooner, the_actor_may_decide_this
from domain.decisions.refusing import Decision, Refusal
from domain.decisions.seen import CourseSeen
from domain.events.course import MatchEnded, MatchProposed, MentorMatched
from domain.matches import Match
from domain.values import Period, Ref

Matching = MatchProposed | MentorMatched


def _first_day(asked: Matching, now: datetime) -> date:
    """From when the mentor is to follow the citizen; a proposal is for today."""
    return asked.from_ if isinstance(asked, MentorMatched) else day_of(now)


def match_named(seen: CourseSeen, match: Ref) -> Match | None:
    """The match of that reference."""
    return next((known for known in seen.course.matches if known.match == match), None)


def a_person_decides_every_match(
    seen: CourseSeen, asked: MentorMatched, now: datetime
) -> Refusal | None:
    """Software may only suggest, and must explain its suggestion. [R]"""
    if asked.actor.function != "system":
        return None
    return Refusal(
        "Et match afgøres af et menneske; systemet kan foreslå det.",
        "A person decides a match; the system may propose it.",
        "en sagsbehandler eller koordinator som actor, eller course.match-proposed",
        "a caseworker or coordinator as the actor, or course.match-proposed",
    )


def the_mentor_is_employed(seen: CourseSeen, asked: Matching, now: datetime) -> Refusal | None:
    """Mentors quit on the way [R, note 8]; one who has left, or is employed by nobody, follows no
    citizen. On leave they are employed. [P]"""
    first = _first_day(asked, now)
    if seen.is_employed(asked.mentor, first, max(first, day_of(now))):
        return None
    return not_employed(first)


def not_employed(day: date) -> Refusal:
    """That the mentor isn't employed from that day on, as far as anybody has told."""
    return Refusal(
        "Mentoren er fratrådt eller ikke ansat som mentor.",
        "The mentor has left, or isn't employed as one.",
        f"en mentor, der er ansat {day:%d.%m.%Y} og nu, eller mentor.employed først; angiv source, "
        "hvis id'et er et andet systems",
        f"a mentor employed on {day} and now, or mentor.employed first; give source if the id is "
        "another system's",
    )


def a_mentor_is_matched_once_at_a_time(
    seen: CourseSeen, asked: Matching, now: datetime
) -> Refusal | None:
    """Who follows the citizen already needn't be matched; two mentors at once may be. [P]"""
    days, mentor = Period(_first_day(asked, now)), seen.persons.id(asked.mentor)
    if not any(m.mentor == mentor and overlap(days, m.days) for m in seen.course.matches):
        return None
    return Refusal(
        "Mentoren er allerede matchet med borgeren.",
        "The mentor is matched with the citizen already.",
        "en anden mentor, eller en dag efter det åbne match",
        "another mentor, or a day after the open match",
    )


def a_match_is_decided_once(
    seen: CourseSeen, asked: MentorMatched, now: datetime
) -> Refusal | None:
    """Each match is a thing of its own: the first of a name holds. [P]"""
    if match_named(seen, asked.match) is None:
        return None
    return Refusal(
        "Dette match er allerede afgjort.",
        "This match is decided already.",
        "et id af dets eget; et match, der er ophørt, begynder ikke igen",
        "an id of its own; a match that has ended doesn't begin again",
    )


def a_match_begins_in_open_days(
    seen: CourseSeen, asked: MentorMatched, now: datetime
) -> Refusal | None:
    """A match lies within the days of its course: else it would begin with the next reopening, or
    cover none. [P]"""
    begun = seen.course.intake.day if seen.course.intake else day_of(now)
    if begun <= asked.from_ and seen.course.is_open_on(asked.from_):
        return None
    return Refusal(
        "Forløbet er ikke åbent den dag, matchet begynder.",
        "The course isn't open on the day on which the match begins.",
        f"en from fra {begun:%d.%m.%Y}, hvor forløbet er åbent",
        f"a from of {begun} or later, on which the course is open",
    )


def a_match_rests_on_its_own_proposal(
    seen: CourseSeen, asked: MentorMatched, now: datetime
) -> Refusal | None:
    """A proposal that is named is this course's, and of this mentor. [P]"""
    if asked.proposal is None:
        return None
    if seen.proposals.get(asked.proposal) == seen.persons.id(asked.mentor):
        return None
    return Refusal(
        "Forslaget er ikke et forslag om denne mentor på dette forløb.",
        "The proposal isn't one of this mentor on this course.",
        "et course.match-proposed med samme mentor (med dets source), eller at udelade proposal",
        "a course.match-proposed of the same mentor (with its source), or leaving proposal out",
    )


def the_match_is_known(seen: CourseSeen, asked: MatchEnded, now: datetime) -> Refusal | None:
    """Only what began can end. [P]"""
    if match_named(seen, asked.match) is not None:
        return None
    return Refusal(
        "Forløbet har intet match af det navn.",
        "The course has no match of that name.",
        "et match fra course.mentor-matched på forløbet, med dets source",
        "a match of a course.mentor-matched on the course, with its source",
    )


def a_match_ends_once(seen: CourseSeen, asked: MatchEnded, now: datetime) -> Refusal | None:
    """What is over stays so; an end that lies ahead may be put forward to a sooner day. [P]"""
    known = match_named(seen, asked.match)
    end = known.days.to if known else None
    if end is None or ends_now_or_sooner(end, asked.to, now):
        return None
    return Refusal(
        f"Matchet er allerede ophørt, eller ophører {end:%d.%m.%Y}.",
        f"The match has ended already, or ends on {end}.",
        "et match, der er åbent, og en to før dets slutdag; ellers en rettelse af ophøret",
        "a match that is open, and a to before its end; else a correction of the end",
    )


def a_match_ends_after_it_began(
    seen: CourseSeen, asked: MatchEnded, now: datetime
) -> Refusal | None:
    """It ends on its first day at the earliest: then it never came to be. [P]"""
    known = match_named(seen, asked.match)
    if known is None or known.days.from_ <= asked.to:
        return None
    return Refusal(
        "Matchet kan ikke ophøre, før det er begyndt.",
        "The match can't end before it has begun.",
        f"en to fra {known.days.from_:%d.%m.%Y}",
        f"a to of {known.days.from_} or later",
    )


PROPOSE_MATCH = Decision[CourseSeen, MatchProposed](
    "match-proposed",
    (
        the_actor_may_decide_this,
        course_is_open,
        the_mentor_is_employed,
        a_mentor_is_matched_once_at_a_time,
    ),
)
MATCH = Decision[CourseSeen, MentorMatched](
    "mentor-matched",
    (
        a_person_decides_every_match,
        the_actor_may_decide_this,
        course_is_open,
        a_match_is_decided_once,
        a_match_begins_in_open_days,
        the_mentor_is_employed,
        a_mentor_is_matched_once_at_a_time,
        a_match_rests_on_its_own_proposal,
    ),
)
END_MATCH = Decision[CourseSeen, MatchEnded](
    "match-ended",
    (
        the_actor_may_decide_this,
        the_match_is_known,
        a_match_ends_once,
        a_match_ends_after_it_began,
    ),
)
