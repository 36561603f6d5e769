"""Two rounds of the survey among mentors, with the shares that the report found.

Between 90 and 100 % had to fill each role (Figure 7); slightly more than one in four saw lack of
coordination as a barrier and 87 % no lack of backing to speak of (Table 75).
"""

from msgspec import Struct

from services.demo.drafts import SURVEY, Data, at, workday
from services.demo.scene import Scene

_ROLES = (
    ("role-personal-guide", 0.97),
    ("role-motivating-partner", 0.96),
    ("role-system-guide", 0.95),
    ("role-induction-guide", 0.92),
)
_COORDINATION, _BACKING = 0.267, 0.13
_MUCH = ("to-some-degree", "to-a-very-high-degree")
_LITTLE = ("not-at-all", "to-a-lesser-degree")
_MORE = (
    "barrier-unclear-roles",
    "barrier-lack-of-time",
    "barrier-lack-of-supervision",
    "barrier-lack-of-offers",
)


class Tally(Struct):
    """How many have answered so far, over all places: shares hold for the whole, not for each."""

    answered: int = 0

    def falls_to(self, share: float) -> bool:
        """Whether the next one is of this share, so that the shares come out evenly."""
        return round_up(self.answered + 1, share) > round_up(self.answered, share)


def round_up(count: int, share: float) -> int:
    """How many of `count` this share is, to the nearest."""
    return int(count * share + 0.5)


def tell_survey(scene: Scene, tallies: tuple[Tally, Tally]) -> None:
    """Half-way and towards the end, all who are mentors then are asked."""
    for number, (tally, before) in enumerate(zip(tallies, (400, 45), strict=True), start=1):
        day = workday(scene.crew.last - before)
        for mentor in scene.crew.working(day):
            _answer(scene, mentor.id, number, day, tally)
            tally.answered += 1


def _answer(scene: Scene, mentor: str, number: int, day: int, tally: Tally) -> None:
    rng = scene.rng
    answers = {
        role: rng.choice(_MUCH if tally.falls_to(share) else _LITTLE) for role, share in _ROLES
    }
    barred, unbacked = tally.falls_to(_COORDINATION), tally.falls_to(_BACKING)
    answers["barrier-lack-of-coordination"] = rng.choice(_MUCH if barred else _LITTLE)
    answers["barrier-lack-of-backing"] = rng.choice(_MUCH if unbacked else _LITTLE)
    for question in _MORE:
        if scene.chance(0.7):
            answers[question] = rng.choice((*_LITTLE, *_MUCH, "dont-know"))
    data: Data = {"survey": {"id": f"runde-{number}"}, "answers": answers}
    name = "mentor.survey-answered"
    if scene.place.anonymous_survey:
        respondent = f"r-{rng.randrange(16**6):06x}x"
        data = {"actor": {"id": respondent, "function": "mentor"}, **data}
        scene.ledger.add(name, respondent, at(day, 12), data, system=SURVEY, subject_of=SURVEY)
    else:
        actor = {"source": scene.place.case_system, "id": mentor, "function": "mentor"}
        moment = at(day, 9, rng.randrange(60))
        scene.ledger.add(name, mentor, moment, {"actor": actor, **data}, system=SURVEY)
