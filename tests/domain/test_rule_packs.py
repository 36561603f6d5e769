"""Rule packs: which terms hold for what happened on a day."""

from domain.adoptions import digest_of
from domain.rule_pack_values import KEYS
from domain.rule_packs import Escalation, RuleBook, RulePack, Terms, parse_pack
from domain.values import Period
from tests.domain.engine import DEFAULT, DEFAULT_TEXT
from tests.domain.spec import day

HEAD = 'pack = "ours"\nedition = "1"\nvalid_from = 2026-01-01\n'
MATCH = 'days = 14\naddressed_to = "caseworker"\nbasis = "egen aftale"\n'


def match_terms(book: RuleBook | RulePack, text: str) -> Terms | None:
    held = book.terms("match-overdue", day(text))
    return held[1] if isinstance(held, tuple) else held


def test_the_default_pack_holds_from_long_ago_and_says_where_its_numbers_come_from() -> None:
    held = DEFAULT.terms("no-mentor-contact", day("2013-05-01"))

    assert held is not None
    pack, terms = held
    assert (pack.pack, pack.edition) == ("default", "3")
    assert terms.days == 7
    assert terms.escalate[0] == Escalation(7, "coordinator")
    assert all(terms.basis for several in pack.rules.values() for terms in several)


def test_an_edition_of_the_default_pack_is_one_text() -> None:
    """Municipalities have it in their logs: whoever changes a number gives it a new edition."""
    editions = {
        "2": "91db7068bb9d1788b22e271fa4cfb6828d7e9b90e881655b612ae192c57ec7e8",
        "3": "fb7f73d3ce67da5676a41726a98430eb1999cb7d334a94eb3d4cffc86b7ec720",
    }

    assert editions[DEFAULT.packs[0].edition] == digest_of(DEFAULT_TEXT)


def test_what_happened_on_a_day_is_under_the_pack_of_that_day() -> None:
    july = Period(day("2026-07-01"), day("2026-08-01"))
    ours = parse_pack(DEFAULT_TEXT.replace("days = 14", "days = 21"), july)
    book = RuleBook((DEFAULT.packs[0], ours))

    for text, days in (("2026-06-30", 14), ("2026-07-01", 21), ("2026-08-01", 14)):
        terms = match_terms(book, text)
        assert terms is not None
        assert terms.days == days


def test_of_overlapping_packs_the_one_adopted_last_holds() -> None:
    always = Period(day("2026-01-01"))
    editions = [DEFAULT_TEXT.replace('"3"', f'"{edition}"') for edition in ("2b", "3")]
    book = RuleBook(tuple(parse_pack(text, always) for text in editions))

    held = book.on(day("2026-02-01"))
    assert held is not None
    assert held.edition == "3"


def test_a_rule_that_a_pack_leaves_out_is_not_asked_for() -> None:
    without = parse_pack(DEFAULT_TEXT[: DEFAULT_TEXT.index("# The cadence")])

    assert RuleBook((without,)).terms("supervision-overdue", day("2026-01-01")) is None


LAW = (
    HEAD
    + "[[rules.match-overdue]]\nvalid_to = 2027-01-01\n"
    + MATCH
    + "[[rules.match-overdue]]\nvalid_from = 2027-02-01\n"
    + MATCH.replace("14", "7")
)


def test_a_rule_changes_with_the_law_on_its_day() -> None:
    pack = parse_pack(LAW)

    for text, days in (
        ("2026-01-01", 14),
        ("2026-12-31", 14),
        ("2027-01-01", None),
        ("2027-01-31", None),
        ("2027-02-01", 7),
    ):
        terms = match_terms(pack, text)
        assert (terms and terms.days) == days, text


def test_a_municipality_has_closed_days_of_its_own_and_may_keep_deadlines_off_them() -> None:
    closed = "closed = [2026-12-28, 2026-12-29]\n"
    moving = closed + 'on_closed_days = "next-working-day"\n'
    keeping = closed + 'on_closed_days = "keep"\n'

    pack = parse_pack(HEAD + moving + "[rules]\n")
    assert pack.closed == {day("2026-12-28"), day("2026-12-29")}
    assert pack.moves
    assert not parse_pack(HEAD + keeping + "[rules]\n").moves
    assert not parse_pack(HEAD + closed + "[rules]\n").moves


def test_the_default_pack_gives_every_rule_what_it_needs() -> None:
    for rule, [terms] in DEFAULT.packs[0].rules.items():
        keys = KEYS[rule]
        assert sum(getattr(terms, key) not in (None, ()) for key in keys.when) == 1
        assert all(getattr(terms, key) for key in keys.needs)
