"""Bodies that no honest sender sends: each is answered with what is wrong with it, and where."""

import gzip
import json
from typing import Any

import pytest

from services.edge.reading import LONGEST_EVENT
from tests.services.api.attack.conftest import Attacked
from tests.services.api.attack.wire import NAME, check_problem, chunked
from tests.services.api.sending import BATCH, CASEWORKER, STRUCTURED, event

COMMAND = {"Idempotency_Key": "k-1", "If_Match": "*"}
GRANTS = "/v1/courses/c-1/grants"


def encoded(sent: Any) -> bytes:
    return json.dumps(sent).encode()


def with_note(note: bytes) -> bytes:
    """An event whose note is written so in JSON."""
    data = {"actor": CASEWORKER, "caseworker": {"id": "s-12"}, "note": "@"}
    return encoded(event("ev-note", data=data)).replace(b'"@"', note)


def pointers(problem: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


def in_batch(attacked: Attacked, *texts: bytes) -> list[dict[str, Any]]:
    """What became of each event of a batch."""
    answer = attacked.post(b"[" + b",".join(texts) + b"]", BATCH)
    assert answer is not None and answer.status in (200, 207), answer
    assert NAME not in answer.body.decode()
    receipts: list[dict[str, Any]] = answer.json()["receipts"]
    return receipts


@pytest.mark.parametrize("announced", [True, False])
def test_a_hundred_megabytes_are_too_large_announced_or_not(
    attacked: Attacked, announced: bool
) -> None:
    kind = {"Content_Type": BATCH}
    parts = [b"[" + NAME.encode() * 70_000] * 110
    if announced:
        head = attacked.head(**kind, Content_Length=sum(map(len, parts)))
        answer = attacked.told(head, parts)
    else:
        answer = attacked.told(attacked.head(**kind, Transfer_Encoding="chunked"), chunked(parts))
    assert check_problem(answer, 413)["limit"] == 16 * 1024 * 1024


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"a":['])
def test_ten_thousand_levels_are_too_deep(attacked: Attacked, opening: str) -> None:
    closing = {"[": "]", '{"a":': "}", '{"a":[': "]}"}[opening]
    deep = (opening * 10_000 + "1" + closing * 10_000).encode()
    within = encoded(event("ev-deep", data={"note": "@"})).replace(b'"@"', deep)
    for body in (deep, within):
        check_problem(attacked.post(body), 400, 422)
        check_problem(attacked.post(body, path=GRANTS, **COMMAND), 400, 404, 422)
    check_problem(attacked.post(deep[:-1]), 400, 422)
    right = encoded(event("ev-beside-deep"))
    first, last = in_batch(attacked, within, right)
    assert first["status"] == "refused" and last["status"] in ("stored", "duplicate")


def test_nul_bytes_are_refused_raw_and_escaped(attacked: Attacked) -> None:
    check_problem(attacked.post(with_note(b'"a\0b"')), 400)
    assert pointers(check_problem(attacked.post(with_note(rb'"a\u0000b"')), 422)) == ["/data/note"]
    for place in ("id", "source", "subject", "type", "time", "sequence", "correlationid"):
        sent = event("ev-nul") | {place: f"a\0{NAME}"}
        assert pointers(check_problem(attacked.post(encoded(sent)), 422)) == [f"/{place}"]


@pytest.mark.parametrize("half", [rb"\ud800", rb"\udfff", rb"\udc00\ud800"])
def test_half_characters_are_refused_in_texts_ids_and_names(
    attacked: Attacked, half: bytes
) -> None:
    found = check_problem(attacked.post(with_note(b'"a' + half + b'"')), 422)
    assert pointers(found) == ["/data/note"]
    for place in ("id", "source", "subject", "correlationid"):
        sent = encoded(event("ev-half") | {place: "@"}).replace(b'"@"', b'"' + half + b'"')
        assert pointers(check_problem(attacked.post(sent), 422)) == [f"/{place}"]
    name = encoded(event("ev-half")).replace(b'"actor"', b'"' + half + b'": 1, "actor"')
    assert pointers(check_problem(attacked.post(name), 422)) == ["/data"]


def test_a_field_given_twice_is_named_and_neither_is_chosen(attacked: Attacked) -> None:
    twice = encoded(event("ev-twice")).replace(b'"subject"', b'"id": "ev-other", "subject"')
    assert "/id" in pointers(check_problem(attacked.post(twice), 422))
    actor = encoded(CASEWORKER)
    within = with_note(b'"x"').replace(b'"actor": ', b'"actor": ' + actor + b', "actor": ', 1)
    assert "/data/actor" in pointers(check_problem(attacked.post(within), 422))
    doubled, right = in_batch(attacked, twice, encoded(event("ev-beside-twice")))
    assert (doubled["status"], right["status"]) == ("refused", "stored")


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "utf-8;charset=latin-1", "é", '"'])
def test_another_charset_than_utf_8_is_not_taken_when_it_is_said(
    attacked: Attacked, charset: str
) -> None:
    check_problem(attacked.post(with_note(b'"x"'), f"{STRUCTURED}; charset={charset}"), 415)


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_another_charset_than_utf_8_is_found_when_it_is_not_said(
    attacked: Attacked, charset: str
) -> None:
    sent = json.dumps(event("ev-æøå", data={"note": f"{NAME} æøå"}), ensure_ascii=False)
    found = check_problem(attacked.post(sent.encode(charset)), 400)
    assert found["type"] == "/problems/not-json"


