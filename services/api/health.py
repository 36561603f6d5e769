"""`/healthz`, `/readyz`, `/metrics`: for those who keep it running. No token is asked for."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from services.api.described import refusals
from services.api.problems import json_response
from services.api.state import Api
from services.api.threads import in_thread
from services.freshness import Freshness, freshness_of_all, projector_is_up

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
        behind the log or have parked streams, or where no projector is connected.

        Events are taken in and answers given all the same, so that is no 503; with
        `max_age_seconds` it is one where a municipality's views are further behind.
        """
        found, up = await in_thread(lambda: _found(api), seconds=_SECONDS)
        fresh = up and not any(one.stale for one in found)
        late = max_age_seconds is not None and any(o.age_seconds > max_age_seconds for o in found)
        told = {
            "status": "ready" if fresh else "stale",
            "projector": up,
            "municipalities": [_row(one) for one in found],
        }
        return json_response(told, _LATE if late else 200)

    @routes.get("/metrics", summary="Measures for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Prometheus' text format."""
        text = await in_thread(api.metrics.text)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    return routes


def _found(api: Api) -> tuple[list[Freshness], bool]:
    server = api.app.server
    return list(freshness_of_all(server, api.clock())), projector_is_up(server)


def _row(one: Freshness) -> dict[str, Any]:
    return {
        "municipality_code": one.code,
        "position": one.position,
        "head": one.head,
        "up_to_date": one.up_to_date,
        "age_seconds": one.age_seconds,
        "stale": one.stale,
        "parked_streams": one.parked.streams,
        "parked_from": one.parked.position,
    }
