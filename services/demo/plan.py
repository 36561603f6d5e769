"""What happens to each citizen, in dates only: intake, matches, closing. The story comes after."""

from enum import StrEnum
from random import Random

from msgspec import Struct, field

from services.demo.drafts import Day, workday, workday_back
from services.demo.names import Somebody, somebody
from services.demo.people import Crew, Mentor
from services.demo.places import Place
from services.demo.words import words


class State(StrEnum):
    """How an open course stands on the last day; only the first is as it should be."""

    STEADY = "steady"
    UNMATCHED = "unmatched"  # no mentor, more than 14 days after intake
    UNMET = "unmet"  # matched, no first meeting after 7 days
    QUIET = "quiet"  # no contact for 7 to 13 days
    SILENT = "silent"  # no contact for 14 days or more


class Stretch(Struct):
    """One match: this mentor from a day to a day, not included."""

    mentor: Mentor
    since: Day
    to: Day | None = None
    why: str | None = None


class Spell(Struct):
    """From intake, or from reopening, to the close."""

    since: Day
    to: Day | None
    close_reason: str
    state: State = State.STEADY
    stretches: list[Stretch] = field(default_factory=list)


class Course(Struct):
    """A citizen's way through the effort."""

    id: str
    citizen: Somebody
    spells: list[Spell]
    caseworkers: list[tuple[Day, str, str]]  # from, who, why changed
    same_citizen_as: str | None = None

    def caseworker(self, day: Day) -> str:
        """Who is responsible on this day."""
        held = [person for since, person, _ in self.caseworkers if since <= day]
        return held[-1] if held else self.caseworkers[0][1]

    @property
    def matched(self) -> bool:
        """Whether the citizen ever had a mentor."""
        return any(spell.stretches for spell in self.spells)


_OPEN_STATES = (
    (0.02, State.UNMET),
    (0.07, State.QUIET),
    (0.10, State.SILENT),
)
_CLOSE_REASONS = words(
    "education education education job job job education-and-job dropped-out dropped-out "
    "dropped-out moved other-offer period-ended health citizen-wish not-entitled other"
)
_CHANGES = ("portfolio-moved", "left", "absence", "reorganised", "handed-over", "citizen-wish")


def plan_courses(place: Place, crew: Crew, matched: int, rng: Random) -> list[Course]:
    """`matched` courses that had a mentor at some time, and a few beside that never got one."""
    still_open = round(matched * 0.3)
    courses = [_matched(place, crew, n, n < still_open, rng) for n in range(matched)]
    never = max(1, round(matched * 0.03))
    waiting = 1 + matched // 75
    for n in range(never):
        since = workday(crew.start + rng.randint(5, crew.last - crew.start - 120))
        to = since + rng.randint(9, 50)
        courses.append(_course(place, crew, matched + n, Spell(since, to, "citizen-wish"), rng))
    for n in range(waiting * 2 - 1):
        late = n >= waiting
        ago = rng.randint(16, 34) if late else rng.randint(1, 9)
        state = State.UNMATCHED if late else State.STEADY
        spell = Spell(workday_back(crew.last - ago), None, "", state)
        courses.append(_course(place, crew, matched + never + n, spell, rng))
    _join_two_of_one_citizen(courses)
    return courses


def _matched(place: Place, crew: Crew, n: int, is_open: bool, rng: Random) -> Course:
    spell = _open_spell(crew, rng) if is_open else _closed_spell(place, crew, rng)
    course = _course(place, crew, n, spell, rng)
    wait = rng.randint(1, 11)
    if spell.state is State.UNMET:
        wait = crew.last - rng.randint(10, 20) - spell.since
    give_mentors(place, crew, spell, spell.since + wait, rng)
    came_back = spell.to is not None and spell.to < crew.last - 200 and rng.random() < 0.05
    if came_back and spell.to is not None:
        since = workday(spell.to + rng.randint(15, 50))
        to = None if rng.random() < 0.3 else since + rng.randint(60, 120)
        again = Spell(since, to, rng.choice(_CLOSE_REASONS))
        give_mentors(place, crew, again, since + rng.randint(1, 7), rng)
        course.spells.append(again)
    return course


