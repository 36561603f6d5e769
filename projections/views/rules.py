"""A municipality's rules, as they are known: what views that judge by them begin with."""

from collections.abc import Iterator
from datetime import date

from domain.adoptions import in_force, rule_book
from domain.rule_packs import RuleBook
from domain.team import Adoption, fold_team
from domain.values import Ref
from projections.asking import Question
from projections.facts.rules import ADOPTIONS
from projections.selecting import telling

READ = (telling(ADOPTIONS),)
"""What all of this is read from."""


def adoptions_of(question: Question) -> tuple[Adoption, ...]:
    """The rule packs that came into force, in fold order."""
    return fold_team(question.facts(ADOPTIONS)).adoptions


def book_of(question: Question) -> RuleBook:
    """The rule book; a pack that can't be read is left out."""
    book, _ = rule_book(question.once(adoptions_of))
    return book


def adopted_for(question: Question, day: date) -> Iterator[Ref]:
    """What brought the rules of a day into force; nothing where they came with the program only."""
    adoption = in_force(question.once(adoptions_of), day)
    if adoption is not None:
        yield adoption.ref
