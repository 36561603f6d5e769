"""Prints docs/views.md from the list of views: what each answers, and what its columns are.

What the code cannot say stands in view_catalogue.md beside this file.
"""

import re
from pathlib import Path

from services.view_list.all import VIEWS
from services.view_list.shape import Column, Level, View

TEMPLATE = Path(__file__).with_suffix(".md")


def page() -> str:
    """The whole of docs/views.md."""
    parts = {
        "notice": "<!-- Printed by `python -m services.catalogue`: change the views, or "
        "services/view_catalogue.md, and print it anew. -->",
        "contents": " · ".join(f"[`{name}`](#{name})" for name in VIEWS),
        "views": "\n\n".join(map(_view, VIEWS.values())),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+) -->", lambda place: parts[place[1]], text)


def _view(view: View) -> str:
    head = f'<a id="{view.name}"></a>\n## {view.title.en} (`{view.name}`, *{view.title.da}*)'
    return "\n\n".join([head, *(_level(view, name) for name in view.levels)])


def _level(view: View, name: str) -> str:
    level = view.levels[name]
    head = f"### `--by {name}` {level.of.en} (*{level.of.da}*)"
    told = " ".join((level.ask.__doc__ or "").split())
    rows = [_row(column) for column in level.columns if column.name not in _PLACE]
    table = ["| column | heading | meaning | unit | source |", "| --- | --- | --- | --- | --- |"]
    return "\n\n".join([head, told + _accepts(level), "\n".join(table + rows)])


_PLACE = ("municipality", "municipality_code")
_NO_EVENTS = (
    "Asked with `--explain`, each row says how its shares are made, or that too few people answered"
    " to tell them apart; the replies themselves are named to nobody, since where all answered"
    " alike, or one figure is held against another, they would tell who answered what."
)


def _accepts(level: Level) -> str:
    taken = {"period": "`--from` and `--to`", "course": "`--course`"}
    names = [taken[name] for name in sorted(level.accepts)]
    told = f" Takes {', '.join(names)}." if names else ""
    return told if level.explained else f"{told} {_NO_EVENTS}"


def _row(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        f"{column.heading.en} (*{column.heading.da}*)",
        column.meaning.en + _codes(column),
        column.unit,
        column.source,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _codes(column: Column) -> str:
    """The codes with their Danish words; those of a list, which the unit names, stand there."""
    if column.unit not in ("code", "codes"):
        return ""
    return ": " + " · ".join(f"`{code}` {danish}" for code, danish in column.terms.items())
