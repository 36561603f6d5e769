"""Mentors with room for more (*ledig tid*), and candidates for one citizen (*kandidater*)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from domain.calendar import covers
from domain.caseload import full_time_equivalents
from domain.course import CourseState, fold_telling
from domain.events.course import ChemistryChecked, MatchEnded, MatchProposed, PreferenceStated
from domain.folding import Persons, Telling
from domain.matches import Match
from domain.matching import (
    Candidate,
    Earlier,
    Preference,
    Profile,
    Room,
    weigh_age,
    weigh_gender,
)
from domain.matching_words import explained, room
from domain.reckoning import Figure
from domain.values import Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.facts.matches import (
    CHEMISTRY_CHECKS,
    MATCH_ENDS,
    MATCHES,
    PREFERENCES,
    PROPOSALS,
)
from projections.views.caseload import policy_of
from projections.views.followed import from_followed
from projections.views.following import follows_of
from projections.views.mentor_profiles import Known, profiles_of
from projections.views.numbers import shown
from projections.views.staff import staff_of
from projections.views.team import Team

_LOADS = """
 select mentor, count(distinct citizen) as citizens from followed where {now} group by mentor"""
_NOBODY = Known(Profile())


@dataclass(frozen=True)
class _Mentors:
    """The mentors employed on the day, leave included: their room, and what is known of them."""

    team: Team
    employed: list[UUID]
    rooms: Mapping[UUID, Room]
    known: Mapping[UUID, Known]
    policy: Ref | None

    def behind(self, person: UUID, day: date) -> list[Ref]:
        """The hours of the day, the policy, and what is known of the mentor."""
        hours = [s.ref for s in self.team.mentors[person].hours if s.from_ <= day]
        return [*hours[-1:], *known(self.policy), *self.known.get(person, _NOBODY).by]


@view
def free_mentors(question: Question) -> Iterator[Line]:
    """One row for each mentor with hours on the day, whoever has most room first.

    `free` is how many citizens more until the limit: the highest number per full-time mentor of
    the municipality's policy, that number included; where there is none, short of the 15 with which
    the next band begins. `limit_basis` says which.
    """
    mentors, day = _mentors(question), question.day
    lines = []
    for person in mentors.employed:
        if mentors.team.mentors[person].hours_on(day):
            values = {
                "mentor": person,
                **_capacity(mentors.rooms[person]),
                **_profile(mentors.known.get(person, _NOBODY).profile, day),
            }
            behind = partial(_behind, question, mentors, person)
            lines.append(Line(values, behind, partial(_figures, mentors.rooms[person])))
    yield from sorted(lines, key=lambda one: (-one.values["free"], str(one.values["mentor"])))


def _figures(one: Room) -> list[Figure]:
    return [room(one)]


def _behind(question: Question, mentors: _Mentors, person: UUID) -> Iterator[Ref]:
    yield from mentors.behind(person, question.day)
    for one in follows_of(question, mentors.team.state.same):
        if one.mentor == person and covers(one.days, question.day):
            yield from one.by(question.day)


@view
def candidates(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each mentor employed on the day, as a candidate for the citizen of `streams`:
    nobody is left out, and a person decides.

    Those who can be asked stand before the others: those without room, on leave, or the citizen's
    mentor already, though with room. Among each whoever has fewer reasons against stands first,
    then whoever has more for, then whoever has more room. The reasons are counted, never weighed,
    and each is told: `speaks_for`, `speaks_against`, and `unknown`, which counts neither way;
    `explanation` has them in words. Preferences are considered and exclude nobody.
    """
    mentors, day = _mentors(question), question.day
    linked = question.once(identity.courses)
    asked = linked.all_like(streams or ())
    persons = Persons(mentors.team.state.same)
    about = question.tellings(
        PREFERENCES, PROPOSALS, CHEMISTRY_CHECKS, one_of=linked, streams=asked, until=question.as_of
    )
    held = question.tellings(*_FRAME, one_of=linked, streams=asked)
    for course in sorted({linked[stream] for stream in streams or ()}):
        said = about.get(course, Telling())
        told = held.get(course, Telling())
        citizen = _Citizen(said, told, fold_telling(told, mentors.team.state.same), persons)
        found = [(citizen.weigh(one, mentors, day), one) for one in mentors.employed]
        found.sort(key=lambda pair: (pair[0].place, str(pair[1])))
        for place, (candidate, person) in enumerate(found, 1):
            values = {"course": course, "place": place, "mentor": person, **_told(candidate)}
            yield Line(values, partial(citizen.behind, person, mentors, day))


_FRAME = (INTAKES, CASEWORKER_CHANGES, CLOSINGS, REOPENINGS, MATCHES, MATCH_ENDS)


