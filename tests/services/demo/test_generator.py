"""The demo's files are such as case systems and time registration would send."""

import json
import re
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.demo import generate, personal_strings
from services.demo.places import PLACES
from services.edge.incoming import Incoming
from services.edge.parse import parse_event
from tests.services.demo.conftest import LAST_DAY
from tests.services.demo.reckoning import COPENHAGEN

END = datetime.combine(LAST_DAY, time(), COPENHAGEN)
# What stays away: handovers and rule packs are decided here, follow-ups are raised here, and
# nobody in the trial joined another for supervision.
ALWAYS_THERE = {
    "course": "intake-registered preference-stated match-proposed mentor-matched match-ended "
    "first-meeting-held chemistry-checked mentor-agreement-made roles-stated goal-set "
    "goal-acknowledged goal-reviewed coordination-held friction-reported activity-registered "
    "contact-attempted key-person-found case-supervised grant-applied-for grant-decided "
    "grant-extended grant-ended caseworker-changed identity-linked identity-unlinked closed "
    "reopened event-corrected event-retracted",
    "mentor": "employed hours-changed profile-completed training-attended survey-answered left "
    "event-corrected event-retracted",
    "team": "established person-assigned person-released identity-linked colocation-changed "
    "role-workshop-held role-follow-up-held matching-meeting-held external-coordination-held "
    "leadership-act-recorded caseload-policy-set supervision-arranged supervision-session-held "
    "sparring-held event-corrected event-retracted",
}


Event = dict[str, Any]
Sent = dict[str, list[Event]]  # by file, in the order in which it was sent


@pytest.fixture(scope="module")
def sent(trial: Path) -> Sent:
    return {
        file.stem: [json.loads(line) for line in file.read_bytes().splitlines()]
        for file in sorted(trial.glob("*.jsonl"))
    }


@pytest.fixture(scope="module")
def everything(sent: Sent) -> list[Event]:
    return [event for file in sent.values() for event in file]


