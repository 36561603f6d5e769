"""From a body to receipts: read, check, store, keep what is refused."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import Cursor

from services.api.problems import ApiError
from services.api.security import depends_on_data, not_senders
from services.api.state import Desk
from services.edge.incoming import Incoming
from services.edge.parse import parse_batch
from services.edge.problems import Problem
from services.edge.reading import parts_of, read_array, text_of
from services.store.receipts import Receipt
from services.store.refused import RefusedEvent, Sender, kept_text
from services.taking import Answer, Parsed, answer_of
from services.tokens import Token
from services.words import Words

MOST_EVENTS = 10_000  # of one batch
_FEW_COMMAS = 200_000  # of a batch whose elements are counted by holding a view of each
_PART = 1024 * 1024  # bytes of what was refused that are kept at a time
Text = bytes | msgspec.Raw
"""What was sent, a copy of it or a view."""


class Handed(Struct, frozen=True, kw_only=True):
    """What was read of one request: facts to store and problems, by their place in it.

    `texts` gives what was sent; it is asked for only if something is refused.
    """

    token: Token
    count: int
    facts: dict[int, Incoming]
    problems: dict[int, Problem]
    texts: Callable[[], Sequence[Text | None]]


def handed(
    token: Token, parsed: Sequence[Parsed], texts: Callable[[], Sequence[Text | None]]
) -> Handed:
    """What may be stored of what was read, and what this sender may not send."""
    facts: dict[int, Incoming] = {}
    problems: dict[int, Problem] = {}
    sent_before: set[tuple[str, str]] = set()  # sources and types that the sender may send
    for n, one in enumerate(parsed):
        if isinstance(one, Problem):
            problems[n] = one
            continue
        named = (one.source, one.topic)
        if named in sent_before and not depends_on_data(token, one):
            facts[n] = one
        elif (problem := not_senders(token, one)) is not None:
            problems[n] = problem
        else:
            facts[n] = one
            sent_before.add(named)
    return Handed(token=token, count=len(parsed), facts=facts, problems=problems, texts=texts)


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
        rest = iter(receipts)
        for one in requests:
            found = _answers(one, rest)
            answers.append(found)
            for kept in _refused(one, found):
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
    found |= {n: answer_of(receipt) for n, receipt in zip(one.facts, receipts, strict=False)}
    return [found[n] for n in range(one.count)]


def _refused(one: Handed, answers: Sequence[Answer]) -> Iterator[list[RefusedEvent]]:
    """What is to be kept, a part at a time: each part is held several times over meanwhile."""
    refused = [(n, each.problem) for n, each in enumerate(answers) if each.problem is not None]
    if not refused:
        return
    texts, sender = one.texts(), sender_of(one.token)
    part, size = list[RefusedEvent](), 0
    for n, problem in refused:
        text = texts[n]
        kept = kept_text(None if text is None else bytes(text))
        part.append(RefusedEvent(problem=problem, event=kept, sender=sender))
        size += len(kept or b"")
        if size > _PART:
            yield part
            part, size = [], 0
    if part:
        yield part


def sender_of(token: Token) -> Sender:
    """Whose what is refused of this token is."""
    return Sender(token=token.id, prefix=token.source_prefix or "")


def _texts(body: bytes) -> Sequence[Text]:
    parts = parts_of(body)
    return [text.encode() for _, text in read_array(text_of(body))] if parts is None else parts


def _bounded(body: bytes) -> None:
    """Refuse a batch of too many events before they are all held at once."""
    # There are at most as many elements as commas, and one; seldom must they be counted.
    commas = body.count(b",")
    if commas >= MOST_EVENTS and _counted(body, commas) > MOST_EVENTS:
        raise ApiError(
            "too-large",
            Words(
                f"Et bundt må højst have {MOST_EVENTS} hændelser.",
                f"A batch may have at most {MOST_EVENTS} events.",
            ),
            members={"limit": MOST_EVENTS},
        )


def _counted(body: bytes, commas: int) -> int:
    """How many elements there are, as far as it matters; 0 where that isn't to be told."""
    if commas <= _FEW_COMMAS and (parts := parts_of(body)) is not None:
        return len(parts)
    try:
        # One byte for a character, whatever they are: commas and brackets are the same.
        return sum(1 for _ in islice(read_array(body.decode("latin-1")), MOST_EVENTS + 1))
    except ValueError:
        return 0  # the edge says what is wrong with it
