"""Paths, queries and headers in which anything stands: unknown, or refused by name."""

import json

import pytest

from services.api.guard import LARGEST_HEADERS
from tests.services.api.attack.conftest import Attacked
from tests.services.api.attack.wire import check_problem, head
from tests.services.api.sending import CASEWORKER


@pytest.mark.parametrize("method", ["HEAD", "TRACE", "OPTIONS", "DELETE", "PUT", "PROPFIND"])
def test_a_method_that_is_not_ours_is_refused_with_those_that_are(
    attacked: Attacked, method: str
) -> None:
    with attacked.connect() as connection:
        connection.send(attacked.head(method, Connection="close"))
        if method == "HEAD":
            assert connection.head_answer().status == 405
        else:
            answer = connection.answer()
            check_problem(answer, 405)
            assert answer is not None and answer.headers["allow"] == "POST"


def test_an_absolute_address_is_answered_for_its_path_whatever_its_host(
    attacked: Attacked,
) -> None:
    for host in ("http://x", "http://evil.example:99", "https://user:pass@x"):
        answer = attacked.get(f"{host}/v1/views")
        assert answer is not None and answer.status == 200, answer


@pytest.mark.parametrize("host", [None, "", "a, b", "évil", "x" * 1000, "x\r\nHost: y"])
def test_the_host_that_is_named_makes_no_difference(attacked: Attacked, host: str | None) -> None:
    lines = b"" if host is None else b"Host: " + host.encode() + b"\r\n"
    begun = b"GET /healthz HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n"
    answer = attacked.told(begun)
    assert answer is not None and answer.status in (200, 400), answer
    if answer.status == 400:
        check_problem(answer, 400)


@pytest.mark.parametrize(
    "id_",
    [
        *("%00", "%ff", "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%2e%2e", "%", "%zz"),
        *("%25%30%30", "%ED%A0%80", "%F0%9F%99%82", "a" * 10_000, "%2F", "", "//", "%5c", ";"),
        *("%0d%0aX:%20y", "Testesen", "010190-1234", "next", "null", "'%20OR%201=1--"),
        *("c-1%23", "c-1%3fas_of=x"),
    ],
)
def test_an_id_in_a_path_is_unknown_whatever_stands_in_it(attacked: Attacked, id_: str) -> None:
    for path in ("/v1/courses/{}", "/v1/courses/{}/next", "/v1/views/{}", "/v1/views/{}/explain"):
        check_problem(attacked.get(path.format(id_)), 404, 405, 422)
    for path in ("/v1/schemas/{}", "/docs/{}"):
        check_problem(attacked.get(path.format(id_)), 404)
    body = json.dumps({"actor": CASEWORKER}).encode()
    command = {"Idempotency_Key": "k-1", "If_Match": "*"}
    for path in ("/v1/courses/{}/grants", "/v1/follow-ups/{}/snooze"):
        answer = attacked.post(body, "application/json", path.format(id_), **command)
        check_problem(answer, 404, 405)


@pytest.mark.parametrize(
    "query",
    [
        "as_of=%ff",
        "as_of=\xff\xfe",
        "as_of=%00",
        "as_of=%ED%A0%80",
        "as_of=2026-01-12T24:00:00Z",
        "as_of=9999-12-31T23:59:60Z",
        "as_of=0000-00-00",
        "as_of=10000-01-01",
        "as_of=2026-01-01T00:00:00.0000000001Z&as_of=x",
        "municipality=%00",
        "municipality=%F0%9F%99%82",
        "limit=1e400",
        "limit=" + "9" * 10_000,
        "after=" + "9" * 4000,
        "after=-0.5",
        "cursor=%00",
        "cursor=" + "A" * 9000,
        "where=%00",
        "where=%3D%3D%3D",
        "where=mentors%3D" + "9" * 5000,
        "where=mentors%3E%3D%ff",
        "by=%00",
        "course=%00",
        "from=%00&to=%ff",
        "from=0001-01-01&to=9999-12-31",
        "Testesen=010190-1234",
        "%00=%00",
        "=",
        "&".join(["where=a%3Db"] * 2500),
        "&".join(f"p{n}=1" for n in range(3000)),
        "x[" * 5000,
    ],
)
def test_a_query_that_is_none_is_refused_by_the_parameters_name(
    attacked: Attacked, query: str
) -> None:
    assert len(query) < LARGEST_HEADERS
    check_problem(attacked.get(f"/v1/caseload?{query}"), 400, 404)


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Bearer " + "a.b.c"},
        {"Authorization": "Bearer " + "e30." * 2},
        {"Authorization": "Bearer " + "x" * 30_000},
        {"Authorization": "Basic dGVzdA=="},
        {"Authorization": "Bearer"},
        {"Authorization": "\x7f"},
    ],
)
def test_whatever_is_shown_as_a_token_is_none(attacked: Attacked, header: dict[str, str]) -> None:
    answer = attacked.told(head("GET", "/v1/caseload", **header))
    check_problem(answer, 400, 401, 429)


@pytest.mark.parametrize("language", ["en;q=nan", "en;q=1e999", "en;q=-1", "\xff", ",;q=," * 5000])
def test_the_language_that_is_asked_for_may_be_any(attacked: Attacked, language: str) -> None:
    check_problem(attacked.get("/v1/nothing", Accept_Language=language), 404)


@pytest.mark.parametrize("name", ["If_Match", "Idempotency_Key"])
@pytest.mark.parametrize("value", ["\xff", "", '"' + "9" * 5000 + '"', "010190-1234"])
def test_a_commands_headers_are_named_when_they_are_nonsense(
    attacked: Attacked, name: str, value: str
) -> None:
    headers = {"Idempotency_Key": "k-1", "If_Match": "*"} | {name: value}
    answer = attacked.post(b"{}", "application/json", "/v1/courses/c-1/grants", **headers)
    [error] = check_problem(answer, 400)["errors"]
    assert error["pointer"] == "/" + name.lower().replace("_", "-")
