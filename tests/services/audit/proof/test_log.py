"""A municipality's log of events: tree, checkpoints and proofs, in a real database."""

from threading import Thread

from services.audit.proof.entries import EVENTS
from services.audit.proof.log import A_CHECKPOINT, Log
from services.audit.proof.notes import read_checkpoint, read_note
from services.audit.proof.tiles import WIDTH, Tiles
from services.audit.proof.tree import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    of_leaves,
    root,
)
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import advance, fill, leaves_of, notes_of


def test_the_signed_root_is_that_of_the_events(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    sizes = [1, 2, WIDTH - 3, 1, WIDTH, 700]
    for n, many in enumerate(sizes):
        fill(municipality, many, f"w{n}")
        assert advance(log, clock) == many
        assert advance(log, clock) == 0
    leaves = leaves_of(municipality)
    node = of_leaves(leaves)
    signed = [read_checkpoint(read_note(note).text) for note in notes_of(municipality)]
    assert [each.size for each in signed] == [1, 3, 256, 257, 513, 1213]
    assert [each.root for each in signed] == [root(each.size, node) for each in signed]
    assert {each.origin for each in signed} == {"roedtraad.dk/0860/events"}


def test_a_root_is_signed_for_each_thousand_events(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 2 * A_CHECKPOINT + 1)
    assert log.advance(clock()) == 2 * A_CHECKPOINT + 1, "in one transaction"
    signed = [read_checkpoint(read_note(note).text) for note in notes_of(municipality)]
    assert [each.size for each in signed] == [1000, 2000, 2001]
    assert signed[0].root == root(1000, of_leaves(leaves_of(municipality)))


def test_proofs_come_from_the_tiles(municipality: Municipality, log: Log, clock: Clock) -> None:
    fill(municipality, 600)
    advance(log, clock)
    leaves = leaves_of(municipality)
    of_events = of_leaves(leaves)
    with municipality.transaction() as cursor:
        node = Tiles(cursor, municipality.schema, EVENTS).node
        for size in (1, 255, 256, 257, 511, 512, 600):
            assert root(size, node) == root(size, of_events)
        for index in (0, 255, 256, 599):
            proof = inclusion_proof(index, 600, node)
            assert is_included(leaves[index], index, 600, proof, root(600, of_events))
        for old in (1, 256, 300):
            proof = consistency_proof(old, 600, node)
            assert is_consistent(old, 600, root(old, of_events), root(600, of_events), proof)


def test_several_may_bring_a_log_on_at_once(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 1)
    advance(log, clock)  # the key is there
    added: list[int] = []
    fill(municipality, 3000, "b")
    threads = [
        Thread(target=lambda: added.append(advance(log, clock)), daemon=True) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(added) == 3000
    last = read_checkpoint(read_note(notes_of(municipality)[-1]).text)
    assert (last.size, last.root) == (3001, root(3001, of_leaves(leaves_of(municipality))))
