"""Prints docs/rules.md from the rules' functions and the default pack.

What the code cannot say stands in rule_catalogue.md beside this file.
"""

import inspect
import re
from pathlib import Path

from domain import codes
from domain.rule_pack_values import PLANNED
from domain.rule_packs import default_pack
from domain.rules import COURSE_RULES, TEAM_RULES
from services.rule_words import going_on, when
from services.rules import example_text

TEMPLATE = Path(__file__).with_suffix(".md")
PROOF = "tests/workflows/test_a_year.py"

_FUNCTIONS = {**COURSE_RULES, **TEAM_RULES}


def page() -> str:
    """The whole of docs/rules.md."""
    parts = {
        "notice": "<!-- Printed by `python -m services.catalogue`: change the rules, or "
        "services/rule_catalogue.md, and print it anew. -->",
        "table": _table(),
        "rules": "\n\n".join(_hangs_on(rule) for rule in PLANNED),
        "example": example_text().strip(),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+) -->", lambda place: parts[place[1]], text)


def proof_of(rule: str) -> str:
    """The test that walks this rule through a year."""
    return f"test_{rule.replace('-', '_')}"


def _table() -> str:
    head = [
        "| rule | asked for | default | goes to | basis | proof |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [_row(rule) for rule in PLANNED])


def _row(rule: str) -> str:
    [terms] = default_pack().rules[rule]
    name = f"[`{rule}`](#{rule}) *{codes.rules.danish[rule]}*"
    asked = re.sub(r" ?\(\*[^*]*\*\)", "", _paragraphs(rule)[0])
    cells = (name, asked, when(terms).en, going_on(terms).en, terms.basis)
    return f"| {' | '.join(cells)} | [`{proof_of(rule)}`](../{PROOF}) |"


def _hangs_on(rule: str) -> str:
    first, *others = _paragraphs(rule)
    return "\n\n".join([f'<a id="{rule}"></a>**`{rule}`** — {first}', *others])


def _paragraphs(rule: str) -> list[str]:
    told = inspect.getdoc(_FUNCTIONS[rule]) or ""
    return [" ".join(part.split()) for part in told.split("\n\n")]
