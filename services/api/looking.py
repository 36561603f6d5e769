"""Nothing personal is told before it is recorded who is told it: `services/audit/access/looks.py`.

Whatever is answered to somebody with a token passes here, or says that it tells nothing personal;
an answer that did neither is never sent (`services/api/guard.py`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.types import Scope

from services.api.problems import ApiError
from services.audit.access.looking import LONGEST_PURPOSE, Asking, Seen
from services.audit.access.looks import Looks
from services.edge.problems import Flaw
from services.narrowing import AskedWrongError
from services.store.municipality import Municipality
from services.store.unreadable import UnreadableEventError
from services.tokens import Token
from services.words import Words

PURPOSE = "purpose"
"""The header in which is said what the answer is for."""
_LOOKED = "looked"
_ANSWERS = (ApiError, AskedWrongError, UnreadableEventError)
T = TypeVar("T")


class Looker(NamedTuple):
    """Whoever asks in a request, and where their looks are recorded."""

    looks: Looks
    request: Request
    asking: Asking

    def record(self, stores: Iterable[Municipality], seen: Mapping[str, Seen]) -> None:
        """Record it; the answer may be sent then. Raises NotRecordedError."""
        self.looks.record(self.asking, stores, seen)
        tells_nothing(self.request)  # more than is recorded

    def told(
        self, stores: Iterable[Municipality], work: Callable[[], tuple[T, Mapping[str, Seen]]]
    ) -> T:
        """What the work gives, once it is recorded; also that it finds nothing, or what is wrong
        with the question: that is an answer too. Raises NotRecordedError, and what the work does.
        """
        with_all = list(stores)
        answer, seen = self.searched(with_all, work)
        self.record(with_all, seen)
        return answer

    def searched(self, stores: Iterable[Municipality], work: Callable[[], T]) -> T:
        """What the work gives, which is told to nobody yet; where it ends in an answer, that is
        recorded. Raises NotRecordedError, and what the work does."""
        try:
            return work()
        except _ANSWERS as error:
            self.record(stores, {code: Seen(0, ids) for code, ids in _whose(error).items()})
            raise


def _whose(error: Exception) -> Mapping[str, Collection[UUID]]:
    """Who an answer tells of that isn't what was asked for, by municipality."""
    match error:
        case ApiError(whose=whose) | AskedWrongError(whose=whose):
            return whose
        case UnreadableEventError(municipality=code, stream=stream):
            return {code: [stream]}
        case _:
            return {}


def looker(looks: Looks, request: Request, token: Token) -> Looker:
    """Whoever asks. Raises ApiError 400 of a purpose that can't be kept."""
    asking = Asking(
        what=f"{request.method} {_route(request.scope)}",
        token=token.id,
        functions=token.functions,
        purpose=_purpose(request) or token.label or None,
        criteria=_criteria(request),
    )
    return Looker(looks, request, asking)


def tells_nothing(request: Request) -> None:
    """Let the answer be sent: it holds nothing personal but what was recorded."""
    request.scope["state"][_LOOKED] = True


def may_be_sent(state: Mapping[str, Any]) -> bool:
    """Whether what was asked with a token was recorded, or tells nothing personal."""
    return state.get("token") is None or state.get(_LOOKED, False)


def _route(scope: Scope) -> str:
    route: Any = scope["route"]
    return str(route.path_format)


def _criteria(request: Request) -> dict[str, Any]:
    """The parameters of path and query; several of a name in a list."""
    found: dict[str, Any] = dict(request.path_params)
    for name in request.query_params:
        several = request.query_params.getlist(name)
        found[name] = several if len(several) > 1 else several[0]
    return found


def _purpose(request: Request) -> str:
    # Headers are bytes; what isn't ASCII comes as UTF-8 from most, from some as Latin-1.
    given = request.headers.get(PURPOSE, "")
    try:
        text = given.encode("latin-1").decode()
    except UnicodeDecodeError:
        text = given
    text = " ".join(text.split())
    if len(text) > LONGEST_PURPOSE or not (text.isprintable() or not text):
        words = Words(
            f"Skal være en sætning på højst {LONGEST_PURPOSE} tegn.",
            f"Must be a sentence of at most {LONGEST_PURPOSE} characters.",
        )
        flaw = Flaw(f"/{PURPOSE}", "header", words.da, words.en)
        raise ApiError("invalid-request", words, errors=[flaw])
    return text
