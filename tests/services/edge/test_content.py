"""What an event says is written in one way for ever, or what is sent again would be a conflict."""

import json

import pytest

from services.edge import parse
from services.edge.incoming import Incoming
from services.edge.parse import parse_batch, parse_event
from tests.services.edge.events import NOW, OWN, event

GOOD = json.dumps(event()).encode()
OTHERS = [
    b'{"id": 1, "id": 2}',
    b"[1]",
    b'"x"',
    b"{}",
    json.dumps(event(id="e\\u003a") | {"id": 7}).encode(),
    GOOD.replace(b'"id"', b'"id": "x", "id"', 1),
]


def test_it_is_what_was_sent_with_its_keys_sorted_and_the_time_in_utc() -> None:
    sent = event() | {
        "sequence": "0007",
        "correlationid": "k-1",
        "time": "2026-03-02T10:00:00+01:00",
    }
    taken = parse_event(json.dumps(sent).encode(), municipality=OWN, now=NOW)
    assert isinstance(taken, Incoming)
    assert taken.body.decode() == json.dumps(
        {
            "type": sent["type"].removeprefix("dk.roedtraad."),
            "source": sent["source"],
            "id": sent["id"],
            "subject": sent["subject"],
            "subjectsource": None,
            "time": "2026-03-02T09:00:00Z",
            "sequence": 7,
            "correlationid": "k-1",
            "data": sent["data"],
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


@pytest.mark.parametrize("other", OTHERS)
def test_a_batch_that_is_read_in_one_go_is_answered_as_one_read_piece_by_piece(
    other: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = [
        b"[" + GOOD + b", " + other + b"]",
        b" [" + other + b"," + GOOD + b"] ",
        b"[" + GOOD + b"]",
    ]
    in_one_go = [parse_batch(batch, municipality=OWN, now=NOW) for batch in batches]
    monkeypatch.setattr(parse, "objects_at_once", lambda raw: None)
    assert in_one_go == [parse_batch(batch, municipality=OWN, now=NOW) for batch in batches]