def _course(place: Place, crew: Crew, n: int, spell: Spell, rng: Random) -> Course:
    citizen = somebody(rng, born_from=1996, born_to=2007)
    workers = crew.of("caseworker")
    first = rng.choice(workers).id
    caseworkers = [(spell.since, first, "")]
    end = spell.to or crew.last
    if rng.random() < 0.14 and end - spell.since > 90:
        other = rng.choice([worker.id for worker in workers if worker.id != first])
        change = workday(spell.since + rng.randint(40, end - spell.since - 30))
        caseworkers.append((change, other, rng.choice(_CHANGES)))
    return Course(id=f"c-{4711 + n * 7}", citizen=citizen, spells=[spell], caseworkers=caseworkers)


def _closed_spell(place: Place, crew: Crew, rng: Random) -> Spell:
    """Many begin with the team, the rest spread over the trial."""
    room = crew.last - crew.start - 40
    begins = rng.randint(0, 50) if rng.random() < 0.35 else rng.randint(0, room - 60)
    since = workday(crew.start + begins)
    longest = min(400, crew.last - 25 - since)
    length = int(rng.triangular(35, max(40, longest), min(170, max(36, longest))))
    return Spell(since, since + length, rng.choice(_CLOSE_REASONS))


def _open_spell(crew: Crew, rng: Random) -> Spell:
    chance = rng.random()
    state = next((s for bound, s in _OPEN_STATES if chance < bound), State.STEADY)
    if state is State.UNMET:
        ago = rng.randint(23, 31)
    elif state is State.STEADY:
        ago = int(rng.triangular(14, 400, 90))
    else:
        ago = rng.randint(70, 300)
    return Spell(workday_back(crew.last - ago), None, "", state)


def give_mentors(place: Place, crew: Crew, spell: Spell, day: Day, rng: Random) -> None:
    """Fill the spell with matches: chemistry that fails and mentors who go bring new ones."""
    calm = spell.state is not State.STEADY
    end = spell.to or crew.last
    day = max(workday(day), spell.since)
    before: Mentor | None = None
    while day < end and (not calm or not spell.stretches):
        mentor = _pick(place, crew, spell, day, before, rng)
        stretch = Stretch(mentor, day, spell.to)
        spell.stretches.append(stretch)
        gone = mentor.gone(day)
        if gone is not None and gone < end:
            left = gone == mentor.left
            if left and spell.to is None and crew.last - gone < 12:
                return  # nobody has come round to it yet
            stretch.to, stretch.why = gone, "mentor-left" if left else "mentor-absent"
        if not calm and rng.random() < 0.07 and before is None:
            fails = workday(day + rng.randint(22, 40))
            if fails < (stretch.to or end) - 10:
                stretch.to, stretch.why = fails, "chemistry-missing"
        elif not calm and rng.random() < 0.03:
            fails = workday(day + rng.randint(60, 150))
            if fails < (stretch.to or end) - 20:
                why = rng.choice(("citizen-wish", "mentor-overloaded", "needs-changed"))
                stretch.to, stretch.why = fails, why
        if stretch.why is None or stretch.to is None:
            return
        day, before = workday(stretch.to + rng.randint(0, 4)), mentor


def _pick(
    place: Place, crew: Crew, spell: Spell, day: Day, before: Mentor | None, rng: Random
) -> Mentor:
    """A mentor with hours that day, by weight of hours; rather one who stays a while."""
    stays = spell.to or crew.last
    if spell.state is State.STEADY:
        stays = min(stays, day + 45)
    able = [mentor for mentor in crew.working(day) if mentor is not before]
    lasting = [m for m in able if (m.gone(day) or stays) >= stays]
    able = lasting or able
    weights = [mentor.minutes(day) * _share(place, mentor, spell) for mentor in able]
    if not any(weights):
        weights = [1.0] * len(able)
    return rng.choices(able, weights)[0]


def _share(place: Place, mentor: Mentor, spell: Spell) -> float:
    """A coordinator takes few citizens, in some places far too many."""
    if not mentor.coordinates:
        return 1.0
    if place.coordinator_overloaded:
        return 5.0
    return 0.0 if spell.to is None else 0.8


def _join_two_of_one_citizen(courses: list[Course]) -> None:
    """Somebody who never got a mentor came again later, as a new course of the same citizen."""
    earlier = next(course for course in courses if not course.matched)
    first = earlier.spells[0]
    for course in courses:
        if first.to is not None and course.matched and course.spells[0].since > first.to + 30:
            course.citizen = earlier.citizen
            course.same_citizen_as = earlier.id
            return
