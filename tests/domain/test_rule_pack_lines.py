"""The line of a place is found in whatever way the TOML was written."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rule_pack_form import Flaw, RulePackError, checked_pack
from domain.rule_pack_lines import Place, places
from tests.domain.engine import DEFAULT_TEXT
from tests.soaking import runs

TRICKY = '''\
# [rules.match-overdue] in a comment
pack = "a # b = [c]"
text = """
days = -1
[rules.match-overdue]
\\""" still ""\\"
"""""
raw = \'\'\'
]]}"\'\'\'
"quoted \\u0041.b" = { inner = [ 1, "]", { deep = 2 } ], 'x y' = 1 }
[ rules . "match-overdue" ] # ]
days = 14
escalate = [
  { after = 7, to = "coordinator" }, # ,
  # { after = 8 }
  { after = 21, to = "leader" },
]
[[ rules . 'goal-review-overdue' ]]
days = 1
[[rules.goal-review-overdue]]
remind = [1,
2]
[rules.goal-review-overdue.more]
when = 2026-01-01 07:00:00
a.b.c = 1
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("pack",), 2),
        (("text",), 3),
        (("raw",), 8),
        (("quoted A.b",), 10),
        (("quoted A.b", "inner", 2, "deep"), 10),
        (("quoted A.b", "x y"), 10),
        (("rules", "match-overdue"), 11),
        (("rules", "match-overdue", "days"), 12),
        (("rules", "match-overdue", "escalate"), 13),
        (("rules", "match-overdue", "escalate", 0), 14),
        (("rules", "match-overdue", "escalate", 1, "to"), 16),
        (("rules", "goal-review-overdue", 0), 18),
        (("rules", "goal-review-overdue", 0, "days"), 19),
        (("rules", "goal-review-overdue", 1), 20),
        (("rules", "goal-review-overdue", 1, "remind", 1), 22),
        (("rules", "goal-review-overdue", 1, "more"), 23),
        (("rules", "goal-review-overdue", 1, "more", "when"), 24),
        (("rules", "goal-review-overdue", 1, "more", "a", "b", "c"), 25),
    ],
)
def test_a_place_is_found_where_it_stands(place: Place, line: int) -> None:
    tomllib.loads(TRICKY)

    assert places(TRICKY)[place] == line


def test_lines_that_end_as_windows_does_count_once() -> None:
    text = "a = 1\r\n\r\nb = '''\r\n'''\r\nc = 1\r\n"

    assert places(text) == {("a",): 1, ("b",): 3, ("c",): 5}


@pytest.mark.parametrize(("begins", "ends"), [("[", "]"), ("{a = ", "}")])
def test_what_is_nested_deeply_hides_nothing_after_it(begins: str, ends: str) -> None:
    inner = "1, # ]\n'[[', 2" if begins == "[" else '"}"'
    text = f"a = {begins * 150}{inner}{ends * 150}\nb = 1\n"

    assert places(text)["b",] == text.count("\n")


# Documents that are written at random, with the line of each place known.

NAMES = st.sampled_from(["days", "match-overdue", "a", "1", "x y", "a.b", 'q"q', "æ", ""])
SCALARS = st.sampled_from(
    [
        *("1", "-1.5e3", "true", "inf", "0x1f", "2026-01-01", "2026-01-01 07:00:00Z"),
        *('"a]}#,="', "'[{'", '"\\""', "'''\n'''"),
        '"""\n[x]\n"a""b" = 1 # \\"""\n"""""',
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3),
    ),
    max_leaves=6,
)
GAPS = st.sampled_from(["", " ", "\t", " # ] } = [[a]]\n", "\n", "\n\n"])


class _Page:
    """A text being written, with the line of each place."""

    def __init__(self, gaps: list[str]) -> None:
        self.text = ""
        self.lines: dict[Place, int] = {}
        self._gaps = gaps

    def told(self, place: Place) -> None:
        self.lines.setdefault(place, self.text.count("\n") + 1)

    def gap(self) -> str:
        return self._gaps.pop() if self._gaps else ""

    def value(self, value: Any, place: Place, *, flat: bool) -> None:
        if isinstance(value, str):
            self.text += value
        elif isinstance(value, list):
            self.text += "["
            for n, one in enumerate(value):
                self.text += "" if flat else self.gap()
                self.told((*place, n))
                self.value(one, (*place, n), flat=flat)
                self.text += ("" if flat else self.gap()) + ","
            self.text += "]"
        else:
            self.text += "{"
            for n, (name, one) in enumerate(value.items()):
                self.text += ", " if n else " "
                self.pair(name, one, place, flat=True)
            self.text += "}"

    def pair(self, name: str, value: Any, place: Place, *, flat: bool = False) -> None:
        self.told((*place, name))
        self.text += f"{key(name)} = "
        self.value(value, (*place, name), flat=flat)


