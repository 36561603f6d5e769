"""`/v1/schemas` and `/docs`: what a vendor reads, with nothing from outside hosts."""

from functools import cache
from importlib.resources import files

import anyio.to_thread
import msgspec
from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import Response

from services.api.described import refusals
from services.api.problems import ApiError, json_response
from services.edge.models import TYPES
from services.edge.schemas import schema_of
from services.words import Words

OPENAPI = "/openapi.json"
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'none'"
)
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_ICON = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"


class _SchemaResponse(Response):
    media_type = "application/schema+json"


def router() -> APIRouter:
    """The routes. Anybody may read them: they hold nothing but the contract."""
    routes = APIRouter(tags=["contract"])

    @routes.get("/v1/schemas", summary="All schemas")
    async def schemas() -> Response:
        """Every event's name and version, and where its JSON Schema stands."""
        rows = [
            {"type": type_, "topic": topic, "schema": f"/v1/schemas/{topic}"}
            for type_, topic in TYPES.items()
        ]
        return json_response({"rows": rows})

    @routes.get(
        "/v1/schemas/{topic}",
        summary="An event's JSON Schema",
        response_class=_SchemaResponse,
        responses=refusals(404),
    )
    async def schema(topic: str) -> Response:
        """The JSON Schema (2020-12) of an event, such as `course.mentor-matched.v1`."""
        if topic not in TYPES.values():
            raise ApiError(
                "not-found",
                Words("Hændelsen findes ikke; se /v1/schemas.", "No such event; see /v1/schemas."),
            )
        body = await anyio.to_thread.run_sync(_schema, topic)
        return _SchemaResponse(body)

    @routes.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        page = get_swagger_ui_html(
            openapi_url=OPENAPI,
            title="Rød Tråd",
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url=_ICON,
            # Else it sends the document's address to a validator on another host.
            swagger_ui_parameters={"validatorUrl": None, "persistAuthorization": False},
        )
        page.headers["content-security-policy"] = _POLICY
        return page

    @routes.get("/docs/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in _ASSETS:
            raise ApiError("not-found", Words("Filen findes ikke.", "No such file."))
        body = await anyio.to_thread.run_sync(_asset, name)
        headers = {"cache-control": "public, max-age=86400"}
        return Response(body, headers=headers, media_type=_ASSETS[name])

    return routes


@cache
def _schema(topic: str) -> bytes:
    return msgspec.json.encode(schema_of(topic))


@cache
def _asset(name: str) -> bytes:
    # The package brings the files of Swagger UI (Apache-2.0); nothing else of it is used.
    return files("fastapi_offline").joinpath("static", name).read_bytes()
