"""A webhook is sent all that it wants, in order and at least once; what isn't taken is kept."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from standardwebhooks import WebhookVerificationError

from domain.events.common import CourseFollowUpRaised, CourseFollowUpReminded
from domain.events.team import TeamIdentityLinked
from domain.follow_up_acts import SYSTEM, act, id_in
from domain.values import Actor, FollowUpKey, Ref
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.webhooks.addresses import networks_of
from services.webhooks.dead import DeadLetters
from services.webhooks.delivering import Turn
from services.webhooks.hook_table import FOLLOW_UP_KINDS, Form, Hook
from services.webhooks.hooks import Hooks
from services.webhooks.signing import Secrets
from services.webhooks.waits import IN_TROUBLE, REFUSED
from tests.conftest import Clock
from tests.services.store.sending import intake
from tests.services.store.test_sealing import dump
from tests.services.webhooks.receiving import Letter, Receiver, Reply, receiving
from workflows.messages import Sent

HERE = networks_of("127.0.0.0/8")
NAME = "Åse Ærøskøbing-Prøve"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


class Town:
    """A municipality with one webhook, and a clock."""

    def __init__(self, store: Municipality, receiver: Receiver, clock: Clock) -> None:
        self.store, self.clock = store, clock
        # Signatures are good for five minutes of the real time.
        clock.now = datetime.now(UTC)
        self.hooks, self.letters = Hooks(store), DeadLetters(store)
        self.id, self.secret = self.add(receiver.url)

    def add(
        self, url: str, kinds: tuple[str, ...] = (), form: Form = Form.EVENTS
    ) -> tuple[UUID, str]:
        hook, secret = self.hooks.add(url, form, kinds, 0, "", self.clock())
        return hook.id, secret

    @property
    def hook(self) -> Hook:
        found = self.hooks.get(self.id)
        assert found is not None
        return found

    def stored(self, *ids: str) -> list[int]:
        receipts = self.store.append([intake(id_, "c-1", name=NAME) for id_ in ids])
        return [receipt.position for receipt in receipts]

    def turn(self, id_: UUID | None = None) -> Sent:
        return Turn(self.store, id_ or self.id, HERE, clock=self.clock).take()

    def later(self, seconds: float) -> None:
        self.clock.now += timedelta(seconds=seconds)


@pytest.fixture
def town(municipality: Municipality, receiver: Receiver, clock: Clock) -> Town:
    return Town(municipality, receiver, clock)


def failing(times: int, reply: Reply) -> Callable[[Letter], Reply]:
    """Answer so the first times."""
    left = [reply] * times
    return lambda _: left.pop() if left else (200, {})


def test_all_is_sent_once_in_order_and_signed(town: Town, receiver: Receiver) -> None:
    positions = town.stored(*(f"ev-{n}" for n in range(5)))
    assert town.turn() == Sent(positions[-1])
    assert receiver.ids == [f"ev-{n}" for n in range(5)]
    for letter, position in zip(receiver.letters, positions, strict=True):
        event = letter.verified(town.secret)
        assert event["position"] == str(position)
        assert letter.headers["content-type"] == "application/cloudevents+json"
        assert NAME.encode() not in letter.body
        with pytest.raises(WebhookVerificationError):
            Letter(letter.headers, letter.body + b" ").verified(town.secret)
    assert len({letter.id for letter in receiver.letters}) == 5
    assert town.turn() == Sent(positions[-1])
    assert len(receiver.letters) == 5
    assert (town.hook.delivered, town.hook.position) == (5, positions[-1])


def test_what_isnt_taken_holds_up_what_comes_after_it_and_is_tried_again(
    town: Town, receiver: Receiver
) -> None:
    town.stored("ev-0", "ev-1")
    receiver.reply = failing(3, (500, {}))
    for attempt in range(3):
        assert town.turn().wait_seconds == IN_TROUBLE[attempt]
        assert (town.hook.attempts, town.hook.told) == (attempt + 1, "500")
        before = town.turn()  # too early: nothing is sent
        assert before.wait_seconds == pytest.approx(IN_TROUBLE[attempt])
        town.later(IN_TROUBLE[attempt])
    town.turn()
    assert receiver.ids == ["ev-0"] * 4 + ["ev-1"]
    assert len({letter.id for letter in receiver.letters[:4]}) == 1
    assert (town.hook.attempts, town.hook.told, town.hook.failing_since) == (0, "", None)


def test_a_receiver_says_how_long_to_wait(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0")
    receiver.reply = lambda _: (429, {"retry-after": "900"})
    assert town.turn().wait_seconds == 900
    town.later(900)
    at = datetime.now(UTC) + timedelta(seconds=1800)
    receiver.reply = lambda _: (503, {"retry-after": format_datetime(at)})
    wait = town.turn().wait_seconds
    assert wait is not None and 1700 < wait <= 1800


def test_what_a_receiver_refuses_is_laid_aside_and_the_line_goes_on(
    town: Town, receiver: Receiver
) -> None:
    bad, good = town.stored("ev-bad", "ev-good")
    receiver.reply = lambda one: (400, {}) if one.event["id"] == "ev-bad" else (200, {})
    for wait in REFUSED:
        assert town.turn().wait_seconds == wait
        town.later(wait)
    assert town.turn() == Sent(0, more=True)
    assert town.turn() == Sent(good)
    assert receiver.ids == ["ev-bad"] * 5 + ["ev-good"]
    [letter] = town.letters.all()
    assert (letter.position, letter.attempts, letter.told) == (bad, 5, "400")
    assert letter.topic == "course.intake-registered.v1"


def test_what_is_refused_once_after_trouble_is_tried_as_long_as_any_refused(
    town: Town, receiver: Receiver
) -> None:
    town.stored("ev-0")
    receiver.reply = lambda _: (503, {})
    for wait in IN_TROUBLE[:6]:
        assert town.turn().wait_seconds == wait
        town.later(wait)
    receiver.reply = lambda _: (404, {})
    for wait in REFUSED:
        assert town.turn().wait_seconds == wait
        town.later(wait)
    assert town.letters.all() == []
    assert town.turn() == Sent(0, more=True)
    assert [letter.attempts for letter in town.letters.all()] == [11]


def test_trouble_in_between_begins_the_refusals_anew(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0")
    for status, wait in (
        (404, REFUSED[0]),
        (404, REFUSED[1]),
        (503, IN_TROUBLE[2]),
        (404, REFUSED[0]),
        (404, REFUSED[1]),
        (404, REFUSED[2]),
        (404, REFUSED[3]),
    ):
        receiver.reply = lambda _, status=status: (status, {})  # type: ignore[misc]
        assert town.turn().wait_seconds == wait
        town.later(wait)
    receiver.reply = lambda _: (200, {})
    town.turn()
    assert (town.letters.all(), town.hook.refused_since) == ([], None)


def test_a_receiver_in_trouble_is_tried_for_three_days(town: Town, receiver: Receiver) -> None:
    [position] = town.stored("ev-0")
    receiver.reply = lambda _: (502, {})
    waited = 0.0
    while (wait := town.turn().wait_seconds) is not None:
        waited += wait
        town.later(wait)
    assert 3 * 86_400 < waited < 4 * 86_400
    assert len(receiver.letters) == len(IN_TROUBLE) + 1
    assert [letter.position for letter in town.letters.all()] == [position]


def test_a_receiver_that_only_fails_for_five_days_is_paused(town: Town, receiver: Receiver) -> None:
    town.stored(*(f"ev-{n}" for n in range(5)))
    receiver.reply = lambda _: (500, {})
    while not (found := town.turn()).finished:
        town.later(found.wait_seconds or 0)
    assert town.hook.paused_because == "500"
    # One was laid aside after three days; the next one waits for whoever resumes it.
    assert len(town.letters.all()) == 1
    receiver.reply = lambda _: (200, {})
    town.hooks.resume(town.id)
    receiver.letters.clear()
    town.turn()
    assert receiver.ids == [f"ev-{n}" for n in range(1, 5)]


def test_dead_letters_are_sent_again_when_asked_for(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0")
    receiver.reply = lambda _: (400, {})
    while (found := town.turn()).wait_seconds is not None:
        town.later(found.wait_seconds)
    town.turn()
    died_as = receiver.letters[-1].id
    assert town.letters.ask_again(town.id) == 1
    town.turn()
    [letter] = town.letters.all()  # and is dead still
    assert (letter.attempts, letter.again) == (6, False)
    receiver.reply = lambda _: (200, {})
    town.letters.ask_again(town.id, letter.id)
    town.turn()
    assert town.letters.all() == []
    assert receiver.letters[-1].id == died_as


def test_a_receiver_that_is_gone_is_paused(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0")
    receiver.reply = lambda _: (410, {})
    assert town.turn().finished
    assert (town.hook.is_active, town.hook.paused_because) == (False, "410")
    assert town.turn().finished and len(receiver.letters) == 1


def test_what_is_no_address_by_today_s_rules_is_paused(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0")
    sealed = town.store.key.seal(f"webhook-url {town.id}", b"https://a..dk/")
    with town.store.transaction() as cursor:
        cursor.execute("UPDATE m0860.webhooks SET url = %s", (sealed,))
    assert town.turn().finished
    assert (town.hook.is_active, town.hook.paused_because) == (False, "form")


def test_nothing_is_followed_elsewhere(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0")
    receiver.reply = lambda _: (307, {"location": receiver.url})
    assert town.turn().wait_seconds == REFUSED[0]
    assert (len(receiver.letters), town.hook.told) == (1, "307")


def test_it_can_be_replayed_from_any_position_under_the_same_ids(
    town: Town, receiver: Receiver
) -> None:
    positions = town.stored("ev-0", "ev-1", "ev-2")
    town.turn()
    town.hooks.replay(town.id, positions[0])
    town.turn()
    assert receiver.ids == ["ev-0", "ev-1", "ev-2", "ev-1", "ev-2"]
    assert [one.id for one in receiver.letters[3:]] == [one.id for one in receiver.letters[1:3]]


def test_whoever_dies_between_sending_and_noting_sends_it_again(
    town: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    def killed(*_: object) -> bool:
        raise KilledError

    town.stored("ev-0", "ev-1")
    with monkeypatch.context() as patched:
        patched.setattr(Hooks, "delivered", killed)
        with pytest.raises(KilledError):
            town.turn()
    town.turn()
    assert receiver.ids == ["ev-0", "ev-0", "ev-1"]
    assert receiver.letters[0].id == receiver.letters[1].id


def test_who_changes_it_meanwhile_is_obeyed(town: Town, receiver: Receiver) -> None:
    town.stored("ev-0", "ev-1")

    def pausing(_: Letter) -> Reply:
        town.hooks.pause(town.id, town.clock())
        return 200, {}

    receiver.reply = pausing
    town.turn()
    assert receiver.ids == ["ev-0"]
    town.hooks.resume(town.id)
    receiver.reply = lambda _: (200, {})
    town.turn()
    assert receiver.ids == ["ev-0", "ev-0", "ev-1"]  # at least once


def test_only_what_is_wanted_is_sent(town: Town, receiver: Receiver) -> None:
    id_, _ = town.add(receiver.url, ("team.*",))
    positions = town.stored("ev-0", "ev-1")
    assert town.turn(id_) == Sent(positions[-1])
    assert receiver.letters == []


def test_a_log_that_was_set_back_is_gone_on_with_from_its_end(
    town: Town, receiver: Receiver
) -> None:
    positions = town.stored("ev-0", "ev-1")
    town.turn()
    with town.store._datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM m0860.events WHERE notification_id = %s", (positions[1],))
    assert town.turn() == Sent(positions[1], more=True)
    assert town.hook.position == positions[0]


def test_a_follow_up_is_told_with_its_stage_and_who_has_it(town: Town, receiver: Receiver) -> None:
    [_] = town.stored("ev-0")
    stream = town.store.find("course", "c-1")
    person = town.store.find("person", "s-12")
    assert stream and person
    key = FollowUpKey("match-overdue", Ref("https://sagssystem.example", "ev-0"), 1)
    raised = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=key,
        due_on=datetime(2026, 1, 26, tzinfo=UTC).date(),
        addressed_to="caseworker",
        person=person,
        pack="default",
        edition="2026-1",
    )
    reminded = CourseFollowUpReminded(actor=SYSTEM, follow_up=key, number=1)
    ids = [
        id_in(stream, act(stage, one).id) for stage, one in (("raised", raised), ("r1", reminded))
    ]
    town.store.decide(stream, [Decided(id=ids[0], fact=raised, body=b"1")])
    town.store.decide(stream, [Decided(id=ids[1], fact=reminded, body=b"2")])
    id_, secret = town.add(receiver.url, FOLLOW_UP_KINDS, Form.FOLLOW_UPS)
    town.turn(id_)
    first, second = [letter.verified(secret) for letter in receiver.letters]
    assert first["type"] == "dk.roedtraad.follow-up.raised.v1"
    assert (first["id"], second["id"]) == (ids[0], ids[1])
    assert second["data"] == {
        "follow_up": ids[0],
        "rule": "match-overdue",
        "cycle": 1,
        "anchor": {"source": "https://sagssystem.example", "id": "ev-0"},
        "stage": "reminded",
        "due_on": "2026-01-26",
        "addressed_to": "caseworker",
        "person": {"source": "urn:roedtraad:0860", "id": str(person)},
        "reminders": 1,
        "link": f"/v1/courses/{stream}/next",
    }
    assert "reminders" not in first["data"]


def test_whoever_is_known_by_two_ids_is_told_by_the_one_that_they_are_read_as(
    town: Town, receiver: Receiver
) -> None:
    town.stored("ev-0")
    stream, person = town.store.find("course", "c-1"), town.store.find("person", "s-12")
    other, team = town.store.identity("person", "tid-7"), town.store.opened_team()
    assert stream and person
    actor = Actor("leader", person)
    key = FollowUpKey("match-overdue", Ref("https://sagssystem.example", "ev-0"), 1, person)
    raised = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=key,
        due_on=datetime(2026, 1, 26, tzinfo=UTC).date(),
        addressed_to="caseworker",
        person=person,
        pack="default",
        edition="2026-1",
    )
    link = TeamIdentityLinked(actor=actor, person=other, alias=person, basis="case-system")
    town.store.decide(stream, [Decided(id="raised-1", fact=raised, body=b"1")])
    id_, secret = town.add(receiver.url, FOLLOW_UP_KINDS, Form.FOLLOW_UPS)
    town.turn(id_)
    town.store.decide(team, [Decided(id="linked-1", fact=link, body=b"2")])
    town.hooks.replay(id_, 0)
    town.turn(id_)
    before, after = [letter.verified(secret)["data"] for letter in receiver.letters]
    assert before["person"]["id"] == before["about"]["id"] == str(person)
    assert after["person"]["id"] == after["about"]["id"] == str(other)


def test_address_and_secret_stand_nowhere_in_clear(
    town: Town, receiver: Receiver, database_url: str
) -> None:
    held = "\n".join(dump(database_url))
    assert "hemmelig" not in held and town.secret not in held
    assert town.hook.shown == f"http://127.0.0.1:{receiver.port}"
    assert town.hooks.opened(town.id) == (receiver.url, Secrets(town.secret))
