"""A signer as a process of its own, to be killed."""

from pathlib import Path

from services.audit.proof.signer import LogSigner
from services.store.keys import Keyring
from services.store.server import Server
from services.store.writing import utc_now


def sign(url: str, folder: Path, name: str) -> None:
    """Sign what comes, without a pause, until somebody kills it."""
    with Server(url, Keyring(folder)) as server:
        LogSigner(server, name, utc_now, pause=0.0).run()
