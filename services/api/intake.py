"""From a body to receipts: read, check, store, keep what is refused. Runs in a thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
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


def take_one(desk: Desk, token: Token, parsed: Parsed, body: bytes | None) -> Answer:
    """Store an event that was read. `body`: what is kept if it is refused."""
    return _take(desk, token, [parsed], lambda: [body])[0]


def take_batch(desk: Desk, token: Token, body: bytes) -> list[Answer] | Problem:
    """Store what is right in a batch; an answer for each event, in order. Raises ApiError."""
    _bounded(body)
    now = desk.store.clock()
    parsed = parse_batch(body, municipality=token.municipality, now=now)
    if isinstance(parsed, Problem):
        return parsed
    return _take(desk, token, parsed, lambda: _texts(body))


def _take(
    desk: Desk,
    token: Token,
    parsed: Sequence[Parsed],
    texts: Callable[[], Sequence[bytes | None]],
) -> list[Answer]:
    """`texts` gives what was sent; it is asked for only if something is refused."""
    facts: dict[int, Incoming] = {}
    answers: dict[int, Answer] = {}
    for n, one in enumerate(parsed):
        problem = one if isinstance(one, Problem) else not_senders(token, one)
        if problem is not None:
            answers[n] = Answer(None, problem)
        elif isinstance(one, Incoming):
            facts[n] = one

    def answered(cursor: Cursor[Any], receipts: Sequence[Receipt]) -> None:
        answers.update(
            (n, Answer(r, conflict(r.source, r.id) if r.status == "conflict" else None))
            for n, r in zip(facts, receipts, strict=True)
        )
        problems = {n: a.problem for n, a in answers.items() if a.problem is not None}
        if problems:
            sent = texts()
            kept = [_kept(p, sent[n]) for n, p in problems.items()]
            desk.refusals.keep(cursor, kept, desk.store.clock())

    if facts:
        # In the transaction of those that are stored, so that nothing is lost between the two.
        desk.store.append(list(facts.values()), answered)
    else:
        with desk.store.transaction() as cursor:
            answered(cursor, [])
    return [answers[n] for n in range(len(parsed))]


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
        )
