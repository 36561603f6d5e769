"""Role clarity (*rolleafklaring*): who does what, and whether mentor and caseworker agree on it.

Every reading is computed from facts and names the events it came from; none is stored. A missing
statement is unknown, never clear. The numbers in `Thresholds` are this project's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from domain import codes
from domain.calendar import day_of
from domain.cooperation import Cooperation, Coordination, Crossing, Statement
from domain.course import CourseState
from domain.values import Actor, Ref

NOT_AGREED_ON = ("nobody", "unsure")  # the same answer, and yet nobody has it


class Reading(StrEnum):
    """How the two sides' answers for one responsibility stand to each other."""

    UNKNOWN = "unknown"
    ONE_SIDED = "one-sided"
    AGREED = "agreed"
    OVERLAP = "overlap"
    GAP = "gap"
    DIFFERENCE = "difference"


class Overall(StrEnum):
    """How clear the division of roles (*rollefordeling*) is as a whole."""

    CLEAR = "clear"
    ONE_SIDED = "one-sided"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


class Balance(StrEnum):
    """Integration of mentor and caseworker: too little loses the thread, too much blurs roles."""

    TOO_LOOSE = "too-loose"
    BALANCED = "balanced"
    TOO_TIGHT = "too-tight"
    UNKNOWN = "unknown"


class Thresholds(Struct, frozen=True):
    """Days and numbers behind the balance; all are assumptions.

    Too loose: no mentor-caseworker contact for more than `loose_after` days (twice the 14 days of
    running coordination). Too tight: not too loose, and `tight_from` boundary crossings or more
    in the last `crossings_in` days. One crossing may be a slip; two are a pattern.
    """

    contacts_in: int = 30
    loose_after: int = 28
    crossings_in: int = 90
    tight_from: int = 2


ASSUMED = Thresholds()


class Division(Struct, frozen=True):
    """One responsibility (*ansvarsområde*): what each side says, and how that reads."""

    responsibility: str
    mentor_says: str | None
    caseworker_says: str | None
    reading: Reading


class CommonGoal(Struct, frozen=True, kw_only=True):
    """The current goal version (*fælles mål*), and who of the two stands by it.

    `reviewed_days_ago` counts from the latest review or, without one, from its setting.
    """

    goal: Ref | None = None
    mentor_stands_by: bool = False
    caseworker_stands_by: bool = False
    reviewed_days_ago: int | None = None

    @property
    def is_common(self) -> bool:
        """Whether the present mentor and the present caseworker both stand by it."""
        return self.mentor_stands_by and self.caseworker_stands_by


class Contacts(Struct, frozen=True, kw_only=True):
    """Mentor-caseworker contact: how long ago, and how often of late, by form."""

    days_since: int | None = None
    lately: int = 0
    by_form: dict[str, int] = {}
    latest: Ref | None = None


class RoleClarity(Struct, frozen=True, kw_only=True):
    """The whole reading of one course on one day. `reasons` are Danish sentences."""

    mentor: UUID | None
    caseworker: UUID | None
    overall: Overall
    reasons: tuple[str, ...]
    divisions: tuple[Division, ...]
    goal: CommonGoal
    contacts: Contacts
    crossings: tuple[Crossing, ...]
    balance: Balance
    statements: tuple[Ref, ...]  # the events that the divisions were read from


def read_role_clarity(
    course: CourseState, as_of: datetime, thresholds: Thresholds = ASSUMED
) -> RoleClarity:
    """Role clarity between the mentor and the caseworker of that day.

    Of several mentors at once it is the one matched last.
    """
    day, cooperation = day_of(as_of), _up_to(course.cooperation, as_of)
    matches = course.matches_on(day)
    mentor = matches[-1].mentor if matches else None
    caseworker = course.caseworker_on(day)
    theirs = statement_of(cooperation.statements, "mentor", mentor, caseworker)
    ours = statement_of(cooperation.statements, "caseworker", caseworker, mentor)
    divided = divisions(theirs.answers if theirs else {}, ours.answers if ours else {})
    contacts = contacts_until(cooperation.coordinations, day, thresholds)
    paired_since = matches[-1].days.from_ if matches else None
    return RoleClarity(
        mentor=mentor,
        caseworker=caseworker,
        overall=overall(divided),
        reasons=tuple(reasons(divided)),
        divisions=divided,
        goal=common_goal(cooperation, mentor, caseworker, day),
        contacts=contacts,
        crossings=cooperation.crossings,
        balance=balance(contacts, cooperation.crossings, paired_since, day, thresholds),
        statements=tuple(side.ref for side in (theirs, ours) if side),
    )


def _up_to(cooperation: Cooperation, as_of: datetime) -> Cooperation:
    """What had happened by then."""
    return Cooperation(
        **{
            name: tuple(h for h in getattr(cooperation, name) if h.at <= as_of)
            for name in cooperation.__struct_fields__
        }
    )


