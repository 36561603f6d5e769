"""The printed pages of docs/ are what the code says, and their examples what they claim."""

import json
import re
from typing import Any

import pytest

from domain import codes
from domain.decisions import name_of
from domain.events.base import WIRE_PREFIX
from domain.events.registry import REGISTRY
from domain.rule_pack_values import HEAD, PLANNED, TERMS
from services import catalogue, decision_catalogue, rule_catalogue, view_catalogue
from services.api.command_list import COMMANDS
from tests.domain.forms import findings


def history() -> list[dict[str, Any]]:
    page = catalogue.DOCS.joinpath("events.md").read_text(encoding="utf-8")
    block = re.search(r"```jsonl\n(.*?)\n```", page, re.DOTALL)
    assert block
    return [json.loads(line) for line in block[1].splitlines()]


def test_the_pages_are_those_that_the_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["--check"]) == 0, capsys.readouterr().err


def test_a_page_that_is_behind_the_code_is_found(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "DOCS", tmp_path / "docs")

    assert catalogue.main([]) == 0
    for name in ("events.md", "decisions.md", "rules.md", "views.md"):
        page = tmp_path / "docs" / name
        page.write_text(page.read_text(encoding="utf-8") + "more", encoding="utf-8")
        assert catalogue.main(["--check"]) == 1
        assert f"docs/{name} is not what the code says" in capsys.readouterr().err
        assert catalogue.main([]) == 0
    assert catalogue.main(["--check"]) == 0


def test_the_page_tells_every_event_and_every_code() -> None:
    page = catalogue.page()

    for event in REGISTRY:
        stream, _, name = event.NAME.partition(".")
        assert f"**`{stream}.{name}`** — " in page or f"**`*.{name}`** — " in page
    for list_ in codes.ALL.values():
        assert page.count(f'<a id="{list_.name}"></a>') == 1
        assert all(f"`{code}` {danish}" in page for code, danish in list_.danish.items())


def test_the_page_of_decisions_tells_every_command_and_every_rule_with_its_basis() -> None:
    page, rules = decision_catalogue.page(), decision_catalogue.every_rule()

    for route in COMMANDS:
        assert (
            f"| `POST {route.path.replace(':path', '')}` {route.summary} | `{route.topic[:-3]}`"
            in page
        )
        assert REGISTRY.type_of(route.topic).HERE
    for rule in rules:
        assert page.count(f'<a id="{name_of(rule)}"></a>') == 1
        assert re.search(r"\[[RP][\],]", rule.__doc__ or ""), rule
    assert len({name_of(rule) for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    "page",
    [
        catalogue.page(),
        decision_catalogue.page(),
        rule_catalogue.page(),
        view_catalogue.page(),
    ],
)
def test_every_link_within_a_page_leads_somewhere(page: str) -> None:
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    anchors |= set(re.findall(r'<a id="([^"]+)">', page))

    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


def test_the_worked_history_has_no_faults_of_form() -> None:
    events = history()

    assert len(events) == 16
    for event in events:
        type_ = REGISTRY.type_of(event["type"].removeprefix(WIRE_PREFIX))
        assert findings(type_, event["data"]) == []


# The rules


def test_the_page_tells_every_rule_and_every_key_of_a_pack() -> None:
    page = rule_catalogue.page()

    for rule in PLANNED:
        assert f"| [`{rule}`](#{rule}) *{codes.rules.danish[rule]}* | " in page
        assert f'<a id="{rule}"></a>**`{rule}`** — ' in page
    assert all(f"`{key}`" in page for key in (*HEAD, *TERMS))


def test_every_rule_is_proved_by_the_test_that_the_page_names() -> None:
    tests = catalogue.DOCS.parent.joinpath(rule_catalogue.PROOF).read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:async )?def (test_\w+)", tests, re.MULTILINE))

    assert {rule_catalogue.proof_of(rule) for rule in PLANNED} <= named
