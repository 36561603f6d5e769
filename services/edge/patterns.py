"""Shapes of text: ids, sources, times, and the CPR number that must never be an id.

The patterns are read by three engines (Python, pydantic's and JSON Schema's), so they use only
what all three read alike.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

ID = r"^[!-~]{1,128}$"
LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
CPR = r"^[0-9]{6}-?[0-9]{4}$"
SLUG = r"^[a-z0-9.-]{1,64}$"
LAW = r"^[a-z0-9.-]{1,32}:[a-z0-9.-]{1,16}$"
MUNICIPALITY = r"^[0-9]{4}$"
SEQUENCE = r"^[0-9]{1,18}$"
TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
# RFC 3986, absolute: a scheme, no fragment.
SOURCE = (
    r"^[A-Za-z][A-Za-z0-9+.-]*:"
    r"([A-Za-z0-9._~:/?@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+$"
)
LONGEST_SOURCE = 255

_TIME = re.compile(TIME)
_SOURCE = re.compile(SOURCE)
_WEB = re.compile(r"https?:(?!//[^/?])", re.IGNORECASE)
# Ten digits, hyphen or not, that touch no other letter or digit. The lookahead lets hits overlap.
_TEN_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?=([0-9]{6})-?[0-9]{4}(?![0-9A-Za-z]))")
_SIX_DIGITS = re.compile(r"[0-9]{6}")
_LAST_DAY = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def begins_with_date(digits: str) -> bool:
    """Whether six digits are a day as a CPR number writes it; day + 60 is a substitute number's."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if day > 60:
        day -= 60
    if not 1 <= month <= 12 or not 1 <= day <= _LAST_DAY[month - 1]:
        return False
    # The two digits of the year leave the century open; in one of them 00 is a leap year.
    return (day, month) != (29, 2) or year % 4 == 0


def looks_like_cpr(text: str) -> bool:
    """Whether something shaped like a CPR number stands in it, alone or between separators."""
    # Most ids are shorter than ten characters, and most of what is longer has no six digits.
    return (
        len(text) >= 10
        and _SIX_DIGITS.search(text) is not None
        and any(begins_with_date(m[1]) for m in _TEN_DIGITS.finditer(text))
    )


@lru_cache(4096)
def is_source(text: str) -> bool:
    """Whether it is an absolute URI of at most 255 characters; one of the web names its host."""
    return (
        len(text) <= LONGEST_SOURCE
        and _SOURCE.fullmatch(text) is not None
        and _WEB.match(text) is None
    )


def instant(text: str) -> datetime | None:
    """A time of RFC 3339 with seconds and zone, to the microsecond, in UTC; else nothing."""
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """A day that exists in the calendar, written YYYY-MM-DD; else nothing."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
