"""`/healthz`, `/readyz`, `/metrics`: for those who keep it running. No token is asked for."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from services.api.described import refusals
from services.api.metrics import positions
from services.api.problems import json_response
from services.api.state import Api
from services.api.threads import in_thread

_SECONDS = 5.0


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["operation"])

    @routes.get("/healthz", summary="The process lives")
    async def healthz() -> Response:
        """The process lives. The database isn't asked."""
        return json_response({"status": "ok"})

    @routes.get("/readyz", summary="The database can be used", responses=refusals(503))
    async def readyz() -> Response:
        """The database can be used; how far the views are behind the log."""
        found = await in_thread(lambda: list(positions(api.app.server)), seconds=_SECONDS)
        rows = [
            {"municipality_code": code, "position": at, "head": head, "up_to_date": at == head}
            for code, at, head in found
        ]
        return json_response({"status": "ready", "municipalities": rows})

    @routes.get("/metrics", summary="Measures for Prometheus")
    async def metrics() -> Response:
        """Prometheus' text format."""
        text = await in_thread(api.metrics.text)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    return routes
