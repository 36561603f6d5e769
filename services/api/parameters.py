"""What is wrong with a parameter of a route, and what it may be."""

from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request

from services.edge.problems import Flaw
from services.words import Words

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


def names_of(request: Request) -> str:
    """The names of the route's parameters."""
    route = request.scope.get("route")
    fields = route.dependant.query_params if isinstance(route, APIRoute) else []
    models = [field.field_info.annotation for field in fields]
    names = [
        field.alias or name
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
    ]
    return ", ".join(names)


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