def test_a_gzip_bomb_is_not_unpacked(attacked: Attacked) -> None:
    bomb = gzip.compress(b"[" + b" " * 200_000_000 + b"]", compresslevel=1)
    for encoding in ("gzip", "GZIP", "gzip, gzip", "br", "deflate", "identity, gzip"):
        check_problem(attacked.post(bomb, BATCH, Content_Encoding=encoding), 415)
    check_problem(attacked.post(bomb[:100_000], BATCH), 400)


@pytest.mark.parametrize(
    "number",
    [b"1e400", b"-1e400", b"1" * 30_000, b"-" + b"9" * 30_000, b"1e-400", b"NaN", b"-Infinity"],
)
def test_numbers_that_are_none_or_too_large_are_refused_where_they_stand(
    attacked: Attacked, number: bytes
) -> None:
    assert pointers(check_problem(attacked.post(with_note(number)), 422)) == ["/data/note"]
    profile = {"actor": {"id": "m-31", "function": "mentor"}, "experience_years": "@"}
    sent = encoded(event("ev-n", "mentor.profile-completed", subject="m-31", data=profile))
    found = check_problem(attacked.post(sent.replace(b'"@"', number)), 422)
    assert "/data/experience_years" in pointers(found)


def test_a_number_of_a_hundred_thousand_digits_is_answered(attacked: Attacked) -> None:
    check_problem(attacked.post(with_note(b"1" * 100_000)), 422)
    check_problem(attacked.post(b"1" * 100_000), 400, 422)
    check_problem(attacked.post(b"[" + b"1" * 100_000 + b"]", path=GRANTS, **COMMAND), 404, 422)


def test_minus_zero_and_a_fraction_are_no_count(attacked: Attacked) -> None:
    for number in (b"-0", b"-0.0", b"0.5", b"1e0", b"true"):
        profile = {"actor": {"id": "m-31", "function": "mentor"}, "experience_years": "@"}
        sent = encoded(event("ev-n", "mentor.profile-completed", subject="m-31", data=profile))
        check_problem(attacked.post(sent.replace(b'"@"', number)), 422)


def test_an_event_of_two_hundred_thousand_fields_is_too_large(attacked: Attacked) -> None:
    fields = b",".join(b'"f%d":1' % n for n in range(200_000))
    large = encoded(event("ev-fields")).replace(b'"data": {', b'"data": {' + fields + b",")
    assert len(large) > LONGEST_EVENT
    check_problem(attacked.post(large), 413)
    [refused, right] = in_batch(attacked, large, encoded(event("ev-beside-fields")))
    assert (refused["problem"]["status"], right["status"]) == (413, "stored")


def test_an_event_of_as_many_unknown_fields_as_it_can_have_is_refused(attacked: Attacked) -> None:
    fields = b",".join(b'"f%d":1' % n for n in range(11_000))
    sent = encoded(event("ev-many")).replace(b'"data": {', b'"data": {' + fields + b",")
    answer = attacked.post(sent)
    assert len(check_problem(answer, 422)["errors"]) == 11
    assert answer is not None and len(answer.body) < 4000


def test_a_batch_of_one_too_many_is_too_large(attacked: Attacked) -> None:
    one = encoded(event("ev-of-many"))
    for each in (one, b"{}", b"1", b"[]", b'"\\u0000"'):
        sent = b"[" + b",".join([each] * 10_001) + b"]"
        assert check_problem(attacked.post(sent, BATCH), 413)["limit"] == 10_000


def test_a_batch_that_holds_no_events_is_answered_one_by_one(attacked: Attacked) -> None:
    right = encoded(event("ev-within"))
    wrong = [b"[" + right + b"]", b"null", b"1", b'"x"', b"[]", b"{}", b"[[[[]]]]", b"true"]
    receipts = in_batch(attacked, *wrong, right)
    assert [each["status"] for each in receipts] == ["refused"] * len(wrong) + ["stored"]
    assert in_batch(attacked) == []


