"""Judging a run by its log alone, when it is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.envelope import Recorded
from domain.events.common import FollowUpEvent
from tests.follow_ups.checks import Broken, Checks, stage_of
from tests.follow_ups.memory import Sight, Streams, by_stream

_UNSEEN = 6  # facts of other streams that came so shortly before that a pull may not know them


class Aftermath:
    """The log of one run: of one course, its team and mentors."""

    def __init__(self, seed: int, events: Sequence[Recorded], course: UUID, team: UUID) -> None:
        self._seed = seed
        self._events = events
        self._subjects = (course, team)

    def judge(self, now: datetime) -> None:
        """Open is what should be, each stage was written once, and when it was due."""
        streams = by_stream(self._events)
        checks = self._checks(streams)
        for subject in self._subjects:
            if subject in streams:
                checks.is_right(subject, now)
        checks.is_written_once(self._events)
        self._each_was_due()

    def _each_was_due(self) -> None:
        streams: dict[UUID, list[Recorded]] = {}
        checks = self._checks(streams)
        for number, event in enumerate(self._events):
            if isinstance(event.fact, FollowUpEvent) and stage_of(event.fact):
                try:
                    _was_due(checks, event)
                except Broken:
                    self._was_due_to_who_missed(number, event)
            streams.setdefault(event.originator_id, []).append(event)

    def _was_due_to_who_missed(self, number: int, event: Recorded) -> None:
        """A pull reads its own stream as it is when it writes, and the others a moment before."""
        before = self._events[:number]
        others = [e for e in before if e.originator_id != event.originator_id][-_UNSEEN:]
        for missed in reversed(range(len(others) + 1)):
            known = [e for e in before if e not in others[len(others) - missed :]]
            try:
                _was_due(self._checks(by_stream(known)), event)
            except Broken:
                if missed == 0:
                    raise
            else:
                return

    def _checks(self, streams: Streams) -> Checks:
        facts = Sight(streams, *self._subjects, facts_only=True)
        return Checks(self._seed, facts, Sight(streams, *self._subjects))


def _was_due(checks: Checks, act: Recorded) -> None:
    """By what the log held before."""
    assert isinstance(act.fact, FollowUpEvent)
    subject, now = act.originator_id, act.occurred_at
    known = checks.known(subject, now)
    checks.may_be_written(act.fact, subject, known, checks.follow_ups(subject), now)
