"""`GET /v1/views`, `/v1/views/{view}`, and a short path for each view."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Security
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.api.asked import AskedView
from services.api.described import refusals
from services.api.problems import ApiError, json_response, language_of
from services.api.security import BEARER, may_read, own_municipality
from services.api.state import Api
from services.municipalities import UnknownMunicipalityError, name_of
from services.rendering import as_csv, plain
from services.views import VIEWS, Answered, View, ask
from services.words import Words

_REFUSED = refusals(400, 401, 403, 404, 503)
_CSV: dict[str, Any] = {"schema": {"type": "string"}}


class ViewAnswer(BaseModel):
    """Rows, the position in the log that they reflect (of several municipalities, one each), and
    how old that is in seconds."""

    rows: list[dict[str, Any]]
    position: int | dict[str, int] | None
    age_seconds: float


def router(api: Api) -> APIRouter:
    """The routes; a new view in VIEWS has its own by itself."""
    routes = APIRouter(tags=["views"], dependencies=[Security(BEARER)])

    @routes.get("/v1/views", summary="Which views there are", responses=refusals(401))
    async def views(request: Request) -> Response:
        """Which views there are."""
        await api.gate.enter(request)
        language = language_of(request)
        rows = [
            {
                "view": view.name,
                "title": view.title.say(language),
                "path": f"/v1/{view.name}",
                "columns": {name: words.say(language) for name, words in view.headings.items()},
            }
            for view in VIEWS.values()
        ]
        return json_response({"rows": rows})

    @routes.get(
        "/v1/views/{view}",
        summary="Ask a view by its name",
        responses={200: {"model": ViewAnswer}, **_REFUSED},
    )
    async def one(view: str, request: Request, asked: Annotated[AskedView, Query()]) -> Response:
        """Ask a view by its name."""
        if view not in VIEWS:
            known = ", ".join(VIEWS)
            raise ApiError(
                "not-found",
                Words(f"Overblikket findes ikke. Kendte: {known}.", f"No such view: {known}."),
            )
        return await _answer(api, VIEWS[view], request, asked)

    for view in VIEWS.values():
        routes.get(
            f"/v1/{view.name}",
            name=view.name,
            summary=view.title.en,
            responses={200: {**_described(view)}, **_REFUSED},
        )(_endpoint(api, view))
    return routes


def _endpoint(api: Api, view: View) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, asked: Annotated[AskedView, Query()]) -> Response:
        return await _answer(api, view, request, asked)

    endpoint.__doc__ = f"{view.title.en} (*{view.title.da}*)."
    return endpoint


async def _answer(api: Api, view: View, request: Request, asked: AskedView) -> Response:
    token = await api.gate.enter(request)
    may_read(token)
    code = own_municipality(token, asked.municipality)
    known_municipality(code)
    as_of, known_at = asked.moments()

    def work() -> Answered:
        stores = [desk.store for desk in api.desks(code)]
        return ask(view, stores, as_of=as_of, known_at=known_at, now=api.clock())

    answer = await api.read(work)
    if asked.format == "csv":
        return _csv(answer, view)
    return json_response(plain(answer.as_dict()))


def known_municipality(code: str | None) -> None:
    """Raises ApiError 404 where no Danish municipality has that code."""
    try:
        if code is not None:
            name_of(code)
    except UnknownMunicipalityError:
        raise ApiError(
            "not-found",
            Words("Kommunekoden findes ikke.", "No municipality has that code."),
        ) from None


def _csv(answer: Answered, view: View) -> Response:
    """A table that opens right in a Danish spreadsheet; what it reflects stands in the headers."""
    headers = {
        "content-disposition": f'attachment; filename="{view.name}.csv"',
        "x-position": str(answer.position),
        "x-age-seconds": str(answer.age_seconds),
    }
    text = as_csv(answer.rows, view.columns)
    return Response(text, headers=headers, media_type="text/csv; charset=utf-8")


def _described(view: View) -> dict[str, Any]:
    columns = {name: {"description": words.en} for name, words in view.headings.items()}
    row = {"type": "object", "properties": columns}
    return {
        "description": view.title.en,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "rows": {"type": "array", "items": row},
                        "position": {"type": ["integer", "object", "null"]},
                        "age_seconds": {"type": "number"},
                    },
                    "required": ["rows", "position", "age_seconds"],
                }
            },
            "text/csv": _CSV,
        },
    }
