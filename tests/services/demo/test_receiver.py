"""The demo shows what webhooks send."""

from datetime import UTC, date, datetime

import httpx

from domain.events.common import CourseFollowUpRaised
from domain.follow_up_acts import SYSTEM
from domain.values import FollowUpKey, Ref
from services.demo.receiver import shown_webhooks
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.webhooks.addresses import networks_of
from services.webhooks.delivering import Turn
from services.webhooks.hooks import Hooks
from tests.conftest import Clock
from tests.services.store.sending import SOURCE, intake


def test_a_follow_up_is_seen_where_the_demo_says(municipality: Municipality, clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    municipality.append([intake("ev-0", "c-1")])
    stream = municipality.find("course", "c-1")
    assert stream
    raised = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=FollowUpKey("match-overdue", Ref(SOURCE, "ev-0"), 1),
        due_on=date(2026, 1, 26),
        addressed_to="caseworker",
        pack="default",
        edition="1",
    )
    municipality.decide(stream, [Decided(id="follow-up-1", fact=raised, body=b"1")])
    with shown_webhooks(municipality) as address:
        assert httpx.post(address, content=b"{}").status_code == 401
        [hook] = Hooks(municipality).all()
        Turn(municipality, hook.id, networks_of("127.0.0.0/8")).take()
        [seen] = httpx.get(address).json()
        assert seen["event"]["data"]["rule"] == "match-overdue"
        assert seen["webhook-id"].startswith("msg_")
    assert Hooks(municipality).all() == []
