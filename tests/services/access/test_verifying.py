"""Which JSON Web Tokens are good here, and why others aren't."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.fetching import Found
from services.access.issuers import Issuer
from services.access.key_set import keys_of
from services.access.refusing import NoAccessError, UnsureError
from services.access.verifying import Verifier
from tests.conftest import Clock
from tests.services.access.issuer import AUDIENCE, CLIENT, LocalIssuer, Signer, rsa_key, signers

ISSUER = LocalIssuer(1)
KEYS = signers()
RSA, EC = KEYS["RS256"], KEYS["ES256"]
NOW = int(Clock()().timestamp())


def verifier(*published: dict[str, Any]) -> Verifier:
    document = {"keys": list(published) or [each.jwk() for each in KEYS.values()]}
    found = Found(keys_of(document), None)
    return Verifier([Issuer(ISSUER.name, find=lambda *_: found)], AUDIENCE)


async def refused(token: str, *published: dict[str, Any]) -> str:
    """The reason that it is refused for."""
    with pytest.raises(NoAccessError) as told:
        await verifier(*published).caller(token, Clock()())
    assert told.value.words.da and told.value.words.en
    return told.value.reason


def claims(**more: Any) -> dict[str, Any]:
    return ISSUER.claims(Clock()(), **more)


def segment(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_token_signed_by_one_of_the_issuers_keys_says_who_asks(algorithm: str) -> None:
    caller = await verifier().caller(KEYS[algorithm].sign(claims()), Clock()())
    assert (caller.issuer, caller.client_id) == (ISSUER.name, CLIENT)


async def test_an_audience_may_be_one_of_several() -> None:
    token = RSA.sign(claims(aud=["https://another.example", AUDIENCE]))
    assert (await verifier().caller(token, Clock()())).client_id == CLIENT


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "application/at+jwt"])
async def test_its_kind_is_that_of_an_access_token(typ: str | None) -> None:
    assert await verifier().caller(RSA.sign(claims(), typ=typ), Clock()())


@pytest.mark.parametrize(
    ("named", "who"),
    [
        ({"client_id": "a", "azp": "a", "sub": "s"}, "a"),
        ({"client_id": None, "azp": "b", "sub": "s"}, "b"),
        ({"client_id": None, "sub": "s"}, "s"),
    ],
)
async def test_the_client_is_named_by_client_id_or_azp_and_else_by_the_subject(
    named: dict[str, Any], who: str
) -> None:
    assert (await verifier().caller(RSA.sign(claims(**named)), Clock()())).client_id == who


async def test_a_token_without_a_signature_is_refused() -> None:
    body = f"{segment({'alg': 'none', 'kid': 'r'})}.{segment(claims())}."
    assert await refused(body) == "algorithm"


async def test_a_token_signed_by_the_public_key_as_if_it_were_a_secret_is_refused() -> None:
    public = RSA.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{segment({'alg': 'HS256', 'kid': 'r', 'typ': 'JWT'})}.{segment(claims())}"
    mac = hmac.digest(public, signed.encode(), hashlib.sha256)
    assert await refused(f"{signed}.{segment(mac)}") == "algorithm"


async def test_a_key_is_for_one_algorithm_only() -> None:
    assert await refused(Signer("r", "RS512", RSA.private).sign(claims())) == "wrong-algorithm"
    assert await refused(Signer("e", "RS256", RSA.private).sign(claims())) == "wrong-algorithm"


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": True},
        {"jwk": EC.jwk()},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["MIIB"]},
    ],
)
async def test_a_token_that_brings_its_own_key_or_demands_is_refused(
    header: dict[str, Any],
) -> None:
    assert await refused(RSA.sign(claims(), **header)) == "header"


async def test_a_token_of_another_kind_is_refused() -> None:
    assert await refused(RSA.sign(claims(), typ="logout+jwt")) == "kind"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": None}, "issuer"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": ISSUER.name + "/"}, "issuer"),
        ({"aud": None}, "audience"),
        ({"aud": "https://another.example"}, "audience"),
        ({"aud": [f"{AUDIENCE}/more"]}, "audience"),
        ({"exp": None}, "no-end"),
        ({"exp": NOW - 30}, "expired"),
        ({"exp": "2099-01-01"}, "unreadable"),
        ({"exp": True}, "unreadable"),
        ({"exp": 10**400}, "unreadable"),
        ({"nbf": NOW + 31}, "not-yet"),
        ({"iat": NOW + 31}, "not-yet"),
        ({"client_id": "a", "azp": "b"}, "two-clients"),
        ({"client_id": None, "sub": None}, "no-client"),
        ({"cnf": {"jkt": "x"}}, "bound-to-a-key"),
    ],
)
async def test_a_token_that_is_not_for_here_or_not_for_now_is_refused(
    changes: dict[str, Any], reason: str
) -> None:
    assert await refused(RSA.sign(claims(**changes))) == reason


@pytest.mark.parametrize("changes", [{"exp": NOW - 29}, {"nbf": NOW + 30}, {"iat": NOW + 30}])
async def test_two_clocks_may_differ_by_half_a_minute(changes: dict[str, Any]) -> None:
    assert await verifier().caller(RSA.sign(claims(**changes)), Clock()())


async def test_a_token_whose_content_was_changed_is_refused() -> None:
    header, _, signature = RSA.sign(claims()).split(".")
    assert await refused(f"{header}.{segment(claims(client_id='x'))}.{signature}") == "signature"


async def test_a_token_by_somebody_elses_key_under_a_known_id_is_refused() -> None:
    stranger = Signer("e", "ES256", ec.generate_private_key(ec.SECP256R1()))
    assert await refused(stranger.sign(claims())) == "signature"


@pytest.mark.parametrize("text", ["..", "a.b.c", f"{segment([1])}.{segment({})}.x", "é.é.é"])
async def test_what_is_no_token_is_refused(text: str) -> None:
    assert await refused(text) == "unreadable"


async def test_a_token_of_more_than_8192_characters_is_not_read() -> None:
    assert await refused(RSA.sign(claims(more="x" * 8192))) == "unreadable"


@pytest.mark.parametrize(
    "jwk",
    [
        RSA.jwk(use="enc"),
        RSA.jwk(key_ops=["encrypt"]),
        RSA.jwk(alg="RSA-OAEP"),
        EC.jwk(alg="RS256"),
        Signer("weak", "RS256", rsa_key(1024)).jwk(),
        {"kty": "oct", "kid": "s", "k": "c2VjcmV0", "alg": "HS256"},
        {"kty": "RSA", "kid": "r", "n": "!", "e": "AQAB"},
    ],
)
def test_keys_that_are_weak_shared_or_for_something_else_are_passed_over(
    jwk: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="no key"):
        keys_of({"keys": [jwk]})
    assert len(keys_of({"keys": [jwk, KEYS["EdDSA"].jwk()]})) == 1


def test_an_issuer_that_publishes_a_private_key_has_not_told_us() -> None:
    [key] = keys_of({"keys": [EC.jwk(d="AAAA")]}).values()
    assert "d" not in key.public._jwk_data


async def test_without_a_name_a_key_is_the_only_one_or_none() -> None:
    token = EC.sign(claims(), kid=None)
    assert await verifier(EC.jwk()).caller(token, Clock()())
    assert await verifier({**EC.jwk(), "kid": "any"}).caller(token, Clock()())
    assert await refused(token, EC.jwk(), RSA.jwk()) == "unknown-key"


_VALID = EC.sign(claims())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.text(max_size=60),
        st.tuples(
            st.integers(0, len(_VALID) - 1), st.characters(min_codepoint=33, max_codepoint=255)
        ).map(lambda at: _VALID[: at[0]] + at[1] + _VALID[at[0] + 1 :]),
        st.dictionaries(
            st.sampled_from(["alg", "kid", "typ", "crit", "b64"]),
            st.sampled_from(["ES256", "EdDSA", "e", "", "JWT"]) | st.integers() | st.none(),
        ).map(lambda header: ".".join((segment(header), *_VALID.split(".")[1:]))),
        st.dictionaries(
            st.sampled_from(["iss", "aud", "exp", "nbf", "scope", "scp", "client_id"]),
            st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers()),
        ).map(lambda more: EC.sign(claims(**more))),
    )
)
async def test_nothing_that_is_shown_raises_another_error(text: str) -> None:
    with suppress(NoAccessError, UnsureError):
        await verifier(EC.jwk()).caller(text, Clock()())
