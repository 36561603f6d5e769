"""One turn of a webhook: what comes next is sent, and noted when it was taken, one by one in order.

Noted only after it was taken: whoever dies in between sends it again, under the same webhook-id.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

import msgspec
import structlog
from msgspec.structs import replace

from domain.events.common import FollowUpEvent
from domain.folding import Persons
from domain.team import fold_team
from services.audit.access.looking import SYSTEM, Asking, Seen
from services.audit.access.looks import Looks
from services.feed.follow_up import LinkTo, follow_up_shown
from services.feed.reading import Page, SetBackError, Told, read_page
from services.feed.whose import whose
from services.store.municipality import Municipality
from services.webhooks.addresses import ForbiddenAddressError, Network, target_of
from services.webhooks.dead import DeadLetter, DeadLetters
from services.webhooks.hook_table import Form, Hook
from services.webhooks.hooks import Hooks
from services.webhooks.sending import Answer, Receiver, message_id, signed
from services.webhooks.signing import Secrets
from services.webhooks.waits import GIVEN_UP, wait_after
from workflows.messages import Sent

AT_A_TIME = 50  # events of a turn
_SECONDS = 20.0  # of a turn, but for the last request

log = structlog.get_logger()


class Turn:
    """One turn of one webhook. `abandon` may be called from another thread.

    `link` gives where a follow-up is seen.
    """

    def __init__(
        self,
        store: Municipality,
        webhook: UUID,
        allowed: Iterable[Network],
        link: LinkTo | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._id = webhook
        self._allowed = tuple(allowed)
        self._link = link
        self._clock = clock
        self._hooks = Hooks(store)
        self._letters = DeadLetters(store)
        self._until = monotonic() + _SECONDS
        self._receiver: Receiver | None = None
        self._is_abandoned = False
        self._secrets: Secrets | None = None
        self._one_of: Persons | None = None

    def abandon(self) -> None:
        """Send nothing more."""
        self._is_abandoned = True
        if self._receiver is not None:
            self._receiver.abandon()

    def take(self) -> Sent:
        """Send what there is time for. Raises UnreadableError, NotRecordedError, and errors of the
        database."""
        hook = self._hooks.get(self._id)
        if hook is None or not hook.is_active:
            return Sent(hook.position if hook else 0, finished=True)
        if hook.retry_at is not None and (wait := self._seconds_to(hook.retry_at)) > 0:
            return Sent(hook.position, wait_seconds=wait)
        url, self._secrets = self._hooks.opened(self._id)
        try:
            target = target_of(url)
        except ForbiddenAddressError as error:  # what was let in once isn't always let in today
            return self._given_up(hook, error.reason, self._clock())
        with closing(Receiver(target, self._allowed)) as self._receiver:
            self._send_letters(hook)
            page = self._page(hook)
            return self._send(hook, page) if page else Sent(hook.position, more=True)

    def _page(self, hook: Hook) -> Page | None:
        try:
            return read_page(self._store, hook.position, AT_A_TIME, hook.kinds)
        except SetBackError as error:
            # What comes from now on comes after the head: to wait for the old place would miss it.
            log.warning("a webhook was set back", webhook=str(hook.id), position=error.head)
            self._hooks.passed(hook, error.head)
            return None

    def _send(self, hook: Hook, page: Page) -> Sent:
        self._look(hook, page.events)
        for told in page.events:
            if self._is_over():
                return Sent(hook.position, more=True)
            answer = self._post(hook, told)
            if not answer.is_taken:
                return self._not_taken(hook, told, answer)
            if not self._hooks.delivered(hook, told.position, self._clock()):
                return Sent(hook.position, more=True)  # somebody else has moved it
            hook = replace(
                hook, position=told.position, attempts=0, failing_since=None, refused_since=None
            )
        if page.next > hook.position and self._hooks.passed(hook, page.next):
            hook = replace(hook, position=page.next)
        return Sent(hook.position, more=not page.is_last)

    def _not_taken(self, hook: Hook, told: Told, answer: Answer) -> Sent:
        if self._is_abandoned:
            return Sent(hook.position, more=True)  # it was we who hung up
        now = self._clock()
        since = (hook.refused_since or now) if answer.is_refused else None
        wait = wait_after(hook.attempts + 1, answer, (now - since).total_seconds() if since else 0)
        if answer.is_gone or (wait is None and _fails_too_long(hook, now)):
            return self._given_up(hook, answer.told, now)
        if wait is None:
            topic = told.event.topic
            log.warning("a dead letter", webhook=str(hook.id), topic=topic, told=answer.told)
            self._hooks.laid_aside(hook, told.position, topic, answer.told, now)
            return Sent(hook.position, more=True)
        self._hooks.failed(hook, answer.told, now, now + timedelta(seconds=wait), since)
        return Sent(hook.position, wait_seconds=wait)

    def _given_up(self, hook: Hook, told: str, now: datetime) -> Sent:
        log.warning("a webhook is paused", webhook=str(hook.id), told=told)
        self._hooks.given_up(hook, told, now)
        return Sent(hook.position, finished=True)

    def _send_letters(self, hook: Hook) -> None:
        """The dead letters that somebody wants tried once more, each once."""
        for letter in self._letters.again(hook.id, AT_A_TIME):
            if self._is_over():
                return
            answer = self._post_letter(hook, letter)
            if self._is_abandoned:
                return
            if answer.is_taken:
                self._letters.taken(letter)
            else:
                self._letters.still_dead(letter, answer.told, self._clock())

    def _post_letter(self, hook: Hook, letter: DeadLetter) -> Answer:
        page = read_page(self._store, letter.position - 1, 1)
        if not page.events or page.events[0].position != letter.position:
            return Answer(trouble="not-in-log")
        self._look(hook, page.events)
        return self._post(hook, page.events[0])

    def _look(self, hook: Hook, events: Sequence[Told]) -> None:
        """What is about to be sent is recorded as seen: where it can't be, nothing is sent. Raises
        NotRecordedError."""
        if events:
            asking = Asking(
                what="webhook",
                user=f"webhook {hook.id}",
                functions=(SYSTEM,),
                purpose=hook.label or None,
            )
            ids = set[UUID]().union(*(whose(told.event) for told in events))
            seen = {self._store.code: Seen(len(events), ids)}
            Looks(self._store.pool).record(asking, [self._store], seen)

    def _post(self, hook: Hook, told: Told) -> Answer:
        assert self._receiver is not None and self._secrets is not None
        event = told.event
        body = told.body
        if hook.form is Form.FOLLOW_UPS and isinstance(event.fact, FollowUpEvent):
            told_so = follow_up_shown(self._store, event, self._persons(), self._link)
            body = msgspec.json.encode(told_so)
        id_, now = message_id(hook.id, event.source, event.source_id), self._clock()
        return self._receiver.post(signed(self._secrets.at(now), id_, now, body), body)

    def _persons(self) -> Persons:
        """Who is one though known by several ids, as it is when this turn first asks."""
        if self._one_of is None:
            team = self._store.team()
            self._one_of = Persons(fold_team(self._store.read_stream(team)).same if team else {})
        return self._one_of

    def _is_over(self) -> bool:
        return self._is_abandoned or monotonic() > self._until

    def _seconds_to(self, at: datetime) -> float:
        return (at - self._clock()).total_seconds()


def _fails_too_long(hook: Hook, now: datetime) -> bool:
    since = hook.failing_since
    return since is not None and (now - since).total_seconds() >= GIVEN_UP
