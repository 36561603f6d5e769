"""From a body to receipts: read, check, store, keep what is refused."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

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


class Handed(Struct, frozen=True, kw_only=True):
    """What was read of one request: facts to store and problems, by their place in it.

    `texts` gives what was sent; it is asked for only if something is refused.
    """

    token: Token
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
    found |= {n: answer_of(receipt) for n, receipt in zip(one.facts, receipts, strict=False)}
    return [found[n] for n in range(one.count)]


def _refused(one: Handed, answers: Sequence[Answer]) -> list[RefusedEvent]:
    refused = [(n, each.problem) for n, each in enumerate(answers) if each.problem is not None]
    if not refused:
        return []
    texts, sender = one.texts(), sender_of(one.token)
    return [
        RefusedEvent(problem=problem, event=kept_text(texts[n]), sender=sender)
        for n, problem in refused
    ]


def sender_of(token: Token) -> Sender:
    """Whose what is refused of this token is."""
    return Sender(token=token.id, prefix=token.source_prefix or "")


def _texts(body: bytes) -> list[bytes]:
    parts = parts_of(body)
    return [text.encode() for _, text in read_array(text_of(body))] if parts is None else parts


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
