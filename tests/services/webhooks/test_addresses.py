"""Webhooks go to public addresses only, and to what is allowed besides."""

import pytest

from services.webhooks.addresses import ForbiddenAddressError, looked_up, networks_of, target_of
from services.webhooks.sending import Receiver

FORBIDDEN = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.1.2.3/",
    "https://192.168.0.1:8443/hooks",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[fec0::1]/",
    "https://[::10.0.0.1]/",
    "https://[::ffff:0:10.0.0.1]/",
    "https://[5f00::1]/",
    "https://192.0.0.9/",
    "https://192.88.99.1/",
    "https://2130706433/",
    "https://0x7f.1/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_what_isnt_public_is_never_connected_to(url: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="not-public"):
        looked_up(target_of(url), ())
    answer = Receiver(target_of(url), ()).post({}, b"{}")
    assert (answer.is_taken, answer.trouble) == (False, "not-public")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://93.184.216.34/", ""),
        ("https://[2606:2800:220:1::1]/", ""),
        ("https://[64:ff9b::5db8:d822]/", ""),
        ("https://10.1.2.3/", "10.0.0.0/8"),
        ("https://[fd00::1]/", "fd00::/8"),
        ("https://[::ffff:10.0.0.1]/", "192.168.0.0/16, 10.0.0.0/8"),
        ("http://127.0.0.1:8080/", "127.0.0.0/8"),
    ],
)
def test_what_is_public_or_allowed_is(url: str, allowed: str) -> None:
    target = target_of(url)
    assert looked_up(target, networks_of(allowed)) == [target.host]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.dk/",
        "http://10.0.0.1/",
        "ftp://example.dk/",
        "file:///etc/passwd",
        "https://user:pw@example.dk/",
        "https:///x",
        "https://example.dk/a b",
        "https://example.dk/\r\nx: y",
        "https://example.dk/#x",
        "https://example.dk:99999/",
        "https://exæmple.dk/",
        "https://a..dk/",
        f"https://{'a' * 64}.dk/",
        "",
    ],
)
def test_an_address_must_be_https(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        target_of(url)


def test_only_the_host_is_shown() -> None:
    assert (
        target_of("https://hooks.example.dk/T000/secret?k=1").shown
        == "https://hooks.example.dk:443"
    )
    assert target_of("https://hooks.example.dk/T000/secret?k=1").path == "/T000/secret?k=1"
