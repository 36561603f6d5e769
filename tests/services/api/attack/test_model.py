"""The interface against a plain model of it: whatever is asked in whatever order, they agree."""

from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, run_state_machine_as_test

from tests.services.api.attack.asking import (
    World,
)
from tests.services.api.attack.conftest import Attacked, attacking
from tests.services.api.attack.machine import COURSE, NUMBER, Telling, rule
from tests.services.api.attack.plain_model import Decided
from tests.services.api.sending import CASEWORKER, MENTOR, SOURCE, grant
from tests.soaking import SOAK

STEPS, RUNS = (50, 260) if SOAK else (30, 6)
LEAST = 10_000 if SOAK else 120  # steps in all, each a request or several
KINDS = 15  # of request


class Machine(Telling):
    """And decisions."""

    def decide(self, path: str, body: dict[str, Any], key: str, version: str) -> httpx.Response:
        headers = {"idempotency-key": key, "if-match": version}
        return self.world.ask("POST", path, json=body, params={"source": SOURCE}, headers=headers)

    def granting(self, course: str) -> str:
        return f"/v1/courses/{self.course(course)}/grants"

    def rejected(self, answer: httpx.Response, rule: str) -> None:
        assert answer.status_code == 422, answer.text
        assert answer.json()["rule"] == rule and answer.json()["satisfied_by"]

    @rule(course=COURSE, which=st.integers(0, 2), how=st.sampled_from(["*", "now", "stale"]))
    def a_grant_is_decided_once_and_at_the_version_that_was_read(
        self, course: str, which: int, how: str
    ) -> None:
        name, key, path = self.course(course), self.fresh(), self.granting(course)
        version = self.model.versions.get(name, 0)
        at = {"*": "*", "now": f'"{version}"', "stale": f'"{version - 1}"'}[how]
        if at == '"-1"':
            at = '"0"'
        id_ = f"{name}-b-{which}"
        body = grant(grant={"id": id_})
        answer = self.decide(path, body, key, at)
        if not version:
            assert answer.status_code == 404, answer.text
        elif how == "stale":
            assert answer.status_code == 412, answer.text
            assert answer.headers["etag"] == f'"{version}"'
        elif not self.model.is_open(name):
            self.rejected(answer, "course-is-open")
        elif (name, id_) in self.model.grants:
            self.rejected(answer, "grant-is-not-decided-twice")
        else:
            assert answer.status_code == 201, answer.text
            self.model.decides(name, key, Decided(path, body, answer.json()))
            self.model.grants.add((name, id_))

    @rule(course=COURSE)
    def a_mentor_grants_nothing(self, course: str) -> None:
        if self.course(course) in self.model.versions:
            body = grant(MENTOR, grant={"id": self.fresh()})
            answer = self.decide(self.granting(course), body, self.fresh(), "*")
            self.rejected(answer, "only-a-caseworker-grants")

    @precondition(lambda self: self.model.decided)
    @rule(number=NUMBER, stale=st.booleans())
    def a_decision_asked_for_again_gets_its_first_receipt(self, number: int, stale: bool) -> None:
        keys = sorted(self.model.decided)
        key = keys[number % len(keys)]
        known = self.model.decided[key]
        answer = self.decide(known.path, known.body, key, '"1"' if stale else "*")
        assert answer.status_code == 200, answer.text
        self.model.decided_before(key, answer.json())

    @precondition(lambda self: self.model.decided)
    @rule(number=NUMBER)
    def another_decision_under_a_known_key_is_a_conflict(self, number: int) -> None:
        keys = sorted(self.model.decided)
        key = keys[number % len(keys)]
        known = self.model.decided[key]
        body = grant(grant={"id": self.fresh()}, provider="En anden")
        self.refused(self.decide(known.path, body, key, "*"), 409, "/idempotency-key")

    @rule(course=COURSE)
    def a_decision_without_a_version_is_asked_for_one(self, course: str) -> None:
        answer = self.world.ask(
            "POST", self.granting(course), json=grant(), headers={"idempotency-key": self.fresh()}
        )
        assert answer.status_code == 428, answer.text

    @rule(days=st.sampled_from([0, 1, 2, 90, 91]))
    def a_follow_up_is_put_off_until_another_day_within_a_quarter(self, days: int) -> None:
        until = self.world.today + timedelta(days=days)
        body = {"actor": CASEWORKER, "until": until.isoformat(), "reason": "citizen-away"}
        path, key = f"/v1/follow-ups/{self.world.follow_up}/snooze", self.fresh()
        answer = self.decide(path, body, key, "*")
        if days == 0:
            self.rejected(answer, "a-snooze-lies-ahead")
        elif days > 90:
            self.rejected(answer, "a-snooze-ends-in-time")
        elif until == self.world.snoozed_until:
            self.rejected(answer, "a-snooze-changes-the-day")
        else:
            self.given(answer)
            self.world.snoozed_until = until

    @rule(who=st.sampled_from(["k-02", "k-03"]))
    def a_follow_up_is_taken_over_by_whoever_has_it_not(self, who: str) -> None:
        actor = {"source": SOURCE, "id": who, "function": "coordinator"}
        body = {"actor": actor, "person": {"source": SOURCE, "id": who}, "reason": "absence"}
        path = f"/v1/follow-ups/{self.world.follow_up}/take-over"
        answer = self.decide(path, body, self.fresh(), "*")
        if who == self.world.held_by:
            self.rejected(answer, "nobody-takes-over-what-they-have")
        else:
            self.given(answer)
            self.world.held_by = who

    def given(self, answer: httpx.Response) -> None:
        assert answer.status_code == 201, answer.text
        receipt = answer.json()
        assert receipt["position"] > self.model.last
        self.model.last = receipt["position"]
        self.model.log.append((receipt["position"], receipt["id"]))

    @rule(course=st.sampled_from(["c-9", "010190-1234", "x/../y"]))
    def what_nobody_has_told_of_is_not_found(self, course: str) -> None:
        for answer in (
            self.world.ask("GET", f"/v1/courses/{course}"),
            self.decide(f"/v1/courses/{course}/grants", grant(), self.fresh(), "*"),
            self.decide(f"/v1/follow-ups/{course[:3]}/snooze", {}, self.fresh(), "*"),
        ):
            assert answer.status_code in (404, 405), answer.text


@pytest.mark.soak
def test_the_interface_agrees_with_a_plain_model_of_it(postgres: str) -> None:
    with attacking(postgres) as attacked:
        steps = _agree(attacked)
    assert steps.total() >= LEAST, steps
    assert sum(count > 0 for count in steps.values()) >= KINDS, steps


def _agree(attacked: Attacked) -> Counter[str]:
    """How many steps of each kind were made."""
    Machine.world = World(attacked)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not SOAK,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    Machine.world.client.close()
    return Machine.world.steps
