"""A witness cosigns what grows, and refuses what shrinks or forks."""

import json
import random
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import Note, NoteError, Signer, cosigned_at, read_note, sign
from services.audit.proof.signing_keys import handover_text
from services.audit.proof.tree import leaf_hash, of_leaves, root
from services.audit.proof.witness import RefusedError, Witness, read_request
from tests.services.audit.proof.logged import LOG, Logged, leaves

AT = 1_790_000_000


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


@pytest.mark.parametrize("old", [0, 7, 20, 40])
def test_an_old_checkpoint_that_was_cosigned_is_refused_and_alarms_nobody(
    witness: Witness, old: int
) -> None:
    """Anybody may send it again; that the log was set back isn't proved by it."""
    log, last = Logged(leaves(40)), 0
    for size in (3, 7, 20, 31, 40):
        witness.add(log.request(last, size), AT)
        last = size
    for size in (3, 7, 20, 31):
        with pytest.raises(RefusedError) as told:
            witness.add(log.request(old, size)._replace(old=old), AT)
        assert not told.value.is_alarm
        wanted = (400, None) if old > size else (409, 40)
        assert (told.value.status, told.value.size) == wanted
    assert evidence(witness) == []


def test_another_root_at_a_size_that_was_cosigned_is_a_fork(witness: Witness) -> None:
    log = Logged(leaves(40))
    witness.add(log.request(0, 20), AT)
    witness.add(log.request(20, 40), AT)
    asked = Logged(leaves(20, "another")).request(0)
    with pytest.raises(RefusedError, match="forked") as told:
        witness.add(asked, AT)
    assert (told.value.status, told.value.is_alarm) == (409, True)
    assert evidence(witness) == [str(asked)]


def test_a_log_that_was_set_back_is_shouted_about_whatever_its_old_size(witness: Witness) -> None:
    log = Logged(leaves(40))
    witness.add(log.request(0), AT)
    for old, status in ((0, 409), (40, 400)):
        with pytest.raises(RefusedError, match="kortere") as told:
            witness.add(log.request(old, 30), AT)
        assert (told.value.status, told.value.is_alarm) == (status, True)
    assert len(evidence(witness)) == 1, "who sends it again, or with more signatures, fills no disk"


def test_a_crash_while_a_root_is_noted_loses_nothing(witness: Witness) -> None:
    log, last = Logged(leaves(40)), 0
    for size in (3, 7, 20):
        witness.add(log.request(last, size), AT)
        last = size
    [roots] = witness._folder.glob("*.roots")
    whole = roots.read_bytes()
    roots.write_bytes(whole + b"00000")  # cut off
    witness.add(log.request(20, 31), AT)
    with roots.open("ab") as file:  # noted, and then it went out before the new one was there
        file.write(b"%019d %b\n" % (31, str(log.request(0, 31)).split("\n")[4].encode()))
    witness.add(log.request(31, 40), AT)
    for size in (3, 7, 20, 31):
        with pytest.raises(RefusedError) as told:
            witness.add(log.request(0, size), AT)
        assert not told.value.is_alarm


def evidence(witness: Witness) -> list[str]:
    """What was kept."""
    return [path.read_text() for path in sorted(witness._folder.glob("evidence/*.txt"))]


def test_a_log_that_was_put_back_on_purpose_is_followed_where_that_is_accepted(
    witness: Witness,
) -> None:
    """Signed up to 40, put back to 30 after a disaster, and gone on from there."""
    before = Logged(leaves(40))
    after = Logged([*leaves(30), *leaves(15, "since")])
    witness.add(before.request(0, 25), AT)
    witness.add(before.request(25, 40), AT)
    with pytest.raises(RefusedError):
        witness.add(after.request(40, 45), AT)
    accepted = witness.accept(after.request(0, 33).note, "Sag 26/117", AT)
    assert (accepted.before or "").startswith("40 ")
    assert accepted.after.startswith("33 ")
    told = (witness._folder / "accepted").read_text().splitlines()
    assert [json.loads(line)["reason"] for line in told] == ["Sag 26/117"]
    assert any(text.startswith(before.request(0, 40).note) for text in evidence(witness))
    kept = evidence(witness)
    for old_one in (before.request(25, 40), before.request(0, 25)):
        with pytest.raises(RefusedError) as refused:
            witness.add(old_one._replace(old=33 if "\n40\n" in old_one.note else 0), AT)
        assert not refused.value.is_alarm, "it was cosigned once, and may be sent by anybody"
    witness.add(after.request(33, 45), AT)
    with pytest.raises(RefusedError) as refused:
        witness.add(Logged(leaves(50)).request(45), AT)
    assert refused.value.is_alarm, "what was given up doesn't come back"
    assert len(evidence(witness)) == len(kept) + 1


def test_only_what_the_log_has_signed_is_accepted(witness: Witness) -> None:
    witness.add(Logged(leaves(40)).request(0), AT)
    impostor = Signer(LOG.name, Ed25519PrivateKey.generate())
    with pytest.raises(RefusedError):
        witness.accept(Logged(leaves(9), impostor).request(0).note, "Sag 26/117", AT)
    last = witness.last(LOG.name)
    assert last and last.size == 40
    assert evidence(witness) == []


def test_a_key_signs_smaller_trees_where_the_log_was_put_back_to_before_it(
    witness: Witness,
) -> None:
    new = Signer(LOG.name, Ed25519PrivateKey.generate())
    text = handover_text(LOG.name, 20, new.verifier)
    witness.trust(new.verifier, str(Note(text, (sign(text, LOG), sign(text, new)))))
    witness.add(Logged(leaves(40), new).request(0), AT)
    after = Logged([*leaves(9), *leaves(9, "since")], new)
    witness.accept(after.request(0, 12).note, "Sag 26/117", AT)
    witness.add(after.request(12, 18), AT)


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

    threads = [Thread(target=ask, args=(size,), daemon=True) for size in range(4, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == [200, *[409] * 7]
