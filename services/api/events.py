"""`POST /v1/events`: CloudEvents in structured, binary and batch mode; a receipt for each event."""

from collections import Counter
from functools import partial

import msgspec
from fastapi import APIRouter, Security
from starlette.requests import Request
from starlette.responses import Response

from services.api import described
from services.api.body import LARGEST, read_body
from services.api.intake import Handed, handed, read_batch
from services.api.lanes import Lanes, is_short
from services.api.problems import (
    ApiError,
    json_response,
    language_of,
    problem_response,
    ready_json,
)
from services.api.security import BEARER, may_send
from services.api.state import Api, Desk
from services.api.straight import Endpoint, Way
from services.edge.binding import PREFIX, attributes_in
from services.edge.parse import parse_binary, parse_event, too_large
from services.edge.problems import Flaw, Problem
from services.edge.reading import LONGEST_EVENT
from services.taking import Answer, Parsed
from services.tokens import Token
from services.words import Words

WAY = Way("POST", "/v1/events")
BATCH, BINARY, STRUCTURED = "batch", "binary", "structured"
_TYPES = {
    "application/cloudevents+json": STRUCTURED,
    "application/cloudevents-batch+json": BATCH,
    "application/json": "",  # binary with ce- headers, else by what the body begins with
}
_ENCODER = msgspec.json.Encoder()
_STATUSES = {"stored": 201, "duplicate": 200}


def router(send: Endpoint) -> APIRouter:
    """The route, which is asked through `Straight`; here it is documented."""
    routes = APIRouter(tags=["events"], dependencies=[Security(BEARER)])

    @routes.post(WAY.path, status_code=201, summary="Send events", **described.EVENTS)
    async def events(request: Request) -> Response:
        """Send one CloudEvent, or a batch of them.

        Stored before it is answered. Sent again, an event gets its first receipt; other content
        under a known id is a conflict. A batch is stored as far as it is right.
        """
        return await send(request)

    return routes


def sender(api: Api, lanes: Lanes) -> Endpoint:
    """What answers a request with events."""

    async def send(request: Request) -> Response:
        token = await api.gate.enter(request)
        may_send(token)
        mode = _mode(request)
        body = await read_body(request, LONGEST_EVENT if mode in (BINARY, STRUCTURED) else LARGEST)
        if body is not None and not mode:
            mode = BATCH if body[:200].lstrip(b" \t\r\n").startswith(b"[") else STRUCTURED
        own = token.municipality
        desk = api.desk_at_hand(own) or await api.open_desk(own)
        size, is_soon_read = len(body or b""), is_short(body, batch=mode == BATCH)
        read = partial(_read, desk, token, request, mode, body)
        took = request.scope["state"]["allowance"].took
        del body  # it is gone once it is stored: what is answered may be as large
        answers = await lanes.store(desk, size, read, took, at_once=is_soon_read)
        del read
        if isinstance(answers, Problem):
            return problem_response(answers, language_of(request))
        if mode != BATCH:
            api.metrics.receipts.labels(own, answers[0].status).inc()
            return of_one(request, answers[0])
        for status, count in Counter(answer.status for answer in answers).items():
            api.metrics.receipts.labels(own, status).inc(count)
        return _of_batch(request, answers)

    return send


def _of_batch(request: Request, answers: list[Answer]) -> Response:
    language = language_of(request)
    # A receipt is written as it is: its fields are those of an answer without a problem.
    if all(one.problem is None for one in answers):
        return json_response({"receipts": [one.receipt for one in answers]})
    # Problems are long: one at a time is more than its bytes.
    written = bytearray(b'{"receipts":[')
    for one in answers:
        told = one.receipt if one.problem is None else one.as_dict(language)
        _ENCODER.encode_into(told, written, -1)
        written += b","
    written[-1:] = b"]}"
    return ready_json(written, 207)


def of_one(request: Request, answer: Answer) -> Response:
    """The answer to one event: its receipt or its problem."""
    if answer.problem is not None:
        return problem_response(answer.problem, language_of(request))
    return json_response(answer.receipt, _STATUSES[answer.status])


def _read(
    desk: Desk, token: Token, request: Request, mode: str, body: bytes | None
) -> Handed | Problem:
    """What a body holds; None if it was too large for one event."""
    parsed: Parsed
    if body is None:
        parsed = too_large()
    elif mode == BATCH:
        return read_batch(desk, token, body)
    else:
        read = partial(parse_binary, request.headers) if mode == BINARY else parse_event
        parsed = read(body, municipality=token.municipality, now=desk.store.clock())
    return handed(token, [parsed], lambda: [_sent(request, mode, body)])


def _sent(request: Request, mode: str, body: bytes | None) -> bytes | None:
    """What is kept of it if it is refused."""
    return body if body is None or mode != BINARY else _structured(request, body)


def _mode(request: Request) -> str:
    """Structured, binary or batch; empty where the body must tell. Raises ApiError 415."""
    sent = request.headers.get("content-type")
    if mode := _TYPES.get(sent or ""):
        return mode
    if sent is None and _has_attributes(request):
        return BINARY
    kind, _, parameters = (sent or "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if kind.strip() not in _TYPES or charset not in ("", "charset=utf-8"):
        words = Words(
            f"Content-Type skal være en af: {', '.join(_TYPES)}; i UTF-8.",
            f"Content-Type must be one of: {', '.join(_TYPES)}; in UTF-8.",
        )
        raise ApiError(
            "wrong-content-type",
            words,
            errors=[Flaw("", "content-type", words.da, words.en)],
            headers={"accept-post": ", ".join(_TYPES)},
        )
    mode = _TYPES[kind.strip()]
    return BINARY if not mode and _has_attributes(request) else mode


def _has_attributes(request: Request) -> bool:
    return any(name.startswith(PREFIX) for name in request.headers)


def _structured(request: Request, body: bytes) -> bytes:
    """A binary event in structured mode, as far as it is one: how it is kept if it is refused."""
    attributes = attributes_in(request.headers.items())
    return msgspec.json.encode(attributes)[:-1] + b',"data":' + body + b"}"
