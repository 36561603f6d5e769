"""The worklist as people read it: a line that says which and with whom, and under it why."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from domain import codes
from services.cli.listing import listed
from services.rendering import Row, danish, of_all, short_id
from services.rule_words import basis_of
from services.view_list.worklist import STAGES
from services.words import Words

_HEADINGS = (
    Words("Id", "Id"),
    Words("Frist", "Due"),
    Words("Om", "About"),
    Words("Hos", "With"),
)
_NOTHING = Words("Ingen åbne opfølgninger.", "No open follow-ups.")
_FIRST = Words("de første", "the first")
_NEXT = Words("de næste", "the next")
_TEAM = Words("teamet", "the team")
_TAKEN_OVER = Words("overtaget af", "taken over by")
_TOLD_BY = Words("meldt af", "told by")
_BY = Words("af", "by")
_BASIS = Words("Grundlag", "Basis")
_UNTIL = Words("til", "until")


def lines(
    title: str,
    rows: Sequence[Row],
    language: str,
    width: int,
    *,
    begun: bool = False,
    more: bool = False,
    total: int | None = None,
) -> Iterator[str]:
    """The text, wrapped to `width` characters, one municipality after another.

    Of a page, whether the list had `begun` before it and has `more` after it: then how many there
    are isn't how many are shown. `total` is how many the list has, of one municipality, if known.
    """
    if len({row["municipality"] for row in rows}) > 1:
        total = None
    if not rows:
        yield _NOTHING.say(language)
    for name, of_one in groupby(rows, key=lambda row: row["municipality"]):
        several = list(of_one)
        is_page = begun or more
        count = of_all(len(several), total if is_page else None, language)
        if begun and several[0] is rows[0]:
            count = f"{_NEXT.say(language)} {count}"
        elif more and several[-1] is rows[-1]:
            count = f"{_FIRST.say(language)} {count}"
        yield from (f"{title}, {name}: {count}", "")
        told = [(_cells(row, language), _why(row, language)) for row in several]
        yield from listed([heading.say(language) for heading in _HEADINGS], told, width)


def _cells(row: Row, language: str) -> tuple[str, ...]:
    about = [row["course_id"], row["about_id"]]
    return (
        short_id(row["id"]),
        danish(row["due_on"]),
        ", ".join(one for one in about if one) or _TEAM.say(language),
        f"{_with(row, language)}, {_stage(row, language)}",
    )


def _with(row: Row, language: str) -> str:
    """Whoever took it over has it as themselves, whatever the function it was addressed to; who
    told that they did is named where it was somebody else."""
    person = row["person_id"] or ""
    if row["taken_over"]:
        by = row["taken_over_by_id"]
        other = f" ({_TOLD_BY.say(language)} {by})" if by and by != person else ""
        return f"{_TAKEN_OVER.say(language)} {person}".rstrip() + other
    return (
        f"{_named(codes.staff_functions.danish, row['addressed_to'], language)} {person}".rstrip()
    )


def _stage(row: Row, language: str) -> str:
    stage = _named(STAGES, row["stage"], language)
    if row["stage"] != "snoozed":
        return stage
    by = f" {_BY.say(language)} {row['snoozed_by_id']}" if row["snoozed_by_id"] else ""
    return f"{stage} {_UNTIL.say(language)} {danish(row['snoozed_until'])}{by}"


def _why(row: Row, language: str) -> str:
    rule = _named(codes.rules.danish, row["rule"], language)
    days = row["days_overdue"]
    if days:
        rule += Words(f", {days} dage over frist", f", {days} days overdue").say(language)
    told = [f"{rule[:1].upper()}{rule[1:]}."]
    if why := row["why"] if language == "da" else row["why_english"]:
        told.append(why)
    if row["basis"]:
        told.append(f"{_BASIS.say(language)}: {basis_of(row['basis'], language)}.")
    return " ".join(told)


def _named(words: Mapping[str, str], code: str, language: str) -> str:
    return words.get(code, code) if language == "da" else code