def key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").isalnum()
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return name if bare else f'"{escaped}"'


def found(told: Any, place: Place = ()) -> Iterator[Place]:
    """Every place of a document, as the library reads it."""
    if place:
        yield place
    pairs = enumerate(told) if isinstance(told, list) else told.items()
    for name, one in pairs if isinstance(told, list | dict) else ():
        yield from found(one, (*place, name)) if isinstance(one, list | dict) else [(*place, name)]


TABLES = st.lists(
    st.tuples(NAMES, st.booleans(), st.dictionaries(NAMES, VALUES, max_size=3)), max_size=4
)


@pytest.mark.soak
@given(st.dictionaries(NAMES, VALUES, max_size=3), TABLES, st.lists(GAPS, max_size=30))
@settings(max_examples=runs(75, 15_000), deadline=None)
def test_every_place_of_any_document_is_found_on_its_line(
    top: dict[str, Any], tables: list[tuple[str, bool, dict[str, Any]]], gaps: list[str]
) -> None:
    page = _Page(gaps)
    for name, value in top.items():
        page.pair(name, value, ())
        page.text += "\n"
    counts: dict[Place, int] = {}
    for name, several, pairs in tables:
        place: Place = ("table", name)
        if (place in counts and counts[place] == 0) or (not several and place in counts):
            continue  # a table can't be told twice
        page.told(("table",))
        page.told(place)
        if several:
            counts[place] = counts.get(place, 0) + 1
            place = (*place, counts[place] - 1)
            page.told(place)
            page.text += f"[[ table.{key(name)}]] # [x]\n"
        else:
            counts[place] = 0
            page.text += f"[table . {key(name)} ]\n"
        for each, value in pairs.items():
            page.pair(each, value, place)
            page.text += "\n"

    told = tomllib.loads(page.text)
    assert places(page.text) == {place: page.lines[place] for place in page.lines}
    assert {place for place in found(told) if len(place) <= 8} == set(page.lines)


# Nothing but a RulePackError comes of any text.

TOKENS = st.sampled_from(
    [
        *("[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\n", " ", "#", '"', "'", '"""', "\\"),
        *("rules", "match-overdue", "grant-running-out", "days", "before", "remind", "escalate"),
        *("pack", "edition", "valid_from", "valid_to", "closed", "1", "-1", "2026-01-01", "true"),
        *("nan", "\r", "\x00", "\x85", "\u2028", "9" * 5000, '"x"', "'''"),
    ]
)


@pytest.mark.soak
@given(st.one_of(st.text(), st.lists(TOKENS, max_size=40).map("".join)))
@settings(max_examples=runs(125, 25_000), deadline=None)
def test_any_text_is_a_pack_or_refused(text: str) -> None:
    with suppress(RulePackError):
        checked_pack(text)


@pytest.mark.soak
@given(st.data())
@settings(max_examples=runs(75, 15_000), deadline=None)
def test_whatever_stands_in_a_line_of_the_default_pack_is_right_or_refused(
    data: st.DataObject,
) -> None:
    lines = DEFAULT_TEXT.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    key = lines[at].partition("=")[0] or "a "
    written = st.lists(TOKENS, max_size=8).map("".join)
    lines[at] = data.draw(st.one_of(written, VALUES.map(lambda value: f"{key}= {toml(value)}")))
    text = "\n".join(lines)
    flaws: list[Flaw] = []
    try:
        checked_pack(text)
    except RulePackError as error:
        flaws = error.flaws
    for flaw in flaws:
        missing = flaw.english == "is missing" and "." not in flaw.place
        assert missing or (flaw.line and 1 <= flaw.line <= text.count("\n") + 1)


def toml(value: Any) -> str:
    page = _Page([])
    page.value(value, (), flat=True)
    return page.text
