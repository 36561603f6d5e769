"""The letters as Temporal has them written: by internal ids only."""

from datetime import date
from uuid import UUID

from temporalio import activity

from services.digests.posting import Post
from services.following.failing import told_by_kind
from workflows.digest import FIND_RECIPIENTS, SEND_DIGEST
from workflows.messages import Recipient, Recipients, Start


class Postman:
    """The two activities of a day's letters. They fail with the kind of the error only."""

    def __init__(self, post: Post) -> None:
        self._post = post

    @activity.defn(name=FIND_RECIPIENTS)
    def find(self, start: Start) -> Recipients:
        """Who is to get a letter today."""
        with told_by_kind(f"{start.municipality}/digest"):
            day, persons = self._post.to_be_written(start.municipality)
            return Recipients(day.isoformat(), [str(person) for person in persons])

    @activity.defn(name=SEND_DIGEST)
    def send(self, ask: Recipient) -> str:
        """Send one; what became of it. Tried again where it wasn't taken."""
        with told_by_kind(f"{ask.municipality}/digest"):
            day = date.fromisoformat(ask.day)
            return self._post.send(ask.municipality, UUID(ask.person), day).value
