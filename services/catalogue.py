"""Prints docs/events.md, the contract with those who send events, from the code.

`python -m services.catalogue` writes it, docs/decisions.md (`decision_catalogue`), docs/rules.md
(`rule_catalogue`) and docs/views.md (`view_catalogue`); with `--check` it only says whether they
are current, and exits 1 if not. What the code cannot say stands in catalogue.md beside this file.
"""

import inspect
import re
import sys
from collections.abc import Iterable
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import ModuleType

from domain import codes
from domain.events import common, course, mentor, team
from domain.events.base import VIEWS, Fact
from domain.fields import (
    CodeList,
    CodeMap,
    Codes,
    Field,
    Items,
    Many,
    Marker,
    Plain,
    Reference,
    Sealed,
    Under,
    fields_of,
)
from services import decision_catalogue, rule_catalogue, view_catalogue

TEMPLATE = Path(__file__).with_suffix(".md")
DOCS = Path(__file__).parents[1] / "docs"

_SENDERS = {"CS": "case system", "TR": "time registration", "SV": "survey tool"}
_COMMON_FIELDS = {field.name for field in fields_of(Fact)}
_CODE_FILES = [
    import_module(f"domain.codes.{file}")
    for file in ("people", "course", "activities", "practice", "follow_ups")
]
_PEOPLE_OF = {
    Under.CITIZEN: "the citizen",
    Under.STAFF: "the staff member",
    Under.SPEAKER: "the speaker",
}


def page() -> str:
    """The whole of docs/events.md."""
    parts = {
        "course": _stream(course.EVENTS),
        "mentor": _stream(mentor.EVENTS),
        "team": _stream(team.EVENTS),
        "common": _common(),
        "codes": "\n\n".join(_code_table(module) for module in _CODE_FILES),
        "activities": _activity_table(),
        "notice": "<!-- Printed by `python -m services.catalogue`: change the events, or "
        "services/catalogue.md, and print it anew. -->",
        "views": " · ".join(f"`{view}`" for view in VIEWS),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+) -->", lambda place: parts[place[1]], text)


def _stream(events: Iterable[type[Fact]]) -> str:
    """The events of a stream, under the headings of the files they stand in."""
    files = [
        (sys.modules[name], "\n\n".join(map(_event, of_file)))
        for name, of_file in groupby(events, key=lambda type_: type_.__module__)
    ]
    if len(files) == 1:
        return files[0][1]
    return "\n\n".join(f"{_heading(module)}\n\n{told}" for module, told in files)


def _heading(module: ModuleType) -> str:
    title, *remarks = _paragraphs(module)
    return "\n\n".join([f"### {title.rstrip('.')}", *remarks])


def _common() -> str:
    """The events of every stream, once each, as the course's class tells them."""
    return "\n\n".join(
        _event(type_, "*." + type_.NAME.partition(".")[2])
        for type_ in common.EVENTS
        if type_.NAME.startswith("course.")
    )


def _event(type_: type[Fact], name: str | None = None) -> str:
    """One event: what happened, its fields, who sends it, what is checked, who reads it."""
    fields = [field for field in fields_of(type_) if field.name not in _COMMON_FIELDS]
    lines = [f"- Sent by {_sent(type_)}."]
    if type_.own_checks.__doc__ != Fact.own_checks.__doc__:
        lines.append(f"- Checks: {_sentence(_one_line(type_.own_checks.__doc__))}")
    lines.append(f"- Read by {_readers(type_)}.")
    rows = "\n".join(map(_row, fields))
    table = f"| field | type | required | kept |\n| --- | --- | --- | --- |\n{rows}"
    return "\n\n".join([*_told(type_, name or type_.NAME), table, "\n".join(lines)])


def _told(type_: type[Fact], name: str) -> list[str]:
    """The docstring of the class that says what happened, its Danish term in the first line."""
    told = next(class_ for class_ in type_.__mro__ if "*" in (class_.__doc__ or ""))
    said, second, *others = _paragraphs(told)
    sentence, basis = re.split(r"\.? (?=\[[RP])", said, maxsplit=1)
    remark = second.removeprefix(f"*{type_.danish()}*").removeprefix(".").strip()
    head = f"**`{name}`** — {sentence} (*{type_.danish()}*). {basis}"
    return [f"{head} {remark}".strip(), *others]


