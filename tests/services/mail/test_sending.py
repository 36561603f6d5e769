"""A letter is the server's when `send` returns; else it is told whether to try again."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.mail.sending import MailAwayError, Mailer, MailRefusedError
from services.mail.server import MailServer, is_mail_address, mail_server
from tests.services.mail.post_office import PostOffice, post_office

FROM, TO = "roedtraad@kommune.example", "soeren@kommune.example"


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, TO, "Rød tråd på æ, ø og å"
    message.set_content("Blåbærgrød\n", cte="quoted-printable")
    return message


def mailer(office: PostOffice, more: str = "") -> Mailer:
    return Mailer(mail_server(office.address + more))


def test_a_letter_arrives_with_its_danish_letters() -> None:
    with post_office() as office:
        mailer(office).send(letter(), FROM, TO)
        [(receiver, found)] = office.taken
    assert (receiver, office.senders) == (TO, [FROM])
    assert found["subject"] == "Rød tråd på æ, ø og å"
    assert found.get_content() == "Blåbærgrød\r\n"


@pytest.mark.parametrize(
    ("to_rcpt", "to_data", "reason", "code"),
    [
        (["451 Later"], [], "not taken", 451),
        (["421 Closing"], [], "not taken", 421),
        ([], ["452 Full"], "not taken", 452),
    ],
)
def test_what_is_not_taken_now_may_be_taken_later(
    to_rcpt: list[str], to_data: list[str], reason: str, code: int
) -> None:
    with post_office() as office:
        office.to_rcpt, office.to_data = to_rcpt, to_data
        with pytest.raises(MailAwayError) as raised:
            mailer(office).send(letter(), FROM, TO)
        assert (raised.value.reason, raised.value.code) == (reason, code)
        mailer(office).send(letter(), FROM, TO)
        assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("to_rcpt", "to_data"), [(["550 No such user soeren"], []), ([], ["554 Refused"])]
)
def test_what_is_refused_for_good_is_told_by_its_number_only(
    to_rcpt: list[str], to_data: list[str]
) -> None:
    with post_office() as office:
        office.to_rcpt, office.to_data = to_rcpt, to_data
        with pytest.raises(MailRefusedError) as raised:
            mailer(office).send(letter(), FROM, TO)
    assert str(raised.value) in ("550", "554")
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


def test_nobody_there_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    with pytest.raises(MailAwayError, match="unreachable"):
        Mailer(MailServer("127.0.0.1", port, "none")).send(letter(), FROM, TO)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that nobody vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    written, secret = tmp_path / "mail.pem", tmp_path / "mail.key"
    written.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return written, secret


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_gets_no_letter(tls: ssl.SSLContext) -> None:
    with post_office(tls) as office, pytest.raises(MailAwayError, match="tls"):
        mailer(office, "?starttls").send(letter(), FROM, TO)
    assert not office.taken


def test_with_a_known_certificate_and_the_right_password_it_is_taken(
    tls: ssl.SSLContext, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with post_office(tls, password="hemme:lig") as office:
        host = office.address.removeprefix("smtp://")
        for password, taken in (("forkert", 0), ("hemme%3Alig", 1)):
            known = Mailer(mail_server(f"smtp://rt:{password}@{host}?starttls"))
            if not taken:
                with pytest.raises(MailAwayError, match="login"):
                    known.send(letter(), FROM, TO)
            else:
                known.send(letter(), FROM, TO)
            assert len(office.taken) == taken


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtps://mail.example", MailServer("mail.example", 465, "whole")),
        (
            "smtp://rt:a%40b@mail.example:2525?starttls",
            MailServer("mail.example", 2525, "started", "rt", "a@b"),
        ),
        ("smtp://localhost", MailServer("localhost", 25, "none")),
        ("smtp://relay.example?plain", MailServer("relay.example", 25, "none")),
    ],
)
def test_an_address_says_how_the_server_is_reached(address: str, server: MailServer) -> None:
    assert mail_server(address) == server


@pytest.mark.parametrize(
    "address",
    [
        "smtp://mail.example",  # no TLS, elsewhere
        "smtp://rt:hemmelig@mail.example?plain",  # a password in clear
        "http://mail.example",
        "mail.example:25",
        "smtps://mail.example?verify=no",
    ],
)
def test_an_address_that_would_tell_too_much_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="smtps") as raised:
        mail_server(address)
    assert "hemmelig" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("soeren.o'neil+rt@kommune.example", True),
        ("k-02@localhost", True),
        (f"{'a' * 64}@{'b' * 189}", True),  # 254
        (f"{'a' * 64}@{'b' * 190}", False),
        (f"{'a' * 65}@kommune.example", False),
        ("søren@kommune.example", False),
        ("soeren@kommune..example", False),
        ("soeren@kommune.example\n", False),
        ("a,b@kommune.example", False),
        ("=?utf-8?q??=@b", False),
        ("a@=?utf-8?q?b.dk=0D=0ASubject=3A_Nyt?=", False),
    ],
)
def test_an_address_of_somebody_is_plain(text: str, is_one: bool) -> None:
    assert is_mail_address(text) == is_one
