"""Handing a course over: who offers, who answers, and what an acceptance brings about."""

import pytest
from msgspec.structs import replace

from domain.decisions.handovers import ACCEPT_HANDOVER, OFFER_HANDOVER, REJECT_HANDOVER
from domain.events.course import (
    CaseworkerChanged,
    HandoverAccepted,
    HandoverOffered,
    HandoverRejected,
    MatchEnded,
    MentorMatched,
)
from domain.values import Actor
from tests.domain.decisions.table import (
    MATCHED,
    NOW,
    OTHER_CASEWORKER,
    OTHER_MENTOR,
    Row,
    Try,
    all_proved,
    prove,
    sentence,
)
from tests.domain.facts import closed, left, matched
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    MENTOR,
    MENTOR_ID,
    day,
    fact_at,
    given,
    person,
    ref,
)

NEW_CASEWORKER = Actor("caseworker", OTHER_CASEWORKER)
NEW_MENTOR = Actor("mentor", OTHER_MENTOR)
OFFER = HandoverOffered(
    actor=CASEWORKER,
    handover=ref("h-1"),
    function="caseworker",
    giver=CASEWORKER_ID,
    receiver=OTHER_CASEWORKER,
    from_=day("2026-03-09"),
    release_confidential_notes=False,
)
OF_A_MENTOR = replace(
    OFFER, actor=MENTOR, function="mentor", giver=MENTOR_ID, receiver=OTHER_MENTOR
)
ACCEPT = HandoverAccepted(actor=NEW_CASEWORKER, handover=ref("h-1"))
REJECT = HandoverRejected(actor=NEW_CASEWORKER, handover=ref("h-1"), reason="no-capacity")
OFFERED = (*MATCHED, fact_at("2026-03-01 10:00", OFFER))
MENTOR_OFFERED = (*MATCHED, fact_at("2026-03-01 10:00", OF_A_MENTOR))
OTHER_OFFER = replace(OFFER, handover=ref("h-2"), receiver=person("s-15"))
TWO_OFFERED = (*OFFERED, fact_at("2026-03-01 11:00", OTHER_OFFER))
SHUT = closed("2026-03-02", "2026-03-02")
CHANGED = CaseworkerChanged(
    actor=NEW_CASEWORKER, caseworker=OTHER_CASEWORKER, from_=day("2026-03-09"), reason="handed-over"
)


