"""A witness cosigns what grows, and refuses what shrinks or forks."""

import random
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import (
    Checkpoint,
    Note,
    NoteError,
    Signer,
    cosigned_at,
    read_note,
    sign,
)
from services.audit.proof.signing_keys import handover_text
from services.audit.proof.tree import consistency_proof, leaf_hash, of_leaves, root
from services.audit.proof.witness import RefusedError, Request, Witness, read_request

LOG = Signer("roedtraad.dk/0860/events", Ed25519PrivateKey.from_private_bytes(bytes(32)))
AT = 1_790_000_000


class Logged:
    """A log in memory: leaves, and what a witness is asked about them."""

    def __init__(self, leaves: list[bytes], signer: Signer = LOG) -> None:
        self.leaves, self.signer = leaves, signer
        self.node = of_leaves(leaves)

    def request(self, old: int, size: int | None = None) -> Request:
        """The tree of a size, with the proof that it goes on from an old one."""
        size = len(self.leaves) if size is None else size
        text = str(Checkpoint(self.signer.name, size, root(size, self.node)))
        note = str(Note(text, (sign(text, self.signer),)))
        proof = consistency_proof(old, size, self.node) if old <= size else []
        return Request(old, tuple(proof), note)


def leaves(many: int, seed: object = "") -> list[bytes]:
    """So many leaves, others for each seed."""
    return [leaf_hash(f"{seed}{n}".encode()) for n in range(many)]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness that follows the log and has seen nothing of it."""
    one = Witness(tmp_path / "witness")
    one.begin("witness.example/w1")
    one.trust(LOG.verifier)
    return one


def test_a_log_that_grows_is_cosigned_at_every_size(witness: Witness, tmp_path: Path) -> None:
    log, old = Logged(leaves(40)), 0
    for size in (1, 1, 2, 7, 8, 31, 40):
        asked = log.request(old, size)
        signature = Witness(tmp_path / "witness").add(asked, AT)  # it remembers through restarts
        note = read_note(f"{asked.note}{signature}")
        assert cosigned_at(note, witness.signer().cosigner) == AT
        old = size
    last = witness.last(LOG.name)
    assert last and last.size == 40


@pytest.mark.parametrize("seed", range(100))
def test_a_log_that_was_set_back_or_forked_is_refused(witness: Witness, seed: int) -> None:
    """A hundred logs: set back, forked at the same size, or forked and longer, with any proof."""
    dice = random.Random(seed)
    seen = dice.randint(2, 60)
    honest = leaves(seen)
    witness.add(Logged(honest).request(0), AT)
    changed = dice.randrange(seen)
    forked = [*honest[:changed], leaf_hash(b"another"), *honest[changed + 1 :]]
    match seed % 4:
        case 0:
            asked = Logged(honest).request(0, dice.randrange(1, seen))
        case 1:
            asked = Logged(forked).request(seen)
        case 2:
            asked = Logged([*forked, *leaves(dice.randint(1, 40), "more")]).request(seen)
        case _:
            longer = Logged([*forked, *leaves(5, "more")]).request(seen)
            asked = longer._replace(proof=Logged([*honest, *leaves(5, "more")]).request(seen).proof)
    with pytest.raises(RefusedError) as told:
        witness.add(asked, AT)
    assert told.value.is_alarm
    assert told.value.status in (409, 422)
    last = witness.last(LOG.name)
    assert last and (last.size, last.root) == (seen, root(seen, of_leaves(honest)))
    kept = list(witness._folder.glob("evidence/*.txt"))
    assert [path.read_text() for path in kept] == [str(asked)], "as evidence"


def test_who_has_another_last_size_is_told_ours(witness: Witness) -> None:
    log = Logged(leaves(20))
    witness.add(log.request(0, 8), AT)
    with pytest.raises(RefusedError) as told:
        witness.add(log.request(5, 20), AT)
    assert (told.value.status, told.value.size, told.value.is_alarm) == (409, 8, False)
    witness.add(log.request(8, 20), AT)


def test_a_log_that_isnt_followed_or_hasnt_signed_is_refused(witness: Witness) -> None:
    stranger = Signer("roedtraad.dk/0851/events", LOG.key)
    impostor = Signer(LOG.name, Ed25519PrivateKey.generate())
    for signer, status in ((stranger, 404), (impostor, 403)):
        with pytest.raises(RefusedError) as told:
            witness.add(Logged(leaves(3), signer).request(0), AT)
        assert told.value.status == status
    assert witness.last(LOG.name) is None


@pytest.mark.parametrize(
    "text",
    ["", "old 1\n", "old 01\n\nnote", "old -1\n\nnote", "new 1\n\nnote", "old 1\nAA\n\nnote"],
)
def test_what_isnt_a_request_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as told:
        read_request(text)
    assert told.value.status == 400


def test_a_request_is_read_as_it_was_written() -> None:
    asked = Logged(leaves(20)).request(13)
    assert read_request(str(asked)) == asked


def test_the_next_key_of_a_log_is_taken_from_the_present_one_only(witness: Witness) -> None:
    new = Signer(LOG.name, Ed25519PrivateKey.generate())
    text = handover_text(LOG.name, 8, new.verifier)
    for signers in ((), (new,), (LOG,)):
        with pytest.raises(NoteError):
            witness.trust(
                new.verifier, str(Note(text, tuple(sign(text, each) for each in signers)))
            )
    witness.trust(new.verifier, str(Note(text, (sign(text, LOG), sign(text, new)))))
    log = leaves(12)
    witness.add(Logged(log).request(0, 8), AT)
    with pytest.raises(RefusedError) as told:
        witness.add(Logged(log).request(8), AT)
    assert told.value.status == 403, "the old one may be in anybody's hands by now"
    witness.add(Logged(log, new).request(8), AT)


def test_of_two_that_ask_at_once_one_is_told_to_ask_again(witness: Witness) -> None:
    honest = leaves(30)
    witness.add(Logged(honest).request(0, 3), AT)
    told: list[int] = []

    def ask(size: int) -> None:
        try:
            witness.add(Logged(honest).request(3, size), AT)
            told.append(200)
        except RefusedError as error:
            told.append(error.status)

    threads = [Thread(target=ask, args=(size,)) for size in range(4, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [200, *[409] * 7]
