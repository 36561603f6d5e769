"""What a query asks: of which municipality, what was true when, as known when."""

from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from domain.values import Period
from services.api.problems import ApiError
from services.edge.problems import Flaw
from services.feed.kinds import UnknownKindError, kinds_of
from services.views import FIRST_YEAR, LAST_YEAR
from services.wording import Wording
from services.words import Words

_DENMARK = ZoneInfo("Europe/Copenhagen")
_DAY = len("2026-03-31")
_SPAN = Words(
    f"Skal ligge i årene {FIRST_YEAR}–{LAST_YEAR}.",
    f"Must be in the years {FIRST_YEAR}–{LAST_YEAR}.",
)
_TOGETHER = Words("`from` og `to` hører sammen.", "`from` and `to` go together.")
PAGE, LARGEST_PAGE = 100, 1000
LONGEST_WAIT = 30.0  # seconds
LAST = 2**63 - 1  # position
_LONGEST_CURSOR = 8192  # characters: it has a position for each municipality
_SOURCE = "The system whose id it is; any if left out."
_MOMENT = "A date (the end of that day in Denmark) or a time with a zone; now if left out."


class _Asked(BaseModel):
    """The parameters of every query; a misspelled one is refused, since it would be answered."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    municipality: str | None = Field(
        None, description="Four digits, or its name; the token's own if left out."
    )


class Asked(_Asked):
    """And what was true when, as known when."""

    as_of: str | None = Field(None, description=f"What was true then. {_MOMENT}")
    known_at: str | None = Field(None, description=f"What we knew then. {_MOMENT}")

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """`as_of` and `known_at` in UTC. Raises ApiError 400."""
        return _moment(self.as_of, "as_of"), _moment(self.known_at, "known_at")


class AskedView(Asked):
    """And how it is divided, of which days and which rows, and in which form."""

    by: str | None = Field(None, description="How it is divided, such as `mentor`.")
    from_: str | None = Field(None, alias="from", description="The period's first day.")
    to: str | None = Field(None, description="The first day after the period.")
    course: str | None = Field(None, description="Only this course, by its sender's id.")
    after: int | None = Field(
        None,
        ge=0,
        le=2**63 - 1,
        description="Wait until the views reflect this position of a receipt's, for some seconds.",
    )
    where: list[str] = Field(
        default_factory=list,
        description="Only rows for which it holds: COLUMN=VALUE, also <= and >=; may be repeated.",
    )
    limit: int | None = Field(
        None,
        ge=1,
        le=LARGEST_PAGE,
        description=f"So many rows, {PAGE} if left out; all if left out where CSV is asked for.",
    )
    cursor: str | None = Field(
        None,
        max_length=_LONGEST_CURSOR,
        description="`next` of the page before, to the same question; its times go on to hold.",
    )
    format: Literal["json", "csv"] = Field("json", description="CSV as Danish spreadsheets do.")

    words: Wording = Field(
        Wording.DA,
        description="What CSV is written in: Danish or English headings with words for codes (en"
        " has them as they are), or `codes`, the column names and codes of JSON. Days, numbers, and"
        " but in English `ja` and `nej`, are as a Danish spreadsheet has them in each.",
    )

    @property
    def rows(self) -> int | None:
        """How many rows are wanted at most; all if None."""
        return self.limit or (PAGE if self.format == "json" else None)

    def period(self) -> Period | None:
        """The half-open days `from` and `to`; both or neither are given. Raises ApiError 400."""
        if self.from_ is None and self.to is None:
            return None
        for text, parameter in ((self.from_, "from"), (self.to, "to")):
            if text is None:
                raise wrong(parameter, _TOGETHER)
        first, end = _a_day(self.from_, "from"), _a_day(self.to, "to")
        if end <= first:
            words = Words("Skal ligge efter `from`.", "Must be after `from`.")
            raise wrong("to", words)
        return Period(first, end)


class AskedCourse(Asked):
    """And whose id it is."""

    source: str | None = Field(None, description=_SOURCE)


class AskedLooks(_Asked):
    """At whose data, and whose id it is."""

    course: str = Field(description="The course, by its sender's id or ours.")
    source: str | None = Field(None, description=_SOURCE)


class AskedNext(_Asked):
    """And whose id it is. What is next is always as of now."""

    source: str | None = Field(None, description=_SOURCE)


class AskedFeed(_Asked):
    """What comes after which position, of which events, and how long to wait for some."""

    after: int = Field(
        0, ge=0, le=LAST, description="The position of the last event that you have; `next`."
    )
    limit: int = Field(
        PAGE, ge=1, le=LARGEST_PAGE, description=f"So many events at most, {PAGE} if left out."
    )
    wait: float = Field(
        0, ge=0, le=LONGEST_WAIT, description="Seconds to wait where there are none yet."
    )
    type: list[str] = Field(
        default_factory=list,
        description="Only events whose names fit: `course.*`, `*.follow-up-*`; may be repeated.",
    )

    def kinds(self) -> tuple[str, ...]:
        """The patterns. Raises ApiError 400."""
        try:
            return kinds_of(self.type)
        except UnknownKindError:
            words = Words(
                "Ingen hændelse hedder sådan; skriv fx course.* eller *.follow-up-*.",
                "No event is named so; write course.* or *.follow-up-*, say.",
            )
            raise wrong("type", words) from None


def _moment(text: str | None, parameter: str) -> datetime | None:
    if text is None:
        return None
    # A plus sign that isn't escaped in a URL arrives as a space.
    text = text[:-6] + "+" + text[-5:] if len(text) > _DAY and text[-6] == " " else text
    try:
        at = datetime.fromisoformat(text)
        if len(text) == _DAY:
            at = datetime.combine(at.date(), time.max, _DENMARK)
        if at.tzinfo is None:
            raise ValueError(parameter)
    except ValueError:
        words = Words(
            "Skriv 2026-03-31 eller 2026-03-31T12:00:00Z: en dato, eller en tid med zone.",
            "Write 2026-03-31 or 2026-03-31T12:00:00Z: a date, or a time with a zone.",
        )
        raise wrong(parameter, words) from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise wrong(parameter, _SPAN)
    return at.astimezone(UTC)


def _a_day(text: str | None, parameter: str) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        words = Words("Skriv 2026-03-31: en dato.", "Write 2026-03-31: a date.")
        raise wrong(parameter, words) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise wrong(parameter, _SPAN)
    return day


def wrong(parameter: str, words: Words) -> ApiError:
    """The problem of a parameter that can't be used; it isn't repeated."""
    flaw = Flaw(f"/{parameter}", "parameter", words.da, words.en)
    return ApiError("invalid-request", words, errors=[flaw])
