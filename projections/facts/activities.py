"""Work for the citizen with its time, and what mentors say of their roles (*aktiviteter*)."""

from typing import Any

from domain.events.base import Fact
from domain.events.course import ActivityRegistered, ContactAttempted, KeyPersonFound
from domain.events.mentor import SurveyAnswered
from domain.values import Actor
from projections.copying import Kind
from projections.table import FactTable, Values, key, ref

_SPEAKER = {"speaker": Kind.UUID, "speaker_function": Kind.CODE}

ACTIVITIES = FactTable(
    "activities",
    {
        **_SPEAKER,
        "role": Kind.CODE,
        "area": Kind.CODE,
        "activity": Kind.CODE,
        "minutes": Kind.INT,
        "contact": Kind.CODE,
        "grant_key": Kind.TEXT,
    },
    rare="speaker_function = 'caseworker'",  # does the mentor's work
)
ATTEMPTS = FactTable(
    "contact_attempts",
    {**_SPEAKER, "form": Kind.CODE, "outcome": Kind.CODE, "minutes": Kind.INT},
)
# Who they are, and how related, is sealed under the citizen and not kept here.
KEY_PERSONS = FactTable("key_persons", {**_SPEAKER, "key_person": Kind.TEXT})
ANSWERS = FactTable(
    "survey_answers",
    {
        "survey": Kind.TEXT,
        "questions": Kind.CODES,
        "degrees": Kind.CODES,  # of the questions, in their order
    },
)

ALL = (ACTIVITIES, ATTEMPTS, KEY_PERSONS, ANSWERS)


@ACTIVITIES.row_from(ActivityRegistered)
def _activity(fact: ActivityRegistered) -> Values:
    who = fact.speaker
    return (
        who.id,
        who.function,
        fact.role,
        fact.area,
        fact.activity,
        fact.minutes,
        fact.contact,
        key(fact.grant),
    )


@ACTIVITIES.read_as
def _read_activity(row: Any) -> Fact:
    return ActivityRegistered(
        actor=Actor(row.speaker_function, row.speaker),
        role=row.role,
        area=row.area,
        activity=row.activity,
        minutes=row.minutes,
        contact=row.contact,
        grant=ref(row.grant_key) if row.grant_key else None,
    )


@ATTEMPTS.row_from(ContactAttempted)
def _attempt(fact: ContactAttempted) -> Values:
    who = fact.speaker
    return (who.id, who.function, fact.form, fact.outcome, fact.minutes)


@KEY_PERSONS.row_from(KeyPersonFound)
def _key_person(fact: KeyPersonFound) -> Values:
    return (fact.speaker.id, fact.speaker.function, key(fact.key_person))


@ATTEMPTS.read_as
def _read_attempt(row: Any) -> Fact:
    return ContactAttempted(
        actor=Actor(row.speaker_function, row.speaker),
        form=row.form,
        outcome=row.outcome,
        minutes=row.minutes,
    )


@ANSWERS.row_from(SurveyAnswered)
def _answers(fact: SurveyAnswered) -> Values:
    answers = sorted(fact.answers.items())
    asked, answered = [question for question, _ in answers], [degree for _, degree in answers]
    return (key(fact.survey), asked, answered)
