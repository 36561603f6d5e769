"""What a workflow can be searched by: search attributes, which Temporal keeps in clear.

A municipality's code, an instant and a stage, and so nothing of a person.
"""

from collections.abc import Iterator
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate, TypedSearchAttributes

from workflows.messages import STAGES, Next

MUNICIPALITY = SearchAttributeKey.for_keyword("RoedtraadMunicipality")
NEXT_DUE = SearchAttributeKey.for_datetime("RoedtraadNextDue")
STAGE = SearchAttributeKey.for_keyword("RoedtraadStage")
ALL: tuple[SearchAttributeKey[Any], ...] = (MUNICIPALITY, NEXT_DUE, STAGE)
NONE = "none"


def stage_of(reached: Next) -> str:
    """The furthest stage of what is open; else `coming`, or `none` where nothing is."""
    return max((one.stage for one in reached.due), key=STAGES.index, default=NONE)


def changes(
    municipality: str, reached: Next, shown: TypedSearchAttributes
) -> list[SearchAttributeUpdate[Any]]:
    """What has to change in the attributes that are shown."""
    return list(_changes(municipality, reached, shown))


def _changes(
    municipality: str, reached: Next, shown: TypedSearchAttributes
) -> Iterator[SearchAttributeUpdate[Any]]:
    if shown.get(MUNICIPALITY) != municipality:
        yield MUNICIPALITY.value_set(municipality)
    if shown.get(STAGE) != (stage := stage_of(reached)):
        yield STAGE.value_set(stage)
    if shown.get(NEXT_DUE) != reached.wake_at:
        unset, at = NEXT_DUE.value_unset(), reached.wake_at
        yield unset if at is None else NEXT_DUE.value_set(at)
