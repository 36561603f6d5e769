"""Facts of courses, handed to the store as the edge does: short to write, and of nobody."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from services.edge.incoming import Incoming

MENTOR = {"id": "m-1", "function": "mentor"}
CASEWORKER = {"id": "s-1", "function": "caseworker"}
COORDINATOR = {"id": "k-1", "function": "coordinator"}
_SOURCE = "https://bench.example"


def fact(topic: str, course: str, at: datetime, **data: Any) -> Incoming:
    """A new event of a course, by its caseworker unless said. `from_` stands for `from`."""
    data = {"actor": CASEWORKER} | {name.rstrip("_"): value for name, value in data.items()}
    id = str(uuid4())
    return Incoming(
        topic=f"course.{topic}.v1",
        source=_SOURCE,
        id=id,
        subject=course,
        subject_source=None,
        time=at,
        sequence=None,
        correlation=None,
        data=data,
        body=id.encode(),
    )


def intake(course: str, at: datetime) -> Incoming:
    """What opens a course."""
    return fact("intake-registered", course, at, caseworker={"id": CASEWORKER["id"]})


def activity(course: str, at: datetime) -> Incoming:
    """A mentor's work with the citizen."""
    return fact(
        "activity-registered",
        course,
        at,
        actor=MENTOR,
        role="personal-guide",
        area="body-and-mind",
        activity="accompany-to-doctor",
        minutes=90,
        contact="in-person",
    )
