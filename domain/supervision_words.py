"""How the figures of supervision (Table 25) are made, in words: Danish and English."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from domain.reckoning import Figure
from domain.supervised import Cadence
from domain.supervision import OTHERS_IN_BRACKETS, Model, Reading, Window

_BASES = {
    "agreed": ("som aftalt", "as agreed"),
    "rules": ("efter reglerne", "by the rules"),
    "six-weeks": ("når intet er aftalt", "where nothing is agreed"),
}


def read(reading: Reading) -> Iterator[Figure]:
    """Which model most windows have, and whether the others are so many that brackets stand."""
    windows, model = len(reading.by_window), reading.model
    if model is None:
        yield Figure(
            "model",
            "Intet vindue kan bedømmes endnu: modellen er ikke defineret.",
            "No window can be judged yet: the model is undefined.",
        )
        return
    count = Counter(one for _, one in reading.by_window)
    of = ", ".join(f"{count[one]} × model {int(one)}" for one in Model if count[one])
    yield Figure(
        "model",
        f"{windows} {'vindue' if windows == 1 else 'vinduer'}: {of}; flest har model {int(model)},"
        " af lige mange det laveste nummer.",
        f"{windows} window{'' if windows == 1 else 's'}: {of}; most have model {int(model)}, of"
        " equally many the lowest number.",
    )
    others, partial = windows - count[model], bool(reading.partial)
    yield Figure(
        "partial",
        f"{others} af {windows} har en anden model: {_IS[partial][0]} én af"
        f" {OTHERS_IN_BRACKETS}, så {_BRACKETS[partial][0]}.",
        f"{others} of {windows} have another model: {_IS[partial][1]} one in"
        f" {OTHERS_IN_BRACKETS}, so {_BRACKETS[partial][1]}.",
    )


_IS = {True: ("mindst", "at least"), False: ("færre end", "fewer than")}
_BRACKETS = {True: ("i parentes", "in brackets"), False: ("uden parentes", "without brackets")}


def window(one: Window) -> Figure:
    """Why one window has the model it has."""
    told = [
        (
            f"{one.minutes[m]} minutter af model {int(m)}",
            f"{one.minutes[m]} minutes of model {int(m)}",
        )
        for m in Model
        if one.minutes.get(m)
    ]
    if told and one.model is not None:
        return Figure(
            "model",
            f"{', '.join(da for da, _ in told)}: flest af model {int(one.model)}.",
            f"{', '.join(en for _, en in told)}: most of model {int(one.model)}.",
        )
    if one.model is None:
        return Figure(
            "model",
            "Vinduet er ikke slut, og intet er holdt i det endnu: det kan ikke bedømmes.",
            "The window isn't over, and nothing was held in it yet: it can't be judged.",
        )
    return Figure(
        "model",
        f"Ingen superviserede minutter i et helt vindue: model {int(one.model)}.",
        f"No supervised minutes in a whole window: model {int(one.model)}.",
    )


def due(cadence: Cadence | None, day: date) -> Iterator[Figure]:
    """When a mentor is to be supervised next, and whether that day has come."""
    if cadence is None:
        yield Figure(
            "next_due",
            "På orlov: ingen supervision ventes.",
            "On leave: no supervision is due.",
        )
        return
    danish, english = _BASES[cadence.basis]
    yield Figure(
        "next_due",
        f"{cadence.since:%d.%m.%Y} + {cadence.days} dage, {danish} = {cadence.due_on:%d.%m.%Y}.",
        f"{cadence.since} + {cadence.days} days, {english} = {cadence.due_on}.",
    )
    over = cadence.is_overdue_on(day)
    yield Figure(
        "overdue",
        f"{cadence.due_on:%d.%m.%Y} er {'nået' if over else 'ikke nået'} den {day:%d.%m.%Y}.",
        f"{cadence.due_on} {'has' if over else 'has not'} come on {day}.",
    )
