"""What is asked of webhooks and answered: forms, their flaws by place, OpenAPI's part."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from services.api.asked import LARGEST_PAGE, LAST, PAGE
from services.api.body import read_body
from services.api.described import ONCE, at_version
from services.api.problems import ApiError
from services.edge.patterns import looks_like_cpr
from services.edge.problems import Flaw
from services.webhooks.dead import DeadLetter
from services.webhooks.hook_table import Form, Hook
from services.webhooks.signing import LONGEST_OVERLAP_HOURS, OVERLAP_HOURS
from services.words import Words

LARGEST = 16 * 1024  # bytes of a body
_EXAMPLE = {
    "url": "https://hooks.example.dk/roedtraad",
    "types": ["course.*", "team.*"],
    "label": "Datavarehus",
}
_CHANGED = {"types": ["course.*"], "paused": False}


def _plain(label: str) -> str:
    """What can be shown, and names nobody by number."""
    if not label.isprintable() or looks_like_cpr(label):
        raise ValueError
    return label


_Url = Annotated[str, Field(max_length=2000)]
_Types = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)]
_Label = Annotated[str, Field(max_length=100), AfterValidator(_plain)]
_Position = Annotated[int, Field(ge=0, le=LAST, strict=True)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NewWebhook(_Asked):
    """A webhook as it is wanted. Without `types` it has all; without `after` it begins now."""

    url: _Url
    types: _Types = []
    follow_ups: bool = Field(False, strict=True)
    after: _Position | None = None
    label: _Label = ""


class ChangedWebhook(_Asked):
    """What is left out stays as it is."""

    url: _Url | None = None
    types: _Types | None = None
    label: _Label | None = None
    paused: bool | None = Field(None, strict=True)


class Replay(_Asked):
    """All that comes after this position is sent again."""

    after: _Position


class Rotation(_Asked):
    """For so long the secret that it has now is good beside the new one; 0 = no old one is."""

    overlap_hours: float = Field(OVERLAP_HOURS, ge=0, le=LONGEST_OVERLAP_HOURS, strict=True)


class AskedDead(_Asked):
    """Which of them."""

    after: int = Field(0, ge=0, le=LAST, description="`next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE, description="So many at most.")


class WebhookDocument(BaseModel):
    """A webhook and how it fares. Of its address the path isn't shown: it can be a secret."""

    id: UUID
    address: str
    label: str
    form: Form
    types: list[str]
    position: int = Field(description="All up to here was delivered or laid aside.")
    state: Literal["active", "retrying", "paused", "gave-up"]
    created_at: datetime
    delivered: int
    delivered_at: datetime | None
    attempts: int = Field(description="That have failed of the next event.")
    told: str = Field(description="What was answered last, such as `503` or `timeout`.")
    retry_at: datetime | None
    failing_since: datetime | None
    paused_at: datetime | None
    dead_letters: int
    old_secret_ends_at: datetime | None
    version: int = Field(description="For If-Match; also the ETag.")


class WebhookWithSecret(WebhookDocument):
    """With the secret, which is shown this once."""

    secret: str


class WebhookList(BaseModel):
    """The oldest first."""

    rows: list[WebhookDocument]


class DeadLetterDocument(BaseModel):
    """An event that wasn't taken; the feed has it after the position before."""

    number: int
    position: int
    event: str
    attempts: int
    told: str
    died_at: datetime
    again: bool = Field(description="It is to be sent once more.")


class DeadLetterPage(BaseModel):
    """By number; `next` goes on with `?after=`, null at the end."""

    rows: list[DeadLetterDocument]
    next: int | None


class Retried(BaseModel):
    """How many are to be sent once more."""

    asked: int


def shown(hook: Hook, dead_letters: int, secret: str | None = None) -> dict[str, Any]:
    """A webhook as it is told."""
    told = {
        "id": hook.id,
        "address": hook.shown,
        "label": hook.label,
        "form": hook.form,
        "types": hook.kinds,
        "position": hook.position,
        "state": _state(hook),
        "created_at": hook.created_at,
        "delivered": hook.delivered,
        "delivered_at": hook.delivered_at,
        "attempts": hook.attempts,
        "told": hook.told,
        "retry_at": hook.retry_at,
        "failing_since": hook.failing_since,
        "paused_at": hook.paused_at,
        "dead_letters": dead_letters,
        "old_secret_ends_at": hook.old_secret_ends_at,
        "version": hook.edition,
    }
    return told if secret is None else told | {"secret": secret}


