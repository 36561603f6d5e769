"""A citizen's case file as a test has it written, and reads it."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from services.cli.main import app
from services.store.municipality import Municipality
from tests.services.audit.course_story import CODE, COORDINATOR, MENTOR
from tests.services.store.sending import intake, sent

Told = tuple[Municipality, dict[str, str], Path]
_NOTHING_INSIDE = {"meta", "br"}


def also(store: Municipality) -> None:
    """A goal, a grant, a mother, a remark and one in confidence, the mentor's name, and another
    course of the same citizen."""
    at = "2026-01-20T11:00:00+01:00"
    employed: dict[str, Any] = {
        "from": "2026-01-05",
        "weekly_minutes": 2220,
        "gender": "woman",
        "name": "Åse Holm",
    }
    goal: dict[str, Any] = {
        "goal": {"id": "goal-1"},
        "directions": ["education"],
        "text": "HF til <sommer> & et værelse",
    }
    grant: dict[str, Any] = {
        "grant": {"id": "g-1"},
        "kind": "mentor-hours",
        "outcome": "granted",
        "legal_basis": "lab:167",
        "period": {"from": "2026-01-19", "to": "2026-07-19"},
        "weekly_minutes": 150,
        "amount_oere": 125000,
    }
    mother: dict[str, Any] = {
        "key_person": {"id": "k-1"},
        "relation": "parent",
        "name": "Mona",
        "contact": "12345678",
    }
    did: dict[str, Any] = {
        "role": "system-guide",
        "activity": "other",
        "minutes": 30,
        "contact": "none",
    }
    secret: dict[str, Any] = {"note": "Bekymret for moren", "note_confidential": True}
    link: dict[str, Any] = {"what": "citizen", "alias": {"id": "c-2"}, "basis": "manual"}
    store.append(
        [
            sent(
                "ev-10",
                "mentor.employed.v1",
                "m-31",
                at,
                actor=COORDINATOR,
                **employed,
            ),
            sent("ev-11", "course.goal-set.v1", "c-1", at, actor=MENTOR, **goal),
            sent("ev-12", "course.grant-decided.v1", "c-1", at, note="Ringet den 20.", **grant),
            sent(
                "ev-13",
                "course.key-person-found.v1",
                "c-1",
                at,
                actor=MENTOR,
                **mother,
            ),
            sent(
                "ev-14", "course.activity-registered.v1", "c-1", at, actor=MENTOR, **did, **secret
            ),
            intake("ev-15", "c-2", name="Anden Sag"),
            sent(
                "ev-16",
                "course.identity-linked.v1",
                "c-1",
                at,
                actor=COORDINATOR,
                **link,
            ),
        ]
    )


def run(told: Told, *words: str) -> Result:
    """Ask for a case file."""
    asked = ("audit", "case-file", *words, "--municipality", CODE)
    return CliRunner().invoke(app, asked, env=told[1], catch_exceptions=False)


def written(told: Told, *options: str, course: str = "c-1") -> tuple[str, str]:
    """The file, and what was said of it."""
    path = told[2] / "case.html"
    result = run(told, course, str(path), *options)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    return path.read_text(encoding="utf-8"), result.stderr


class Reader(HTMLParser):
    """What stands in a document; fails where an element isn't closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))
        if tag not in _NOTHING_INSIDE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def entry(text: str, title: str) -> str:
    """The text of the point in the timeline that has that title."""
    [found] = [one for one in text.split('<li id="punkt-')[1:] if title in one.split("</h4>")[0]]
    return Reader(f"<li>{found.split('>', 1)[1].split('</li>')[0]}</li>").text
