"""Courses offered by one caseworker or mentor to another (*overdragelse*), and the answers."""

from uuid import UUID

from msgspec import Struct

from domain.events.course import HandoverAccepted, HandoverOffered, HandoverRejected
from domain.folding import Persons, Telling, Told
from domain.values import Date, Ref


class Handover(Struct, frozen=True, kw_only=True):
    """An offer: in which `function`, from whom to whom, and from when. `answered_by` is the event
    that accepted or rejected it."""

    function: str
    giver: UUID
    receiver: UUID
    from_: Date
    answered_by: Ref | None = None


def folded_handovers(telling: Telling, persons: Persons) -> dict[Ref, Handover]:
    """Each offer once, by its reference: the first holds, and the first answer to it."""
    answers: dict[Ref, Ref] = {}
    said: list[Told[HandoverAccepted] | Told[HandoverRejected]] = [
        *telling.of(HandoverAccepted),
        *telling.of(HandoverRejected),
    ]
    for answer in sorted(said, key=lambda told: told.order):
        answers.setdefault(answer.fact.handover, answer.ref)
    offers: dict[Ref, Handover] = {}
    for told in telling.of(HandoverOffered):
        fact = told.fact
        offer = Handover(
            function=fact.function,
            giver=persons.id(fact.giver),
            receiver=persons.id(fact.receiver),
            from_=fact.from_,
            answered_by=answers.get(fact.handover),
        )
        offers.setdefault(fact.handover, offer)
    return offers
