"""`GET /v1/views`, `/v1/views/{view}`, and a short path for each view."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Security
from starlette.requests import Request
from starlette.responses import Response

from services.api.asked import AskedView, wrong
from services.api.described import refusals
from services.api.looking import tells_nothing
from services.api.problems import ApiError, json_response, language_of
from services.api.security import BEARER, may_read, own_municipality
from services.api.state import Api, Desk
from services.api.view_answers import ROWS, described, link, sheet
from services.audit.access.looking import Seen
from services.edge.problems import Language
from services.freshness import wait_for
from services.municipalities import UnknownMunicipalityError, code_of, known_names
from services.narrowing import AskedWrongError
from services.rendering import plain
from services.store.municipality import Municipality
from services.tokens import ALL
from services.view_list.events import one_sheet
from services.views import VIEWS, AmbiguousError, Answered, View, ask, level_of
from services.words import Words

_REFUSED = refusals(400, 401, 403, 404, 409, 503)
_WAITED = 5.0  # seconds for the position that a reader waits for, at most


def router(api: Api) -> APIRouter:
    """The routes; a new view in VIEWS has its own by itself."""
    routes = APIRouter(tags=["views"], dependencies=[Security(BEARER)])

    @routes.get("/v1/views", summary="Which views there are", responses=refusals(401))
    async def views(request: Request) -> Response:
        """Which views there are."""
        await api.gate.enter(request)
        tells_nothing(request)
        language = language_of(request)
        rows = [
            {
                "view": view.name,
                "title": view.title.say(language),
                "path": f"/v1/{view.name}",
                "levels": [_level(view, name, language) for name in view.levels],
            }
            for view in VIEWS.values()
        ]
        return json_response({"rows": rows})

    @routes.get(
        "/v1/views/{view}",
        summary="Ask a view by its name",
        responses={200: ROWS, **_REFUSED},
    )
    async def one(view: str, request: Request, asked: Annotated[AskedView, Query()]) -> Response:
        """Ask a view by its name."""
        return await _answer(api, _named(view), request, asked)

    @routes.get(
        "/v1/views/{view}/explain",
        summary="The events behind a view's rows",
        responses={200: ROWS, **_REFUSED},
    )
    async def explained(
        view: str, request: Request, asked: Annotated[AskedView, Query()]
    ) -> Response:
        """The events behind each row of the same question, numbered as its rows are."""
        return await _answer(api, _named(view), request, asked, explained=True)

    for view in VIEWS.values():
        routes.get(
            f"/v1/{view.name}",
            name=view.name,
            summary=view.title.en,
            responses={200: described(view), **_REFUSED},
        )(_endpoint(api, view))
        routes.get(
            f"/v1/{view.name}/explain",
            name=f"{view.name}-explain",
            summary=f"{view.title.en}: the events behind",
            responses={200: ROWS, **_REFUSED},
        )(_endpoint(api, view, explained=True))
    return routes


def _named(view: str) -> View:
    """The view of that name. Raises ApiError 404."""
    if view not in VIEWS:
        known = ", ".join(VIEWS)
        raise ApiError(
            "not-found",
            Words(f"Overblikket findes ikke. Kendte: {known}.", f"No such view: {known}."),
        )
    return VIEWS[view]


def _level(view: View, name: str, language: Language) -> dict[str, Any]:
    """What one level is: how it is asked for, and its columns with their units and sources."""
    level = view.levels[name]
    return {
        "by": name,
        "title": level.of.say(language),
        "accepts": sorted(level.accepts),
        "columns": [column.described(language) for column in level.columns],
    }


def _endpoint(
    api: Api, view: View, *, explained: bool = False
) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, asked: Annotated[AskedView, Query()]) -> Response:
        return await _answer(api, view, request, asked, explained=explained)

    endpoint.__doc__ = f"{view.title.en} (*{view.title.da}*)."
    return endpoint


async def _answer(
    api: Api, view: View, request: Request, asked: AskedView, *, explained: bool = False
) -> Response:
    token = await api.gate.enter(request)
    may_read(token)
    only = known_municipality(asked.municipality)
    code = None if view.crosses else own_municipality(token, only)
    as_of, known_at = asked.moments()
    period = asked.period()

    def desks() -> list[Desk]:
        # Nobody makes the tables of a municipality by asking about another's.
        return [desk for desk in api.desks(code) if only in (None, desk.store.code)]

    def work(found: list[Desk]) -> tuple[Answered, Mapping[str, Seen]]:
        stores = [desk.store for desk in found]
        if asked.after is not None:
            for store in _one(stores):
                if asked.after > (head := store.head().position):
                    raise _beyond(head)
                if not wait_for(store, asked.after, _WAITED):
                    raise _not_yet()
        answer = ask(
            view,
            stores,
            by=asked.by,
            as_of=as_of,
            known_at=known_at,
            period=period,
            course=asked.course,
            where=asked.where,
            explained=explained,
            own=token.municipality if view.crosses and token.municipality != ALL else None,
            limit=asked.rows,
            cursor=asked.cursor,
            now=api.clock(),
        )
        return answer, answer.seen

    try:
        level = level_of(view, asked.by)
        answer = await api.look(request, token, desks, work)
    except AmbiguousError as error:
        raise ApiError("conflict", error.words) from None
    except AskedWrongError as error:
        # The days are asked by two parameters, of which one stands for both.
        place = {"period": "from"}.get(error.parameter, error.parameter)
        raise wrong(place, error.words) from None
    headers = link(request, answer)
    if asked.format == "csv":
        rows, columns = answer.rows, level.columns
        if explained:
            rows, columns = one_sheet(level, rows, answer.figures or ())
        return sheet(answer, rows, view.name, columns, asked.words, headers)
    return json_response(plain(answer.as_dict()), headers=headers)


def known_municipality(text: str | None) -> str | None:
    """The code of a municipality by its code or name. Raises ApiError 404 where there is none."""
    try:
        return None if text is None else code_of(text)
    except UnknownMunicipalityError:
        names = known_names()
        raise ApiError(
            "not-found",
            Words(
                f"Kommunen findes ikke. Skriv dens kode på fire cifre eller dens navn: {names}.",
                f"No such municipality. Give its four digits or its name: {names}.",
            ),
        ) from None


def _not_yet() -> ApiError:
    words = Words(
        "Overblikkene er ikke nået så langt endnu; prøv igen om lidt.",
        "The views haven't come that far yet; try again shortly.",
    )
    return ApiError("busy", words, headers={"retry-after": "2"})


def _beyond(head: int) -> AskedWrongError:
    words = Words(f"Loggen slutter ved position {head}.", f"The log ends at position {head}.")
    return AskedWrongError("after", words)


def _one(stores: list[Municipality]) -> list[Municipality]:
    """The one municipality whose position it is. Raises AskedWrongError where there are several."""
    if len(stores) > 1:
        raise AskedWrongError(
            "after",
            Words(
                "Positionen er én kommunes: angiv municipality.",
                "A position is one municipality's: give municipality.",
            ),
        )
    return stores
