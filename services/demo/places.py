"""The thirteen municipalities of the trial, as the evaluation report describes each.

`participants` and `per_fte` are what the story aims at (Table 24's interval, well inside it);
`supervision` says who supervises in which window of the agreed cadence (Table 25).
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class By(StrEnum):
    """Who held the supervision of a window, if anybody."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    NOBODY = "nobody"


class Supervision(Struct, frozen=True):
    """Who supervises: `mostly`, but for the windows (from 0) that are named in `otherwise`."""

    mostly: By
    otherwise: Mapping[int, By] = field(default_factory=dict)
    cadence_weeks: int | None = None
    why_none: tuple[str, ...] = ()
    individual: bool = False

    @property
    def weeks(self) -> int:
        """The length of a window: the agreed cadence, else six weeks."""
        return self.cadence_weeks or 6

    def held_by(self, window: int) -> By:
        """Who supervises in this window."""
        return self.otherwise.get(window, self.mostly)


class Place(Struct, frozen=True, kw_only=True):
    """One municipality's part in the trial."""

    code: str
    name: str
    host: str  # in the addresses of its systems
    participants: int
    per_fte: float
    supervision: Supervision
    starts_after_days: int = 0
    method: str = "other"
    caseworkers: int = 5
    coordinator_minutes: int = 0  # a week, as mentor
    coordinator_overloaded: bool = False
    coordination_days: int = 14
    disagreement: float = 0.12
    colocation: str = "some-days"
    key_persons: float = 0.06
    anonymous_survey: bool = True
    sequence: bool = False  # whether the case system numbers its events

    @property
    def case_system(self) -> str:
        """The source of the case system (*sagssystem*)."""
        return f"https://sagssystem.{self.host}.example"

    @property
    def time_registration(self) -> str:
        """The source of the time-registration system (*tidsregistrering*)."""
        return f"https://tid.{self.host}.example"

    @property
    def survey_tool(self) -> str:
        """The source of the survey tool (*spørgeskema*)."""
        return f"https://survey.{self.host}.example"


def _windows(first: int, last: int, by: By) -> dict[int, By]:
    return dict.fromkeys(range(first, last + 1), by)


PLACES = (
    Place(
        code="0101",
        name="København",
        host="koebenhavn",
        participants=205,
        per_fte=17.3,
        supervision=Supervision(
            By.EXTERNAL, _windows(0, 5, By.NOBODY), cadence_weeks=6, why_none=("no-funds-yet",)
        ),
        caseworkers=12,
        coordinator_minutes=444,
        coordinator_overloaded=True,
        disagreement=0.2,
        sequence=True,
    ),
    Place(
        code="0316",
        name="Holbæk",
        host="holbaek",
        participants=74,
        per_fte=12.4,
        supervision=Supervision(By.INTERNAL, {9: By.NOBODY}, cadence_weeks=6, individual=True),
        starts_after_days=14,
        coordinator_minutes=296,
        colocation="every-day",
        coordination_days=9,
    ),
    Place(
        code="0326",
        name="Kalundborg",
        host="kalundborg",
        participants=78,
        per_fte=17.2,
        supervision=Supervision(By.NOBODY, why_none=("change-of-leader", "work-pressure")),
        starts_after_days=7,
        colocation="none",
        coordination_days=26,
        disagreement=0.3,
    ),
    Place(
        code="0330",
        name="Slagelse",
        host="slagelse",
        participants=98,
        per_fte=17.0,
        supervision=Supervision(By.LEADER, {4: By.NOBODY}, cadence_weeks=6),
        key_persons=0.6,
        coordinator_minutes=444,
        coordinator_overloaded=True,
    ),
    Place(
        code="0370",
        name="Næstved",
        host="naestved",
        participants=86,
        per_fte=17.4,
        supervision=Supervision(
            By.NOBODY, _windows(6, 10, By.INTERNAL), why_none=("work-pressure",)
        ),
        starts_after_days=21,
        coordination_days=18,
        anonymous_survey=False,
        disagreement=0.18,
    ),
    Place(
        code="0510",
        name="Haderslev",
        host="haderslev",
        participants=72,
        per_fte=12.3,
        supervision=Supervision(
            By.EXTERNAL,
            {
                2: By.NOBODY,
                3: By.NOBODY,
                7: By.LEADER,
                8: By.LEADER,
                13: By.LEADER,
            },
            cadence_weeks=6,
        ),
        starts_after_days=10,
    ),
    Place(
        code="0540",
        name="Sønderborg",
        host="soenderborg",
        participants=88,
        per_fte=12.2,
        supervision=Supervision(By.NOBODY, why_none=("replaced-by-sparring",)),
        method="by-meeting",
        coordination_days=10,
        colocation="every-day",
        disagreement=0.06,
    ),
    Place(
        code="0630",
        name="Vejle",
        host="vejle",
        participants=92,
        per_fte=12.6,
        supervision=Supervision(By.EXTERNAL, {11: By.NOBODY}),
        coordinator_minutes=370,
        sequence=True,
    ),
    Place(
        code="0657",
        name="Herning",
        host="herning",
        participants=90,
        per_fte=17.2,
        supervision=Supervision(By.EXTERNAL, {5: By.NOBODY}, cadence_weeks=4),
        starts_after_days=28,
    ),
    Place(
        code="0740",
        name="Silkeborg",
        host="silkeborg",
        participants=80,
        per_fte=12.2,
        supervision=Supervision(By.EXTERNAL, cadence_weeks=8, individual=True),
        starts_after_days=3,
        colocation="every-day",
        coordination_days=11,
    ),
    Place(
        code="0791",
        name="Viborg",
        host="viborg",
        participants=84,
        per_fte=16.9,
        supervision=Supervision(By.COORDINATOR, {6: By.LEADER, 12: By.NOBODY}, cadence_weeks=6),
        starts_after_days=17,
        coordinator_minutes=370,
        coordination_days=16,
    ),
    Place(
        code="0851",
        name="Aalborg",
        host="aalborg",
        participants=196,
        per_fte=24.2,
        supervision=Supervision(By.EXTERNAL, {0: By.NOBODY}, cadence_weeks=6),
        caseworkers=11,
        coordination_days=15,
    ),
    Place(
        code="0860",
        name="Hjørring",
        host="hjoerring",
        participants=94,
        per_fte=17.1,
        supervision=Supervision(By.NOBODY, why_none=("replaced-by-sparring", "work-pressure")),
        method="by-profile",
        coordination_days=12,
        disagreement=0.08,
        anonymous_survey=False,
        sequence=True,
    ),
)

SOURCES: dict[str, set[str]] = {
    place.code: {
        place.case_system,
        place.time_registration,
        place.survey_tool,
        f"urn:roedtraad:{place.code}",
    }
    for place in PLACES
}
"""Who speaks in the trial, by municipality: its systems, and what is decided here."""
