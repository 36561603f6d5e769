"""Matching (*matchning*): what speaks for and against a mentor for a citizen, in named reasons.

A person decides every match; this only suggests, and says why. What the citizen prefers is
considered and never a filter, so nobody is left out. There is no score: the order comes from
counting reasons, each of which is told (`place`).
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

from msgspec import Struct

BAND_BOUND = 15  # citizens per full-time mentor, from which the next band of Table 24 begins
NONE = "none"  # no preference

# What the earlier match of the two ended for, if that speaks against another one.
_PARTED = ("chemistry-missing", "citizen-wish", "mentor-wish")
_AGES = ((30, "under-30"), (45, "30-44"), (60, "45-59"))


class Weighed(StrEnum):
    """Whether a preference is met. None stands for no preference, or none known."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"  # the mentor's age or gender is


class Preference(Struct, frozen=True):
    """The mentor whom the citizen would like: codes of preferred ages and genders."""

    age: str = NONE
    gender: str = NONE


class Profile(Struct, frozen=True, kw_only=True):
    """What is known of a mentor (*kompetenceprofil*, employment, training). `strengths` and
    `wishes` are codes; without a profile there are none."""

    birth_year: int | None = None
    gender: str | None = None
    education_field: str | None = None
    experience_years: int | None = None
    strengths: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    trainings: tuple[str, ...] = ()
    trained_with_caseworkers: bool = False

    @property
    def is_completed(self) -> bool:
        """Whether the mentor has filled in a profile."""
        return self.experience_years is not None

    def age_on(self, day: date) -> str | None:
        """The group of ages: the year less the year of birth."""
        if self.birth_year is None:
            return None
        age = day.year - self.birth_year
        return next((name for below, name in _AGES if age < below), "60-plus")


class Room(Struct, frozen=True, kw_only=True, dict=True):
    """How many more citizens a mentor can take (*ledig tid*) before a limit, and which limit.

    With a policy up to its highest number per full-time mentor, that number included; else short
    of the band that begins at 15.
    """

    citizens: int
    fte: Fraction
    highest: int | None = None

    @property
    def limit(self) -> int:
        """The limit per full-time mentor."""
        return BAND_BOUND if self.highest is None else self.highest

    @cached_property
    def free(self) -> int:
        """Citizens more, at least none."""
        if self.highest is None:
            most = ceil(BAND_BOUND * self.fte) - 1
        else:
            most = floor(self.highest * self.fte)
        return max(0, most - self.citizens)


class Earlier(Struct, frozen=True, kw_only=True):
    """The last time when the mentor was this citizen's: why it ended, and what either side said of
    the chemistry last."""

    end_reason: str | None = None
    chemistry: tuple[str, ...] = ()

    @property
    def speaks_against(self) -> bool:
        """Whether the two parted, or the chemistry was missing."""
        return self.end_reason in _PARTED or "missing" in self.chemistry


class Candidate(Struct, frozen=True, kw_only=True, dict=True):
    """A mentor for one citizen on a day."""

    profile: Profile
    room: Room
    age: Weighed | None = None
    gender: Weighed | None = None
    earlier: Earlier | None = None
    proposed: int = 0
    is_mentor_now: bool = False
    on_leave: bool = False

    @cached_property
    def is_available(self) -> bool:
        """Whether there is room for this citizen; whoever is the mentor already isn't asked."""
        return self.room.free > 0 and not (self.on_leave or self.is_mentor_now)

    @cached_property
    def speaks_for(self) -> list[str]:
        """Codes of what speaks for the mentor, in the order in which it is told."""
        profile = self.profile
        told = {
            "age-met": self.age is Weighed.MET,
            "gender-met": self.gender is Weighed.MET,
            "proposed": self.proposed > 0,
            "known-from-before": self.earlier is not None and not self.earlier.speaks_against,
            "experienced": bool(profile.experience_years),
            "trained-with-caseworkers": profile.trained_with_caseworkers,
        }
        return [code for code, holds in told.items() if holds]

    @cached_property
    def speaks_against(self) -> list[str]:
        """Codes of what speaks against the mentor."""
        told = {
            "already-mentor": self.is_mentor_now,
            "on-leave": self.on_leave,
            "no-room": self.room.free == 0 and not self.on_leave,
            "parted-before": self.earlier is not None and self.earlier.speaks_against,
            "age-not-met": self.age is Weighed.NOT_MET,
            "gender-not-met": self.gender is Weighed.NOT_MET,
        }
        return [code for code, holds in told.items() if holds]

    @cached_property
    def unknown(self) -> list[str]:
        """Codes of what isn't known, and so counts neither way."""
        told = {
            "age-unknown": self.age is Weighed.UNKNOWN,
            "gender-unknown": self.gender is Weighed.UNKNOWN,
            "no-profile": not self.profile.is_completed,
        }
        return [code for code, holds in told.items() if holds]

    @property
    def place(self) -> tuple[bool, int, int, int]:
        """Room before none, then fewer reasons against, more for, and more room."""
        against, for_ = len(self.speaks_against), len(self.speaks_for)
        return (not self.is_available, against, -for_, -self.room.free)


def weigh_age(wanted: Preference, profile: Profile, day: date) -> Weighed | None:
    """Whether the mentor's age is the one preferred."""
    return _weighed(wanted.age, profile.age_on(day))


def weigh_gender(wanted: Preference, profile: Profile) -> Weighed | None:
    """Whether the mentor's gender is the one preferred."""
    told = None if profile.gender == "not-stated" else profile.gender
    return _weighed(wanted.gender, told)


def _weighed(wanted: str, told: str | None) -> Weighed | None:
    if wanted == NONE:
        return None
    if told is None:
        return Weighed.UNKNOWN
    return Weighed.MET if told == wanted else Weighed.NOT_MET


def met_as_a_whole(several: Iterable[Weighed | None]) -> Weighed | None:
    """Whether what was preferred is met: not if one isn't, unknown if one is."""
    told = [one for one in several if one is not None]
    for weighed in (Weighed.NOT_MET, Weighed.UNKNOWN, Weighed.MET):
        if weighed in told:
            return weighed
    return None
