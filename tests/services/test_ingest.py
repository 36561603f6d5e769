"""Files in: what is refused is kept, whoever else is doing the same, and whatever the file is."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from services import importing
from services.ingest import ingest_file
from services.store.municipality import Municipality
from tests.conftest import Clock

GOOD = (
    '{{"specversion":"1.0","type":"dk.roedtraad.course.intake-registered.v1",'
    '"source":"https://sagssystem.example","id":"ev-{n}","subject":"c-{n}",'
    '"time":"2026-01-12T09:00:00+01:00","municipality":"0860",'
    '"data":{{"actor":{{"id":"s-12","function":"caseworker"}},"caseworker":{{"id":"s-12"}}}}}}'
)
BAD = '{"specversion":"1.0","id":"bad"}'


def write(path: Path, *lines: str, end: str = "\n") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + end)
    return path


def good(count: int, first: int = 0) -> list[str]:
    return [GOOD.format(n=n) for n in range(first, first + count)]


def kept_lines(path: Path | None) -> list[int]:
    assert path is not None
    return [json.loads(line)["line"] for line in path.read_text().splitlines()]


def test_refused_lines_are_kept_with_number_and_reason_and_the_rest_is_stored(
    municipality: Municipality, tmp_path: Path
) -> None:
    path = write(tmp_path / "æøå.jsonl", *good(2), BAD, "", "ikke json", *good(1, 2), end="")
    outcome = ingest_file(municipality, path, tmp_path / "refused")
    assert (outcome.counts["stored"], outcome.counts["refused"]) == (3, 2)
    assert kept_lines(outcome.refused) == [3, 5]
    assert outcome.refused and outcome.refused.stat().st_mode & 0o077 == 0


def test_a_delivery_of_the_same_name_leaves_the_last_ones_refused_lines_alone(
    municipality: Municipality, tmp_path: Path
) -> None:
    monday = ingest_file(municipality, write(tmp_path / "a" / "in.jsonl", BAD), tmp_path / "r")
    tuesday = ingest_file(
        municipality, write(tmp_path / "b" / "in.jsonl", *good(1)), tmp_path / "r"
    )
    assert kept_lines(monday.refused) == [1]
    assert tuesday.refused is None


def test_the_same_file_from_eight_sides_is_stored_once_and_every_refused_line_kept_once(
    municipality: Municipality, tmp_path: Path
) -> None:
    lines = [line for n in range(60) for line in (GOOD.format(n=n), BAD)]
    path = write(tmp_path / "in.jsonl", *lines)
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(ingest_file, municipality, path, tmp_path / "r") for _ in range(8)]
        outcomes = [job.result() for job in jobs]
    assert sum(outcome.counts["stored"] for outcome in outcomes) == 60
    assert len(municipality.read_from(0, 1000)) == 60
    assert kept_lines(outcomes[0].refused) == list(range(2, 121, 2))


def test_a_conflict_is_kept_among_the_refused(municipality: Municipality, tmp_path: Path) -> None:
    other = GOOD.format(n=1).replace('"subject":"c-1"', '"subject":"c-2"')
    outcome = ingest_file(
        municipality, write(tmp_path / "in.jsonl", *good(2), other), tmp_path / "r"
    )
    assert (outcome.counts["stored"], outcome.counts["conflict"]) == (2, 1)
    assert kept_lines(outcome.refused) == [3]


def test_an_import_that_was_cut_off_goes_on_and_keeps_each_refused_line_once(
    municipality: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINES_A_TRANSACTION", 10)
    lines = [line for n in range(30) for line in (GOOD.format(n=n), BAD)]
    path = write(tmp_path / "in.jsonl", *lines)
    chunks = 0

    def cut(done: int) -> None:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_file(municipality, path, tmp_path / "r", cut)
    outcome = ingest_file(municipality, path, tmp_path / "r")
    assert outcome.resumed_at == 30
    assert outcome.counts["stored"] == 15
    assert kept_lines(outcome.refused) == list(range(2, 61, 2))


def test_a_line_longer_than_any_event_is_refused_and_the_next_one_read(
    municipality: Municipality, tmp_path: Path
) -> None:
    path = write(tmp_path / "in.jsonl", "x" * 3_000_000, *good(1))
    outcome = ingest_file(municipality, path, tmp_path / "r")
    assert (outcome.counts["stored"], outcome.counts["refused"]) == (1, 1)
    assert outcome.refused
    [kept] = outcome.refused.read_text().splitlines()
    assert json.loads(kept)["cut"] and len(kept) < 1_100_000


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\n", b"\x00\n"])
def test_files_with_nothing_in_them_that_could_be_stored(
    municipality: Municipality, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(content)
    outcome = ingest_file(municipality, path, tmp_path / "r")
    assert not outcome.counts["stored"]
    assert outcome.counts["refused"] == (1 if content.strip() else 0)


def test_files_of_refused_lines_are_removed_after_thirty_days(
    municipality: Municipality, tmp_path: Path, clock: Clock
) -> None:
    old = ingest_file(municipality, write(tmp_path / "old.jsonl", BAD), tmp_path / "r").refused
    new = ingest_file(municipality, write(tmp_path / "new.jsonl", BAD), tmp_path / "r").refused
    assert old and new
    for path, days in ((old, 31), (new, 29)):
        then = (clock.now - timedelta(days=days)).timestamp()
        os.utime(path, (then, then))
    ingest_file(municipality, write(tmp_path / "next.jsonl", *good(1)), tmp_path / "r")
    assert (old.exists(), new.exists()) == (False, True)
