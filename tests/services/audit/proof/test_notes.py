"""Notes, checkpoints and cosignatures against published ones, and what isn't one."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import (
    Checkpoint,
    Note,
    NoteError,
    Signer,
    cosign,
    cosigned_at,
    read_checkpoint,
    read_note,
    read_verifier,
    sign,
    signed_by,
)
from tests.services.audit.proof.published_notes import (
    CRYPTOGRAPHY,
    ENOCH,
    GO,
    GO_2024,
    GO_LATER,
    LOG,
    PETER,
    SOFA,
)

WITNESS = Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TEXT = str(Checkpoint(LOG.name, 7, bytes(32)))


def test_a_published_note_is_signed_by_both_of_its_keys() -> None:
    note = read_note(CRYPTOGRAPHY)
    keys = [read_verifier(PETER), read_verifier(ENOCH)]
    assert signed_by(note, keys) == keys
    assert str(note) == CRYPTOGRAPHY
    assert [str(key) for key in keys] == [PETER, ENOCH]


@pytest.mark.parametrize(("text", "size"), [(GO_2024, 30055305), (GO_LATER, 65664258)])
def test_published_checkpoints_are_signed_by_their_log(text: str, size: int) -> None:
    note, key = read_note(text), read_verifier(GO)
    assert signed_by(note, [key]) == [key]
    assert read_checkpoint(note.text).size == size
    assert str(read_checkpoint(note.text)) == note.text


def test_a_changed_checkpoint_isnt_signed() -> None:
    with pytest.raises(NoteError, match=r"sum\.golang\.org"):
        signed_by(read_note(GO_2024.replace("30055305", "30055306")), [read_verifier(GO)])


def test_the_example_of_a_cosigned_checkpoint_is_read() -> None:
    note = read_note(SOFA)
    cosigned = note.signatures[1]
    assert cosigned.name == "witness.example.com/w1"
    assert int.from_bytes(cosigned.signed[:8], "big") == 1679315147, "the time in the text"
    assert len(cosigned.signed) == 8 + 64
    assert signed_by(note, [LOG.verifier]) == [], "keys that aren't asked for are passed over"


def test_a_cosignature_holds_for_its_text_and_time_only() -> None:
    line = cosign(TEXT, WITNESS, 1_790_000_000)
    note = Note(TEXT, (sign(TEXT, LOG), line))
    assert cosigned_at(read_note(str(note)), WITNESS.cosigner) == 1_790_000_000
    assert cosigned_at(note, WITNESS.cosigner._replace(name="another")) is None
    later = line._replace(signed=(1_790_000_001).to_bytes(8, "big") + line.signed[8:])
    for wrong in (Note(TEXT, (later,)), Note(TEXT.replace("7", "8"), (line,))):
        with pytest.raises(NoteError, match="passer ikke"):
            cosigned_at(wrong, WITNESS.cosigner)


def test_a_key_that_cosigns_is_another_than_one_that_signs() -> None:
    assert WITNESS.cosigner.id != WITNESS.verifier.id
    assert read_verifier(str(WITNESS.cosigner)) == WITNESS.cosigner
    assert signed_by(Note(TEXT, (cosign(TEXT, WITNESS, 1),)), [WITNESS.verifier]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n- name AAAAAAAAAA==\n",
        "text\n\n— na+me AAAAAAAAAA==\n",
        "text\n\n— na\N{NO-BREAK SPACE}me AAAAAAAAAA==\n",
        "text\n\n— name AAAAAAAAAA==",
        "te\txt\n\n— name AAAAAAAAAA==\n",
        "text\n\n" + "— name AAAAAAAAAA==\n" * 101,
    ],
)
def test_what_isnt_a_note_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        "\n7\n" + "A" * 43 + "=\n",
        "log\n07\n" + "A" * 43 + "=\n",
        "log\n-7\n" + "A" * 43 + "=\n",
        "log\n7\n" + "A" * 42 + "B=\n",
        "log\n7\nAAAA\n",
        "log\n7\n" + "A" * 43 + "=\n\n",
        "log\n7\n" + "A" * 43 + "=",
    ],
)
def test_what_isnt_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "vkey", ["", "name", GO.replace("033de0ae", "033de0af"), GO[:-4], "a b+" + GO]
)
def test_what_isnt_a_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        read_verifier(vkey)
