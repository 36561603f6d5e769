"""Prints docs/decisions.md from the commands and the rules of their decisions.

What the code cannot say stands in decision_catalogue.md beside this file.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from domain.decisions import name_of
from domain.events.registry import REGISTRY
from services.api.command_list import COMMANDS, FOLLOW_UP, Route

TEMPLATE = Path(__file__).with_suffix(".md")
Rule = Callable[..., Any]
_LONGEST = 200  # characters of a text that an example shows


def page() -> str:
    """The whole of docs/decisions.md."""
    parts = {
        "notice": "<!-- Printed by `python -m services.catalogue`: change the commands, the "
        "rules, or services/decision_catalogue.md, and print it anew. -->",
        "table": _table(),
        "rules": "\n\n".join(_of_file(*one) for one in _by_file()),
        "examples": "\n\n".join(map(_example, COMMANDS)),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+) -->", lambda place: parts[place[1]], text)


def every_rule() -> list[Rule]:
    """The rules of all decisions, each once, in the order in which they are asked."""
    return list(dict.fromkeys(rule for route in COMMANDS for rule in route.decision.rules))


def _table() -> str:
    head = ["| command | decides | by | rules, in this order |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *map(_row, COMMANDS)])


def _row(route: Route) -> str:
    event = REGISTRY.type_of(route.topic)
    path = route.path.replace(":path", "")
    name = f"`{event.NAME}`" + (" (or `team.`…)" if route.place is FOLLOW_UP else "")
    who = [f for f in event.HERE if f != "system" or event.NAME == "course.match-proposed"]
    named = (f"[{name_of(rule)}](#{name_of(rule)})" for rule in route.decision.rules)
    command = f"`POST {path}` {route.summary}"
    return f"| {command} | {name} *{event.danish()}* | {', '.join(who)} | {' · '.join(named)} |"


def _by_file() -> Iterator[tuple[str, list[Rule]]]:
    """The rules by the file they stand in, in the order in which its first is asked."""
    rules = every_rule()
    files = list(dict.fromkeys(rule.__module__ for rule in rules))
    for file in files:
        yield file, [rule for rule in rules if rule.__module__ == file]


def _of_file(file: str, rules: list[Rule]) -> str:
    title = _one_line((sys.modules[file].__doc__ or "").split("\n\n")[0]).rstrip(".")
    told = (f'- <a id="{name_of(rule)}"></a>`{name_of(rule)}` — {_said(rule)}' for rule in rules)
    return f"### {title}\n\n" + "\n".join(told)


def _said(rule: Rule) -> str:
    return _one_line(inspect.getdoc(rule) or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _example(route: Route) -> str:
    body = dict(route.example)
    if len(str(body.get("text", ""))) > _LONGEST:
        body["text"] = "…"
    shown = json.dumps(body, ensure_ascii=False)
    return f"`POST {route.path.replace(':path', '')}`\n```json\n{shown}\n```"
