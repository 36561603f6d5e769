"""The same citizen in several courses is found by the CPR number, and parted again by an event."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.sql import SQL

from domain.envelope import Recorded
from domain.events.course import IdentityLinked, IdentityUnlinked
from domain.folding import Telling
from domain.linking import one_of_each
from domain.same_citizen import MOST_COURSES, said_by
from domain.values import Actor
from services.edge.incoming import Incoming
from services.store.entries import Decided
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.store.sending import intake, sent

CPR, OTHER = "010190-1234", "0202911234"
LATER = "2026-01-12T09:30:00+01:00"
INTAKE = "dk.roedtraad.course.intake-registered.v1"
COORDINATOR = {"id": "k-02", "function": "coordinator"}


def corrected(id: str, course: str, original: str, time: str = LATER, **data: Any) -> Incoming:
    fields = {"actor": {"id": "s-12", "function": "caseworker"}, "caseworker": {"id": "s-12"}}
    new = {"type": INTAKE, "time": "2026-01-12T09:00:00+01:00", "data": fields | data}
    return sent(
        id,
        "course.event-corrected.v1",
        course,
        time,
        corrects={"id": original},
        reason="typing-error",
        replacement=new,
    )


def unlinked(id: str, course: str, alias: str, time: str = LATER) -> Incoming:
    fields: dict[str, Any] = {"what": "citizen", "alias": {"id": alias}, "actor": COORDINATOR}
    return sent(id, "course.identity-unlinked.v1", course, time, **fields)


def linked(id: str, course: str, alias: str, time: str = LATER) -> Incoming:
    fields: dict[str, Any] = {"what": "citizen", "alias": {"id": alias}, "basis": "manual"}
    return sent(id, "course.identity-linked.v1", course, time, actor=COORDINATOR, **fields)


def ours(store: Municipality) -> list[Recorded]:
    return [e for e in store.read_from(0, 10_000) if e.source == store.source]


def citizens(store: Municipality) -> list[set[str]]:
    """The courses that are one citizen's, as the whole log says, by their senders' ids."""
    streams: dict[UUID, list[Recorded]] = {}
    for event in store.read_from(0, 10_000):
        if event.topic.startswith("course."):
            streams.setdefault(event.originator_id, []).append(event)
    said = sorted(
        one
        for stream, events in streams.items()
        for one in said_by(stream, Telling(events), store.source)
    )
    names = {id_: name for id_, (_, name) in store.references(streams).items()}
    groups: dict[UUID, set[str]] = {}
    for id_, one in one_of_each(each.link for each in said).items():
        groups.setdefault(one, set()).add(names[id_])
    return sorted((group for group in groups.values() if len(group) > 1), key=sorted)


def test_two_case_systems_with_the_same_cpr_number_tell_of_one_citizen(
    municipality: Municipality,
) -> None:
    [first] = municipality.append([intake("ev-1", "c-1", cpr=CPR)])
    other = sent(
        "x-9",
        "course.intake-registered.v1",
        "sag-77",
        source="https://jobcenter.example",
        caseworker={"id": "j-1"},
        cpr=CPR.replace("-", ""),
    )
    [second] = municipality.append([other])
    assert citizens(municipality) == [{"c-1", "sag-77"}]
    [link] = ours(municipality)
    assert isinstance(link.fact, IdentityLinked)
    assert (link.originator_id, link.fact.alias) == (first.stream, second.stream)
    assert (link.fact.what, link.fact.basis) == ("citizen", "cpr")
    assert link.fact.actor.function == "system"
    assert link.causation == "x-9"
    assert link.position > second.position and link.occurred_at == link.recorded_at


def test_other_numbers_other_municipalities_and_the_same_course_link_nobody(
    municipality: Municipality,
) -> None:
    municipality.append(
        [
            intake("ev-1", "c-1", cpr=CPR),
            intake("ev-2", "c-1", cpr=CPR),
            intake("ev-3", "c-2", cpr=OTHER),
            intake("ev-4", "c-3"),
        ]
    )
    assert ours(municipality) == []


def test_the_number_stands_nowhere_in_clear_nor_as_a_hash_that_anybody_could_make(
    municipality: Municipality,
) -> None:
    municipality.append([intake("ev-1", "c-1", cpr=CPR)])
    with municipality.transaction() as cursor:
        table = SQL("SELECT cpr FROM {}.cprs").format(SQL(municipality.schema))
        [(kept,)] = cursor.execute(table).fetchall()
    assert bytes(kept) == municipality.key.lookup("cpr", "0101901234")
    events = municipality.read_from(0, 10)
    assert "0101901234" not in json.dumps([repr(event) for event in events]).replace("-", "")


def test_one_batch_with_three_courses_of_one_citizen_links_two_to_the_first(
    municipality: Municipality,
) -> None:
    municipality.append([intake(f"ev-{n}", f"c-{n}", cpr=CPR) for n in (1, 2, 3)])
    assert citizens(municipality) == [{"c-1", "c-2", "c-3"}]
    assert len(ours(municipality)) == 2


def test_two_courses_at_once_from_eight_sides_are_linked_once(municipality: Municipality) -> None:
    def send(n: int) -> None:
        municipality.append([intake(f"ev-{n % 2}", f"c-{n % 2}", cpr=CPR)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(16)))
    assert len(ours(municipality)) == 1
    assert citizens(municipality) == [{"c-0", "c-1"}]


def test_a_link_that_was_undone_stays_undone(municipality: Municipality, clock: Clock) -> None:
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)])
    clock.now += timedelta(days=1)
    municipality.append([unlinked("ev-3", "c-2", "c-1", "2026-01-13T08:00:00+01:00")])
    assert citizens(municipality) == []
    # Neither what tells of the number again, nor the same sent again, links them once more.
    municipality.append([intake("ev-4", "c-2", cpr=CPR), intake("ev-1", "c-1", cpr=CPR)])
    municipality.append([corrected("ev-5", "c-1", "ev-1", cpr=CPR)])
    assert citizens(municipality) == []
    assert len(ours(municipality)) == 1
    # A third course of the number is one citizen's with the first, and not with the other.
    municipality.append([intake("ev-6", "c-3", cpr=CPR)])
    assert citizens(municipality) == [{"c-1", "c-3"}]


def test_it_is_undone_too_by_an_event_that_happened_before_we_linked_them(
    municipality: Municipality,
) -> None:
    # Recorded at 9:00 on 12 January; who sends only the day says its start.
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)])
    municipality.append([unlinked("ev-3", "c-1", "c-2", "2026-01-12T00:00:00+01:00")])
    assert citizens(municipality) == []
    [_, undone] = ours(municipality)
    assert isinstance(undone.fact, IdentityUnlinked)
    assert undone.causation == "ev-3"


def test_a_link_that_the_system_undid_for_a_person_stays_undone(
    municipality: Municipality, clock: Clock
) -> None:
    first, second = municipality.append(
        [intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)]
    )
    clock.now += timedelta(days=1)
    fact = IdentityUnlinked(
        actor=Actor("system"),
        on_behalf_of=Actor("coordinator", municipality.find("person", "s-12")),
        what="citizen",
        alias=second.stream,
    )
    municipality.decide(first.stream, [Decided(id="d-1", fact=fact, body=b"1")])
    municipality.append([intake("ev-3", "c-2", cpr=CPR)])
    assert citizens(municipality) == []


def test_who_was_parted_from_one_of_three_is_parted_from_both(municipality: Municipality) -> None:
    municipality.append([intake(f"ev-{n}", f"c-{n}", cpr=CPR) for n in (1, 2, 3)])
    # Both are linked to c-1, so taking back their own link alone would leave them one.
    municipality.append([unlinked("ev-4", "c-2", "c-3", "2026-01-12T09:01:00+01:00")])
    assert citizens(municipality) == [{"c-1", "c-2"}]


def test_an_undoing_that_comes_before_the_intakes_holds(municipality: Municipality) -> None:
    municipality.append([unlinked("ev-3", "c-2", "c-1", LATER)])
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)])
    assert ours(municipality) == []


def test_who_retracts_the_undoing_has_them_linked_again(municipality: Municipality) -> None:
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)])
    municipality.append([unlinked("ev-3", "c-1", "c-2", "2026-01-12T00:00:00+01:00")])
    taken_back: dict[str, Any] = {"retracts": {"id": "ev-3"}, "reason": "never-happened"}
    municipality.append([sent("ev-4", "course.event-retracted.v1", "c-1", LATER, **taken_back)])
    assert citizens(municipality) == [{"c-1", "c-2"}]
    assert [type(each.fact) for each in ours(municipality)] == [
        IdentityLinked,
        IdentityUnlinked,
        IdentityLinked,
    ]


def test_a_corrected_number_takes_the_old_link_back_and_makes_the_new_one(
    municipality: Municipality,
) -> None:
    municipality.append(
        [
            intake("ev-1", "c-1", cpr=CPR),
            intake("ev-2", "c-2", cpr=CPR),
            intake("ev-3", "c-3", cpr=OTHER),
        ]
    )
    municipality.append([corrected("ev-4", "c-2", "ev-2", cpr=OTHER)])
    assert citizens(municipality) == [{"c-2", "c-3"}]
    # Corrected again, to none, it stands alone; an earlier correction comes late.
    municipality.append([corrected("ev-5", "c-2", "ev-2", "2026-01-12T09:45:00+01:00")])
    municipality.append([corrected("ev-6", "c-2", "ev-2", "2026-01-12T08:45:00+01:00", cpr=CPR)])
    assert citizens(municipality) == []


def test_when_the_first_of_three_turns_out_to_be_another_the_others_stay_one(
    municipality: Municipality,
) -> None:
    municipality.append([intake(f"ev-{n}", f"c-{n}", cpr=CPR) for n in (1, 2, 3)])
    taken_back: dict[str, Any] = {"retracts": {"id": "ev-1"}, "reason": "wrong-subject"}
    municipality.append([sent("ev-4", "course.event-retracted.v1", "c-1", LATER, **taken_back)])
    assert citizens(municipality) == [{"c-2", "c-3"}]


def test_a_correction_before_its_original_decides_which_number_holds(
    municipality: Municipality,
) -> None:
    municipality.append([corrected("ev-4", "c-2", "ev-2", cpr=OTHER)])
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-3", "c-3", cpr=OTHER)])
    assert citizens(municipality) == [{"c-2", "c-3"}]
    municipality.append([intake("ev-2", "c-2", cpr=CPR)])
    assert citizens(municipality) == [{"c-2", "c-3"}]
    assert len(ours(municipality)) == 1


def test_what_somebody_linked_by_hand_stays_when_the_number_is_corrected(
    municipality: Municipality,
) -> None:
    municipality.append([intake("ev-1", "c-1", cpr=CPR), intake("ev-2", "c-2", cpr=CPR)])
    municipality.append([linked("ev-3", "c-1", "c-2", "2026-01-12T08:00:00+01:00")])
    municipality.append([corrected("ev-4", "c-2", "ev-2", cpr=OTHER)])
    assert citizens(municipality) == [{"c-1", "c-2"}]
    assert len(ours(municipality)) == 1


def test_a_link_that_the_case_system_told_of_itself_isnt_told_again(
    municipality: Municipality,
) -> None:
    municipality.append(
        [
            intake("ev-1", "c-1", cpr=CPR),
            intake("ev-2", "c-2", cpr=CPR),
            linked("ev-3", "c-2", "c-1"),
        ]
    )
    assert ours(municipality) == []


def test_a_number_of_more_courses_than_anybody_has_is_a_dummy_and_links_nobody(
    municipality: Municipality,
) -> None:
    municipality.append(
        [intake(f"ev-{n}", f"c-{n}", cpr="0101900000") for n in range(MOST_COURSES)]
    )
    assert len(ours(municipality)) == MOST_COURSES - 1
    municipality.append([intake("one-more", "c-more", cpr="0101900000")])
    assert citizens(municipality) == []
    told = len(ours(municipality))
    municipality.append([intake("and-more", "c-and", cpr="0101900000")])
    assert len(ours(municipality)) == told == 2 * (MOST_COURSES - 1)


def test_a_course_of_which_the_key_is_gone_has_no_number_any_more(
    municipality: Municipality,
) -> None:
    """An erasure takes the table's rows by the course; here only the key is gone yet."""
    [first] = municipality.append([intake("ev-1", "c-1", cpr=CPR)])
    keys = SQL("DELETE FROM keys_0860.subject_keys WHERE subject = %s")
    with municipality.transaction() as cursor:
        cursor.execute("SET LOCAL ROLE roedtraad_keys_0860")
        cursor.execute(keys, (first.stream,))
    municipality._parts.keys.forget([first.stream])
    municipality.append([intake("ev-2", "c-2", cpr=CPR)])
    assert ours(municipality) == []
