"""What is decided for the team: what supervision is arranged, and which caseload is chosen.

Neither is measured here: that supervision is obligatory (*indsatspunkt 10*), and that citizens per
mentor are many, is told by the views. Whoever leads decides, and says why.
"""

from datetime import datetime

from domain.decisions.general import the_actor_may_decide_this
from domain.decisions.refusing import Decision, Refusal
from domain.events.team import CaseloadPolicySet, SupervisionArranged
from domain.folding import Persons, held_on
from domain.supervision import Model, model_of
from domain.team import TeamState, arrangement_of, policy_of

_MODELS = {
    "leader-or-coordinator": Model.LEADER_OR_COORDINATOR,
    "internal-supervisor": Model.INTERNAL,
    "external-supervisor": Model.EXTERNAL,
}


def the_supervisor_fits_the_model(
    state: TeamState, asked: SupervisionArranged, now: datetime
) -> Refusal | None:
    """Who supervises makes the model (Table 25) [R]: leader or coordinator, one employed in the
    house, or one from outside. Of whom the team tells nothing, nothing is known against it. [P]"""
    if asked.supervisor is None:
        return None
    person = Persons(state.same).id(asked.supervisor)
    functions = state.functions_on(person, asked.from_)
    if not functions or model_of(functions) is _MODELS.get(asked.model):
        return None
    return Refusal(
        "Supervisoren har den dag en anden funktion i teamet, end modellen siger.",
        "On that day the supervisor has another function in the team than the model says.",
        "den model, som supervisorens funktion svarer til, eller team.person-assigned først",
        "the model that the supervisor's function amounts to, or team.person-assigned first",
    )


def an_arrangement_changes_something(
    state: TeamState, asked: SupervisionArranged, now: datetime
) -> Refusal | None:
    """What is arranged holds until the next: the same again would say nothing. [P]"""
    held = held_on(state.arrangements, asked.from_)
    if held is None or held.value != arrangement_of(asked, Persons(state.same)):
        return None
    return Refusal(
        f"Det samme er aftalt fra {held.from_:%d.%m.%Y}.",
        f"The same is arranged from {held.from_} on.",
        "en anden aftale, eller intet: den gælder, til en anden aftales",
        "another arrangement, or nothing: it holds until another is made",
    )


def a_policy_changes_something(
    state: TeamState, asked: CaseloadPolicySet, now: datetime
) -> Refusal | None:
    """A policy holds until the next: the same again would say nothing. [P]"""
    held = held_on(state.policies, asked.from_)
    if held is None or held.value != policy_of(asked):
        return None
    return Refusal(
        f"Den samme politik gælder fra {held.from_:%d.%m.%Y}.",
        f"The same policy holds from {held.from_} on.",
        "en anden politik, eller intet: den gælder, til en anden sættes",
        "another policy, or nothing: it holds until another is set",
    )


ARRANGE_SUPERVISION = Decision[TeamState, SupervisionArranged](
    "supervision-arranged",
    (
        the_actor_may_decide_this,
        the_supervisor_fits_the_model,
        an_arrangement_changes_something,
    ),
)
SET_CASELOAD_POLICY = Decision[TeamState, CaseloadPolicySet](
    "caseload-policy-set", (the_actor_may_decide_this, a_policy_changes_something)
)
