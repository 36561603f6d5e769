"""What is decided for the team: what supervision is arranged, and which caseload is chosen.

Neither is measured here: that supervision is obligatory (*indsatspunkt 10*), and that citizens per
mentor are many, is told by the views. Whoever leads decides, and says why.
"""

from datetime import datetime

from domain.decisions.general import the_actor_may_decide_this
from domain.decisions.refusing import Decision, Refusal
from domain.events.team import CaseloadPolicySet, SupervisionArranged
from domain.folding import Persons, Step, held_on
from domain.supervision import Arrangement, Model, model_of
from domain.team import Policy, TeamState, arrangement_of, policy_of

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


def what_holds_is_not_decided_again(
    state: TeamState, asked: SupervisionArranged | CaseloadPolicySet, now: datetime
) -> Refusal | None:
    """What is arranged or chosen holds until the next: the same again would say nothing. [P]"""
    held: Step[Arrangement] | Step[Policy] | None
    new: Arrangement | Policy
    if isinstance(asked, SupervisionArranged):
        new = arrangement_of(asked, Persons(state.same))
        held = held_on(state.arrangements, asked.from_)
    else:
        new, held = policy_of(asked), held_on(state.policies, asked.from_)
    if held is None or held.value != new:
        return None
    return Refusal(
        f"Det samme gælder allerede fra {held.from_:%d.%m.%Y}.",
        f"The same holds from {held.from_} on.",
        "noget andet, eller intet: det gælder, til andet besluttes",
        "something else, or nothing: it holds until something else is decided",
    )


ARRANGE_SUPERVISION = Decision[TeamState, SupervisionArranged](
    "supervision-arranged",
    (
        the_actor_may_decide_this,
        the_supervisor_fits_the_model,
        what_holds_is_not_decided_again,
    ),
)
SET_CASELOAD_POLICY = Decision[TeamState, CaseloadPolicySet](
    "caseload-policy-set", (the_actor_may_decide_this, what_holds_is_not_decided_again)
)
