"""How a command is carried out: read, decide, write at the version that was read."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.decisions import Decision, Refused
from domain.events.base import WIRE_PREFIX, Fact
from domain.events.registry import REGISTRY
from services.api.conditions import ANY, beside
from services.api.courses import version_of
from services.api.problems import ApiError, busy
from services.api.referring import with_sources
from services.api.security import is_named_by, not_named_by, not_spoken_for
from services.api.state import Desk
from services.api.subjects import Subject
from services.edge.incoming import Incoming
from services.edge.parse import parse_object
from services.edge.problems import Flaw, Problem
from services.edge.reading import LONGEST_EVENT, UnreadableError, read, text_of
from services.edge.sentences import flaw
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.store.receipts import Receipt
from services.store.translate import translate
from services.store.writing import VersionConflictError
from services.tokens import Token
from services.words import Words

_ATTEMPTS = 5
_canonical = msgspec.json.Encoder(order="sorted").encode


Find = Callable[[Desk, str, Collection[str] | None], Subject]
"""By an id that is ours or one of those sources'; None = anybody's."""


Look = Callable[[Collection[UUID]], None]
"""Records a look at the data of these; raises NotRecordedError."""


@dataclass(frozen=True)
class Command:
    """A decision that can be asked for, and of what: the event's stream is what `find` tells."""

    find: Find
    decision: Decision[Any, Any]


class Asking(Struct, frozen=True, kw_only=True):
    """One decision asked of us. `id` is that of its subject; `body` is None if it was too large."""

    command: Command
    id: str
    source: str | None
    key: str
    expected: int
    body: bytes | None
    token: Token | None = None  # whose functions and source bind it


class _Asked(Struct, frozen=True, kw_only=True):
    """The same, understood. `data` is the event's as a sender would write it."""

    asking: Asking
    subject: Subject
    topic: str
    source: str
    data: dict[str, Any]

    @property
    def body(self) -> bytes:
        """What was asked for, to be recognised by when it is asked again."""
        return _canonical([str(self.subject.stream), self.topic, self.source, self.data])


def command(desk: Desk, asking: Asking, look: Look) -> Receipt | Problem:
    """Decide and store. Raises ApiError with the rule that forbids it, or on a version conflict.

    Either tells how it stands with the course, so `look` is told first whose it is.
    """
    try:
        subject = asking.command.find(desk, asking.id, _sources(desk.store, asking))
    except ApiError:
        look(())
        raise
    look(subject.whose)
    topic = f"{subject.kind}.{asking.command.decision.event}.v1"
    sent = _checked(desk, subject, topic, asking)
    if isinstance(sent, Problem):
        return sent
    source = asking.source or desk.store.source
    asked = _Asked(asking=asking, subject=subject, topic=topic, source=source, data=sent.data)
    for _ in range(_ATTEMPTS):
        try:
            return _attempt(desk, asked)
        except VersionConflictError as conflict:
            if asking.expected != ANY:
                raise _moved_on(subject, conflict.actual) from None
    raise busy(1)  # others write to it all the time


def _attempt(desk: Desk, asked: _Asked) -> Receipt | Problem:
    store, asking, subject = desk.store, asked.asking, asked.subject
    known = store.read_event(store.source, asking.key)
    if known is not None:
        # Asked before: what holds now doesn't matter, the first receipt does.
        return _receipt(desk, asked, [known.fact], None)
    own = store.read_stream(subject.stream)
    version = own[-1].originator_version if own else 0
    if asking.expected not in (ANY, version):
        raise _moved_on(subject, version)
    type_, data, flaws = REGISTRY.type_of(asked.topic), asked.data, list[Flaw]()
    if asking.source is None:
        data, flaws = with_sources(store, type_, data, _sources(store, asking))
    if flaws:
        return Problem(kind="invalid-event", errors=tuple(flaws))
    decide, now = asking.command.decision.decide, store.clock()

    def fact(data: Any) -> Fact:
        return replace(msgspec.convert(data, type_), **subject.known)

    given = (subject.stream, asked.topic, asked.source, data)
    # First as a draft, so that nobody gets a key by a command that is refused.
    draft = fact(translate(_Draft(store), *given))
    state = subject.state(desk, own, draft)
    try:
        decide(state, draft, now=now)
        facts = decide(state, fact(store.translate(*given)), now=now)
    except Refused as refused:
        raise _refused(refused, version) from None
    return _receipt(desk, asked, facts, version)


def _sources(store: Municipality, asking: Asking) -> list[str] | None:
    """Whose the ids are that don't name their own; None = anybody's."""
    if asking.source is not None:
        return [asking.source]
    if asking.token is None or asking.token.source_prefix is None:
        return None
    return [source for source in store.sources() if is_named_by(asking.token, source)]


def _receipt(desk: Desk, asked: _Asked, facts: list[Fact], version: int | None) -> Receipt:
    """The receipt of what was asked for; what is written beside it has ids made of its id."""
    stream, key = asked.subject.stream, asked.asking.key
    decided = [
        Decided(id=beside(key, n), fact=fact, body=asked.body, causation=key if n else None)
        for n, fact in enumerate(facts)
    ]
    receipt, *_ = desk.store.decide(stream, decided, version)
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


def _checked(desk: Desk, subject: Subject, topic: str, asking: Asking) -> Incoming | Problem:
    """The body, in the form of the event that it asks for; places are those in the body."""
    if asking.body is None:
        return Problem(kind="too-large", errors=(flaw("", "too-large", limit=LONGEST_EVENT),))
    try:
        sent = read(text_of(asking.body))
    except UnreadableError as error:
        return error.problem
    data, faults = sent.value, list(sent.faults)
    if isinstance(data, dict):
        faults += [_said_already(name) for name in subject.given if name in data]
        data = {**data, **subject.given}
    if faults:
        return Problem(kind="invalid-event", errors=tuple(faults))
    store = desk.store
    event = {
        "specversion": "1.0",
        "type": WIRE_PREFIX + topic,
        "source": store.source,
        "id": asking.key,
        "subject": str(subject.stream),
        "time": store.clock().isoformat(timespec="microseconds"),
        "municipality": store.code,
        "data": data,
    }
    parsed = parse_object(event, municipality=store.code, now=store.clock(), here=True)
    if isinstance(parsed, Problem):
        errors = tuple(e._replace(pointer=e.pointer.removeprefix("/data")) for e in parsed.errors)
        return Problem(kind=parsed.kind, errors=errors)
    if asking.token:
        said = {name: one for name, one in parsed.data.items() if name not in subject.given}
        strange = not_spoken_for(asking.token, parsed.data) + not_named_by(asking.token, said)
        if strange:
            return Problem(kind="not-allowed", errors=tuple(strange))
    return parsed


def _said_already(name: str) -> Flaw:
    words = Words("Udelad feltet: stien siger det.", "Leave the field out: the path says it.")
    return Flaw(f"/{name}", "said-already", words.da, words.en)


def _moved_on(subject: Subject, version: int) -> ApiError:
    danish, english = subject.name
    return ApiError(
        "version-conflict",
        Words(
            f"{danish} er nu ved version {version}. Læs igen, og spørg igen.",
            f"{english} is now at version {version}. Read again and ask again.",
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
    """Stands for ids that may not be made yet, and for seals."""

    def __init__(self, store: Municipality) -> None:
        self._store = store

    def identity(self, kind: str, source: str, id: str) -> UUID:  # the protocol's
        """The internal id; of one that has none, the same one each time, kept nowhere."""
        return self._store.find(kind, id, source) or uuid5(NAMESPACE_URL, f"{kind} {source} {id}")

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        """Nothing."""
        return ""
