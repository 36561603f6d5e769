"""A process of `protection-cost`: signs the logs of a server until it is told to end."""

import signal
import sys
from pathlib import Path

from services.audit.proof.signer import LogSigner
from services.store.keys import Keyring
from services.store.server import Server
from services.store.writing import utc_now


def main() -> None:
    """`python -m bench.signing URL KEYS PAUSE`."""
    url, keys, pause = sys.argv[1:]
    with Server(url, Keyring(Path(keys))) as server:
        signer = LogSigner(server, "bench.roedtraad.dk", utc_now, pause=float(pause))
        signal.signal(signal.SIGTERM, lambda *_: signer.stop())
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signer.run()


if __name__ == "__main__":
    main()