@pytest.mark.parametrize("id_", ["🙂", "🙂" * 40, "é", "", " ", "x" * 500, "\u202e", "a\nb", NAME])
def test_an_id_is_plain_or_the_event_is_refused_at_its_id(attacked: Attacked, id_: str) -> None:
    found = check_problem(attacked.post(encoded(event(id_))), 422)
    assert pointers(found) == ["/id"] and "id" not in found


@pytest.mark.parametrize(
    "time",
    [
        "0000-00-00",
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "9999-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-12T24:00:00Z",
        "2026-01-12T23:59:60Z",
        "2026-02-30T08:00:00Z",
        "2026-01-12T08:00:00+99:99",
        "2026-01-12T08:00:00.123456789",
        "2026-W03-1T08:00:00Z",
        "20260112T080000Z",
        "2026-01-12 08:00:00Z",
        "\uff12\uff10\uff12\uff16-01-12T08:00:00Z",
        "2026-01-12T08:00:00.Z",
        "-2026-01-12T08:00:00Z",
        "now",
        f"2026-01-12T08:00:00Z[{NAME}]",
    ],
)
def test_a_time_that_is_none_is_refused_at_the_time(attacked: Attacked, time: str) -> None:
    assert pointers(check_problem(attacked.post(encoded(event("ev-t", time=time))), 422)) == [
        "/time"
    ]


def test_a_time_with_nanoseconds_is_kept_to_the_microsecond_or_refused(
    attacked: Attacked,
) -> None:
    answer = attacked.post(encoded(event("ev-ns", time="2026-01-12T08:00:00.123456789Z")))
    assert answer is not None and answer.status in (201, 422), answer
    if answer.status == 422:
        assert pointers(check_problem(answer, 422)) == ["/time"]


def test_a_post_without_body_or_type_says_what_is_lacking(attacked: Attacked) -> None:
    check_problem(attacked.told(attacked.head()), 415)
    check_problem(attacked.told(attacked.head(Content_Type=STRUCTURED)), 400)
    check_problem(attacked.told(attacked.head(Content_Type=BATCH, Content_Length=0)), 400)
    check_problem(attacked.told(attacked.head(Content_Type="application/json", ce_id="1")), 400)
    for path in (GRANTS, "/v1/follow-ups/x/snooze", "/v1/rules"):
        check_problem(attacked.told(attacked.head(path=path)), 400, 428)
        check_problem(attacked.told(attacked.head(path=path, **COMMAND)), 400, 404)


@pytest.mark.parametrize(
    "pack",
    [
        b"a = " + b"[" * 20_000,
        b"a = " + b"[" * 20_000 + b"]" * 20_000,
        b"a = " + b"{b=" * 20_000,
        b"a." * 20_000 + b"a = 1",
        b"[" + b"a." * 20_000 + b"a]",
        b"a = " + b"1" * 50_000,
        b"a = 1e400",
        b"a = 9999-12-31T23:59:60Z",
        b"a = 0000-00-00",
        b'a = "\\ud800"',
        b"a = '\0'",
        b"\xff\xfea",
        b"\xef\xbb\xbfa = 1",
        b"a = 1\n" * 2,
        b"x" * 10_000_000,
        b"",
    ],
    ids=range(16),
)
def test_a_rule_pack_that_is_none_has_its_flaws_told(attacked: Attacked, pack: bytes) -> None:
    answer = attacked.post(pack, "application/toml", "/v1/rules/check")
    assert answer is not None and answer.status == 200, answer
    assert not answer.json()["ok"] and answer.json()["flaws"]


def test_binary_mode_takes_no_nonsense_in_its_headers(attacked: Attacked) -> None:
    data = encoded(event("x")["data"])
    right = {f"ce_{k}": v for k, v in event("ev-bin").items() if k != "data"}
    json_ = "application/json"
    for name, value in {
        "ce_id": "%00",
        "ce_source": "%ff%fe",
        "ce_subject": "%ED%A0%80",
        "ce_time": "é",
        "ce_type": "%F0%9F%99%82",
        "ce_specversion": "2",
        "ce_municipality": "%",
        "ce_sequence": "9" * 400,
    }.items():
        check_problem(attacked.post(data, json_, **(right | {name: value})), 422)
    check_problem(attacked.post(b"[" * 10_000, json_, **right), 400, 422)
    twice = attacked.post(data, json_, **right, CE_ID="another")
    assert pointers(check_problem(twice, 422)) == ["/id"]
    answer = attacked.post(data, json_, **right)
    assert answer is not None and answer.status == 201, answer
