"""What is decided for the team: supervision and caseload."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.decisions import Decision, Refused, name_of
from domain.decisions.team import ARRANGE_SUPERVISION, SET_CASELOAD_POLICY
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.team import CaseloadPolicySet, SupervisionArranged
from domain.team import fold_team
from tests.domain.facts import TEAM, assigned
from tests.domain.spec import COORDINATOR, LEADER, MENTOR, day, fact_at, instant, person

NOW = instant("2026-03-02 10:00")
EXTERNAL = SupervisionArranged(
    actor=COORDINATOR,
    from_=day("2026-03-09"),
    model="external-supervisor",
    supervisor=person("sup"),
    cadence_weeks=4,
)
POLICY = CaseloadPolicySet(
    actor=LEADER, from_=day("2026-03-09"), highest=25, reason="trying-higher-load"
)
OUTSIDER = assigned("sup", "supervisor", "2026-01-01", employment="external")
INSIDER = assigned("sup", "supervisor", "2026-01-01", employment="internal")
ARRANGED = fact_at("2026-03-01", EXTERNAL, stream=TEAM)
SET = fact_at("2026-03-01", POLICY, stream=TEAM)

Tried = tuple[list[Recorded], Fact]
ROWS: dict[str, tuple[Decision[Any, Any], str, Tried, Tried]] = {
    "a mentor arranges no supervision": (
        ARRANGE_SUPERVISION,
        "the-actor-may-decide-this",
        ([], replace(EXTERNAL, actor=MENTOR)),
        ([], EXTERNAL),
    ),
    "one employed in the house is no external supervisor": (
        ARRANGE_SUPERVISION,
        "the-supervisor-fits-the-model",
        ([INSIDER], EXTERNAL),
        ([OUTSIDER], EXTERNAL),
    ),
    "the same arrangement again says nothing, another cadence does": (
        ARRANGE_SUPERVISION,
        "what-holds-is-not-decided-again",
        ([ARRANGED], replace(EXTERNAL, from_=day("2026-04-01"))),
        ([ARRANGED], replace(EXTERNAL, from_=day("2026-04-01"), cadence_weeks=6)),
    ),
    "a coordinator sets no policy, the leader does": (
        SET_CASELOAD_POLICY,
        "the-actor-may-decide-this",
        ([], replace(POLICY, actor=COORDINATOR)),
        ([], POLICY),
    ),
    "the same policy again says nothing, from a day before it does": (
        SET_CASELOAD_POLICY,
        "what-holds-is-not-decided-again",
        ([SET], replace(POLICY, from_=day("2026-03-10"))),
        ([SET], replace(POLICY, from_=day("2026-03-08"))),
    ),
}


@pytest.mark.parametrize("sentence", ROWS)
def test_what_a_rule_of_the_team_forbids_and_allows(sentence: str) -> None:
    decision, rule, (before, refused), (allowed_before, allowed) = ROWS[sentence]
    with pytest.raises(Refused) as caught:
        decision.decide(fold_team(before), refused, now=NOW)
    assert caught.value.rule == rule
    assert caught.value.danish and caught.value.danish_remedy
    assert caught.value.english and caught.value.english_remedy
    assert decision.decide(fold_team(allowed_before), allowed, now=NOW) == [allowed]


def test_every_rule_of_the_team_is_proved() -> None:
    proved = {(decision.event, rule) for decision, rule, *_ in ROWS.values()}
    assert proved == {
        (decision.event, name_of(rule))
        for decision in (ARRANGE_SUPERVISION, SET_CASELOAD_POLICY)
        for rule in decision.rules
    }


def test_a_leader_who_supervises_makes_model_one() -> None:
    leader = assigned("sup", "leader", "2026-01-01")
    one = replace(EXTERNAL, model="leader-or-coordinator")
    assert ARRANGE_SUPERVISION.decide(fold_team([leader]), one, now=NOW) == [one]
    with pytest.raises(Refused, match="the-supervisor-fits-the-model"):
        ARRANGE_SUPERVISION.decide(fold_team([leader]), EXTERNAL, now=NOW)


def test_that_there_is_no_supervision_is_decided_too() -> None:
    none = SupervisionArranged(
        actor=LEADER, from_=day("2026-03-09"), model="none", reasons=("work-pressure",)
    )
    assert ARRANGE_SUPERVISION.decide(fold_team([ARRANGED]), none, now=NOW) == [none]


def test_no_number_of_citizens_is_too_high_for_a_policy() -> None:
    high = replace(POLICY, highest=200)
    assert SET_CASELOAD_POLICY.decide(fold_team([SET]), high, now=NOW) == [high]
