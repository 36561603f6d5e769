"""Letters that were kept here (*gemte breve*): whose they are, and whose data stands in them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from domain.calendar import day_of
from services.audit.access.looking import EVERYBODY, Seen
from services.digests.marks import Letters
from services.digests.posting import key_of
from services.store.municipality import Municipality

_KEPT = timedelta(days=60)  # longer than any letter lies in our own mailbox


def is_of(message: EmailMessage, municipality: str) -> bool:
    """Whether a letter is that municipality's."""
    return str(message["List-Id"]).startswith(f"<digest.{municipality}.")


def seen_in(
    store: Municipality, messages: Iterable[EmailMessage], asked: Collection[UUID] = ()
) -> Seen:
    """Whose data a municipality's letters hold, as was noted when they were sent, and those who
    were asked about; where nothing is noted of a letter, it may be anybody's."""
    own = [one for one in messages if is_of(one, store.code)]
    noted = _noted(store) if own else {}
    whose = set(asked)
    for one in own:
        whose.update(noted.get(_key(one)) or [EVERYBODY])
    return Seen(len(own), whose)


def _noted(store: Municipality) -> dict[str, Sequence[UUID]]:
    """Whose data each letter tells of, by its key."""
    marks = Letters(store).since(day_of(store.clock()) - _KEPT)
    return {key_of(store, one.person, one.day): one.whose for one in marks}


def _key(message: EmailMessage) -> str:
    return str(message["Message-ID"]).strip("<> ").partition("@")[0]
