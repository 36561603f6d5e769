"""Each mentor's own stream: employment, hours, profile, training, leaving."""

from services.demo.drafts import HOURS, SURVEY, Data, at, iso, who, workday
from services.demo.people import Mentor
from services.demo.scene import Scene
from services.demo.texts import EDUCATION, EXPERIENCE, STRENGTH_TEXTS, WISH_TEXTS
from services.demo.words import words

_QUALITIES = words(
    "presence empathy listening caring patience flexibility easy-to-reach robustness humour "
    "role-model knows-the-system knows-support knows-education setting-limits "
    "conversation-technique mental-health addiction labour-market documentation"
)
_FIELDS = words("social-work pedagogy teaching health psychology trade commerce-office other")


def tell_staff(scene: Scene) -> None:
    """Tell every mentor's stream, and the training that they share with caseworkers."""
    for mentor in scene.crew.mentors:
        _employed(scene, mentor)
        _hours(scene, mentor)
        by_profile = scene.place.method == "by-profile"
        if by_profile or scene.chance(0.35):
            _profile(scene, mentor)
        _training(scene, mentor, two_days=by_profile)
        if mentor.left is not None and mentor.left < scene.crew.last:
            left = {
                "actor": scene.coordinator(mentor.left),
                "to": iso(mentor.left),
                "reason": mentor.leave_reason,
            }
            scene.ledger.add("mentor.left", mentor.id, at(mentor.left, 8, 30), left)


def _employed(scene: Scene, mentor: Mentor) -> None:
    person, (since, weekly) = mentor.person, mentor.steps[0]
    data: Data = {
        "actor": scene.coordinator(since),
        "from": iso(since),
        "weekly_minutes": weekly,
        "gender": person.gender,
        "birth_year": person.born.year,
        "name": person.name,
        "email": person.email,
    }
    if scene.chance(0.7):
        data["phone"] = person.phone
    scene.ledger.add("mentor.employed", mentor.id, at(since, 8, 10), data)


def _hours(scene: Scene, mentor: Mentor) -> None:
    end = mentor.left or scene.crew.last
    for before, (since, weekly) in zip(mentor.steps, mentor.steps[1:], strict=False):
        if since >= end:
            return
        reason = "leave" if weekly == 0 else "return" if before[1] == 0 else "agreed"
        data: Data = {"from": iso(since), "weekly_minutes": weekly, "reason": reason}
        moment = at(since - scene.rng.randint(1, 14), 10, 10)
        if scene.chance(0.3):
            coordinator = scene.coordinator(since)
            data = {"actor": {"source": scene.place.case_system, **coordinator}, **data}
            scene.ledger.add("mentor.hours-changed", mentor.id, moment, data, system=HOURS)
        else:
            data = {"actor": scene.coordinator(since), **data}
            scene.ledger.add("mentor.hours-changed", mentor.id, moment, data)


def _profile(scene: Scene, mentor: Mentor) -> None:
    """Five strengths and three wishes; some words of one's own, always with `other`."""
    rng = scene.rng
    codes = rng.sample(_QUALITIES, 8)
    strengths: list[Data] = [{"code": code} for code in codes[:5]]
    wishes: list[Data] = [{"code": code} for code in codes[5:]]
    if scene.chance(0.6):
        strengths[1]["text"] = rng.choice(STRENGTH_TEXTS)
    if scene.chance(0.3):
        wishes[2] = {"code": "other", "text": rng.choice(WISH_TEXTS)}
    data: Data = {
        "actor": who(mentor.id, "mentor"),
        "education_field": rng.choice(_FIELDS),
        "education": rng.choice(EDUCATION),
        "experience_years": rng.randint(0, 18),
        "experience": rng.choice(EXPERIENCE),
        "strengths": strengths,
        "wishes": wishes,
    }
    moment = at(workday(mentor.since + 1), 9, rng.randrange(60))
    if scene.place.anonymous_survey:
        scene.ledger.add("mentor.profile-completed", mentor.id, moment, data)
    else:
        data["actor"]["source"] = scene.place.case_system
        name = "mentor.profile-completed"
        scene.ledger.add(name, mentor.id, moment, data, system=SURVEY)


def _training(scene: Scene, mentor: Mentor, *, two_days: bool) -> None:
    """At the start two days with the caseworkers in one place, elsewhere an introduction."""
    since = workday(scene.crew.start + (5 if two_days else 2))
    late = mentor.since > since
    if late:
        since = workday(mentor.since + 9)
    data: Data = {
        "actor": who(mentor.id, "mentor"),
        "training": {"id": f"kursus-{since % 1000}"},
        "kind": "mentors-and-caseworkers" if two_days else "introduction",
        "period": {"from": iso(since), "to": iso(since + (2 if two_days else 1))},
        "minutes": 840 if two_days else 300,
    }
    if two_days:
        data["together_with"] = ["mentor", "caseworker", "coordinator"]
    scene.ledger.add("mentor.training-attended", mentor.id, at(since, 15, 30), data)
