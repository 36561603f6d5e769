"""How the state machine asks: one client of the process, and the events and bodies it sends."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from domain.calendar import day_of
from domain.events.common import FollowUpRaised
from services.follow_ups import Engine
from services.projector import catch_up, prepare
from services.tokens import Tokens
from tests.services.api.attack.conftest import Attacked
from tests.services.api.sending import CASEWORKER, SOURCE, event
from tests.workflows.town import Town

COURSES = [f"c-{n}" for n in range(4)]
JSON = "application/json"


class World:
    """What outlives one run of the machine: the process, its tokens and a follow-up that is open.

    Numbers go on from run to run, so that no run meets the ids of another.
    """

    def __init__(self, attacked: Attacked) -> None:
        self.attacked = attacked
        self.tokens = Tokens(attacked.server)
        self.client = httpx.Client(base_url=attacked.served.address, timeout=60)
        self.runs, self.addresses = count(1), count(1)
        self.steps = Counter[str]()  # of the state machine, by the kind of request
        self.narrow = self.token(source_prefix=SOURCE, events=["course.intake-registered"])
        self.reader = self.token(may_read=True)
        prepare(attacked.municipality)
        self.today = day_of(datetime.now(UTC))
        self.follow_up, self.about = self._raised()
        self.snoozed_until: date | None = None
        self.held_by = ""

    def token(self, **rights: Any) -> str:
        """The API key of a new token for Hjørring."""
        _, key = self.tokens.create(municipality="0860", now=datetime.now(UTC), **rights)
        return key

    def revoked(self) -> str:
        """The same of one that may do everything, and was revoked before it was shown."""
        token, key = self.tokens.create(
            municipality="0860",
            now=datetime.now(UTC),
            source_prefix=SOURCE,
            may_read=True,
            may_decide=True,
        )
        self.tokens.revoke(token.id, datetime.now(UTC))
        return key

    def ask(
        self, method: str, path: str, *, key: str | None = None, **asked: Any
    ) -> httpx.Response:
        """One request, each from an address of its own: who fails often is kept waiting."""
        number = next(self.addresses)
        headers = {
            "authorization": f"Bearer {key or self.attacked.secret}",
            "x-forwarded-for": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "accept-language": "en",
        } | asked.pop("headers", {})
        return self.client.request(method, path, headers=headers, **asked)

    def project(self) -> None:
        """Let the views reflect all that was stored."""
        catch_up(self.attacked.municipality)

    def participants(self) -> int:
        """How many citizens have a mentor today, by the view."""
        self.project()
        answer = self.ask("GET", "/v1/caseload")
        assert answer.status_code == 200, answer.text
        found: int = answer.json()["rows"][0]["participants_now"]
        return found

    def _raised(self) -> tuple[str, UUID]:
        """The follow-up of a course that has waited for its match too long; its id and stream."""
        now = datetime.now(UTC)
        town = Town(self.attacked.municipality, self.today - timedelta(days=42))
        town.established()
        town.intake("c-waiting", 2)
        Engine(self.attacked.server).advance("0860", town.subject("c-waiting"), now)
        [raised] = [
            one
            for one in self.attacked.municipality.read_stream(town.stream("c-waiting"))
            if isinstance(one.fact, FollowUpRaised) and one.fact.follow_up.rule == "match-overdue"
        ]
        return raised.source_id, raised.originator_id


def intake(id_: str, course: str) -> dict[str, Any]:
    """A course is taken in."""
    return event(id_, subject=course)


def match(id_: str, course: str) -> dict[str, Any]:
    """A course has a mentor since January."""
    data = {
        "actor": CASEWORKER,
        "match": {"id": f"match-{id_}"},
        "mentor": {"id": "m-31"},
        "from": "2026-01-12",
        "method": "by-profile",
    }
    return event(id_, "course.mentor-matched", subject=course, data=data)


def retraction(id_: str, course: str, of: str) -> dict[str, Any]:
    """An event never happened."""
    data = {"actor": CASEWORKER, "retracts": {"id": of}, "reason": "never-happened"}
    return event(id_, "course.event-retracted", subject=course, data=data)


def correction(id_: str, course: str, of: dict[str, Any]) -> dict[str, Any]:
    """An intake or a match was an hour later."""
    replacement = {
        "type": of["type"],
        "time": "2026-01-12T09:30:00+01:00",
        "data": of["data"],
    }
    data = {
        "actor": CASEWORKER,
        "corrects": {"id": of["id"]},
        "reason": "typing-error",
        "replacement": replacement,
    }
    return event(id_, "course.event-corrected", subject=course, data=data)


def shuffled(sent: dict[str, Any]) -> bytes:
    """The same event, with its fields in another order and white space between them."""
    return json.dumps(dict(reversed(sent.items())), indent=2).encode()


def in_headers(sent: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """The same event in binary mode."""
    headers = {f"ce-{name}": value for name, value in sent.items() if name != "data"}
    return {**headers, "content-type": JSON}, json.dumps(sent["data"]).encode()


BROKEN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "/time": lambda sent: sent.update(time="yesterday"),
    "/id": lambda sent: sent.update(id=""),
    "/specversion": lambda sent: sent.update(specversion="0.3"),
    "/type": lambda sent: sent.update(type="dk.roedtraad.course.intake.v1"),
    "/subject": lambda sent: sent.update(subject="010190-1234"),
    "/data": lambda sent: sent.pop("data"),
    "/data/actor": lambda sent: sent["data"].pop("actor"),
    "/data/caseworker/id": lambda sent: sent["data"].update(caseworker={"id": 7}),
    "/data/shoe_size": lambda sent: sent["data"].update(shoe_size=42),
    "/municipality": lambda sent: sent.update(municipality="0851"),
}
"""What is done to an intake so that it is refused there."""
