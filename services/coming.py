"""What is next on a course (*det næste*): by its workflow, else by the log; and who has it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain import codes
from domain.follow_ups import why
from services.audit.access.looking import Seen, whose
from services.follow_ups import Engine, Holder
from services.listing import with_senders_ids
from services.rule_words import BASES
from services.settings import Settings
from services.store.municipality import Municipality
from services.view_list.shape import titled
from services.view_list.worklist import STAGES
from services.words import Words
from workflows.messages import COMING, Due, Next

Row = dict[str, Any]
COMING_STAGES = {**STAGES, COMING: "kommer"}
"""The Danish words of what was raised, and of what nothing was said of yet."""

_PEOPLE = ("person", "about")

COLUMNS = (
    titled("due_on", "Frist", "Due"),
    titled("stage", "Trin", "Stage", terms=COMING_STAGES),
    titled("rule", "Regel", "Rule", terms=codes.rules.danish),
    titled("why", "Hvad og hvorfor", "What and why", in_english="why_english"),
    titled("why_english", "Hvad og hvorfor (engelsk)", "What and why"),
    titled("addressed_to", "Hos", "With", terms=codes.staff_functions.danish),
    titled("person", "Person", "Person", unit="person"),
    titled("person_id", "Person", "Person"),
    titled("taken_over", "Overtaget", "Taken over"),
    titled("about", "Om", "About", unit="person"),
    titled("about_id", "Om", "About"),
    titled("since", "Regnet fra", "Counted from"),
    titled("anchor", "Hænger på", "Hangs on"),
    titled("pack", "Regelsæt", "Rule pack"),
    titled("edition", "Udgave", "Edition"),
    titled("basis", "Grundlag", "Basis", terms=BASES),
)
"""What is told of each that is due. Where it is about nobody, it is about the course's citizen."""


@dataclass(frozen=True)
class Coming:
    """Where a course stands, what is due, and why its workflow didn't say so, if it didn't."""

    reached: Next
    rows: list[Row]
    silence: Words | None

    def seen(self, course: UUID) -> Seen:
        """Whose data it holds: the course's that was asked about, and those it lies with."""
        return Seen(len(self.rows), whose(self.rows, _PEOPLE) | {course})

    def as_dict(self) -> Row:
        """What a machine gets."""
        return {
            "answered_by": "workflow" if self.silence is None else "log",
            "position": self.reached.position,
            "wake_at": self.reached.wake_at,
            "finished": self.reached.finished,
            "rows": self.rows,
        }


async def asked(settings: Settings, municipality: str, subject: str, position: int) -> Next | Words:
    """What a subject's workflow says with all in it up to a position, or why it says nothing."""
    # Only whoever asks loads Temporal's client.
    from services.embedded.temporal import running_at  # noqa: PLC0415
    from services.following.asking import NoAnswerError, ask  # noqa: PLC0415

    address = settings.temporal_address or running_at(settings.home)
    try:
        return await ask(address, settings.keys_folder, municipality, subject, position)
    except NoAnswerError as error:
        return error.words


def coming(
    engine: Engine, store: Municipality, subject: str, answer: Next | Words, now: datetime
) -> Coming:
    """What is next, by that answer; worked out from the log where there was none. Who has what at
    `now` is read of the log in either case: a workflow may have been told it days ago."""
    silence = answer if isinstance(answer, Words) else None
    reached = engine.next(store.code, subject, now) if isinstance(answer, Words) else answer
    holders = _by_what(engine.holders(store.code, subject, now))
    rows = []
    for due in reached.due:
        several = holders[_what(due)]
        rows.append(_row(due, several.pop(0) if several else Holder(None, None, False)))
    told = with_senders_ids(store, rows, _PEOPLE)
    order = [column.name for column in COLUMNS]
    return Coming(reached, [{name: row[name] for name in order} for row in told], silence)


def _by_what(held: Iterable[tuple[Due, Holder]]) -> dict[Any, list[Holder]]:
    """The holders of what can't be told apart, in order: of two people, each has their own."""
    found: defaultdict[Any, list[Holder]] = defaultdict(list)
    for due, holder in held:
        found[_what(due)].append(holder)
    return found


def _what(due: Due) -> tuple[str, str, str, str]:
    return (due.rule, due.anchor, due.since, due.addressed_to)


def _row(due: Due, holder: Holder) -> Row:
    days = (date.fromisoformat(due.due_on) - date.fromisoformat(due.since)).days
    danish, english = why(due.rule, days)
    return {
        "due_on": date.fromisoformat(due.due_on),
        "stage": due.stage,
        "rule": due.rule,
        "why": danish,
        "why_english": english,
        "addressed_to": due.addressed_to,
        "person": holder.person,
        "taken_over": holder.taken_over,
        "about": holder.about,
        "since": date.fromisoformat(due.since),
        "anchor": due.anchor,
        "pack": due.pack,
        "edition": due.edition,
        "basis": due.basis,
    }
