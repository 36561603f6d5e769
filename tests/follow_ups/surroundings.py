"""What happens around a course: grants, the team and its mentors, and the rules it adopts."""

import tomllib
from datetime import date, timedelta
from hashlib import sha256
from importlib.resources import files
from random import Random
from typing import Any
from uuid import UUID

from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.events.mentor import Employed, HoursChanged, Left
from domain.events.team import (
    Established,
    PersonAssigned,
    PersonReleased,
    RoleFollowUpHeld,
    RoleWorkshopHeld,
    RulesAdopted,
    SparringHeld,
    SupervisionArranged,
    SupervisionSessionHeld,
)
from domain.values import Actor, Period
from tests.domain.spec import person, ref
from tests.follow_ups.story import CASEWORKERS, COORDINATOR, MENTORS, Story, id_of

TEAM = person("the team")
LEADER = Actor("leader", person("l-01"))
SUPERVISOR = person("v-01")


def tell_grants(story: Story) -> None:
    """Grants of two kinds: applied for, decided, extended, carried on, ended."""
    chance = story.chance
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        grant, number = ref(f"grant-{len(story.events)}"), story.within(10, 120)
        kind = "mentor-hours" if story.maybe(0.7) else "treatment"
        by = CASEWORKERS[0]
        if story.maybe(0.3):
            story.tell(number - 5, GrantAppliedFor(actor=by, grant=grant, kind=kind))
        if story.maybe(0.1):
            refused = GrantDecided(
                actor=by, grant=grant, kind=kind, outcome="refused", reason="not-needed"
            )
            story.tell(number, refused)
            continue
        starts, lasts = number + story.within(-7, 14), story.within(40, 182)
        volume: dict[str, Any] = {}
        if kind == "mentor-hours":
            volume = chance.choice(({"weekly_minutes": 120}, {"total_minutes": 1200}))
        story.tell(
            number,
            GrantDecided(
                actor=by,
                grant=grant,
                kind=kind,
                outcome=chance.choice(("granted", "partly-granted")),
                period=Period(story.day(starts), story.day(starts + lasts)),
                **volume,
            ),
        )
        if story.maybe(0.4):
            ends = starts + lasts
            period = Period(story.day(ends), story.day(ends + story.within(30, 180)))
            extended = GrantExtended(
                actor=by,
                grant=grant,
                period=period,
                weekly_minutes=60 if story.maybe(0.3) else None,
            )
            story.tell(ends - story.within(-5, 60), extended)
        if story.maybe(0.3):
            stops = starts + story.within(5, lasts)
            ended = GrantEnded(actor=by, grant=grant, to=story.day(stops), reason="completed")
            story.tell(stops, ended)


def tell_team(story: Story) -> None:
    """Who is there, what is agreed and held, and which rules are adopted."""
    _assign(story)
    if story.maybe(0.6):
        cadence = story.within(3, 9) if story.maybe(0.7) else None
        begins = story.within(0, 90)
        arranged = SupervisionArranged(
            actor=LEADER,
            from_=story.day(begins),
            model="external-supervisor",
            cadence_weeks=cadence,
        )
        story.tell(begins, arranged, TEAM)
    _hold(story)
    for _ in range(story.chance.choice((0, 0, 0, 1, 1, 2))):
        _adopt(story)


def _assign(story: Story) -> None:
    if story.maybe(0.9):
        story.tell(0, Established(actor=LEADER, from_=story.day(story.within(-60, 10))), TEAM)
    for who, function in (
        (id_of(COORDINATOR), "coordinator"),
        (id_of(LEADER), "leader"),
        (SUPERVISOR, "supervisor"),
    ):
        if story.maybe(0.9):
            _assigned(story, 0, who, function)
    if story.maybe(0.25):  # another coordinator from some day on
        number = story.within(20, story.days)
        released = PersonReleased(
            actor=LEADER,
            person=id_of(COORDINATOR),
            function="coordinator",
            to=story.day(number),
            reason="other-task",
        )
        story.tell(number, released, TEAM)
        _assigned(story, number, person("k-03"), "coordinator")


def _assigned(story: Story, number: int, who: UUID, function: str) -> None:
    fact = PersonAssigned(
        actor=LEADER,
        person=who,
        function=function,
        from_=story.day(number),
        employment="external" if function == "supervisor" else None,
        dedicated=True if function == "coordinator" and story.maybe(0.5) else None,
    )
    story.tell(number, fact, TEAM)


