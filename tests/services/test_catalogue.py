"""docs/events.md is what the code says, and its examples are what they claim to be."""

import json
import re
from typing import Any

import pytest

from domain import codes
from domain.events.base import WIRE_PREFIX
from domain.events.registry import REGISTRY
from services import catalogue
from tests.domain.forms import findings


def history() -> list[dict[str, Any]]:
    page = catalogue.PAGE.read_text(encoding="utf-8")
    block = re.search(r"```jsonl\n(.*?)\n```", page, re.DOTALL)
    assert block
    return [json.loads(line) for line in block[1].splitlines()]


def test_the_page_is_the_one_that_the_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["--check"]) == 0, capsys.readouterr().err


def test_a_page_that_is_behind_the_code_is_found(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = tmp_path / "docs" / "events.md"
    monkeypatch.setattr(catalogue, "PAGE", behind)

    assert catalogue.main(["--check"]) == 1
    assert "python -m services.catalogue" in capsys.readouterr().err
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


def test_every_link_within_the_page_leads_somewhere() -> None:
    page = catalogue.page()
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
