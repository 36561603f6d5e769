"""What the interface publishes of itself holds: schemas, examples, OpenAPI, the page to try it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator
from typer.testing import CliRunner

from services.cli.main import app as command_line
from services.edge.models import TYPES, form_of
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import send

_METHODS = ("get", "post", "put", "patch", "delete")


def examples_in(said: dict[str, Any]) -> list[Any]:
    """The examples of a body of one content type."""
    one = [said["example"]] if "example" in said else []
    return one + [each["value"] for each in said.get("examples", {}).values()]


@pytest.fixture
async def vendor(
    api: FastAPI, tokens: Tokens, clock: Clock, municipality: Municipality
) -> httpx.AsyncClient:
    """A client with the token that an example asks for: its municipality, its source."""
    clock.now = datetime(2026, 11, 1, tzinfo=UTC)
    prefix = "https://sagssystem.example"
    _, token = tokens.create(municipality="0860", now=clock(), source_prefix=prefix)
    headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
    transport = httpx.ASGITransport(app=api)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The name of an operation, a content type that it takes, and what is said of it."""
    for name, operation in operations(document):
        for kind, said in operation.get("requestBody", {}).get("content", {}).items():
            yield name, kind, said


async def test_the_example_of_every_schema_can_be_sent_as_it_stands(
    vendor: httpx.AsyncClient,
) -> None:
    rows = (await vendor.get("/v1/schemas")).json()["rows"]
    assert [row["type"] for row in rows] == list(TYPES)
    sent = 0
    for row in rows:
        schema = (await vendor.get(row["schema"])).json()
        for example in schema["examples"]:
            answer = await send(vendor, example)
            if form_of(row["topic"]).sendable:
                assert (answer.status_code, answer.json()["status"]) == (201, "stored"), row
                sent += 1
            else:
                codes = {error["code"] for error in answer.json()["errors"]}
                assert codes == {"our-source", "only-here"}, row
    assert sent == len(TYPES) - 25
    assert (await vendor.get("/v1/schemas/course.unknown.v1")).status_code == 404


async def test_the_schemas_that_are_printed_are_those_that_are_served(
    client: httpx.AsyncClient,
) -> None:
    topic = "course.mentor-matched.v1"
    printed = CliRunner().invoke(command_line, ["schema", topic]).stdout
    assert json.loads(printed) == (await client.get(f"/v1/schemas/{topic}")).json()
    for name in ("course.mentor-matched", f"dk.roedtraad.{topic}"):
        assert CliRunner().invoke(command_line, ["schema", name]).stdout == printed
    every = json.loads(CliRunner().invoke(command_line, ["schema"]).stdout)
    assert list(every) == list(TYPES.values())


def test_an_unknown_schema_is_answered_with_the_nearest_names() -> None:
    answer = CliRunner().invoke(command_line, ["schema", "mentor-matched"])
    assert answer.exit_code == 2
    assert "course.mentor-matched.v1" in answer.stderr and "team.established" not in answer.stderr


async def test_the_openapi_document_is_valid_and_describes_every_route(api: FastAPI) -> None:
    document = api.openapi()
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()
    for name, operation in operations(document):
        assert operation["summary"] and operation["description"], name
        assert operation["responses"], name
    described = set(document["paths"])
    routes = {str(getattr(route, "path", "")) for route in api.routes}
    assert routes - described <= {"", "/openapi.json", "/docs", "/docs/{name}"}


async def test_every_body_has_an_example_that_is_valid_by_its_schema(api: FastAPI) -> None:
    document = api.openapi()
    for name, kind, said in bodies(document):
        examples = examples_in(said)
        assert examples, (name, kind)
        validator = Draft202012Validator(said["schema"] | {"components": document["components"]})
        for example in examples:
            errors = [error.message for error in validator.iter_errors(example)]
            assert errors == [], (name, kind)


async def test_the_examples_of_sending_events_can_be_sent(
    api: FastAPI, vendor: httpx.AsyncClient
) -> None:
    found = [said for said in bodies(api.openapi()) if said[0] == "POST /v1/events"]
    assert len(found) == 3
    for _, kind, said in found:
        for example in examples_in(said):
            answer = await send(vendor, example, kind)
            assert answer.status_code in (200, 201), answer.text


async def test_the_page_to_try_it_asks_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    asked = re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?([^"'\s>)]+)""", page.text)
    assert "/openapi.json" in asked
    assert all(each.startswith(("/", "data:")) and not each.startswith("//") for each in asked)
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/docs/{name}" in asked
        assert len((await client.get(f"/docs/{name}")).content) > 100_000
    style = (await client.get("/docs/swagger-ui.css")).text
    assert all(each.startswith("data:") for each in re.findall(r"url\(\"?([^)\"]+)", style))
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy  # nor could what it loads
    assert "http" not in policy and "*" not in policy
    assert '"validatorUrl": null' in page.text