def _hold(story: Story) -> None:
    number = story.within(10, 60)
    for _ in range(story.within(0, 5)):
        mentors = [id_of(mentor) for mentor in MENTORS if story.maybe(0.7)]
        supervisor = SUPERVISOR if story.maybe(0.8) else person("nobody")
        session = SupervisionSessionHeld(
            actor=COORDINATOR,
            session=ref(f"session-{number}"),
            supervisor=supervisor,
            mentors=tuple(mentors) or (id_of(MENTORS[0]),),
            form="group",
            minutes=90,
        )
        story.tell(number, session, TEAM)
        number += story.within(14, 80)
    everybody = (*MENTORS[:2], *CASEWORKERS)
    if story.maybe(0.5):
        workshop = RoleWorkshopHeld(
            actor=COORDINATOR, occasion="establishment", participants=everybody, minutes=180
        )
        story.tell(story.within(0, 90), workshop, TEAM)
    for number in (story.within(20, 110), story.within(100, 250)):
        if story.maybe(0.4):
            held = RoleFollowUpHeld(actor=COORDINATOR, participants=everybody, outcome="clear")
            story.tell(number, held, TEAM)
    if story.maybe(0.2):
        sparring = SparringHeld(actor=MENTORS[0], form="peer", participants=everybody, minutes=60)
        story.tell(story.within(10, 80), sparring, TEAM)


def tell_mentors(story: Story) -> None:
    """Employed, on leave and back, gone, and here again."""
    for mentor in MENTORS:
        if not story.maybe(0.85):
            continue
        who, begins = id_of(mentor), story.within(-30, 15)

        def employed(number: int, minutes: int, who: UUID = who) -> None:
            fact = Employed(
                actor=LEADER,
                from_=story.day(number),
                weekly_minutes=minutes,
                gender="not-stated",
            )
            story.tell(max(number, 0), fact, who)

        employed(begins, story.chance.choice((2220, 1110, 600)))
        if story.maybe(0.3):
            away, back = story.within(20, 120), story.within(130, 200)
            for number, minutes, reason in ((away, 0, "leave"), (back, 1110, "return")):
                changed = HoursChanged(
                    actor=LEADER,
                    from_=story.day(number),
                    weekly_minutes=minutes,
                    reason=reason,
                )
                story.tell(number - story.within(0, 10), changed, who)
        if story.maybe(0.35):
            number = story.within(30, 250)
            to = story.day(number + story.within(0, 30))
            story.tell(number, Left(actor=LEADER, to=to, reason="resigned"), who)
            if story.maybe(0.3):
                employed(number + story.within(10, 60), 2220)


def _adopt(story: Story) -> None:
    number, edition = story.within(0, story.days), f"e{len(story.events)}"
    begins = story.day(number + story.within(-60, 30))
    to = begins + timedelta(days=story.within(20, 200)) if story.maybe(0.4) else None
    text = pack_text(story.chance, edition)
    adopted = RulesAdopted(
        actor=LEADER,
        pack="own",
        edition=edition,
        period=Period(begins, to),
        sha256=sha256(text.encode()).hexdigest(),
        text=text,
    )
    story.tell(number, adopted, TEAM)


def pack_text(chance: Random, edition: str) -> str:
    """The default pack with other numbers: sooner and later, with and without reminders.

    Some have closed days of their own, move what is due to a working day, or change on a date.
    """
    default = files("domain").joinpath("default_rules.toml").read_text(encoding="utf-8")
    lines = ['pack = "own"', f'edition = "{edition}"', "valid_from = 2000-01-01"]
    if chance.random() < 0.5:
        closed = {_some_day(chance) for _ in range(chance.randint(0, 20))}
        lines += [f"closed = {_toml(sorted(closed))}", 'on_closed_days = "next-working-day"']
    for rule, terms in tomllib.loads(default)["rules"].items():
        if chance.random() < 0.15:
            continue
        if chance.random() < 0.25:
            lines += _with_dates(chance, rule, terms)
            continue
        lines += _table(f"[rules.{rule}]", _other(chance, terms))
    return "\n".join(lines) + "\n"


def _with_dates(chance: Random, rule: str, terms: dict[str, Any]) -> list[str]:
    """A rule whose terms change on a day, at once or after a while in which it isn't asked for."""
    ends = _some_day(chance)
    begins = ends + timedelta(days=chance.choice((0, 0, 30)))
    before = {"valid_to": ends, **_other(chance, terms)}
    after = {"valid_from": begins, **_other(chance, terms)}
    return [*_table(f"[[rules.{rule}]]", before), *_table(f"[[rules.{rule}]]", after)]


def _other(chance: Random, terms: dict[str, Any]) -> dict[str, Any]:
    """The same terms with other numbers."""
    terms = dict(terms)
    for name in ("days", "working_days", "first_days", "percent"):
        if name in terms:
            terms[name] = max(1, round(terms[name] * chance.choice((0.5, 1, 1, 1.5))))
    if "before" in terms:
        terms["before"] = chance.choice(([42, 14], [30], [60, 20, 5]))
        terms["escalate"] = [{"after": 21, "to": "coordinator"}]
    else:
        terms["remind"] = chance.choice(([], [3], [2, 9], [1]))
    if chance.random() < 0.3:
        terms["escalate"] = [{"after": chance.randint(1, 20), "to": "leader"}]
    return terms


def _some_day(chance: Random) -> date:
    return date(2024, 11, 1) + timedelta(days=chance.randint(0, 800))


def _table(head: str, terms: dict[str, Any]) -> list[str]:
    return [head, *(f"{name} = {_toml(value)}" for name, value in terms.items())]


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)
