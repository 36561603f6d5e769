"""What `/v1/webhooks` does with a municipality's webhooks: the engine of `roedtraad webhooks`."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import anyio

from services.api.conditions import ANY
from services.api.problems import ApiError
from services.api.state import Api
from services.api.threads import in_thread
from services.api.webhook_forms import (
    ChangedWebhook,
    NewWebhook,
    Replay,
    Rotation,
    dead_letter,
    refused,
    shown,
)
from services.edge.problems import Flaw
from services.feed.kinds import UnknownKindError, kinds_of
from services.store.municipality import Municipality
from services.webhooks.addresses import ForbiddenAddressError, looked_up, target_of
from services.webhooks.dead import DeadLetters
from services.webhooks.hook_table import FOLLOW_UP_KINDS, Form, Hook
from services.webhooks.hooks import MOST, Change, HookKnownError, Hooks, TooManyHooksError
from services.webhooks.signing import MOST_OLD, TooManySecretsError
from services.words import Words

_LAST = 2**63 - 1
_LOOK_UPS = anyio.CapacityLimiter(4)
"""Names are looked up in threads of their own: a slow one keeps nobody from the database."""
_SECONDS = 10.0
Told = dict[str, Any]


class WebhookDesk:
    """The webhooks of one municipality, for one request."""

    def __init__(self, api: Api, store: Municipality) -> None:
        self._api = api
        self._store = store
        self._hooks = Hooks(store)
        self._letters = DeadLetters(store)

    async def all(self) -> list[Told]:
        """All of them."""

        def work() -> list[Told]:
            counts = self._letters.counts()
            return [shown(hook, counts.get(hook.id, 0)) for hook in self._hooks.all()]

        return await self._api.read(work)

    async def one(self, id_: str) -> Told:
        """The one of that id. Raises ApiError 404."""
        return await self._api.read(lambda: self._told(_uuid(id_)))

    async def add(self, asked: NewWebhook, key: tuple[str, str]) -> tuple[Told, bool]:
        """A new one, or the one that was made by the same key; whether it is new.

        Raises ApiError 400, 409 where the key was used for another, 422 where there are too many.
        """
        kinds = _kinds_of(asked)
        await self._check(asked.url)
        form = Form.FOLLOW_UPS if asked.follow_ups else Form.EVENTS
        id_ = UUID(bytes=self._store.key.lookup("webhook", *key)[:16], version=5)

        def work() -> tuple[Told, bool]:
            after = self._position(asked.after)
            now = self._store.clock()
            try:
                made = self._hooks.add(asked.url, form, kinds, after, asked.label, now, id_)
            except HookKnownError as error:
                return self._known(error.hook, asked, form, kinds), False
            except TooManyHooksError:
                raise _by_rule(
                    f"En kommune kan højst have {MOST} webhooks.",
                    f"A municipality may have at most {MOST} webhooks.",
                ) from None
            return shown(made[0], 0, made[1]), True

        return await self._api.write(work)

    async def change(self, id_: str, edition: int, asked: ChangedWebhook) -> Told:
        """What is asked for otherwise. Raises ApiError 400, 404, 412."""
        if asked.url is not None:
            await self._check(asked.url)
        kinds = None if asked.types is None else _kinds(asked.types)
        change = Change(url=asked.url, kinds=kinds, label=asked.label, paused=asked.paused)

        def work() -> Told:
            hook = self._at(_uuid(id_), edition)
            if hook.form is Form.FOLLOW_UPS and kinds is not None:
                raise refused([_NO_TYPES])
            now, at = self._store.clock(), _edition(edition)
            return self._done(hook.id, self._hooks.change(hook.id, change, now, at))

        return await self._api.write(work)

    async def remove(self, id_: str, edition: int) -> None:
        """Forget it. Raises ApiError 404, 412."""

        def work() -> None:
            hook = self._at(_uuid(id_), edition)
            if not self._hooks.remove(hook.id, _edition(edition)):
                raise self._moved_on(hook.id)

        await self._api.write(work)

    async def replay(self, id_: str, edition: int, asked: Replay) -> Told:
        """Send all after a position again. Raises ApiError 400, 404, 412."""

        def work() -> Told:
            hook, after = self._at(_uuid(id_), edition), self._position(asked.after)
            return self._done(hook.id, self._hooks.replay(hook.id, after, _edition(edition)))

        return await self._api.write(work)

    async def rotate(self, id_: str, edition: int, asked: Rotation) -> Told:
        """A new secret. Raises ApiError 404, 412, 422."""
        overlap = timedelta(hours=asked.overlap_hours)

        def work() -> Told:
            hook, now = self._at(_uuid(id_), edition), self._store.clock()
            try:
                secret = self._hooks.rotate(hook.id, now, overlap, _edition(edition))
            except TooManySecretsError:
                raise _by_rule(
                    f"{MOST_OLD} gamle hemmeligheder gælder endnu; vent, eller lad dem ophøre nu"
                    " med overlap_hours 0.",
                    f"{MOST_OLD} old secrets still hold; wait, or end them with overlap_hours 0.",
                ) from None
            return self._done(hook.id, secret is not None) | {"secret": secret}

        return await self._api.write(work)

    async def dead_letters(self, id_: str, after: int, limit: int) -> list[Told]:
        """What it didn't take. Raises ApiError 404."""

        def work() -> list[Told]:
            hook = self._found(_uuid(id_))
            return [dead_letter(one) for one in self._letters.page(hook.id, after, limit)]

        return await self._api.read(work)

    async def retry(self, id_: str, number: str | None) -> int:
        """Send one, or all, once more; how many. Raises ApiError 404."""

        def work() -> int:
            hook = self._found(_uuid(id_))
            asked = self._letters.ask_again(hook.id, _number(number))
            if number is not None and not asked:
                raise _no_such_letter()
            if asked:
                self._hooks.awaken(hook.id)
            return asked

        return await self._api.write(work)

    async def _check(self, url: str) -> None:
        """Raises ApiError 400 for where nothing may be sent."""
        try:
            target, allowed = target_of(url), self._api.app.settings.webhook_networks_set
            with suppress(ApiError):  # too slow, as good as not known: it is looked up each time
                await in_thread(
                    lambda: _look_up(target, allowed), limiter=_LOOK_UPS, seconds=_SECONDS
                )
        except ForbiddenAddressError as error:
            words = _WHY.get(error.reason, _WHY["form"])
            raise refused([Flaw("/url", error.reason, words.da, words.en)]) from None

    def _position(self, after: int | None) -> int:
        """Raises ApiError 400 for one that the log hasn't come to."""
        head = self._store.head().position
        if after is not None and after > head:
            words = Words(f"Højst {head}, hvor loggen ender.", f"At most {head}, the log's end.")
            raise refused([Flaw("/after", "ahead", words.da, words.en)])
        return head if after is None else after

    def _known(self, hook: Hook, asked: NewWebhook, form: Form, kinds: tuple[str, ...]) -> Told:
        url, _ = self._hooks.opened(hook.id)
        if (url, hook.form, hook.kinds, hook.label) != (asked.url, form, kinds, asked.label):
            words = Words(
                "Idempotency-Key er brugt til en anden webhook, eller den er ændret siden.",
                "The Idempotency-Key was used for another webhook, or it was changed since.",
            )
            flaw = Flaw("/idempotency-key", "conflict", words.da, words.en)
            raise ApiError("conflict", words, errors=[flaw])
        return self._told(hook.id)

    def _found(self, id_: UUID) -> Hook:
        hook = self._hooks.get(id_)
        if hook is None:
            raise _not_found()
        return hook

    def _at(self, id_: UUID, edition: int) -> Hook:
        hook = self._found(id_)
        if edition not in (ANY, hook.edition):
            raise self._moved_on(id_)
        return hook

    def _told(self, id_: UUID) -> Told:
        hook = self._found(id_)
        return shown(hook, self._letters.counts().get(hook.id, 0))

    def _done(self, id_: UUID, is_done: bool) -> Told:
        if not is_done:
            raise self._moved_on(id_)
        return self._told(id_)

    def _moved_on(self, id_: UUID) -> ApiError:
        """It was changed, or removed, meanwhile."""
        version = self._found(id_).edition
        return ApiError(
            "version-conflict",
            Words(
                f"Webhooken er ændret imens; den er nu i version {version}. Læs den, og prøv igen.",
                f"The webhook was changed meanwhile; it is at version {version}. Read it, retry.",
            ),
            headers={"etag": f'"{version}"'},
            members={"version": version},
        )


