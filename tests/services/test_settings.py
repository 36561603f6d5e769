"""Settings of issuers: what can't be meant is refused, by the variable's name."""

import pytest
from pydantic import ValidationError

from services.cli import doctor
from services.settings import Settings
from tests.services.access.issuer import AUDIENCE, serving


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"issuer": "https://login.example"}, "audience"),
        ({"issuer": "http://login.example", "audience": AUDIENCE}, "issuer"),
        ({"issuer": "login.example", "audience": AUDIENCE}, "issuer"),
        ({"issuer": "https://a.example ftp://b.example", "audience": AUDIENCE}, "issuer"),
        ({"jwks": "/etc/keys.json"}, "jwks"),
        (
            {"issuer": "https://a.example", "audience": AUDIENCE, "jwks": "http://a.example/k"},
            "jwks",
        ),
        (
            {"issuer": "https://a.example https://b.example", "audience": AUDIENCE, "jwks": "k"},
            "jwks",
        ),
    ],
)
def test_an_issuer_that_can_not_be_trusted_is_not_set(given: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValidationError) as told:
        Settings(**given)  # type: ignore[arg-type]
    assert wrong in {error["loc"][0] for error in told.value.errors()}


def test_several_issuers_are_set_apart_by_spaces() -> None:
    given = Settings(issuer="https://a.example  http://localhost:9000/x", audience=AUDIENCE)
    assert given.issuers == ("https://a.example", "http://localhost:9000/x")
    assert Settings(issuer="", audience="").issuers == ()


def test_the_doctor_says_whether_an_issuers_keys_can_be_had() -> None:
    with serving() as local:
        given = Settings(issuer=local.name, audience=AUDIENCE)
        [well] = doctor._of_issuers(given)
        local.down = True
        [ill] = doctor._of_issuers(given)
    assert (well["ok"], ill["ok"]) == (True, False)
    assert "HTTP 503" in str(ill["detail"])
