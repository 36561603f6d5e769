"""Linked ids are one person, one course, one citizen."""

from uuid import UUID

from domain.linking import Link
from projections.identity import Identities

A, B, C, D = (UUID(int=n) for n in (1, 2, 3, 4))


def test_an_id_that_nobody_linked_is_its_own() -> None:
    assert Identities([])[A] == A


def test_ids_linked_in_a_chain_are_one_whatever_the_order_of_links() -> None:
    links = [Link(D, C, True), Link(B, A, True), Link(C, B, True)]
    for told in (links, links[::-1]):
        identities = Identities(told)
        assert {identities[one] for one in (A, B, C, D)} == {D}  # it is nobody's alias
        assert identities.like(C) == {A, B, C, D}


def test_an_unlinked_id_is_its_own_again_and_the_later_word_holds() -> None:
    identities = Identities([Link(A, B, True), Link(B, A, False), Link(C, D, False)])
    assert (identities[B], identities[D]) == (B, D)
    again = Identities([Link(A, B, True), Link(A, B, False), Link(A, B, True)])
    assert again[B] == A


def test_ids_that_are_all_somebodys_alias_are_read_as_the_least() -> None:
    identities = Identities([Link(C, B), Link(B, A), Link(A, C)])
    assert {identities[one] for one in (A, B, C)} == {A}
