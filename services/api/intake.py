"""From a body to receipts: read, check, store, keep what is refused."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import Cursor

from services.api.problems import ApiError
from services.api.security import not_senders
from services.api.state import Desk
from services.edge.incoming import Incoming
from services.edge.parse import LONGEST_EVENT, parse_batch
from services.edge.problems import Language, Problem, conflict
from services.edge.reading import read_array, text_of
from services.store.receipts import Receipt
from services.store.refused import RefusedEvent
from services.tokens import Token
from services.words import Words

MOST_EVENTS = 10_000  # of one batch
Parsed = Incoming | Problem


@dataclass(frozen=True)
class Answer:
    """What became of one event: a receipt, a problem, or (a conflict) both."""

    receipt: Receipt | None
    problem: Problem | None

    @property
    def status(self) -> str:
        """stored, duplicate, conflict or refused."""
        return self.receipt.status if self.receipt else "refused"

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The answer as it stands in a batch's, or alone."""
        found: dict[str, Any] = {"status": self.status}
        if self.receipt is not None:
            found |= msgspec.structs.asdict(self.receipt)
        elif self.problem is not None:
            named = {"source": self.problem.source, "id": self.problem.id}
            found |= {name: value for name, value in named.items() if value is not None}
        if self.problem is not None:
            found["problem"] = self.problem.as_dict(language)
        return found


class Handed(Struct, frozen=True, kw_only=True):
    """What was read of one request: facts to store and problems, by their place in it.

    `texts` gives what was sent; it is asked for only if something is refused.
    """

    count: int
    facts: dict[int, Incoming]
    problems: dict[int, Problem]
    texts: Callable[[], Sequence[bytes | None]]


def handed(
    token: Token, parsed: Sequence[Parsed], texts: Callable[[], Sequence[bytes | None]]
) -> Handed:
    """What may be stored of what was read, and what this sender may not send."""
    facts: dict[int, Incoming] = {}
    problems: dict[int, Problem] = {}
    for n, one in enumerate(parsed):
        problem = one if isinstance(one, Problem) else not_senders(token, one)
        if problem is not None:
            problems[n] = problem
        elif isinstance(one, Incoming):
            facts[n] = one
    return Handed(count=len(parsed), facts=facts, problems=problems, texts=texts)


def read_batch(desk: Desk, token: Token, body: bytes) -> Handed | Problem:
    """Read a batch. Raises ApiError."""
    _bounded(body)
    now = desk.store.clock()
    parsed = parse_batch(body, municipality=token.municipality, now=now)
    if isinstance(parsed, Problem):
        return parsed
    return handed(token, parsed, lambda: _texts(body))


def store(desk: Desk, requests: Sequence[Handed]) -> list[list[Answer]]:
    """Store several requests in one transaction, as if one after the other.

    An answer for each event of each, in order. What is refused is kept in the same transaction, so
    that nothing is lost between the two.
    """
    facts = [fact for one in requests for fact in one.facts.values()]
    answers: list[list[Answer]] = []

    def answered(cursor: Cursor[Any], receipts: Sequence[Receipt]) -> None:
        answers.clear()
        rest, kept = iter(receipts), list[RefusedEvent]()
        for one in requests:
            found = _answers(one, rest)
            answers.append(found)
            kept += _refused(one, found)
        if kept:
            desk.refusals.keep(cursor, kept, desk.store.clock())

    if facts:
        desk.store.append(facts, answered)
    else:
        with desk.store.transaction() as cursor:
            answered(cursor, [])
    return answers


def _answers(one: Handed, receipts: Iterator[Receipt]) -> list[Answer]:
    """Takes as many receipts as there are facts."""
    found = {n: Answer(None, problem) for n, problem in one.problems.items()}
    for n, receipt in zip(one.facts, receipts, strict=False):
        problem = None
        if receipt.status == "conflict":
            problem = conflict(receipt.source, receipt.id)
        found[n] = Answer(receipt, problem)
    return [found[n] for n in range(one.count)]


def _refused(one: Handed, answers: Sequence[Answer]) -> list[RefusedEvent]:
    refused = [(n, each.problem) for n, each in enumerate(answers) if each.problem is not None]
    if not refused:
        return []
    texts = one.texts()
    return [_kept(problem, texts[n]) for n, problem in refused]


def _kept(problem: Problem, text: bytes | None) -> RefusedEvent:
    document = msgspec.json.encode(problem.as_dict())
    small = text if text is not None and len(text) <= LONGEST_EVENT else None
    return RefusedEvent(problem.kind, document, small)


def _texts(body: bytes) -> list[bytes]:
    return [text.encode() for _, text in read_array(text_of(body))]


def _bounded(body: bytes) -> None:
    """Refuse a batch of too many events before they are all held at once."""
    # There are at most as many elements as commas, and one; seldom must they be counted.
    if body.count(b",") < MOST_EVENTS:
        return
    try:
        count = sum(1 for _ in islice(read_array(text_of(body)), MOST_EVENTS + 1))
    except ValueError:
        return  # the edge says what is wrong with it
    if count > MOST_EVENTS:
        raise ApiError(
            "too-large",
            Words(
                f"Et bundt må højst have {MOST_EVENTS} hændelser.",
                f"A batch may have at most {MOST_EVENTS} events.",
            ),
            members={"limit": MOST_EVENTS},
        )
