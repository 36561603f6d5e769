"""The reasons of a suggestion, and how the figures of matching are made, in words: Danish and
English."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from domain import codes
from domain.matching import Candidate, Room
from domain.reckoning import Figure, in_danish, in_english
from domain.rules.wording import Wording

FOR, AGAINST, UNKNOWN, STRENGTHS = (
    Wording("Taler for", "Speaks for"),
    Wording("Taler imod", "Speaks against"),
    Wording("Vides ikke", "Not known"),
    Wording("Styrker", "Strengths"),
)
REASONS = {
    "age-met": Wording("borgerens ønske om alder er opfyldt", "the preferred age is met"),
    "gender-met": Wording("borgerens ønske om køn er opfyldt", "the preferred gender is met"),
    "proposed": Wording("er foreslået til borgeren", "was proposed for the citizen"),
    "known-from-before": Wording(
        "har været borgerens mentor før ({ended})", "was the citizen's mentor before ({ended})"
    ),
    "experienced": Wording(
        "{years} års erfaring med mentorarbejde", "{years} years of experience with mentor work"
    ),
    "trained-with-caseworkers": Wording(
        "har været på fælles undervisning med sagsbehandlerne",
        "was trained together with the caseworkers",
    ),
    "already-mentor": Wording("er borgerens mentor nu", "is the citizen's mentor now"),
    "on-leave": Wording("har ingen mentortimer på dagen", "has no hours as mentor on the day"),
    "no-room": Wording(
        "har ikke ledig tid: {citizens} borgere, grænsen er {limit} pr. fuldtidsmentor",
        "has no room: {citizens} citizens, the limit is {limit} per full-time mentor",
    ),
    "parted-before": Wording(
        "har været borgerens mentor før, og det holdt ikke ({ended})",
        "was the citizen's mentor before, and it did not last ({ended})",
    ),
    "age-not-met": Wording(
        "borgerens ønske om alder er ikke opfyldt", "the preferred age is not met"
    ),
    "gender-not-met": Wording(
        "borgerens ønske om køn er ikke opfyldt", "the preferred gender is not met"
    ),
    "age-unknown": Wording("mentors alder", "the mentor's age"),
    "gender-unknown": Wording("mentors køn", "the mentor's gender"),
    "no-profile": Wording("kompetenceprofilen er ikke udfyldt", "no competence profile yet"),
}
_ROOM = Wording("ledig tid til {free} borgere mere", "room for {free} more citizens")
_MISSING = Wording("kemien manglede", "chemistry missing")
_RUNS = Wording("uden angivet grund", "no reason told")


def explained(one: Candidate) -> Wording:
    """Why the mentor stands where they do: what speaks for, what against, what isn't known."""
    return Wording(_told(one, danish=True), _told(one, danish=False))


def _told(one: Candidate, *, danish: bool) -> str:
    def said(words: Wording) -> str:
        return words.danish if danish else words.english

    for_ = [_reason(code, one, danish=danish) for code in one.speaks_for]
    if one.is_available:
        for_.append(said(_ROOM).format(free=one.room.free))
    against = [_reason(code, one, danish=danish) for code in one.speaks_against]
    unknown = [_reason(code, one, danish=danish) for code in one.unknown]
    strengths = [codes.qualities.danish[code] if danish else code for code in one.profile.strengths]
    parts = ((FOR, for_), (AGAINST, against), (UNKNOWN, unknown), (STRENGTHS, strengths))
    return " ".join(f"{said(head)}: {', '.join(told)}." for head, told in parts if told)


def _reason(code: str, one: Candidate, *, danish: bool) -> str:
    words = REASONS[code].danish if danish else REASONS[code].english
    return words.format(
        years=one.profile.experience_years,
        citizens=one.room.citizens,
        limit=one.room.limit,
        ended=_ended(one, danish=danish),
    )


def _ended(one: Candidate, *, danish: bool) -> str:
    """Why the earlier match ended, in words; the chemistry where a side missed it."""
    earlier = one.earlier
    reason = earlier.end_reason if earlier else None
    if earlier and "missing" in earlier.chemistry:
        return _MISSING.danish if danish else _MISSING.english
    if reason is None:
        return _RUNS.danish if danish else _RUNS.english
    return codes.match_end_reasons.danish.get(reason, reason) if danish else reason


def room(one: Room) -> Figure:
    """How many citizens more a mentor can take, or that there is no room."""
    most, (da, en) = one.limit * one.fte, _LIMITS[one.highest is not None]
    return Figure(
        "free",
        f"{one.limit} pr. fuldtidsmentor × {in_danish(one.fte)} = {in_danish(most)}: {da}"
        f" borgere, nu {one.citizens}, så der er plads til {one.free} mere.",
        f"{one.limit} per full-time mentor × {in_english(one.fte)} = {in_english(most)}: {en}"
        f" citizens, {one.citizens} now, so there is room for {one.free} more.",
    )


_LIMITS = {
    True: ("højst så mange", "at most so many"),
    False: ("færre end så mange", "fewer than so many"),
}
"""With a policy its highest number is included; else the limit is where the next band begins."""


def waited(since: date, day: date) -> Figure:
    """For how long a citizen has waited."""
    days = (day - since).days
    return Figure(
        "days",
        f"Fra {since:%d.%m.%Y} til {day:%d.%m.%Y} er der {days} {'dag' if days == 1 else 'dage'}.",
        f"From {since} to {day} there {'is' if days == 1 else 'are'} {days}"
        f" day{'' if days == 1 else 's'}.",
    )


def spent(own: int | None, meeting: int, citizens: int) -> Iterator[Figure]:
    """The minutes that a match took: its own, and its share of a meeting's on so many citizens, if
    there are any; nothing where neither is known."""
    parts = [(f"{own} egne", f"{own} of its own")] if own is not None else []
    if citizens:
        parts.append((f"{meeting} / {citizens} på mødet", f"{meeting} / {citizens} at the meeting"))
    if parts:
        total = (own or 0) + (Fraction(meeting, citizens) if citizens else 0)
        yield Figure(
            "minutes_spent",
            f"{' + '.join(da for da, _ in parts)} = {in_danish(total)} minutter.",
            f"{' + '.join(en for _, en in parts)} = {in_english(total)} minutes.",
        )
