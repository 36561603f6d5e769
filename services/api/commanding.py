"""How a command is carried out: read, decide, write at the version that was read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.course import CourseState, fold_course
from domain.decisions import Refused
from domain.envelope import Recorded
from domain.events.base import WIRE_PREFIX, Fact
from domain.team import fold_team
from services.api.conditions import ANY
from services.api.courses import the_course, version_of
from services.api.problems import ApiError, busy
from services.api.state import Desk
from services.edge.incoming import Incoming
from services.edge.parse import LONGEST_EVENT, parse_object
from services.edge.problems import Flaw, Problem
from services.edge.reading import UnreadableError, read, text_of
from services.edge.sentences import flaw
from services.store.entries import Decided
from services.store.receipts import Receipt
from services.store.translate import translate
from services.store.writing import VersionConflictError
from services.words import Words

_ATTEMPTS = 5
_canonical = msgspec.json.Encoder(order="sorted").encode


class Asking(Struct, frozen=True, kw_only=True):
    """A decision asked of us. `body` is None where it was too large."""

    topic: str
    form: type[Struct]
    decide: Callable[[CourseState, Any, datetime], list[Fact]]
    course: str
    source: str | None
    key: str
    expected: int
    body: bytes | None


def command(desk: Desk, asking: Asking) -> Receipt | Problem:
    """Decide and store. Raises ApiError with the rule that forbids it, or on a version conflict."""
    _, stream = the_course([desk], asking.course, asking.source)
    sent = _checked(desk, stream, asking)
    if isinstance(sent, Problem):
        return sent
    for _ in range(_ATTEMPTS):
        try:
            return _attempt(desk, stream, asking, sent.data)
        except VersionConflictError as conflict:
            if asking.expected != ANY:
                raise _moved_on(conflict.actual) from None
    raise busy(1)  # others write to this course all the time


def _attempt(desk: Desk, stream: UUID, asking: Asking, data: dict[str, Any]) -> Receipt:
    store, source = desk.store, asking.source or desk.store.source
    body = _canonical([str(stream), asking.topic, source, data])
    own = store.read_stream(stream)
    known = next((e for e in own if (e.source, e.source_id) == (store.source, asking.key)), None)
    if known is not None:
        # Asked before: what holds now doesn't matter, the first receipt does.
        again = Decided(id=asking.key, fact=known.fact, body=body)
        return _receipt(desk, stream, again, None)
    version = own[-1].originator_version
    if asking.expected not in (ANY, version):
        raise _moved_on(version)
    state = _state(desk, stream, own)
    try:
        # First with ids and seals left out, so that nobody gets a key by a command that is refused.
        draft = translate(_Draft(), stream, asking.topic, source, data)
        asking.decide(state, msgspec.convert(draft, asking.form), store.clock())
        stored = store.translate(stream, asking.topic, source, data)
        facts = asking.decide(state, msgspec.convert(stored, asking.form), store.clock())
    except Refused as refused:
        raise _refused(refused, version) from None
    [fact] = facts
    return _receipt(desk, stream, Decided(id=asking.key, fact=fact, body=body), version)


def _receipt(desk: Desk, stream: UUID, decided: Decided, version: int | None) -> Receipt:
    [receipt] = desk.store.decide(stream, [decided], version)
    if receipt.status == "conflict":
        words = Words(
            "Idempotency-Key er brugt til en anden afgørelse.",
            "The Idempotency-Key was used for another decision.",
        )
        raise ApiError(
            "conflict",
            words,
            errors=[Flaw("/idempotency-key", "conflict", words.da, words.en)],
            members={"version": version_of(desk, stream)},
        )
    return receipt


def _checked(desk: Desk, stream: UUID, asking: Asking) -> Incoming | Problem:
    """The body, in the form of the event that it asks for; places are those in the body."""
    if asking.body is None:
        return Problem(kind="too-large", errors=(flaw("", "too-large", limit=LONGEST_EVENT),))
    try:
        data = read(text_of(asking.body))
    except UnreadableError as error:
        return error.problem
    if data.faults:
        return Problem(kind="invalid-event", errors=tuple(data.faults))
    store = desk.store
    event = {
        "specversion": "1.0",
        "type": WIRE_PREFIX + asking.topic,
        "source": store.source,
        "id": asking.key,
        "subject": str(stream),
        "time": store.clock().isoformat(timespec="microseconds"),
        "municipality": store.code,
        "data": data.value,
    }
    parsed = parse_object(event, municipality=store.code, now=store.clock(), here=True)
    if isinstance(parsed, Problem):
        errors = tuple(e._replace(pointer=e.pointer.removeprefix("/data")) for e in parsed.errors)
        return Problem(kind=parsed.kind, errors=errors)
    return parsed


def _state(desk: Desk, stream: UUID, own: list[Recorded]) -> CourseState:
    """The course with those that are one with it, its staff each read by one id."""
    store = desk.store
    events = list(own)
    for other in desk.streams.now().same_course(stream):
        events += store.read_stream(other) if other != stream else []
    team = store.team()
    same = fold_team(store.read_stream(team)).same if team else None
    return fold_course(events, same)


def _moved_on(version: int) -> ApiError:
    return ApiError(
        "version-conflict",
        Words(
            f"Forløbet er nu ved version {version}. Læs det, og spørg igen.",
            f"The course is now at version {version}. Read it and ask again.",
        ),
        headers={"etag": f'"{version}"'},
        members={"version": version},
    )


def _refused(refused: Refused, version: int) -> ApiError:
    return ApiError(
        "refused-by-rule",
        Words(refused.danish, refused.english),
        headers={"etag": f'"{version}"'},
        members={
            "rule": refused.rule,
            "satisfied_by": Words(refused.danish_remedy, refused.english_remedy),
            "version": version,
        },
    )


class _Draft:
    """Stands for ids and seals that aren't made yet."""

    def identity(self, kind: str, source: str, id: str) -> UUID:  # the protocol's
        """Nobody's."""
        return UUID(int=0)

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        """Nothing."""
        return ""