def test_every_line_passes_the_edge(trial: Path) -> None:
    refused = []
    for file in sorted(trial.glob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            answer = parse_event(line, municipality=file.name[:4], now=END)
            if not isinstance(answer, Incoming):
                refused.append((line, answer))
    assert refused[:3] == []


def test_each_municipality_sends_from_a_case_system_time_registration_and_a_survey_tool(
    trial: Path,
) -> None:
    systems = ("case-system", "time-registration", "survey")
    expected = {f"{place.code}-{system}.jsonl" for place in PLACES for system in systems}
    assert {file.name for file in trial.iterdir()} == expected
    assert all(file.stat().st_size for file in trial.iterdir())


def test_the_trial_is_large_enough_to_tell_and_small_enough_to_wait_for(
    everything: list[Event],
) -> None:
    assert 60_000 <= len(everything) <= 110_000


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(
    tmp_path: Path,
) -> None:
    def bytes_of(folder: str, seed: int) -> dict[str, bytes]:
        files = generate(tmp_path / folder, last_day=LAST_DAY, seed=seed, scale=0.1)
        return {file.name: file.read_bytes() for file in files}

    assert bytes_of("one", 25) == bytes_of("two", 25)
    assert bytes_of("one", 25) != bytes_of("three", 26)


def test_progress_is_told_municipality_by_municipality(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    generate(
        tmp_path, last_day=LAST_DAY, scale=0.05, progress=lambda done, of: told.append((done, of))
    )
    assert told == [(number, 13) for number in range(1, 14)]


def test_nothing_happens_after_the_last_day_has_begun(everything: list[Event]) -> None:
    times = [datetime.fromisoformat(event["time"]) for event in everything]
    assert max(times) < END
    assert END - timedelta(days=2) < max(times)
    assert END - timedelta(days=800) < min(times) < END - timedelta(days=760)


def test_everything_the_report_tells_of_occurs(everything: list[Event]) -> None:
    told = {event["type"] for event in everything}
    expected = {
        f"dk.roedtraad.{stream}.{name}.v1"
        for stream, names in ALWAYS_THERE.items()
        for name in names.split()
    }
    assert expected - told == set()


def test_every_event_of_a_source_has_an_id_of_its_own_but_for_those_sent_again(
    everything: list[Event],
) -> None:
    contents: dict[tuple[str, str], list[str]] = {}
    for event in everything:
        same = json.dumps(event, sort_keys=True)
        contents.setdefault((event["source"], event["id"]), []).append(same)
    sent_again = [each for each in contents.values() if len(each) > 1]
    assert len(sent_again) > 500
    assert all(len(set(each)) == 1 for each in sent_again)


def test_a_few_percent_arrive_late_and_some_corrections_before_what_they_correct(
    sent: Sent,
) -> None:
    late = before = corrections = 0
    for place in PLACES:
        for system in ("case-system", "time-registration"):
            latest, seen = END - timedelta(days=1000), set()
            for event in sent[f"{place.code}-{system}"]:
                happened = datetime.fromisoformat(event["time"])
                late += happened < latest - timedelta(days=2)
                latest = max(latest, happened)
                seen.add(event["id"])
                if "corrects" in event["data"]:
                    corrections += 1
                    before += event["data"]["corrects"]["id"] not in seen
    assert 0.01 < late / sum(map(len, sent.values())) < 0.08
    assert corrections > 200
    assert 20 < before < corrections / 3


def test_each_mishap_of_daily_life_occurs(everything: list[Event]) -> None:
    intakes: dict[tuple[str, str], str] = {}
    for event in everything:
        if event["type"].endswith("intake-registered.v1"):
            intakes[event["municipality"], event["subject"]] = event["time"]
    worked = [event for event in everything if event["type"].endswith("activity-registered.v1")]
    early = [
        event
        for event in worked
        if event["time"] < intakes.get((event["municipality"], event["subject"]), "")
    ]
    assert len(early) >= 13
    granted = [event for event in everything if event["type"].endswith("grant-decided.v1")]
    by_mentor = {
        event["id"]: event["municipality"]
        for event in granted
        if event["data"]["actor"]["function"] == "mentor"
    }
    assert Counter(by_mentor.values()) == {"0326": 2}
    assert any("subjectsource" not in event for event in worked if "tid." in event["source"])


def test_two_municipalities_match_as_the_report_describes(sent: Sent) -> None:
    def methods(code: str) -> set[str]:
        return {
            event["data"]["method"]
            for event in sent[f"{code}-case-system"]
            if event["type"].endswith("mentor-matched.v1")
        }

    assert methods("0860") == {"by-profile"}  # Hjørring
    assert methods("0540") == {"by-meeting"}  # Sønderborg
    meetings = {
        event["data"]["meeting"]["id"]
        for event in sent["0540-case-system"]
        if event["type"].endswith("matching-meeting-held.v1")
    }
    named = {
        event["data"]["meeting"]["id"]
        for event in sent["0540-case-system"]
        if event["type"].endswith("mentor-matched.v1") and "meeting" in event["data"]
    }
    assert named
    assert named <= meetings


def test_personal_strings_are_those_of_every_sealed_text_and_of_no_code(
    trial: Path, everything: list[Event]
) -> None:
    found = personal_strings(trial)
    intakes = [event["data"] for event in everything if "intake-registered" in event["type"]]
    assert {intake["name"] for intake in intakes} <= found
    assert {intake["cpr"] for intake in intakes} <= found
    assert {event["data"]["note"] for event in everything if "note" in event["data"]} <= found
    assert min(map(len, found)) >= 10
    cpr = re.compile(r"[6-9]\d{5}-\d{4}")
    assert all(" " in text or "@" in text or cpr.fullmatch(text) for text in found)
    assert any("æ" in text or "ø" in text or "å" in text for text in found)
