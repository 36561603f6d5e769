"""Everything that the peers need: a database, a Temporal dev server and a worker process each."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from temporalio.client import Client

from bench.following.bare import Bare
from bench.following.crew import crew
from bench.following.peers import CODE, Follower, Others, Ours
from bench.following.trivial import Trivial
from bench.following.working import Orders
from bench.measure import PEERS, Peer
from bench.scratch import Scratch
from services.embedded import child
from services.embedded.home import Home
from services.embedded.temporal import Temporal
from services.following.connecting import connect

SAMPLE = 20
"""Of so many courses' histories the workflow tasks are counted."""


@dataclass(frozen=True)
class DevServer:
    """A Temporal dev server, on a file as the embedded one."""

    address: str
    pid: int


@contextmanager
def dev_server(folder: Path) -> Iterator[DevServer]:
    """One of its own, in a fresh folder below `folder`: never the embedded one that may be up."""
    home = Home(Path(tempfile.mkdtemp(prefix="temporal-", dir=folder)))
    home.open()
    server = Temporal(home)
    try:
        server.start()
        [pid] = child.processes_in(home.root / "temporal", Path("temporal"))
        yield DevServer(server.address, pid)
    finally:
        server.stop()


@dataclass(frozen=True)
class Stage:
    """The peers by name, the server that each is on, and a loop in which their clients live."""

    url: str
    peers: dict[str, Follower]
    servers: dict[str, DevServer]
    loop: asyncio.Runner


@contextmanager
def stage(scratch: Scratch, *, server_each: bool = False) -> Iterator[Stage]:
    """All three peers on one dev server, or on one each."""
    with ExitStack() as stack:
        url = stack.enter_context(scratch.database())
        keys = scratch.fresh_folder("keys")
        store = stack.enter_context(scratch.server(url, keys))
        municipality = store.municipality(CODE)
        loop = stack.enter_context(asyncio.Runner())
        one = None if server_each else stack.enter_context(dev_server(scratch.folder))
        servers: dict[str, DevServer] = {}
        peers: dict[str, Follower] = {}
        for name in PEERS:
            at = one or stack.enter_context(dev_server(scratch.folder))
            orders = Orders(peer=name, address=at.address, url=url, keys=str(keys))
            if name == "ours":
                client = loop.run(connect(at.address, keys))
                hands = stack.enter_context(crew(orders, scratch.folder))
                peers[name] = Ours(hands, client, store, municipality)
            else:
                client = loop.run(Client.connect(at.address))
                hands = stack.enter_context(crew(orders, scratch.folder))
                workflow = Bare if name == "stock" else Trivial
                peers[name] = Others(hands, client, workflow, name)
            servers[name] = at
        for peer in peers.values():
            peer.crew.ready()
        yield Stage(url, peers, servers, loop)


def each(stage: Stage, run: Callable[[str], tuple[float, ...]]) -> dict[str, Peer]:
    """The peers of a measure, where all of them run the same."""
    return {name: partial(run, name) for name in stage.peers}