_WHY = {
    "form": Words("Skriv https://vært/sti.", "Write https://host/path."),
    "not-https": Words("Skal være https.", "Must be https."),
    "not-public": Words(
        "Værten har ikke en offentlig adresse (ROEDTRAAD_WEBHOOK_NETWORKS).",
        "The host has no public address (ROEDTRAAD_WEBHOOK_NETWORKS).",
    ),
}
_NO_TYPES = Flaw(
    "/types",
    "not-with-follow-ups",
    "Udelad types: opfølgninger har deres egne.",
    "Leave types out: follow-ups have their own.",
)


def _look_up(target: Any, allowed: Any) -> None:
    """Raises ForbiddenAddressError. One that isn't known at the moment may be later."""
    try:
        looked_up(target, allowed)
    except OSError:
        return


def _kinds_of(asked: NewWebhook) -> tuple[str, ...]:
    if asked.follow_ups and asked.types:
        raise refused([_NO_TYPES])
    return FOLLOW_UP_KINDS if asked.follow_ups else _kinds(asked.types)


def _kinds(types: list[str]) -> tuple[str, ...]:
    try:
        return kinds_of(types)
    except UnknownKindError:
        words = Words(
            "Ingen hændelse hedder sådan; skriv fx course.*.", "No event is so named; try course.*."
        )
        raise refused([Flaw("/types", "unknown-type", words.da, words.en)]) from None


def _uuid(id_: str) -> UUID:
    try:
        return UUID(id_)
    except ValueError:
        raise _not_found() from None


def _edition(edition: int) -> int | None:
    return None if edition == ANY else edition


def _number(number: str | None) -> int | None:
    if number is None:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < len(str(_LAST))):
        raise _no_such_letter()
    return int(number)


def _by_rule(danish: str, english: str) -> ApiError:
    return ApiError("refused-by-rule", Words(danish, english))


def _not_found() -> ApiError:
    words = Words("Ingen webhook har det id; se /v1/webhooks.", "No webhook has that id.")
    return ApiError("not-found", words)


def _no_such_letter() -> ApiError:
    words = Words("Webhooken har intet ulevéret med det nummer.", "No dead letter of that number.")
    return ApiError("not-found", words)
