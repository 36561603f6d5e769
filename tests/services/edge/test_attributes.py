"""The attributes of a CloudEvent, in structured and in binary mode."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from services.edge.incoming import Incoming
from services.edge.models import PREFIX
from services.edge.parse import parse_binary
from services.edge.problems import Problem
from tests.services.edge.events import MATCHED, NOW, OWN, SOURCE, event, places, refused, taken


@pytest.mark.parametrize(
    "name", ["type", "source", "id", "subject", "time", "data", "municipality", "specversion"]
)
def test_a_required_attribute_is_missed_by_its_name(name: str) -> None:
    sent = event()
    del sent[name]
    assert list(places(sent)) == [f"/{name}"]


WRONG = [
    ("specversion", "0.3", "specversion"),
    ("specversion", 1.0, "specversion"),
    ("municipality", "0851", "municipality"),
    ("municipality", 860, "municipality"),
    ("source", "sagssystem", "bad-source"),
    ("source", "/cases", "bad-source"),
    ("source", "//host/cases", "bad-source"),
    ("source", "https://", "bad-source"),
    ("source", "https:///cases", "bad-source"),
    ("source", "https://host/a b", "bad-source"),
    ("source", "https://host/#part", "bad-source"),
    ("source", "https://host/%zz", "bad-source"),
    ("source", "https://host/rød", "bad-source"),
    ("source", "https://host/" + "a" * 243, "bad-source"),
    ("source", "https://host/010190-1234", "cpr-like"),
    ("source", "urn:roedtraad:0860", "our-source"),
    ("source", 7, "not-text"),
    ("id", "", "bad-id"),
    ("id", "a" * 129, "bad-id"),
    ("id", "ev 103", "bad-id"),
    ("id", "ev-103\n", "bad-id"),
    ("id", "ø-103", "bad-id"),
    ("id", "ev\x7f", "bad-id"),
    ("id", 103, "not-text"),
    ("id", None, "null"),
    ("subject", "0101901234", "cpr-like"),
    ("subjectsource", "tid", "bad-source"),
    ("subjectsource", None, "null"),
    ("correlationid", "a b", "bad-id"),
    ("correlationid", "c/010190-1234", "cpr-like"),
    ("sequence", "", "sequence"),
    ("sequence", "1" * 19, "sequence"),
    ("sequence", "-1", "sequence"),
    ("sequence", "1.0", "sequence"),
    ("sequence", "1\n", "sequence"),
    ("sequence", "\u0661", "sequence"),
    ("sequence", 103, "not-text"),
    ("datacontenttype", "application/xml", "content-type"),
    ("datacontenttype", "application/json; charset=latin-1", "content-type"),
    ("datacontenttype", 1, "content-type"),
    ("data", "text", "not-object"),
    ("data", None, "not-object"),
    ("data", [], "not-object"),
    ("type", 1, "not-text"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_a_wrong_attribute_is_refused_by_its_name(name: str, value: Any, code: str) -> None:
    assert places(event() | {name: value}) == {f"/{name}": code}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "!" + "~" * 127),
        ("source", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("source", "https://host/" + "a" * 242),
        ("source", "mailto:system@kommune.example"),
        ("datacontenttype", "application/json"),
        ("datacontenttype", "Application/JSON; charset=UTF-8"),
        ("sequence", "0"),
        ("sequence", "9" * 18),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("dataschema", 7),
        ("x", {"of": ["a", "gateway"]}),
    ],
)
def test_what_the_catalogue_allows_is_taken(name: str, value: Any) -> None:
    taken(event() | {name: value})


CPR_LIKE = [
    "0101901234",
    "010190-1234",
    "6101901234",
    "910190-1234",
    "290200-1234",
    "c-010190-1234",
    "c/0101901234/x",
    "010190-1234.2",
    "c_0101901234_",
    "1-010190-1234",
    "999999-9999:010190-1234",
]
NOT_CPR_LIKE = [
    "3201901234",  # no such day
    "0113901234",  # no such month
    "290201-1234",  # no leap year in any century
    "310490-1234",
    "6001901234",
    "0001901234",
    "01019012345",
    "c0101901234",
    "010190-12345",
    "010190.1234",
    "01-01-90-1234",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
]


@pytest.mark.parametrize("id_", CPR_LIKE)
def test_an_id_shaped_like_a_cpr_number_is_refused_everywhere(id_: str) -> None:
    assert places(event(id=id_)) == {"/id": "cpr-like"}
    assert places(event(MATCHED | {"mentor": {"id": id_}})) == {"/data/mentor/id": "cpr-like"}
    actor = {"id": id_, "function": "mentor"}
    assert places(event(MATCHED | {"actor": actor})) == {"/data/actor/id": "cpr-like"}


@pytest.mark.parametrize("id_", NOT_CPR_LIKE)
def test_an_id_with_other_digits_is_taken(id_: str) -> None:
    assert taken(event(MATCHED | {"mentor": {"id": id_}}, id=id_)).id == id_


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("2026-01-16T14:00:00+01:00", datetime(2026, 1, 16, 13, tzinfo=UTC)),
        ("2026-01-16T13:00:00Z", datetime(2026, 1, 16, 13, tzinfo=UTC)),
        ("2026-01-16t13:00:00z", datetime(2026, 1, 16, 13, tzinfo=UTC)),
        ("2026-01-16T13:00:00.5Z", datetime(2026, 1, 16, 13, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-16T13:00:00.000001-00:00", datetime(2026, 1, 16, 13, 0, 0, 1, tzinfo=UTC)),
        ("2026-06-01T12:05:00Z", datetime(2026, 6, 1, 12, 5, tzinfo=UTC)),
    ],
)
def test_a_time_is_an_instant(time: str, utc: datetime) -> None:
    assert taken(event(time=time)).time == utc


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-16T14:00:00",
        "2026-01-16T14:00Z",
        "2026-01-16",
        "2026-01-16 14:00:00Z",
        "2026-01-16T14:00:00.1234567Z",
        "2026-01-16T14:00:00,5Z",
        "2026-01-16T14:00:00+01",
        "2026-01-16T14:00:00+0100",
        "2026-02-29T14:00:00Z",
        "2026-01-16T24:00:00Z",
        "2026-01-16T14:00:60Z",
        "2026-01-16T14:00:00+24:00",
        "0000-01-16T14:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "20260116T140000Z",
        "2026-W03-5T14:00:00Z",
        "2026-01-16T14:00:00Z\n",
        "\u0662026-01-16T14:00:00Z",
        "1768568400",
        "",
    ],
)
def test_a_time_without_seconds_zone_or_sense_is_refused(time: str) -> None:
    assert places(event(time=time)) == {"/time": "time-form"}


def test_a_time_more_than_five_minutes_ahead_is_refused() -> None:
    assert places(event(time="2026-06-01T12:05:00.000001Z")) == {"/time": "time-ahead"}
    assert places(event(time="9999-12-31T23:59:59Z")) == {"/time": "time-ahead"}


def test_an_unknown_event_is_refused_with_the_nearest_known_names() -> None:
    problem = refused(event(type="dk.roedtraad.course.mentor-mached.v1"))
    assert problem.errors[0].pointer == "/type"
    assert "dk.roedtraad.course.mentor-matched.v1" in problem.errors[0].english
    assert "mached" not in json.dumps(problem.as_dict())


@pytest.mark.parametrize("type_", ["", "x" * 100_000, "course.mentor-matched.v1", "\ud800"])
def test_a_type_of_another_kind_is_refused_as_unknown(type_: str) -> None:
    assert places(event(type=type_)) == {"/type": "unknown-event"}


@pytest.mark.parametrize("version", ["2", "0", "01", "99999"])
def test_an_unknown_version_is_refused_with_the_known_ones(version: str) -> None:
    problem = refused(event(type=f"{PREFIX}course.mentor-matched.v{version}"))
    assert problem.errors[0].code == "unknown-version"
    assert problem.errors[0].english.endswith(f"{PREFIX}course.mentor-matched.v1.")


def test_all_wrong_attributes_are_told_at_once_with_those_of_data() -> None:
    sent = event(MATCHED | {"minutes": 0}, id="a b", time="now", sequence="x")
    assert set(places(sent)) == {"/id", "/time", "/sequence", "/data/minutes"}


def test_the_content_is_the_same_whatever_the_order_of_keys_or_the_zone() -> None:
    sent = event(sequence="000103", correlationid="batch-7")
    reversed_ = {name: sent[name] for name in reversed(sent)}
    reversed_["data"] = {name: sent["data"][name] for name in reversed(sent["data"])}
    first = taken(sent)
    for again in (
        reversed_,
        sent | {"time": "2026-01-16T13:00:00.000Z"},
        sent | {"sequence": "103"},
        sent | {"traceparent": "00-1"},
        json.dumps(sent, indent=2).encode(),
    ):
        assert taken(again).body == first.body


@pytest.mark.parametrize(
    "other",
    [
        {"type": PREFIX + "course.match-ended.v1"},
        {"subject": "c-1"},
        {"subjectsource": SOURCE},
        {"time": "2026-01-16T14:00:00.000001+01:00"},
        {"sequence": "1"},
        {"correlationid": "x"},
        {"data": MATCHED | {"minutes": 46}},
        {"data": MATCHED | {"note": "ny"}},
    ],
)
def test_another_content_is_another_body(other: dict[str, Any]) -> None:
    if "type" in other:
        reason = {"actor": MATCHED["actor"], "match": MATCHED["match"]}
        other = other | {"data": reason | {"to": "2026-02-01", "reason": "other"}}
    assert taken(event() | other).body != taken(event()).body


def _binary(body: bytes, **headers: str) -> Incoming | Problem:
    sent = {f"CE-{name}": str(value) for name, value in event().items() if name != "data"}
    sent["Content-Type"] = "application/json"
    return parse_binary(sent | headers, body, municipality=OWN, now=NOW)


def test_binary_mode_carries_the_same_event() -> None:
    assert _binary(json.dumps(MATCHED).encode()) == taken(event())


def test_binary_mode_names_the_same_places() -> None:
    answer = _binary(b'{"minutes": 1, "minutes": NaN}', **{"CE-id": "a%20b"})
    assert isinstance(answer, Problem)
    found = {flaw.pointer: flaw.code for flaw in answer.errors}
    assert found["/data/minutes"] == "doubled-key"
    assert found["/id"] == "bad-id"
    assert found["/data/actor"] == "missing"


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", "not-json"), (b"[", "not-json"), (b"1", "invalid-event"), (b" " * 131_073, "too-large")],
)
def test_binary_mode_refuses_a_wrong_body(body: bytes, kind: str) -> None:
    answer = _binary(body)
    assert isinstance(answer, Problem)
    assert answer.kind == kind


def test_binary_mode_asks_for_json() -> None:
    answer = _binary(b"{}", **{"Content-Type": "text/plain"})
    assert isinstance(answer, Problem)
    assert (answer.kind, answer.status) == ("wrong-content-type", 415)


def test_without_a_content_type_a_binary_event_is_json() -> None:
    headers = {f"ce-{name}": str(value) for name, value in event().items() if name != "data"}
    body = json.dumps(MATCHED).encode()
    assert parse_binary(headers, body, municipality=OWN, now=NOW) == taken(event())


@pytest.mark.parametrize(
    ("value", "meant"),
    [('"ev-103"', "ev-103"), ('"ev-\\"1\\\\"', 'ev-"1\\'), ('"ev', '"ev'), ("ev%25201", "ev%201")],
)
def test_a_header_is_unquoted_and_decoded_once(value: str, meant: str) -> None:
    answer = _binary(json.dumps(MATCHED).encode(), **{"CE-id": value})
    assert isinstance(answer, Incoming) and answer.id == meant


def _as_bytes(data: bytes, **more: Any) -> dict[str, Any]:
    rest = {name: value for name, value in event().items() if name != "data"}
    return rest | {"data_base64": b64encode(data).decode(), **more}


def test_data_may_come_as_bytes() -> None:
    assert taken(_as_bytes(json.dumps(MATCHED).encode())) == taken(event())


def test_faults_in_data_that_came_as_bytes_have_their_places() -> None:
    assert places(_as_bytes(json.dumps(MATCHED | {"minutes": 0}).encode())) == {
        "/data/minutes": "too-low"
    }
    assert places(_as_bytes(b'{"minutes": 1, "minutes": 2}'))["/data/minutes"] == "doubled-key"
    assert places(_as_bytes(b"1")) == {"/data": "not-object"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (_as_bytes(b"{"), "not-json"),
        (_as_bytes(b"\xff"), "not-utf8"),
        (_as_bytes(b"", data_base64="%%%"), "not-base64"),
        (_as_bytes(b"", data_base64="æ"), "not-base64"),
        (_as_bytes(b"", data_base64=None), "not-base64"),
        (_as_bytes(b"", data_base64=[1]), "not-base64"),
        (_as_bytes(b"{}") | {"data": MATCHED}, "data-twice"),
    ],
)
def test_bytes_that_are_no_data_are_refused(sent: dict[str, Any], code: str) -> None:
    assert places(sent) == {"/data_base64": code}