def _state(hook: Hook) -> str:
    if not hook.is_active:
        return "gave-up" if hook.paused_because else "paused"
    return "retrying" if hook.attempts else "active"


def dead_letter(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter as it is told."""
    return {
        "number": letter.id,
        "position": letter.position,
        "event": letter.topic,
        "attempts": letter.attempts,
        "told": letter.told,
        "died_at": letter.died_at,
        "again": letter.again,
    }


F = TypeVar("F", bound=_Asked)


async def asked_for(request: Request, form: type[F]) -> F:
    """The body as that form; an empty one is `{}`. Raises ApiError with each wrong field."""
    body = await read_body(request, LARGEST)
    if body is None:
        words = Words(f"Højst {LARGEST} bytes.", f"At most {LARGEST} bytes.")
        raise ApiError("too-large", words, members={"limit": LARGEST})
    try:
        return form.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise refused([_flaw(found, form) for found in error.errors(include_input=False)]) from None


def refused(flaws: list[Flaw]) -> ApiError:
    """A body with these flaws."""
    words = Words("Indholdet kan ikke bruges; se errors.", "The content can't be used; see errors.")
    return ApiError("invalid-request", words, errors=flaws)


_RIGHT = {
    "url": Words("en adresse, https://vært/sti", "an address, https://host/path"),
    "types": Words("en liste af navne, fx course.*", "a list of names, such as course.*"),
    "follow_ups": Words("true eller false", "true or false"),
    "after": Words("en position: 0, 1, 2 …", "a position: 0, 1, 2 …"),
    "label": Words("tekst, højst 100 tegn, uden CPR-nummer", "text, at most 100, no CPR number"),
    "paused": Words("true eller false", "true or false"),
    "overlap_hours": Words(
        f"timer, 0 til {LONGEST_OVERLAP_HOURS}", f"hours, 0 to {LONGEST_OVERLAP_HOURS}"
    ),
}


def _flaw(found: Any, form: type[BaseModel]) -> Flaw:
    """What is wrong, by place; never what stood there, nor a name that we don't know."""
    kind, place = str(found["type"]), [str(part) for part in found["loc"]]
    if kind == "extra_forbidden":
        known = ", ".join(form.model_fields)
        return Flaw("", "unknown-field", f"Ukendt felt. Kendte: {known}.", f"Unknown: {known}.")
    if not place or place[0] not in _RIGHT:
        return Flaw("", "not-json", "Skal være et JSON-objekt.", "Must be a JSON object.")
    right = _RIGHT[place[0]]
    code = "missing" if kind == "missing" else "field"
    return Flaw(f"/{'/'.join(place)}", code, f"Skal være {right.da}.", f"Must be {right.en}.")


def _body(
    form: type[BaseModel], example: dict[str, Any], header: dict[str, Any], *, required: bool = True
) -> dict[str, Any]:
    """OpenAPI's part for a body that is read as bytes, and a header."""
    content = {"schema": _without_titles(form.model_json_schema()), "example": example}
    body = {"required": required, "content": {"application/json": content}}
    return {"requestBody": body, "parameters": [header]}


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: _without_titles(one)
            for name, one in schema.items()
            if not (name == "title" and isinstance(one, str))
        }
    return [_without_titles(one) for one in schema] if isinstance(schema, list) else schema


_AT = at_version("the webhook")
NEW = _body(NewWebhook, _EXAMPLE, ONCE)
CHANGED = _body(ChangedWebhook, _CHANGED, _AT)
REPLAY = _body(Replay, {"after": 1200}, _AT)
ROTATION = _body(Rotation, {"overlap_hours": OVERLAP_HOURS}, _AT, required=False)
REMOVED = {"parameters": [_AT]}
