"""`verify-bundle` and `protection-cost`: what the auditors' log costs to check and to keep."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from bench import limit
from bench.ingest import ingest_all
from bench.measure import Figure, Measure, Peer, timed
from bench.scratch import Scratch, settle
from bench.workload import Workload
from services.audit.proof import standalone
from services.audit.proof.bundle import write_bundle
from services.audit.proof.entries import EVENTS
from services.audit.proof.signer import log_of
from services.audit.proof.tree import leaf_hash, node_hash
from services.store.writing import utc_now

_NAME = "bench.roedtraad.dk"
_A_READ = 1 << 20  # bytes
_PAUSE = 0.25  # seconds: sixteen times as often as the signer does


class WrongVerdictError(Exception):
    """A bundle that is right was said to be wrong."""


def _verified(bundles: list[Path], events: int) -> float:
    with timed() as clock:
        for path in bundles:
            verdict = standalone.judged(str(path))
            if verdict["verdict"] != "right":
                raise WrongVerdictError(verdict)
    return events / clock.seconds


def _plainly(bundles: list[Path], events: int) -> float:
    """As one would write it first: a line's JSON, an entry's JSON, a tree in one list."""
    with timed() as clock:
        for path in bundles:
            leaves, tops = [], {}
            with path.open() as file:
                for line in file:
                    told = json.loads(line)
                    if "index" in told:
                        at = line.index(',"stored":')
                        digest = sha256(line[at + len(',"stored":') : -2].encode()).hexdigest()
                        for name in ("index", "position", "stored"):
                            del told[name]
                        entry = json.dumps({**told, "sha256": digest}, separators=(",", ":"))
                        leaves.append(leaf_hash(entry.encode()))
                    elif "checkpoint" in told:
                        tops[told["checkpoint"]] = b64decode(told["note"].split("\n")[2])
            if _root(leaves) != tops[len(leaves)]:
                raise WrongVerdictError(path)
    return events / clock.seconds


def _root(leaves: list[bytes]) -> bytes:
    """The root over leaves, level by level; the odd one goes up as it is."""
    while len(leaves) > 1:
        pairs = [node_hash(*pair) for pair in zip(leaves[::2], leaves[1::2], strict=False)]
        leaves = pairs + leaves[len(pairs) * 2 :]
    return leaves[0]


def _hashed(bundles: list[Path], events: int) -> float:
    with timed() as clock:
        for path in bundles:
            whole = sha256()
            with path.open("rb") as file:
                while some := file.read(_A_READ):
                    whole.update(some)
    return events / clock.seconds


@contextmanager
def _prepare_bundles(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    """A bundle of each municipality, exported once."""
    bundles = []
    with scratch.database() as url, scratch.server(url) as server:
        ingest_all(server, scratch, workload)
        for code in workload.codes:
            store = server.municipality(code)
            path = scratch.folder / f"{code}.ndjson"
            with path.open("wb") as out:
                log = log_of(server, store, _NAME, EVENTS)
                write_bundle(store, log, out, utc_now())
            bundles.append(path)
    yield {
        "ours": lambda: (_verified(bundles, workload.events),),
        "stock": lambda: (_plainly(bundles, workload.events),),
        "limit": lambda: (_hashed(bundles, workload.events),),
    }


def _ingested(scratch: Scratch, workload: Workload, *, signed: bool) -> float:
    with scratch.database() as url, scratch.server(url) as server:
        for code in workload.codes:
            server.municipality(code)
        settle(url)
        if not signed:
            # A store without a log: no leaves are worked out, and none are noted.
            with patch("services.store.writing.stored_leaves", lambda events: []):
                return ingest_all(server, scratch, workload)
        with _signing(url, server.keys_folder):
            return ingest_all(server, scratch, workload)


@contextmanager
def _signing(url: str, keys: Path) -> Iterator[None]:
    """A process that signs what comes."""
    command = [sys.executable, "-m", "bench.signing", url, str(keys), str(_PAUSE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def _prepare_cost(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    rows = limit.raw_rows(workload)

    def raw() -> tuple[float]:
        with scratch.database() as url:
            limit.prepare_copy(url)
            settle(url)
            return (limit.copy(url, rows),)

    yield {
        "ours": lambda: (_ingested(scratch, workload, signed=True),),
        "stock": lambda: (_ingested(scratch, workload, signed=False),),
        "limit": raw,
    }


VERIFY_BUNDLE = Measure("verify-bundle", (Figure("events/s"),), _prepare_bundles)
PROTECTION_COST = Measure("protection-cost", (Figure("events/s"),), _prepare_cost)
