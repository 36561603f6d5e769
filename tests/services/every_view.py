"""A municipality of which every view has something to say."""

from datetime import datetime

from domain.calendar import day_of
from services.follow_ups import Engine
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import bring_up_to_date
from tests.workflows.town import Town


def tell_of_every_view(municipality: Municipality, server: Server, now: datetime) -> None:
    """Two months up to now, in the tables; course c-1 is the one that all tell of."""
    town = Town(municipality, day_of(now))
    town.established(-60)
    town.supervisor(day=-60)
    town.employed("m-31", -60)
    town.supervised(-40, "m-31")
    answers = {"barrier-lack-of-time": "not-at-all"}
    town.tell("mentor.survey-answered", "m-31", -30, survey={"id": "round-1"}, answers=answers)
    town.intake("c-1", -60)
    town.matched("c-1", -60)
    town.worked("c-1", -50)
    town.granted("c-1", -50)
    town.intake("c-3", -40)  # waits for a mentor
    town.worked("c-2", -50)  # a contradiction: no intake, no match
    Engine(server).advance("0860", town.subject("c-1"), now)
    bring_up_to_date([municipality])
