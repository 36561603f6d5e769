"""`GET /v1/feed`: what was stored, in commit order, for systems that follow along."""

from contextlib import nullcontext
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Security
from starlette.requests import Request
from starlette.responses import Response

from projections.parking import Unreadable
from services.api.asked import LAST, AskedFeed, wrong
from services.api.described import FEED as DESCRIBED
from services.api.followers import FEED
from services.api.following import Follower
from services.api.looking import tells_nothing
from services.api.security import BEARER, may_read, own_municipality
from services.api.state import Api
from services.api.streaming import EVENT_STREAM, Stream
from services.api.views import known_municipality
from services.feed.reading import Page
from services.store.unreadable import waits_for
from services.words import Words

BATCH = "application/cloudevents-batch+json"
_AT_A_TIME = 100  # events that a stream reads


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["feed"], dependencies=[Security(BEARER)])

    @routes.get(FEED, summary="What was stored, in commit order", **DESCRIBED)
    async def feed(request: Request, asked: Annotated[AskedFeed, Query()]) -> Response:
        """Events after a position, as CloudEvents with ids and clear codes only.

        `Accept: application/cloudevents-batch+json` gives a bare array, `text/event-stream` a
        stream of them that goes on, from `Last-Event-ID` if that is given.
        """
        token = await api.gate.enter(request)
        may_read(token)
        code = own_municipality(token, known_municipality(asked.municipality))
        if code is None:
            words = Words(
                "Positionen er én kommunes: angiv municipality.",
                "A position is one municipality's: give municipality.",
            )
            raise wrong("municipality", words)
        desk = await api.open_desk(code)
        accepted = request.headers.get("accept", "").lower()
        who = api.looker(request, token)
        follower = Follower(api, desk, who, token.id, asked.kinds(), asked.limit, asked.after)
        if EVENT_STREAM in accepted:
            follower.position = _last_event_id(request, asked.after)
            follower.limit = _AT_A_TIME
            return Stream(follower, request)
        hearing = api.waking.following(desk.store) if asked.wait else nullcontext()
        with api.followers.one_more(token.id), hearing:
            page = await follower.page_in_time(asked.wait, request.is_disconnected)
        if not page.events:
            tells_nothing(request)
        return _answer(page, as_batch=BATCH in accepted)

    return routes


def _last_event_id(request: Request, after: int) -> int:
    """Where a reader that was cut off goes on. Raises ApiError 400."""
    told = request.headers.get("last-event-id", "").strip()
    if not told:
        return after
    if not (told.isascii() and told.isdigit() and int(told[:20]) <= LAST):
        words = Words("Skal være en position: 0, 1, 2 …", "Must be a position: 0, 1, 2 …")
        raise wrong("last-event-id", words)
    return int(told)


def _answer(page: Page, *, as_batch: bool) -> Response:
    """The bodies are JSON as they are."""
    headers = {
        "feed-next": str(page.next),
        "feed-head": str(page.head),
        "cache-control": "no-store",
        "vary": "accept",
    }
    events = b"[%b]" % b",".join(event.body for event in page.events)
    waits = b""
    if page.waits is not None:
        headers["feed-waits"] = str(page.waits.position)
        waits = b',"waits":%b' % msgspec.json.encode(_waits(page.waits))
    if as_batch:
        return Response(events, headers=headers, media_type=BATCH)
    body = b'{"events":%b,"next":%d,"head":%d%b}' % (events, page.next, page.head, waits)
    return Response(body, headers=headers, media_type="application/json")


def _waits(event: Unreadable) -> dict[str, Any]:
    """Where the feed stands still, at what and why."""
    position, topic = event.position, event.topic
    because = waits_for(position, topic)._asdict()
    return {"position": position, "event": topic, "because": because}
