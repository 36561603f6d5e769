"""Days, times and amounts as a citizen says them."""

from datetime import date, datetime, timedelta

from domain.calendar import ALWAYS, COPENHAGEN
from domain.values import Period

_MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
_DAY = timedelta(days=1)
_HOUR = 60  # minutes


def day(value: date) -> str:
    """*14. januar 2026*."""
    return f"{value.day}. {_MONTHS[value.month - 1]} {value.year}"


def last_day(value: date) -> str:
    """The day before the first that is no longer covered."""
    return day(value - _DAY)


def month(value: date) -> str:
    """*Januar 2026*."""
    return f"{_MONTHS[value.month - 1].capitalize()} {value.year}"


def moment(value: datetime) -> str:
    """*14. januar 2026 kl. 10.00*, by clocks in Denmark."""
    here = value.astimezone(COPENHAGEN)
    return f"{day(here.date())} kl. {here:%H.%M}"


def clock(value: datetime) -> str:
    """*kl. 10.00*."""
    return f"kl. {value.astimezone(COPENHAGEN):%H.%M}"


def period(value: Period) -> str:
    """*19. januar 2026 til 18. juli 2026*, both days included; without an end, *fra …*."""
    if value.from_ == ALWAYS:
        return f"til {last_day(value.to)}" if value.to else "begyndelsen er ikke noteret"
    if value.to is None:
        return f"fra {day(value.from_)}"
    return f"{day(value.from_)} til {last_day(value.to)}"


def duration(minutes: int) -> str:
    """*2 timer og 15 minutter*."""
    hours, rest = divmod(minutes, _HOUR)
    told = [_many(hours, "time", "timer")] if hours else []
    told += [_many(rest, "minut", "minutter")] if rest or not hours else []
    return " og ".join(told)


def kroner(oere: int) -> str:
    """*1.250,00 kr.*"""
    return f"{oere // 100:,}".replace(",", ".") + f",{oere % 100:02} kr."


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}".replace(",", ".")