ROWS = [
    Row(
        "an offer has a name of its own, which no match has either",
        OFFER_HANDOVER,
        "an-offer-is-made-once",
        Try(MATCHED, replace(OF_A_MENTOR, handover=ref("match-901"))),
        Try(MATCHED, OF_A_MENTOR),
    ),
    Row(
        "who isn't the course's caseworker can't give it",
        OFFER_HANDOVER,
        "the-giver-has-the-course",
        Try(MATCHED, replace(OFFER, actor=COORDINATOR, giver=person("s-15"))),
        Try(MATCHED, replace(OFFER, actor=COORDINATOR)),
    ),
    Row(
        "a mentor offers their own part, not the caseworker's",
        OFFER_HANDOVER,
        "an-offer-is-the-givers-or-a-coordinators",
        Try(MATCHED, replace(OFFER, actor=MENTOR)),
        Try(MATCHED, replace(OFFER, actor=MENTOR, on_behalf_of=CASEWORKER)),
    ),
    Row(
        "a course isn't offered to who has it",
        OFFER_HANDOVER,
        "the-receiver-lacks-the-course",
        Try(MATCHED, replace(OFFER, receiver=CASEWORKER_ID)),
        Try(MATCHED, OFFER),
    ),
    Row(
        "a course that closes before the day isn't offered from it",
        OFFER_HANDOVER,
        "a-course-is-handed-over-while-open",
        Try((*MATCHED, closed("2026-03-01", "2026-03-09")), OFFER),
        Try((*MATCHED, closed("2026-03-01", "2026-03-10")), OFFER),
    ),
    Row(
        "a course that is to close meanwhile isn't taken over",
        ACCEPT_HANDOVER,
        "a-course-is-handed-over-while-open",
        Try((*OFFERED, closed("2026-03-01", "2026-03-09")), ACCEPT),
        Try((*OFFERED, closed("2026-03-01", "2026-03-10")), ACCEPT),
    ),
    Row(
        "who was matched with the citizen meanwhile takes nothing over",
        ACCEPT_HANDOVER,
        "the-receiver-lacks-the-course",
        Try(
            (*MENTOR_OFFERED, matched("2026-03-01", match="match-2", mentor=OTHER_MENTOR)),
            replace(ACCEPT, actor=NEW_MENTOR),
        ),
        Try(MENTOR_OFFERED, replace(ACCEPT, actor=NEW_MENTOR)),
    ),
    Row(
        "a mentor who leaves before the day is offered nothing",
        OFFER_HANDOVER,
        "the-receiving-mentor-is-employed",
        Try((*MATCHED, left("2026-03-09", mentor=OTHER_MENTOR)), OF_A_MENTOR),
        Try((*MATCHED, left("2026-03-10", mentor=OTHER_MENTOR)), OF_A_MENTOR),
    ),
    Row(
        "what was declined isn't taken any more",
        ACCEPT_HANDOVER,
        "only-an-open-offer-is-answered",
        Try((*OFFERED, fact_at("2026-03-01 12:00", REJECT)), ACCEPT),
        Try(OFFERED, ACCEPT),
    ),
    Row(
        "nobody takes what was offered to another",
        ACCEPT_HANDOVER,
        "the-receiver-answers",
        Try(TWO_OFFERED, replace(ACCEPT, handover=ref("h-2"))),
        Try(TWO_OFFERED, ACCEPT),
    ),
    Row(
        "of two offers one is taken: the giver has nothing more to give",
        ACCEPT_HANDOVER,
        "the-giver-has-the-course",
        Try((*OFFERED, fact_at("2026-03-01 12:00", CHANGED)), ACCEPT),
        Try(TWO_OFFERED, ACCEPT),
    ),
    Row(
        "a mentor who has left since takes nothing",
        ACCEPT_HANDOVER,
        "the-receiving-mentor-is-employed",
        Try(
            (*MENTOR_OFFERED, left("2026-03-01", mentor=OTHER_MENTOR)),
            replace(ACCEPT, actor=NEW_MENTOR),
        ),
        Try(MENTOR_OFFERED, replace(ACCEPT, actor=NEW_MENTOR)),
    ),
    Row(
        "what was never offered isn't declined",
        REJECT_HANDOVER,
        "only-an-open-offer-is-answered",
        Try(MATCHED, REJECT),
        Try((*OFFERED, SHUT), REJECT),
    ),
    Row(
        "the giver doesn't decline for the receiver",
        REJECT_HANDOVER,
        "the-receiver-answers",
        Try(OFFERED, replace(REJECT, actor=CASEWORKER)),
        Try(OFFERED, replace(REJECT, actor=CASEWORKER, on_behalf_of=NEW_CASEWORKER)),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=sentence)
def test_what_a_rule_of_hand_overs_forbids_and_allows(row: Row) -> None:
    prove(row)


def test_every_rule_of_hand_overs_is_proved() -> None:
    assert all_proved(ROWS, OFFER_HANDOVER, ACCEPT_HANDOVER, REJECT_HANDOVER)


def test_whoever_takes_a_course_over_is_its_caseworker_from_the_day_offered() -> None:
    given(*OFFERED).when(ACCEPT_HANDOVER, ACCEPT, NOW).then(ACCEPT, CHANGED)


def test_nobody_had_a_course_before_they_took_it() -> None:
    late = "2026-03-20 10:00"
    from_today = replace(CHANGED, from_=day("2026-03-20"))
    given(*OFFERED).when(ACCEPT_HANDOVER, ACCEPT, late).then(ACCEPT, from_today)


def test_a_mentor_who_takes_a_citizen_over_is_matched_where_the_others_match_ends() -> None:
    asked = replace(ACCEPT, actor=NEW_MENTOR)
    given(*MENTOR_OFFERED).when(ACCEPT_HANDOVER, asked, NOW).then(
        asked,
        MatchEnded(
            actor=NEW_MENTOR, match=ref("match-901"), to=day("2026-03-09"), reason="handed-over"
        ),
        MentorMatched(
            actor=NEW_MENTOR,
            match=ref("h-1"),
            mentor=OTHER_MENTOR,
            from_=day("2026-03-09"),
            method="other",
        ),
    )


def test_the_change_is_said_on_whose_behalf_the_acceptance_is() -> None:
    asked = replace(ACCEPT, actor=CASEWORKER, on_behalf_of=NEW_CASEWORKER)
    given(*OFFERED).when(ACCEPT_HANDOVER, asked, NOW).then(
        asked, replace(CHANGED, actor=CASEWORKER, on_behalf_of=NEW_CASEWORKER)
    )


def test_an_offer_of_the_same_name_is_not_made_again() -> None:
    given(*OFFERED).when(OFFER_HANDOVER, OFFER, NOW).refused("an-offer-is-made-once")


def test_a_mentor_does_not_take_over_as_caseworker() -> None:
    asked = replace(ACCEPT, actor=Actor("mentor", OTHER_CASEWORKER))
    given(*OFFERED).when(ACCEPT_HANDOVER, asked, NOW).refused("the-receiver-answers")
