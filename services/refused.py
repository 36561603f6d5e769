"""What was refused: how it is told, and sent again, as it was kept or mended.

It goes through the edge like anything else. What is stored now is kept no longer; what is refused
again stays under its number, with the new reason. The rights of whoever sent it hold, since else
it would be enough to have been refused once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from psycopg import Cursor

from services.api.security import not_senders
from services.edge.incoming import Incoming
from services.edge.parse import parse_event
from services.edge.problems import Flaw, Language, Problem
from services.store.municipality import Municipality
from services.store.refused import Kept, Refusals, RefusedEvent, kept_text
from services.taking import Answer, Parsed, take
from services.tokens import Token

AT_A_TIME = 500  # in one transaction
_UUID = 16  # bytes
Rights = Callable[[RefusedEvent, Incoming], Problem | None]
"""The problem with who sent it sending this; None where there is none."""


def since_stored(
    store: Municipality,
    cursor: Cursor[Any],
    several: Sequence[Kept],
    may_know: Callable[[str], bool] = lambda source: True,
) -> dict[int, datetime]:
    """When an event of the same source and id was stored after it was refused, by its number.

    `may_know` says of which sources whoever asks is told what is stored.
    """
    named = {
        kept.id: (problem.source, problem.id)
        for kept in several
        if (problem := kept.refused.problem).source and problem.id and may_know(problem.source)
    }
    stored = store.stored_at(cursor, set(named.values()))
    at = {kept.id: stored[named[kept.id]] for kept in several if named.get(kept.id) in stored}
    # What was there before is what it contradicts: it hasn't been mended by that.
    return {
        kept.id: at[kept.id]
        for kept in several
        if kept.id in at and kept.received_at <= at[kept.id]
    }


def told(kept: Kept, language: Language, stored_at: datetime | None) -> dict[str, Any]:
    """What is shown of it: never the event itself, which may hold personal data."""
    refused = kept.refused
    return {
        "id": kept.id,
        "received_at": kept.received_at,
        "expires_at": kept.expires_at,
        "source": refused.problem.source,
        "event_id": refused.problem.id,
        "import": None if refused.of is None else import_name(refused.of),
        "line": refused.line,
        "has_event": refused.event is not None,
        "stored_at": stored_at,
        "problem": refused.problem.as_dict(language),
    }


def import_name(key: bytes) -> str:
    """What an import is called: its id, or of a file what the name of its refused lines ends in."""
    return str(UUID(bytes=key)) if len(key) == _UUID else key.hex()[:12]


def retry(
    store: Municipality,
    refusals: Refusals,
    kept: Sequence[Kept],
    rights: Rights,
    mended: Mapping[int, bytes] | None = None,
) -> Mapping[int, Answer]:
    """Send these again in one transaction, `mended` in the place of what was kept; by number.

    Raises StoreBusyError.
    """
    by_id = {each.id: each.refused for each in kept}
    texts = {id_: refused.event for id_, refused in by_id.items()} | dict(mended or {})
    parsed = {id_: _read(store, by_id[id_], text, rights) for id_, text in texts.items()}

    def settle(cursor: Cursor[Any], answers: Mapping[int, Answer]) -> None:
        refusals.forget(cursor, [id_ for id_, one in answers.items() if one.problem is None])
        for id_, one in answers.items():
            if one.problem is not None:
                event = kept_text(texts[id_]) or by_id[id_].event
                again = replace(by_id[id_], problem=one.problem, event=event)
                refusals.refused_again(cursor, id_, again, store.clock())

    return take(store, parsed, settle)


def _read(store: Municipality, refused: RefusedEvent, text: bytes | None, rights: Rights) -> Parsed:
    if text is None:
        return refused.problem  # it was too large to be kept, and would be again
    parsed = parse_event(text, municipality=store.code, now=store.clock())
    return parsed if isinstance(parsed, Problem) else rights(refused, parsed) or parsed


def senders_rights(tokens: Iterable[Token], now: datetime) -> Rights:
    """As they are now; what the municipality took in itself has no bounds."""
    holding = {token.id: token for token in tokens if token.holds_at(now)}

    def rights(refused: RefusedEvent, event: Incoming) -> Problem | None:
        if refused.sender is None:
            return None
        token = holding.get(refused.sender.token)
        return _no_more(event) if token is None else not_senders(token, event)

    return rights


def _no_more(event: Incoming) -> Problem:
    flaw = Flaw(
        "",
        "no-token",
        "Adgangen, som den blev sendt med, gælder ikke mere. Send den med en ny, eller indlæs den.",
        "The token that it was sent with holds no more. Send it with a new one, or ingest it.",
    )
    return Problem(kind="not-allowed", errors=(flaw,), source=event.source, id=event.id)
