"""Handing a course over (*overdragelse*): offered by whoever has it, answered by the receiver."""

from datetime import date, datetime

from domain import codes
from domain.calendar import day_of
from domain.decisions.general import course_is_open, the_actor_may_decide_this
from domain.decisions.matching import match_named, not_employed
from domain.decisions.refusing import Decision, Refusal
from domain.decisions.seen import CourseSeen
from domain.events.base import Fact
from domain.events.course import (
    CaseworkerChanged,
    HandoverAccepted,
    HandoverOffered,
    HandoverRejected,
    MatchEnded,
    MentorMatched,
)
from domain.handovers import Handover

Answer = HandoverAccepted | HandoverRejected
Change = HandoverOffered | HandoverAccepted
REASON = "handed-over"


def _first_day(offer: Handover, now: datetime) -> date:
    """From when the receiver is to have the course: nobody has it before they took it."""
    return max(offer.from_, day_of(now))


def _terms(seen: CourseSeen, asked: HandoverOffered | Answer) -> Handover | None:
    """What is offered, or was; None where nothing of that name was."""
    if not isinstance(asked, HandoverOffered):
        return seen.handovers.get(asked.handover)
    giver, receiver = seen.persons.id(asked.giver), seen.persons.id(asked.receiver)
    return Handover(function=asked.function, giver=giver, receiver=receiver, from_=asked.from_)


def an_offer_is_made_once(
    seen: CourseSeen, asked: HandoverOffered, now: datetime
) -> Refusal | None:
    """Each hand-over is a thing of its own, by whose name a mentor's new match goes. [P]"""
    if asked.handover not in seen.handovers and match_named(seen, asked.handover) is None:
        return None
    return Refusal(
        "Id'et er allerede brugt til en overdragelse eller et match på forløbet.",
        "The id is used for a hand-over or a match on the course already.",
        "et id af dens eget",
        "a handover id of its own",
    )


def an_offer_is_the_givers_or_a_coordinators(
    seen: CourseSeen, asked: HandoverOffered, now: datetime
) -> Refusal | None:
    """Nobody gives away another's course but the coordinator, who frames the mentors' work. [P]"""
    if asked.actor.function == "coordinator":
        return None
    if seen.speaker(asked).id == seen.persons.id(asked.giver):
        return None
    return Refusal(
        "Et forløb tilbydes af den, der har det, eller af koordinatoren.",
        "A course is offered by whoever has it, or by the coordinator.",
        "afgiveren selv som den, der udtaler sig, eller en koordinator som actor",
        "the giver as the speaker, or a coordinator as the actor",
    )


def only_an_open_offer_is_answered(
    seen: CourseSeen, asked: Answer, now: datetime
) -> Refusal | None:
    """An offer is answered once. [P]"""
    offer = _terms(seen, asked)
    if offer is not None and offer.answered_by is None:
        return None
    return Refusal(
        "Forløbet har ingen åben overdragelse af det navn.",
        "The course has no open hand-over of that name.",
        "en overdragelse, der er tilbudt og ikke besvaret, med dens source",
        "a hand-over that was offered and not answered, with its source",
    )


def the_receiver_answers(seen: CourseSeen, asked: Answer, now: datetime) -> Refusal | None:
    """Whoever was offered the course takes it or declines, in that function. [P]"""
    offer, speaker = _terms(seen, asked), seen.speaker(asked)
    if offer and (speaker.function, speaker.id) == (offer.function, offer.receiver):
        return None
    return Refusal(
        "En overdragelse besvares af den, der har fået forløbet tilbudt.",
        "A hand-over is answered by whoever was offered the course.",
        "modtageren i den funktion, der tilbydes, som den, der udtaler sig",
        "the receiver as the speaker, in the function that is offered",
    )


def a_course_is_handed_over_while_open(
    seen: CourseSeen, asked: Change, now: datetime
) -> Refusal | None:
    """Nobody gets a course from a day on which it is closed. [P]"""
    offer = _terms(seen, asked)
    if offer is None or seen.course.is_open_on(_first_day(offer, now)):
        return None
    return Refusal(
        "Forløbet er afsluttet den dag, det overdrages.",
        "The course is closed on the day on which it is handed over.",
        "en from, hvor forløbet er åbent",
        "a from on which the course is open",
    )


