"""`/healthz`, `/readyz`, `/metrics`: for those who keep it running. No token is asked for."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from services.api.described import refusals
from services.api.problems import json_response
from services.api.state import Api
from services.api.threads import in_thread
from services.audit.proof.standing import Standing, signer_is_up, standings
from services.freshness import Freshness, freshness, projector_is_up
from services.store.server import Unusable
from services.words import Words

_SECONDS = 5.0
_READY: dict[str, Any] = {"application/json": {}}
_BUSY = refusals(503)[503]["content"]
_LATE = 503


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/healthz", summary="The process lives")
    async def healthz() -> Response:
        """The process lives. The database isn't asked."""
        return json_response({"status": "ok"})

    @routes.get(
        "/readyz",
        summary="The database can be used, and how far the views are behind",
        responses={
            **refusals(400),
            503: {"description": "Late, or busy.", "content": {**_READY, **_BUSY}},
        },
    )
    async def readyz(max_age_seconds: Annotated[float | None, Query(ge=0)] = None) -> Response:
        """The database can be used. `status` is `stale` where views are more than five seconds
        behind the log, have parked streams or are in another edition's tables (`stale_because` says
        which), or where no projector is connected.

        Events are taken in and answers given all the same, so that is no 503; with
        `max_age_seconds` it is one where a municipality's views are further behind.

        Of a municipality whose tables or key can't be used that is said (`unusable` is the kind of
        error), and nothing else is known; it counts as stale, and as late where that is asked.

        `signing` is `late` where an event or a look isn't under a signed root a minute after it was
        stored; `signer` is whether a signer is connected.
        """
        found = await in_thread(lambda: _found(api), seconds=_SECONDS)
        known = [one for one in found.each.values() if isinstance(one, _Of)]
        lacking = len(known) < len(found.each)
        fresh = found.projector and not (lacking or any(one.views.stale for one in known))
        unsigned = any(log.is_late for one in known for log in one.logs)
        late = max_age_seconds is not None and (
            lacking or any(one.views.age_seconds > max_age_seconds for one in known)
        )
        told = {
            "status": "ready" if fresh else "stale",
            "projector": found.projector,
            "signing": "late" if unsigned else "in time",
            "signer": found.signer,
            "municipalities": [_row(code, one) for code, one in found.each.items()],
        }
        return json_response(told, _LATE if late else 200)

    @routes.get("/metrics", summary="Measures for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Prometheus' text format."""
        text = await in_thread(api.metrics.text)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    return routes


class _Of(NamedTuple):
    """How far a municipality's views and logs have come."""

    views: Freshness
    logs: tuple[Standing, Standing]


class _Found(NamedTuple):
    """The same of all, and who is connected."""

    each: dict[str, _Of | Unusable]
    projector: bool
    signer: bool


def _found(api: Api) -> _Found:
    server, now = api.app.server, api.clock()
    each = dict(server.of_each(lambda store: _Of(freshness(store, now), standings(store, now))))
    return _Found(each, projector_is_up(server), signer_is_up(server))


class _Row(NamedTuple):
    """What is told of a municipality; by itself, that nothing is known of it."""

    municipality_code: str
    position: int | None = None
    head: int | None = None
    up_to_date: bool = False
    age_seconds: float | None = None
    stale: bool = True
    stale_because: Sequence[dict[str, str]] = ()
    parked_streams: int | None = None
    parked_from: int | None = None
    unsigned_seconds: float | None = None
    unsigned_look_seconds: float | None = None
    unusable: str | None = None


def _row(code: str, of: _Of | Unusable) -> dict[str, Any]:
    if isinstance(of, Unusable):
        because = [_unusable(of.kind)._asdict()]
        return _Row(code, stale_because=because, unusable=of.kind)._asdict()
    one, (events, looks) = of
    return _Row(
        code,
        position=one.position,
        head=one.head,
        up_to_date=one.up_to_date,
        age_seconds=one.age_seconds,
        stale=one.stale,
        stale_because=[words._asdict() for words in one.stale_because],
        parked_streams=one.parked.streams,
        parked_from=one.parked.position,
        unsigned_seconds=events.unsigned_seconds,
        unsigned_look_seconds=looks.unsigned_seconds,
    )._asdict()


def _unusable(kind: str) -> Words:
    return Words(
        f"Kommunens tabeller eller nøgle kan ikke bruges: {kind}.",
        f"The municipality's tables or key can't be used: {kind}.",
    )
