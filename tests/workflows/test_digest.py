"""A day's letters by their workflow: what isn't taken is tried again until the day is over."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

from temporalio.client import WorkflowHistory

from services.digests.marks import Letters
from services.digests.posting import Mail, Post
from services.mail.sending import Mailer
from services.mail.server import mail_server
from services.store.server import Server
from tests.conftest import Clock
from tests.services.digests.town_hall import (
    ADDRESSES,
    CASEWORKER,
    COORDINATOR,
    MONDAY,
    SECRETS,
    UNREACHED,
    TownHall,
)
from tests.services.mail.post_office import post_office
from tests.workflows.conftest import time_skipping
from tests.workflows.patience import patient_worker
from workflows.digest import DigestWorkflow
from workflows.messages import TASK_QUEUE, DigestsSent, Start


def small_hall(server: Server, clock: Clock) -> TownHall:
    """Something lies with the coordinator, with a caseworker, and with one without an address."""
    hall = TownHall(server, clock).staffed()
    hall.course("c-1", -14)
    hall.course("c-4", -22)
    hall.course("c-10", -18, caseworker=UNREACHED)
    return hall.lived()


async def delivered(hall: TownHall, address: str) -> tuple[DigestsSent, WorkflowHistory]:
    """One day's letters, posted at this address, and what Temporal keeps of them."""
    mail = Mail(Mailer(mail_server(address)), "rt@kommune.example", "https://rt.example")
    async with AsyncExitStack() as stack:
        client = (await stack.enter_async_context(time_skipping())).client
        threads = stack.enter_context(ThreadPoolExecutor(4))
        post = Post(hall.engine, mail)
        await stack.enter_async_context(patient_worker(client, hall.engine, threads, post=post))
        handle = await client.start_workflow(
            DigestWorkflow.run, Start("0860", "digest"), id="0860/digest", task_queue=TASK_QUEUE
        )
        return await handle.result(), await handle.fetch_history()


async def test_what_is_not_taken_at_first_is_taken_at_last(server: Server, clock: Clock) -> None:
    hall = small_hall(server, clock)
    with post_office() as office:
        office.to_rcpt = ["451 Later", "421 Later", "451 Later"]
        sent, history = await delivered(hall, office.address)
    assert sent == DigestsSent("2026-01-12", {"sent": 2, "no-address": 1})
    assert sorted(receiver for receiver, _ in office.taken) == sorted(ADDRESSES.values())
    marks = {
        mark.person: (mark.outcome, mark.attempts) for mark in Letters(hall.store).since(MONDAY)
    }
    assert marks[hall.person(UNREACHED)] == ("no-address", 1)
    tries = [marks[hall.person(one)] for one in (CASEWORKER, COORDINATOR)]
    assert {outcome for outcome, _ in tries} == {"sent"}
    assert sum(attempts for _, attempts in tries) == 5
    kept = b"".join(event.SerializeToString() for event in history.events)
    for words in (*SECRETS, *ADDRESSES.values(), "kommune.example", "Later", '"c-4'):
        assert words.encode() not in kept, words


async def test_one_that_is_never_taken_costs_the_others_nothing(
    server: Server, clock: Clock
) -> None:
    hall = small_hall(server, clock)
    with post_office() as office:

        async def not_to_the_caseworker(*given: object) -> str:
            envelope, address = given[2], given[3]
            if address == ADDRESSES[CASEWORKER]:
                return "450 Mailbox busy"
            envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
            return "250 OK"

        office.handle_RCPT = not_to_the_caseworker  # type: ignore[assignment,method-assign]
        sent, _ = await delivered(hall, office.address)
    assert sent.outcomes == {"sent": 1, "no-address": 1, "waiting": 1}
    assert [receiver for receiver, _ in office.taken] == [ADDRESSES[COORDINATOR]]
    mark = Letters(hall.store).of(MONDAY, hall.person(CASEWORKER))
    assert mark is not None
    assert (mark.outcome, mark.code) == ("waiting", 450)
    assert mark.attempts > 40  # at most every quarter of an hour, for twelve hours