def the_giver_has_the_course(seen: CourseSeen, asked: Change, now: datetime) -> Refusal | None:
    """Only who has a course on that day, as its mentor or responsible caseworker, can give it: so
    of two offers one is taken. [P]"""
    offer = _terms(seen, asked)
    if offer is None or offer.giver in seen.holders(offer.function, _first_day(offer, now)):
        return None
    danish = codes.functions.danish[offer.function]
    return Refusal(
        f"Afgiveren er ikke forløbets {danish}, den dag det overdrages.",
        f"The giver isn't the course's {offer.function} on the day on which it is handed over.",
        f"den, der er forløbets {danish}, som giver",
        f"the course's own {offer.function} as the giver",
    )


def the_receiver_lacks_the_course(seen: CourseSeen, asked: Change, now: datetime) -> Refusal | None:
    """Who has the course in that function already can't be given it. [P]"""
    offer = _terms(seen, asked)
    if offer is None or offer.receiver not in seen.holders(offer.function, _first_day(offer, now)):
        return None
    return Refusal(
        "Modtageren har allerede forløbet.",
        "The receiver has the course already.",
        "en anden modtager",
        "another receiver",
    )


def the_receiving_mentor_is_employed(
    seen: CourseSeen, asked: Change, now: datetime
) -> Refusal | None:
    """A mentor who has left, or whom nobody employs, receives no course. [P]"""
    offer = _terms(seen, asked)
    if offer is None or offer.function != "mentor":
        return None
    first = _first_day(offer, now)
    return None if seen.is_employed(offer.receiver, first) else not_employed(first)


def the_change_itself(seen: CourseSeen, asked: HandoverAccepted, now: datetime) -> list[Fact]:
    """What an acceptance brings about, which alone is read for responsibility. [P]

    A mentor's new match goes by the name of the hand-over.
    """
    offer, actor, behalf = seen.handovers[asked.handover], asked.actor, asked.on_behalf_of
    first = _first_day(offer, now)
    if offer.function == "caseworker":
        return [
            CaseworkerChanged(
                actor=actor,
                on_behalf_of=behalf,
                caseworker=offer.receiver,
                from_=first,
                reason=REASON,
            )
        ]
    ends: list[Fact] = [
        MatchEnded(
            actor=actor,
            on_behalf_of=behalf,
            match=match.match,
            to=max(first, match.days.from_),
            reason=REASON,
        )
        for match in seen.matches_from(first)
        if match.mentor == offer.giver
    ]
    taken = MentorMatched(
        actor=actor,
        on_behalf_of=behalf,
        match=asked.handover,
        mentor=offer.receiver,
        from_=first,
        method="other",
    )
    return [*ends, taken]


OFFER_HANDOVER = Decision[CourseSeen, HandoverOffered](
    "handover-offered",
    (
        the_actor_may_decide_this,
        course_is_open,
        an_offer_is_made_once,
        an_offer_is_the_givers_or_a_coordinators,
        a_course_is_handed_over_while_open,
        the_giver_has_the_course,
        the_receiver_lacks_the_course,
        the_receiving_mentor_is_employed,
    ),
)
ACCEPT_HANDOVER = Decision[CourseSeen, HandoverAccepted](
    "handover-accepted",
    (
        the_actor_may_decide_this,
        course_is_open,
        only_an_open_offer_is_answered,
        the_receiver_answers,
        a_course_is_handed_over_while_open,
        the_giver_has_the_course,
        the_receiver_lacks_the_course,
        the_receiving_mentor_is_employed,
    ),
    beside=the_change_itself,
)
REJECT_HANDOVER = Decision[CourseSeen, HandoverRejected](
    "handover-rejected",
    (the_actor_may_decide_this, only_an_open_offer_is_answered, the_receiver_answers),
)