def statement_of(
    statements: Sequence[Statement], function: str, side: UUID | None, other: UUID | None
) -> Statement | None:
    """The latest statement of one side about this pair."""
    speaker = Actor(function, side)
    about = [s for s in statements if side and s.speaker == speaker and s.counterpart == other]
    return about[-1] if about else None


def divisions(mentor: Mapping[str, str], caseworker: Mapping[str, str]) -> tuple[Division, ...]:
    """Every responsibility, read from both sides' answers."""
    return tuple(
        Division(
            one, mentor.get(one), caseworker.get(one), reading(mentor.get(one), caseworker.get(one))
        )
        for one in codes.responsibilities.codes
    )


def reading(mentor_says: str | None, caseworker_says: str | None) -> Reading:
    """How two answers stand to each other. A side claims with its own function or `both`."""
    if mentor_says is None and caseworker_says is None:
        return Reading.UNKNOWN
    if mentor_says is None or caseworker_says is None:
        return Reading.ONE_SIDED
    if mentor_says == caseworker_says and mentor_says not in NOT_AGREED_ON:
        return Reading.AGREED
    mentor_claims = mentor_says in ("mentor", "both")
    caseworker_claims = caseworker_says in ("caseworker", "both")
    if mentor_claims and caseworker_claims:
        return Reading.OVERLAP
    return Reading.DIFFERENCE if mentor_claims or caseworker_claims else Reading.GAP


def overall(divided: Iterable[Division]) -> Overall:
    """Unclear where anything is in conflict; clear only where all is agreed."""
    found = {division.reading for division in divided}
    if found & {Reading.OVERLAP, Reading.GAP, Reading.DIFFERENCE}:
        return Overall.UNCLEAR
    if Reading.ONE_SIDED in found:
        return Overall.ONE_SIDED
    return Overall.CLEAR if found == {Reading.AGREED} else Overall.UNKNOWN


_REASONS = {
    Reading.OVERLAP: "Begge gør krav på",
    Reading.GAP: "Ingen af dem tager",
    Reading.DIFFERENCE: "De ser forskelligt på",
    Reading.ONE_SIDED: "Kun den ene har udmeldt",
    Reading.UNKNOWN: "Ingen har udmeldt",
}


def reasons(divided: Sequence[Division]) -> list[str]:
    """Why it isn't clear, worst first, in Danish."""
    found = []
    for kind, words in _REASONS.items():
        names = [
            codes.responsibilities.danish[division.responsibility]
            for division in divided
            if division.reading is kind
        ]
        if names:
            found.append(f"{words}: {'; '.join(names)}.")
    return found


def common_goal(
    cooperation: Cooperation, mentor: UUID | None, caseworker: UUID | None, day: date
) -> CommonGoal:
    """The current version is the latest set; acknowledgement is a person's."""
    if not cooperation.goals:
        return CommonGoal()
    current = cooperation.goals[-1]
    by = {a.speaker for a in cooperation.acknowledgements if a.goal == current.goal}
    reviews = [review.day for review in cooperation.reviews if review.goal == current.goal]
    return CommonGoal(
        goal=current.goal,
        mentor_stands_by=mentor is not None and Actor("mentor", mentor) in by,
        caseworker_stands_by=caseworker is not None and Actor("caseworker", caseworker) in by,
        reviewed_days_ago=(day - max([current.day, *reviews])).days,
    )


def contacts_until(
    coordinations: Iterable[Coordination], day: date, thresholds: Thresholds = ASSUMED
) -> Contacts:
    """Mentor-caseworker contact: when both functions took part."""
    both = [c for c in coordinations if c.is_between_mentor_and_caseworker and c.day <= day]
    if not both:
        return Contacts()
    since = day - timedelta(days=thresholds.contacts_in)
    lately = [c for c in both if c.day > since]
    return Contacts(
        days_since=(day - both[-1].day).days,
        lately=len(lately),
        by_form=dict(Counter(c.form for c in lately)),
        latest=both[-1].ref,
    )


def balance(
    contacts: Contacts,
    crossings: Iterable[Crossing],
    paired_since: date | None,
    day: date,
    thresholds: Thresholds = ASSUMED,
) -> Balance:
    """Too loose before too tight: roles that blur without contact need contact first.

    Unknown without a pair, and for a pair too new to have been in touch.
    """
    if paired_since is None:
        return Balance.UNKNOWN
    together = (day - paired_since).days
    if contacts.days_since is None and together <= thresholds.loose_after:
        return Balance.UNKNOWN
    if contacts.days_since is None or contacts.days_since > thresholds.loose_after:
        return Balance.TOO_LOOSE
    since = day - timedelta(days=thresholds.crossings_in)
    recent = sum(since < crossing.day <= day for crossing in crossings)
    return Balance.TOO_TIGHT if recent >= thresholds.tight_from else Balance.BALANCED
