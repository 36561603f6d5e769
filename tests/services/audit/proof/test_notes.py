"""Notes, checkpoints and cosignatures against published ones, and what isn't one."""

import base64

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

# From the documentation of Go's package note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
CRYPTOGRAPHY = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01"
    "oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# Of Go's checksum database, as it was served in September 2024 and later.
GO = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_2024 = (
    "go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n\n"
    "— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKev"
    "ucFcAAlWFJJYle3EJlDCrQ+y3A8=\n"
)
GO_LATER = base64.b64decode(
    "Z28uc3VtIGRhdGFiYXNlIHRyZWUKNjU2NjQyNTgKV1ZWTlZEMnF4K2ZUcTMxemtqNlVBcXhUNVg2SHZHcGhHTStvOFRo"
    "bmJzZz0KCuKAlCBzdW0uZ29sYW5nLm9yZyBBejNncmxpZ0ptZ1g3S0d5R1BLeWJ5a05UaDNWZ3NiTHZVdXZPd3JNNXpM"
    "Vmx1bG1GcDJ3ZHZieE93NzQvZ2NOeFVSU2hYRXBiN1JYY3MzK0JZZmxZTit3MGdRPQo="
).decode()
# The example of C2SP's tlog-cosignature.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY"
    "N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
    "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

LOG = Signer("log.example/0860", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
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
