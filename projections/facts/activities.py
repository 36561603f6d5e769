"""Work for the citizen with its time, and what mentors say of their roles (*aktiviteter*)."""

from domain.events.course import ActivityRegistered, ContactAttempted
from domain.events.mentor import SurveyAnswered
from projections.copying import Kind
from projections.table import FactTable, Values, key

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
)
ATTEMPTS = FactTable(
    "contact_attempts",
    {**_SPEAKER, "form": Kind.CODE, "outcome": Kind.CODE, "minutes": Kind.INT},
)
ANSWERS = FactTable(
    "survey_answers",
    {
        "survey": Kind.TEXT,
        "questions": Kind.CODES,
        "degrees": Kind.CODES,  # of the questions, in their order
    },
)

ALL = (ACTIVITIES, ATTEMPTS, ANSWERS)


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


@ATTEMPTS.row_from(ContactAttempted)
def _attempt(fact: ContactAttempted) -> Values:
    who = fact.speaker
    return (who.id, who.function, fact.form, fact.outcome, fact.minutes)


@ANSWERS.row_from(SurveyAnswered)
def _answers(fact: SurveyAnswered) -> Values:
    answers = sorted(fact.answers.items())
    asked, answered = [question for question, _ in answers], [degree for _, degree in answers]
    return (key(fact.survey), asked, answered)
