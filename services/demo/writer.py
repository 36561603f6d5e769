"""Writes the trial: one file per municipality and system, in the order in which it was sent."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import msgspec

from services.demo.course_story import tell_course
from services.demo.drafts import CASES, HOURS, SURVEY, Data, Draft, Ledger, at, rfc3339
from services.demo.mishaps import befall
from services.demo.people import hire
from services.demo.places import PLACES, Place
from services.demo.plan import plan_courses
from services.demo.scene import Diary, Scene
from services.demo.staff_story import tell_staff
from services.demo.supervision import tell_supervision
from services.demo.survey import Tally, tell_survey
from services.demo.team_story import tell_team

TRIAL_DAYS = 790  # about 26 months


def generate(
    folder: Path,
    *,
    last_day: date,
    seed: int = 25,
    scale: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write the trial up to the beginning of `last_day` in Copenhagen; give back the files.

    The same arguments give the same bytes. `scale` is a share of the full number of courses, but a
    team has at least three mentors; `progress` is told how many municipalities are done, of all.
    Files are named `0860-case-system.jsonl`, `0860-time-registration.jsonl`, `0860-survey.jsonl`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    tallies = (Tally(), Tally())
    for number, place in enumerate(PLACES, start=1):
        rng = Random(f"{seed}/{place.code}")
        ledger = _tell(place, last_day.toordinal(), scale, rng, tallies)
        for system in (CASES, HOURS, SURVEY):
            path = folder / f"{place.code}-{system}.jsonl"
            path.write_bytes(_lines(ledger, system))
            files.append(path)
        if progress is not None:
            progress(number, len(PLACES))
    return files


def _tell(
    place: Place, last: int, scale: float, rng: Random, tallies: tuple[Tally, Tally]
) -> Ledger:
    """One municipality's story: the staff first, since it decides how many citizens there are."""
    start = last - TRIAL_DAYS + place.starts_after_days
    crew = hire(place, start, last, place.participants * scale / place.per_fte, rng)
    matched = round(crew.mean_full_time() * place.per_fte)
    courses = plan_courses(place, crew, matched, rng)
    scene = Scene(place, crew, Ledger(place, at(last, 0)), Diary(), rng)
    tell_team(scene)
    tell_supervision(scene)
    tell_staff(scene)
    for course in courses:
        tell_course(scene, course)
    tell_survey(scene, tallies)
    befall(scene, courses)
    return scene.ledger


def _lines(ledger: Ledger, system: str) -> bytes:
    sent = [draft for draft in ledger.drafts if draft.system == system]
    sent.sort(key=lambda draft: draft.arrival)  # stable: as told, where sent together
    encode = msgspec.json.encode
    return b"".join(encode(_event(ledger, draft)) + b"\n" for draft in sent)


def _event(ledger: Ledger, draft: Draft) -> Data:
    """The CloudEvent in structured mode."""
    event: Data = {
        "specversion": "1.0",
        "type": f"dk.roedtraad.{draft.name}.v1",
        "source": ledger.source(draft.system),
        "id": draft.id,
        "subject": draft.subject,
    }
    if draft.subject_of is not None:
        event["subjectsource"] = ledger.source(draft.subject_of)
    event["time"] = rfc3339(draft.moment)
    event["municipality"] = ledger.place.code
    if ledger.place.sequence and draft.system == CASES:
        event["sequence"] = f"{int(draft.id.split('-')[1]):08}"
    event["datacontenttype"] = "application/json"
    event["data"] = draft.data
    return dict(reversed(event.items())) if draft.backwards else event
