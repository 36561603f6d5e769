"""What is wrong with a parameter of a route, and what it may be."""

from typing import Any, get_origin

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request

from services.api.problems import ApiError
from services.edge.problems import Flaw
from services.words import Words

UNUSABLE = Words("Parametre kan ikke bruges; se errors.", "Parameters can't be used; see errors.")
_WHOLE = Words("et helt tal", "a whole number")
_FORMS = {"int_parsing": _WHOLE, "int_parsing_size": _WHOLE}
_BOUNDS = {
    "ge": Words("mindst {}", "{} at least"),
    "gt": Words("mere end {}", "more than {}"),
    "le": Words("højst {}", "{} at most"),
    "lt": Words("mindre end {}", "less than {}"),
    "max_length": Words("højst {} tegn", "{} characters at most"),
    "min_length": Words("mindst {} tegn", "{} characters at least"),
    "pattern": Words("som {}", "like {}"),
    "expected": Words("{}", "{}"),
}
"""What stands in an error of pydantic's by these names, in words."""


def _fields(request: Request) -> dict[str, Any]:
    """The types of the route's parameters, by name."""
    route = request.scope.get("route")
    found: dict[str, Any] = {}
    for field in route.dependant.query_params if isinstance(route, APIRoute) else ():
        type_ = field.field_info.annotation
        if isinstance(type_, type) and issubclass(type_, BaseModel):
            found |= {one.alias or n: one.annotation for n, one in type_.model_fields.items()}
        else:
            found[field.alias] = type_
    return found


def names_of(request: Request) -> str:
    """The names of the route's parameters."""
    return ", ".join(_fields(request))


async def each_once(request: Request) -> None:
    """Refuse a parameter that is given more than once where it means one thing: all but the last
    would be passed over. Raises ApiError 400."""
    query = request.query_params
    if len(query) == len(query.multi_items()):
        return
    once = Words("Angives én gang.", "Is given once.")
    flaws = [
        Flaw(f"/{name}", "repeated-parameter", once.da, once.en)
        for name, type_ in _fields(request).items()
        if len(query.getlist(name)) > 1 and get_origin(type_) is not list
    ]
    if flaws:
        raise ApiError("invalid-request", UNUSABLE, errors=flaws)


def flaw_of(found: dict[str, Any], known: str) -> Flaw:
    """An error of pydantic's as a flaw; `known` are the route's parameters."""
    place = found.get("loc")
    name = str(place[-1]) if isinstance(place, tuple | list) and place else ""
    if found.get("type") == "extra_forbidden":
        # The name was chosen by the client, so it isn't repeated.
        return Flaw(
            "",
            "unknown-parameter",
            f"En parameter er ukendt. Kendte: {known}.",
            f"A parameter is unknown. Known: {known}.",
        )
    allowed = _allowed(found)
    if allowed is None:
        return Flaw(f"/{name}", "parameter", "Ugyldig.", "Invalid.")
    da, en = f"Ugyldig. Tilladt: {allowed.da}", f"Invalid. Allowed: {allowed.en}"
    return Flaw(f"/{name}", "parameter", da, en)


def _allowed(found: dict[str, Any]) -> Words | None:
    context = found.get("ctx") or {}
    for name, words in _BOUNDS.items():
        if name in context:
            told = str(context[name])
            danish = told.replace(" or ", " eller ") if name == "expected" else told
            return Words(words.da.format(danish), words.en.format(told))
    return _FORMS.get(str(found.get("type")))
