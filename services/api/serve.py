"""The process that answers HTTP."""

import signal
import sys

import uvicorn

from services.api.app import create_app
from services.api.protocol import BoundedProtocol
from services.collecting import collect_seldom, hold_little, keep_what_is_loaded
from services.edge.models import TYPES, form_of
from services.root import App

_SECONDS_FOR_A_CONNECTION = 5.0
_MOST_WAITING = 200
_SECONDS_TO_FINISH = 10
_LONGEST_HELD = 0.001  # seconds; Python's own is five times that


def run_api(app: App) -> None:
    """Answer until told to end; what is under way is finished first."""
    hold_little()
    # A thread that stores waits for the database some ten times a commit, and each time would wait
    # again for one that reads a body to let go of the interpreter, which could be done meanwhile.
    sys.setswitchinterval(_LONGEST_HELD)
    pool = app.server.pool
    # Rather say "try again" soon than let senders wait half a minute for a database that is gone.
    pool.timeout = _SECONDS_FOR_A_CONNECTION
    pool.max_waiting = _MOST_WAITING
    for topic in TYPES.values():
        form_of(topic)  # else the first sender of each would wait for it
    serving = create_app(app)
    keep_what_is_loaded()
    collect_seldom()
    config = uvicorn.Config(
        serving,
        http=BoundedProtocol,
        ws="none",
        host=app.settings.api_host,
        port=app.settings.api_port,
        log_config=None,
        access_log=False,  # it would write paths with their ids and query strings: Guard logs
        server_header=False,
        forwarded_allow_ips=app.settings.trusted_proxies,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        timeout_keep_alive=30,
    )
    for signum in (signal.SIGINT, signal.SIGTERM):
        # uvicorn sends itself the signal again when it has ended; the servers are ours to close.
        signal.signal(signum, lambda *_: None)
    server = uvicorn.Server(config)
    # Whoever follows the feed is told so, else it would be waited for.
    serving.state.api.is_ending = lambda: server.should_exit
    server.run()
