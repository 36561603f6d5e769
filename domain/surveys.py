"""What mentors answered in a survey (*spørgeskema*), as far as it may be told (Figure 7, Table 75).

Whoever sees figures may subtract one from another. So no figure is told of fewer than five people,
and none that differs from another told one by fewer than five. A round counts whole from its first
answer on: else asking one day earlier would tell what one person answered.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

SMALL = 5  # fewer people than this could be told apart
DONT_KNOW = "dont-know"  # kept out of all shares

Held = dict[UUID, int]  # by respondent: the place, among all replies, of the one that holds


class Reply(Struct, frozen=True):
    """One respondent's answers in a round: a degree for each question asked."""

    respondent: UUID
    survey: str
    at: datetime
    answers: Mapping[str, str]


class Round(Struct, frozen=True):
    """A round of the survey: of several replies by one respondent the last, by its place among
    all replies."""

    survey: str
    begun: datetime
    replies: Mapping[UUID, tuple[int, Reply]]

    def degrees(self, question: str) -> Iterator[tuple[UUID, int, str]]:
        """Who answered a question, by which reply, in which degree."""
        for respondent, (place, reply) in self.replies.items():
            degree = reply.answers.get(question)
            if degree is not None:
                yield respondent, place, degree


class Cell(Struct, frozen=True):
    """How many answered a question, and how many of them each degree; never fewer than five."""

    answered: int
    degrees: Mapping[str, int]


def rounds_begun(replies: Iterable[Reply], by: datetime) -> list[Round]:
    """The rounds begun by a moment, the first begun first, each whole. `replies` in fold order."""
    begun: dict[str, datetime] = {}
    held: dict[str, dict[UUID, tuple[int, Reply]]] = {}
    for place, reply in enumerate(replies):
        begun[reply.survey] = min(reply.at, begun.get(reply.survey, reply.at))
        held.setdefault(reply.survey, {})[reply.respondent] = (place, reply)
    found = [Round(survey, at, held[survey]) for survey, at in begun.items() if at <= by]
    return sorted(found, key=lambda one: (one.begun, one.survey))


def was_asked(rounds: Iterable[Round], question: str) -> bool:
    """Whether anybody answered a question, *ved ikke* too. What is told of nobody then is withheld:
    were a question that all answered so told apart, everybody's answer would be."""
    return any(question in reply.answers for one in rounds for _, reply in one.replies.values())


def in_round(one: Round, question: str) -> Cell | None:
    """A round's answers to a question; None where they are fewer than five."""
    return _cell([degree for _, _, degree in one.degrees(question) if degree != DONT_KNOW])


def latest(rounds: Sequence[Round], question: str) -> Cell | None:
    """Each respondent's latest answer to a question, over all these rounds.

    None where there are fewer than five, or where subtracting a figure that is told would leave
    fewer than five: a round's, or the same figure as it was before the last rounds.
    """
    told: list[set[int]] = []
    held: Held = {}
    respondents: dict[int, UUID] = {}
    degrees: dict[int, str] = {}
    cell = None
    for one in rounds:
        own = set()
        for respondent, place, degree in one.degrees(question):
            respondents[place] = respondent
            if held.get(respondent, -1) < place:
                held[respondent] = place
            if degree != DONT_KNOW:
                own.add(place)
                degrees[place] = degree
        if len(own) >= SMALL:
            told.append(own)
        known = {place for place in held.values() if place in degrees}
        cell = None
        if all(_far_apart(known, other, respondents) for other in told):
            cell = _cell([degrees[place] for place in known])
        if cell is not None:
            told.append(known)
    return cell


def _far_apart(one: set[int], other: set[int], respondents: Mapping[int, UUID]) -> bool:
    """Whether the same replies stand in both figures, or those of five people or more differ."""
    differ = one ^ other
    # One person's replies are two at most, one in each.
    if not differ or len(differ) >= 2 * SMALL:
        return True
    return len({respondents[place] for place in differ}) >= SMALL


def _cell(degrees: Sequence[str]) -> Cell | None:
    return Cell(len(degrees), Counter(degrees)) if len(degrees) >= SMALL else None