def _paragraphs(thing: object) -> list[str]:
    return [_one_line(part) for part in (inspect.getdoc(thing) or "").split("\n\n")]


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sent(type_: type[Fact]) -> str:
    senders = ", ".join(_SENDERS[sender] for sender in type_.SENT_BY)
    here = ", ".join(type_.HERE)
    if issubclass(type_, common.Amendment):
        here = "whoever may register the original"
    return f"{senders}; here: {here}" if senders else f"nobody, written here only: {here}"


def _readers(type_: type[Fact]) -> str:
    if issubclass(type_, common.Amendment):
        return "whatever reads the original"
    if type_.READ_BY == VIEWS:
        return "every view, for its references"
    views = [f"`{name}`" for name in type_.READ_BY if name in VIEWS]
    rules = [f"`{name}`" for name in type_.READ_BY if name not in VIEWS]
    if set(codes.rules.codes) <= set(type_.READ_BY):
        rules = ["all"]
    return ", ".join(views) + ("; rules: " + ", ".join(rules) if rules else "")


def _row(field: Field) -> str:
    required = "yes" if field.required else ""
    return f"| `{field.name}` | {_type(field.marker)} | {required} | {_kept(field.marker)} |"


def _type(marker: Marker) -> str:
    """A field's type, in the words of section 2."""
    match marker:
        case CodeList():
            return f"code({_link(marker)})"
        case Plain("int", low, high):
            return f"int({low}–{high})"
        case Plain(kind):
            return kind
        case Reference("course"):
            return "thing (a course)"
        case Reference(to):
            return to
        case Many(of):
            return f"list({of.to})"
        case Codes(of):
            return f"codes({_link(of)})"
        case CodeMap(of, to):
            return f"map({_link(of)} → {_link(to)})"
        case Items(of, count):
            return f"items({_link(of)}, {count})"
        case Sealed(kind, _, of):
            return f"{kind}({_link(of)})" if of else kind


def _kept(marker: Marker) -> str:
    match marker:
        case Sealed(_, under, _):
            return f"sealed: {_PEOPLE_OF[under]}"
        case Items():
            return f"codes clear, texts sealed: {_PEOPLE_OF[Under.STAFF]}"
        case _:
            return "clear"


def _link(of: CodeList) -> str:
    return f"[{of.name}](#{of.name})"


def _code_table(module: ModuleType) -> str:
    rows = [
        f'| <a id="{of.name}"></a>{of.name}{" [R]" if of.from_report else ""} | {_codes(of)} |'
        for of in _lists_of(module)
    ]
    title = _paragraphs(module)[0].rstrip(".")
    return "\n".join([f"**{title}**", "", "| list | codes |", "| --- | --- |", *rows])


def _lists_of(module: ModuleType) -> list[CodeList]:
    """The lists that a file defines; activities build on the roles, which stand in another's."""
    lists = [of for of in vars(module).values() if isinstance(of, CodeList)]
    return [
        of for of in lists if of is not codes.mentor_roles or module.__name__.endswith("course")
    ]


def _codes(of: CodeList) -> str:
    if of is codes.activities:
        return "those of the table below"
    return _with_basis(of, of.codes)


def _with_basis(of: CodeList, some: Iterable[str]) -> str:
    """Codes with their Danish terms; in a list of the report's, which are the project's own."""
    return " · ".join(
        f"`{code}` {of.danish[code]}" + ("" if code in of.from_report else mark)
        for mark in (" [P]" if of.from_report else "",)
        for code in some
    )


def _activity_table() -> str:
    rows = [
        f"| `{role}` | {f'`{area}`' if area else '–'} | {_with_basis(codes.activities, group)} |"
        for (role, area), group in codes.ACTIVITIES_OF.items()
    ]
    common_ones = _with_basis(codes.activities, codes.COMMON_ACTIVITIES)
    rows.append(f"| common to all roles | any | {common_ones} |")
    return "\n".join(["| role | area | activities |", "| --- | --- | --- |", *rows])


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` say whether they are current."""
    behind = [name for name, text in _pages().items() if _written(name) != text]
    if arguments == ["--check"]:
        for name in behind:
            sys.stderr.write(
                f"docs/{name} is not what the code says: python -m services.catalogue\n"
            )
        return 1 if behind else 0
    DOCS.mkdir(exist_ok=True)
    for name in behind:
        (DOCS / name).write_text(_pages()[name], encoding="utf-8")
    return 0


def _pages() -> dict[str, str]:
    return {
        "events.md": page(),
        "decisions.md": decision_catalogue.page(),
        "rules.md": rule_catalogue.page(),
        "views.md": view_catalogue.page(),
    }


def _written(name: str) -> str | None:
    page = DOCS / name
    return page.read_text(encoding="utf-8") if page.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
