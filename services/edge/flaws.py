"""From pydantic's findings to ours: the place in the event and a sentence of our own."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.fields import Field
from services.edge import patterns
from services.edge.models import Form, count_of, keys_of, names_in, tag_at
from services.edge.problems import Flaw
from services.edge.reading import may_be_named, step
from services.edge.sentences import SENTENCES, flaw

CODES: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": "unknown-field",
    "model_type": "not-object",
    "dict_type": "not-object",
    "invalid_key": "bad-unicode",
    "list_type": "not-list",
    "string_type": "not-text",
    "string_too_long": "too-long",
    "string_unicode": "bad-unicode",
    "string_pattern_mismatch": "pattern",
    "literal_error": "unknown-code",
    "union_tag_invalid": "unknown-code",
    "union_tag_not_found": "missing",
    "model_attributes_type": "not-object",
    "int_type": "not-whole",
    "greater_than_equal": "too-low",
    "less_than_equal": "too-high",
    "bool_type": "not-flag",
    "too_short": "too-few",
    "too_long": "too-many",
}
"""Every type of error that our models can raise in pydantic, to our code; the others are ours."""

PATTERNS = {
    patterns.ID: "bad-id",
    patterns.SOURCE: "bad-source",
    patterns.LINE: "control-character",
    patterns.TEXT: "control-character",
    patterns.DATE: "bad-date",
    patterns.CPR: "bad-cpr",
    patterns.SLUG: "bad-slug",
    patterns.LAW: "bad-law",
    patterns.MUNICIPALITY: "bad-municipality",
    patterns.TIME: "time-form",
}
_SEARCHED = 20  # of an event's flaws, for how many the name that was meant is looked for
_QUOTED = re.compile(r"'([^']*)'")


def flaws_of(error: ValidationError, form: Form, root: str) -> Iterator[Flaw]:
    """What is wrong with the data that stands at `root`."""
    for n, found in enumerate(error.errors(include_url=False)):
        yield _flaw(found, form, root, search=n < _SEARCHED)


def fields_at_fault(error: ValidationError) -> set[Any]:
    """The names of the data's fields in which something is wrong."""
    return {found["loc"][0] for found in error.errors(include_url=False) if found["loc"]}


def _flaw(found: ErrorDetails, form: Form, root: str, *, search: bool) -> Flaw:
    field = form.fields.get(str(found["loc"][0])) if found["loc"] else None
    place = list(found["loc"])
    tag = tag_at(field)
    if tag is not None and len(place) > tag:
        of_citizen = place.pop(tag) == "citizen"
        if of_citizen and place[-1] in ("id", "source"):
            return flaw(_pointer(root, place, field), "nameless-actor")
    if found["type"].startswith("union_tag") and isinstance(found["input"], dict):
        place.append("function")
    values = dict(found.get("ctx") or {})
    code = _code(found, values, field)
    if code == "unknown-code":
        values["allowed"] = _allowed(place, field, values)
        place = [part for part in place if part != "[key]"]
    if code == "unknown-field":
        values["known"] = _known(place, form, field, search=search)
    return flaw(_pointer(root, place, field), code, **values)


def _code(found: ErrorDetails, values: dict[str, Any], field: Field | None) -> str:
    type_ = found["type"]
    if found["input"] is None and type_ not in ("missing", "extra_forbidden"):
        return "null"
    if type_ in ("too_short", "too_long") and (count := count_of(field)) is not None:
        values["count"] = count
        return "exact-count"
    if type_ == "string_pattern_mismatch":
        return PATTERNS[values["pattern"]]
    if type_.startswith("union_tag") and not isinstance(found["input"], dict):
        return "not-object"
    code = CODES.get(type_, type_)
    return code if code in SENTENCES else "invalid"


def _allowed(place: list[Any], field: Field | None, values: dict[str, Any]) -> str:
    if place[-1] == "[key]":
        return ", ".join(keys_of(field))
    # Pydantic's own list reads "'mentor', 'caseworker' or 'both'"; no code holds a quote.
    expected = values.get("expected") or values.get("expected_tags") or ""
    return ", ".join(_QUOTED.findall(expected))


def _known(place: list[Any], form: Form, field: Field | None, *, search: bool) -> str:
    if field is not None:
        return ", ".join(names_in(field, len(place) - 1))
    names = list(form.fields)
    # A long text costs much to compare, and is near to nothing.
    near = get_close_matches(str(place[0])[:60], names, n=1) if search else []
    return ", ".join(near or names)


def _pointer(root: str, place: list[Any], field: Field | None) -> str:
    pointer, keys = root, keys_of(field)
    for part in place:
        if isinstance(part, int) or part in keys:
            pointer = f"{pointer}/{part}"
        elif may_be_named(part):
            pointer = step(pointer, part)
        else:
            break
    return pointer
