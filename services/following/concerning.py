"""Whom the news of a log concerns: each subject, with the part of the log that is news to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from domain.team import fold_team
from services.following.matches import Matches
from services.following.news import Span, needing_workflow, read_news
from services.following.streams import Known, Streams
from services.store.municipality import Municipality
from workflows.messages import TEAM, course_subject


class Concerned:
    """Reads one municipality's log on. Safe to use from threads."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._streams = Streams(municipality)
        self._matches = Matches(municipality)

    def known(self) -> Known:
        """The streams up to the log's last position."""
        return self._streams.now()

    def needing(self, now: datetime, courses: Iterable[UUID] | None = None) -> set[str]:
        """The subjects that need a workflow: the team, and those of these courses, or of all."""
        known = self.known()
        asked = known.courses if courses is None else courses
        found = needing_workflow(
            self._municipality, known, {known.course(one) for one in asked}, now
        )
        return {TEAM, *map(course_subject, found)}

    def by(self, after: int, upto: int, now: datetime) -> tuple[dict[str, Span], int]:
        """By the news between two positions, the last included; and how many events it was."""
        news = read_news(self._municipality, after, upto)
        known = self.known()
        spans: dict[str, Span] = {}
        for course, span in news.courses.items():
            _add(spans, course_subject(known.course(course)), span)
        for course, span in self._regrouped(known, after, news.turns):
            _add(spans, course_subject(course), span)
        for course, span in self._with_matches(known, news.mentors):
            _add(spans, course_subject(course), span)
        if news.team:
            _add(spans, TEAM, news.team)
        if news.for_all:
            for subject in self.needing(now) - {TEAM}:
                _add(spans, subject, news.for_all)
        return spans, news.events

    def _regrouped(
        self, known: Known, after: int, turns: Mapping[UUID, Span]
    ) -> Iterable[tuple[UUID, Span]]:
        """Courses that are read with others now: each itself, since its workflow may have ended, or
        be one that is to end."""
        if not any(self._streams.tells_of_links(course) for course in turns):
            return
        for course, group in self._streams.regrouped(after, known).items():
            if told := [turns[one] for one in group & turns.keys()]:
                yield course, reduce(or_, told)

    def _with_matches(
        self, known: Known, mentors: Mapping[UUID, Span]
    ) -> Iterable[tuple[UUID, Span]]:
        if not mentors:
            return
        team = self._municipality.team()
        same = fold_team(self._municipality.read_stream(team)).same if team else {}
        spans: dict[UUID, Span] = {}
        for mentor, span in mentors.items():
            one = same.get(mentor, mentor)
            spans[one] = spans[one] | span if one in spans else span
        for course, matches in self._matches.now(known, same).items():
            for mentor in {match.mentor for match in matches} & spans.keys():
                yield course, spans[mentor]


def _add(spans: dict[str, Span], subject: str, span: Span) -> None:
    held = spans.get(subject)
    spans[subject] = held | span if held else span
