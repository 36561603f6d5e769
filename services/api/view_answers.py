"""A view's answer over HTTP: JSON, or a sheet with what it reflects in the headers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.view_list.shape import Column
from services.views import Answered, Row, View
from services.wording import Wording, as_sheet

_CSV: dict[str, Any] = {"schema": {"type": "string"}}


class ViewAnswer(BaseModel):
    """Rows, the position in the log that they reflect and the log's last (of several
    municipalities, one each), how far behind that is in seconds, and whether anything makes it
    stale: each reason as a sentence (`da`, `en`).
    `next` is the cursor of the next page, null after the last; `total` how many rows there are on
    all pages, null where that would take reading them all. Where the rows are events, `figures` say
    how the figures that they are behind are made: row, keys, column, sentences (`da`, `en`)."""

    rows: list[dict[str, Any]]
    position: int | dict[str, int] | None
    head: int | dict[str, int] | None
    age_seconds: float
    parked: int
    stale: bool
    stale_because: list[dict[str, str]]
    next: str | None
    total: int | None
    figures: list[dict[str, Any]] | None = None


_HEADERS: dict[str, Any] = {
    name: {"description": f"{what}.", "schema": {"type": type_}}
    for name, type_, what in (
        ("Link", "string", 'The next page, `rel="next"`, where there is one'),
        ("X-Total-Count", "integer", "With CSV `total`, where it is known"),
        ("X-Position", "string", "With CSV `position`: a number; of several municipalities JSON"),
        ("X-Head", "string", "With CSV `head`, in the same way"),
        ("X-Age-Seconds", "number", "With CSV `age_seconds`"),
        ("X-Parked", "integer", "With CSV `parked`"),
        ("X-Stale", "boolean", "With CSV `stale`"),
        ("X-Stale-Because", "string", "With CSV, where it is stale, why: Danish (English)"),
    )
}
ROWS: dict[str, Any] = {"model": ViewAnswer, "headers": _HEADERS, "content": {"text/csv": _CSV}}
"""What the contract says of the answer of any view."""


def link(request: Request, answer: Answered) -> dict[str, str]:
    """Where the next page is (RFC 8288), if there is one."""
    if answer.next is None:
        return {}
    url = request.url.include_query_params(cursor=answer.next)
    return {"link": f'<{url.path}?{url.query}>; rel="next"'}


def sheet(
    answer: Answered,
    rows: Sequence[Row],
    name: str,
    columns: Sequence[Column],
    words: Wording,
    more: Mapping[str, str],
) -> Response:
    """The rows as a table that opens right in a Danish spreadsheet; what the answer reflects stands
    in the headers, with `more`."""
    because = " ".join(f"{why.da} ({why.en})" for why in answer.stale_because)
    headers = {
        "content-disposition": f'attachment; filename="{name}.csv"',
        "x-position": _one_or_each(answer.position),
        "x-head": _one_or_each(answer.head),
        "x-age-seconds": str(answer.age_seconds),
        "x-parked": str(answer.parked),
        "x-stale": str(answer.stale).lower(),
        **({"x-stale-because": because} if because else {}),
        **({} if answer.total is None else {"x-total-count": str(answer.total)}),
        **more,
    }
    text = as_sheet(rows, columns, words)
    return Response(text, headers=headers, media_type="text/csv; charset=utf-8")


def _one_or_each(position: int | dict[str, int] | None) -> str:
    """A position as JSON: a number, or an object by the municipalities' codes."""
    return msgspec.json.encode(position).decode()


def described(view: View) -> dict[str, Any]:
    """What the contract says of the answer of a view by itself."""
    columns = {
        column.name: {"description": f"{column.heading.en}: {column.meaning.en} ({column.unit})"}
        for column in view.levels[view.default].columns
    }
    row = {"type": "object", "properties": columns}
    return {
        "description": view.title.en,
        "headers": _HEADERS,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "rows": {"type": "array", "items": row},
                        "position": {"type": ["integer", "object", "null"]},
                        "head": {"type": ["integer", "object", "null"]},
                        "age_seconds": {"type": "number"},
                        "parked": {"type": "integer"},
                        "stale": {"type": "boolean"},
                        "stale_because": {"type": "array", "items": {"type": "object"}},
                        "next": {"type": ["string", "null"]},
                        "total": {"type": ["integer", "null"]},
                    },
                    "required": [*Answered(rows=[], position=0, age_seconds=0).as_dict()],
                }
            },
            "text/csv": _CSV,
        },
    }