@dataclass(frozen=True)
class _Citizen:
    """What is known of a citizen on matching."""

    said: Telling
    told: Telling
    course: CourseState
    persons: Persons

    def weigh(self, person: UUID, mentors: _Mentors, day: date) -> Candidate:
        """A mentor, seen from this citizen."""
        wanted, profile = self.preference, mentors.known.get(person, _NOBODY).profile
        return Candidate(
            profile=profile,
            room=mentors.rooms[person],
            age=weigh_age(wanted, profile, day),
            gender=weigh_gender(wanted, profile),
            earlier=self._earlier(person, day),
            proposed=len(self._proposals(person)),
            is_mentor_now=any(m.mentor == person for m in self.course.matches_on(day)),
            on_leave=not mentors.team.mentors[person].hours_on(day),
        )

    @property
    def preference(self) -> Preference:
        """The last one stated."""
        stated = self.said.of(PreferenceStated)
        return Preference(stated[-1].fact.age, stated[-1].fact.gender) if stated else Preference()

    def _earlier(self, person: UUID, day: date) -> Earlier | None:
        """The match with that mentor that ended last by the day."""
        ended = self._ended(person, day)
        if not ended:
            return None
        chemistry = {t.fact.asked: t.fact.result for t in self._checks(person)}
        return Earlier(
            end_reason=end_reason(ended[-1], self.told), chemistry=tuple(chemistry.values())
        )

    def _ended(self, person: UUID, day: date) -> list[Match]:
        over = [m for m in self.course.matches if m.mentor == person and not m.covers_no_day]
        ended = [m for m in over if m.days.to and m.days.to <= day]
        return sorted(ended, key=lambda match: match.days.to or day)

    def _checks(self, person: UUID) -> list[Any]:
        told = self.said.of(ChemistryChecked)
        return [t for t in told if self.persons.id(t.fact.mentor) == person]

    def _proposals(self, person: UUID) -> list[Ref]:
        told = self.said.of(MatchProposed)
        return [t.ref for t in told if self.persons.id(t.fact.mentor) == person]

    def behind(self, person: UUID, mentors: _Mentors, day: date) -> list[Ref]:
        """What is known of the mentor, what the citizen prefers, and what the two had before."""
        stated = self.said.of(PreferenceStated)
        own = [m for m in self.course.matches if m.mentor == person and not m.covers_no_day]
        matches = [m for m in own if m.days.from_ <= day]
        found = [
            *mentors.behind(person, day),
            *known(stated[-1].ref if stated else None),
            *(m.ref for m in matches),
            *known(*(m.ended_by for m in matches if not m.is_open_on(day))),
            *(check.ref for check in self._checks(person)),
            *self._proposals(person),
        ]
        return list(dict.fromkeys(found))


def end_reason(match: Match, told: Telling) -> str | None:
    """Why a match ended: as told with its end, or that the course closed."""
    if match.by_close:
        return "course-closed"
    reasons = {end.ref: end.fact.reason for end in told.of(MatchEnded)}
    return reasons.get(match.ended_by) if match.ended_by else None


def _mentors(question: Question) -> _Mentors:
    team, day = question.once(staff_of), question.day
    policy = policy_of(question)
    highest = policy.value.highest if policy else None
    loads = {
        row.mentor: row.citizens
        for row in from_followed(question, team.state.same, _LOADS, day=day)
    }
    employed = sorted(p for p, state in team.mentors.items() if state.is_employed_on(day))
    rooms = {
        person: Room(
            citizens=loads.get(person, 0),
            fte=full_time_equivalents(team.mentors[person].weekly_hours, day),
            highest=highest,
        )
        for person in employed
    }
    bounded = policy.ref if policy and highest is not None else None
    return _Mentors(team, employed, rooms, profiles_of(question, team.state.same), bounded)


def _capacity(room: Room) -> dict[str, Any]:
    return {
        "citizens": room.citizens,
        "fte": shown(room.fte),
        "free": room.free,
        "limit": room.limit,
        "limit_basis": "band" if room.highest is None else "policy",
    }


def _profile(profile: Profile, day: date) -> dict[str, Any]:
    return {
        "strengths": list(profile.strengths),
        "wishes": list(profile.wishes),
        "experience_years": profile.experience_years,
        "education_field": profile.education_field,
        "trainings": list(profile.trainings),
        "trained_with_caseworkers": profile.trained_with_caseworkers,
        "age_group": profile.age_on(day),
        "gender": profile.gender,
    }


def _told(one: Candidate) -> dict[str, Any]:
    words, room = explained(one), one.room
    earlier = one.earlier
    return {
        "available": one.is_available,
        "explanation": words.danish,
        "explanation_english": words.english,
        "speaks_for": one.speaks_for,
        "speaks_against": one.speaks_against,
        "unknown": one.unknown,
        **_capacity(room),
        "preferred_age_met": str(one.age) if one.age else None,
        "preferred_gender_met": str(one.gender) if one.gender else None,
        "strengths": list(one.profile.strengths),
        "experience_years": one.profile.experience_years,
        "was_mentor": earlier is not None,
        "end_reason": earlier.end_reason if earlier else None,
        "proposals": one.proposed,
    }
