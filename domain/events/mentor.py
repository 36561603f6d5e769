"""Stream `mentor` (section 4): a staff member as mentor.

The subject is the staff member, the same id as in every `person` reference. Whoever works as
mentor has this stream, a coordinator with own citizens too.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import Finding, MentorFact
from domain.events.checks import both_days
from domain.fields import CodeMap, Codes, Items, Plain, Sealed, Under
from domain.values import Ciphertext, Date, Item, Minutes, Span, Thing, WeeklyMinutes


class Employed(MentorFact, frozen=True, kw_only=True):
    """Employed as mentor with weekly hours. [R]

    *ansat*. `weekly_minutes` are hours as mentor only.
    """

    NAME = "mentor.employed"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "leader")
    READ_BY = (
        "caseload",
        "matching",
        "supervision",
        "match-overdue",
        "mentor-left",
        "supervision-overdue",
        "coordinator-overloaded",
    )

    from_: Date
    weekly_minutes: WeeklyMinutes
    gender: Annotated[str, codes.genders]
    birth_year: Annotated[int | None, Plain("int", 1930, 2015)] = None
    name: Annotated[Ciphertext | None, Sealed("line", Under.STAFF)] = None
    email: Annotated[Ciphertext | None, Sealed("line", Under.STAFF)] = None
    phone: Annotated[Ciphertext | None, Sealed("line", Under.STAFF)] = None


class HoursChanged(MentorFact, frozen=True, kw_only=True):
    """The weekly hours as mentor change from a day on. [R]

    *ændret timetal*. A step function by `from`, begun by `mentor.employed`; for the same day the
    later in fold order. 0 is leave, still employed.
    """

    NAME = "mentor.hours-changed"
    SENT_BY = ("CS", "TR")
    HERE = ("coordinator", "leader")
    READ_BY = (
        "caseload",
        "supervision",
        "matching",
        "supervision-overdue",
        "coordinator-overloaded",
    )

    from_: Date
    weekly_minutes: WeeklyMinutes
    reason: Annotated[str, codes.hours_change_reasons]


class ProfileCompleted(MentorFact, frozen=True, kw_only=True):
    """The competence profile is filled in: five strengths, three wishes. [R]

    *kompetenceprofil*. Replaces the earlier one. The codes of strengths and wishes are clear,
    their `text` is sealed.
    """

    NAME = "mentor.profile-completed"
    SENT_BY = ("CS", "SV")
    HERE = ("mentor", "coordinator")
    READ_BY = ("matching",)

    education_field: Annotated[str, codes.education_fields]
    education: Annotated[Ciphertext | None, Sealed("text", Under.STAFF)] = None
    experience_years: Annotated[int, Plain("int", 0, 60)]
    experience: Annotated[Ciphertext | None, Sealed("text", Under.STAFF)] = None
    strengths: Annotated[tuple[Item, ...], Items(codes.qualities, 5)]
    wishes: Annotated[tuple[Item, ...], Items(codes.qualities, 3)]


class TrainingAttended(MentorFact, frozen=True, kw_only=True):
    """Training, such as two days shared by mentors and caseworkers. [R]

    *undervisning*. The same `training` for all who were there.
    """

    NAME = "mentor.training-attended"
    SENT_BY = ("CS", "TR")
    HERE = ("mentor", "coordinator")
    READ_BY = ("matching", "management")

    training: Thing
    kind: Annotated[str, codes.training_kinds]
    period: Span
    minutes: Minutes | None = None
    together_with: Annotated[tuple[str, ...], Codes(codes.staff_functions)] = ()

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """`period` with both days."""
        yield from both_days(form.period, "period")


class SurveyAnswered(MentorFact, frozen=True, kw_only=True):
    """Answers to one round of the survey (Figure 7, Table 75). [R]

    *spørgeskema*. Of several by one respondent in a round, the last holds. An anonymous round uses
    a respondent id of its own as `subject` and as the actor's `id`, and one `time` for all. Send a
    round at once: whoever asks before and after an answer comes sees what it changed.
    """

    NAME = "mentor.survey-answered"
    SENT_BY = ("SV",)
    HERE = ("mentor",)
    READ_BY = ("mentor-roles", "barriers")

    survey: Thing
    answers: Annotated[dict[str, str], CodeMap(codes.survey_questions, codes.degrees)]

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """At least one answer."""
        if not form.answers:
            yield Finding("answers", "Mindst ét svar skal med.", "At least one answer is needed.")


class Left(MentorFact, frozen=True, kw_only=True):
    """No longer mentor here. [R]

    *fratrådt*. Hours are none from `to`; matches stay open until ended. Coming back is a new
    `mentor.employed`.
    """

    NAME = "mentor.left"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "leader")
    READ_BY = (
        "caseload",
        "matching",
        "supervision",
        "match-overdue",
        "mentor-left",
        "supervision-overdue",
        "coordinator-overloaded",
    )

    to: Date
    reason: Annotated[str, codes.leave_reasons]


EVENTS = (Employed, HoursChanged, ProfileCompleted, TrainingAttended, SurveyAnswered, Left)
