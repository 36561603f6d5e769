"""Barriers (*barrierer*, Table 75): in which degree mentors are held back by what."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from domain import codes
from domain.survey_words import HALVES, explained
from domain.surveys import Cell, Round, in_round, latest, was_asked
from projections.answering import Line, view
from projections.asking import Question
from projections.views.numbers import percent
from projections.views.surveys import rounds_of

QUESTIONS = [code for code in codes.survey_questions.codes if code.startswith("barrier-")]
LITTLE, MUCH = HALVES["little"], HALVES["much"]


@view
def barriers(question: Question) -> Iterator[Line]:
    """One row for each barrier, by the latest answer of each respondent; *ved ikke* is left out.

    Nothing is told of fewer than five respondents, nor where subtracting a round, or the same
    figure as of an earlier day, would leave fewer than five: `withheld` says so of what was asked.
    A round counts whole from its first answer on. In an anonymous round everybody is a respondent
    anew. What one answer changes shows to whoever asks before and after it comes, or as known then:
    so a round is to be sent at once.
    """
    rounds = rounds_of(question)
    for asked in QUESTIONS:
        yield _line({"question": asked}, latest(rounds, asked), rounds, asked)


@view
def barriers_by_round(question: Question) -> Iterator[Line]:
    """One row for each round and barrier asked about in it, the first round first; *ved ikke* is
    left out, and nothing told of fewer than five respondents, which `withheld` says.
    """
    for one in rounds_of(question):
        asked = {code for _, reply in one.replies.values() for code in reply.answers}
        for code in QUESTIONS:
            if code in asked:
                which = {"survey": one.survey, "begun": one.begun, "question": code}
                yield _line(which, in_round(one, code), [one], code)


def _line(which: dict[str, Any], cell: Cell | None, rounds: Sequence[Round], asked: str) -> Line:
    """A row. Its figures are explained, and the replies behind named to nobody."""
    of = [one for one in rounds if was_asked([one], asked)]
    return Line(which | _shares(cell, rounds, asked), figures=partial(explained, cell, len(of)))


def _shares(cell: Cell | None, rounds: Sequence[Round], asked: str) -> dict[str, Any]:
    """The shares in percent, of each degree and of both halves of the scale."""

    def share(*degrees: str) -> Any:
        return (
            percent(sum(cell.degrees.get(d, 0) for d in degrees), cell.answered) if cell else None
        )

    return {
        "answered": cell.answered if cell else None,
        **{f"share_{degree.replace('-', '_')}": share(degree) for degree in (*LITTLE, *MUCH)},
        "share_little": share(*LITTLE),
        "share_much": share(*MUCH),
        "withheld": cell is None and was_asked(rounds, asked),
    }
