"""The state machine of what is told and read: each rule is one kind of request."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

import httpx
from hypothesis import stateful
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition

from tests.services.api.attack.asking import (
    BROKEN,
    COURSES,
    World,
    correction,
    in_headers,
    intake,
    match,
    retraction,
    shuffled,
)
from tests.services.api.attack.plain_model import Plain
from tests.services.api.sending import BATCH, SOURCE, STRUCTURED

COURSE = st.sampled_from(COURSES)
NUMBER = st.integers(0, 10**6)

Step = TypeVar("Step", bound=Callable[..., None])


def rule(**drawn: Any) -> Callable[[Step], Step]:
    """A kind of request; the world counts how often it was made and answered as it should be."""

    def counted(step: Step) -> Step:
        @wraps(step)
        def counting(machine: "Telling", **given: Any) -> None:
            step(machine, **given)
            machine.world.steps[step.__name__] += 1

        known: Any = stateful.rule(**drawn)
        found: Step = known(counting)
        return found

    return counted


class Telling(RuleBasedStateMachine):
    """Events in all modes, right and wrong; what is read of them."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.name = f"r{next(self.world.runs)}"
        self.count = 0
        self.before = self.world.attacked.municipality.head().position
        self.model = Plain(self.before)
        self.citizens = self.world.participants()

    def fresh(self) -> str:
        self.count += 1
        return f"{self.name}-{self.count}"

    def course(self, name: str) -> str:
        return f"{self.name}-{name}"

    def known(self, number: int) -> dict[str, Any]:
        sent = list(self.model.sent.values())
        return sent[number % len(sent)]

    def send(self, sent: Any, kind: str = STRUCTURED, key: str | None = None) -> httpx.Response:
        content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        return self.world.ask(
            "POST", "/v1/events", key=key, content=content, headers={"content-type": kind}
        )

    def stored(self, sent: dict[str, Any], answer: httpx.Response) -> None:
        assert answer.status_code == 201, answer.text
        self.model.stores(sent, answer.json())

    def refused(self, answer: httpx.Response, status: int, pointer: str) -> None:
        assert answer.status_code == status, answer.text
        assert pointer in [one["pointer"] for one in answer.json()["errors"]], answer.text

    def new(self, course: str, *, matched: bool) -> dict[str, Any]:
        return (match if matched else intake)(self.fresh(), self.course(course))

    @rule(course=COURSE, matched=st.booleans())
    def a_new_event_is_stored(self, course: str, matched: bool) -> None:
        sent = self.new(course, matched=matched)
        self.stored(sent, self.send(sent))

    @rule(course=COURSE, matched=st.booleans())
    def a_new_event_in_binary_mode_is_stored(self, course: str, matched: bool) -> None:
        sent = self.new(course, matched=matched)
        headers, body = in_headers(sent)
        answer = self.world.ask("POST", "/v1/events", content=body, headers=headers)
        self.stored(sent, answer)

    @precondition(lambda self: self.model.sent)
    @rule(number=NUMBER, binary=st.booleans())
    def an_event_sent_again_in_any_mode_gets_its_first_receipt(
        self, number: int, binary: bool
    ) -> None:
        sent = self.known(number)
        if binary:
            headers, body = in_headers(sent)
            answer = self.world.ask("POST", "/v1/events", content=body, headers=headers)
        else:
            answer = self.send(shuffled(sent))
        assert answer.status_code == 200, answer.text
        self.model.knows(sent["id"], answer.json())

    @precondition(lambda self: self.model.sent)
    @rule(number=NUMBER)
    def other_content_under_a_known_id_is_a_conflict(self, number: int) -> None:
        sent = self.known(number) | {"subject": self.course("other")}
        self.refused(self.send(sent), 409, "/id")

    @rule(
        course=COURSE,
        kinds=st.lists(
            st.sampled_from(["new", "match", "again", "twice", "other", "broken"]), max_size=6
        ),
        number=NUMBER,
    )
    def a_batch_is_stored_as_far_as_it_is_right(
        self, course: str, kinds: list[str], number: int
    ) -> None:
        sent = [self.of_a_batch(kind, course, number + n) for n, kind in enumerate(kinds)]
        if "twice" in kinds and sent:
            sent.append(sent[0])
        answer = self.send(sent, BATCH)
        receipts = answer.json()["receipts"]
        assert len(receipts) == len(sent)
        for one, receipt in zip(sent, receipts, strict=True):
            expected = "refused" if "broken" in one else self.model.becomes_of(one)
            assert receipt["status"] == expected, receipt
            if expected == "stored":
                self.model.stores(one, receipt)
            elif expected == "duplicate":
                self.model.knows(one["id"], receipt)
            else:
                assert receipt["problem"]["errors"]
        right = all(receipt["status"] in ("stored", "duplicate") for receipt in receipts)
        assert answer.status_code == (200 if right else 207)

    def of_a_batch(self, kind: str, course: str, number: int) -> dict[str, Any]:
        if kind in ("again", "other") and self.model.sent:
            known = self.known(number)
            return known if kind == "again" else known | {"subject": self.course("other")}
        sent = self.new(course, matched=kind == "match")
        return sent | {"broken": True, "specversion": "2.0"} if kind == "broken" else sent

    @rule(course=COURSE, pointer=st.sampled_from(sorted(BROKEN)))
    def a_wrong_field_is_named(self, course: str, pointer: str) -> None:
        sent = deepcopy(self.new(course, matched=False))
        BROKEN[pointer](sent)
        self.refused(self.send(sent), 422, pointer)

    @rule(course=COURSE)
    def another_systems_event_is_refused(self, course: str) -> None:
        sent = self.new(course, matched=False) | {"source": f"{SOURCE}.evil"}
        self.refused(self.send(sent), 403, "/source")

    @rule(course=COURSE, matched=st.booleans())
    def a_token_sends_the_events_that_it_is_for(self, course: str, matched: bool) -> None:
        sent = self.new(course, matched=matched)
        answer = self.send(sent, key=self.world.narrow)
        if matched:
            self.refused(answer, 403, "/type")
        else:
            self.stored(sent, answer)

    @rule(course=COURSE, revoked=st.booleans())
    def a_revoked_or_a_readers_token_sends_nothing(self, course: str, revoked: bool) -> None:
        key = self.world.revoked() if revoked else self.world.reader
        answer = self.send(self.new(course, matched=False), key=key)
        assert answer.status_code == (401 if revoked else 403), answer.text

    @precondition(lambda self: set(self.model.sent) - self.model.amended)
    @rule(number=NUMBER, retracted=st.booleans())
    def an_event_is_corrected_or_retracted(self, number: int, retracted: bool) -> None:
        left = [one for id_, one in self.model.sent.items() if id_ not in self.model.amended]
        of = left[number % len(left)]
        if "retracts" in of["data"] or "corrects" in of["data"]:
            return
        course = of["subject"]
        if retracted:
            sent = retraction(self.fresh(), course, of["id"])
        else:
            sent = correction(self.fresh(), course, of)
        self.stored(sent, self.send(sent))

    @rule(course=COURSE)
    def a_course_is_read_with_its_version_and_all_its_events(self, course: str) -> None:
        self.world.project()
        name = self.course(course)
        answer = self.world.ask("GET", f"/v1/courses/{name}", params={"source": SOURCE})
        if name not in self.model.versions:
            assert answer.status_code == 404, answer.text
            return
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{self.model.versions[name]}"'
        assert answer.json()["course"] == self.model.streams[name]
        stands = {
            id_
            for id_, one in self.model.receipts.items()
            if one["stream"] == self.model.streams[name]
        }
        rows = [row["id"] for row in answer.json()["rows"] if row["source"] == SOURCE]
        assert set(rows) == stands  # one that was corrected stands there twice

    @rule()
    def the_view_counts_as_the_model_does(self) -> None:
        assert self.world.participants() - self.citizens == self.model.with_a_mentor()

    @rule(size=st.integers(1, 7))
    def the_feed_tells_all_in_its_order(self, size: int) -> None:
        told: list[tuple[int, str]] = []
        after, head = self.before, self.before + 1
        while after < head:
            asked = {"after": after, "limit": size if len(self.model.log) < 30 else 100}
            page = self.world.ask("GET", "/v1/feed", params=asked).json()
            told += [(int(one["position"]), one["id"]) for one in page["events"]]
            after, head = page["next"], page["head"]
        assert told == self.model.log
