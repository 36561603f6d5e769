"""A log that isn't what was signed last goes on only where somebody accepts it (*godtager*), and
that is recorded in the log of who looked, in clear: by whom, what stood, what stands, and why.

The record is there before the log goes on, so nobody can accept anything without its being seen.
"""

from base64 import b64encode

from services.audit.access.looking import OPERATOR, Asking
from services.audit.access.looks import Looks
from services.audit.proof.log import Log
from services.audit.proof.remembered import Accepted, Remembered
from services.store.municipality import Municipality

LONGEST_REASON = 200  # characters


def accept(looks: Looks, store: Municipality, log: Log, user: str, reason: str) -> Accepted:
    """Let a log go on from what the database holds, as `user` wants.

    Raises NotRecordedError, MissingTileError; nothing is accepted then.
    """

    def record(accepted: Accepted) -> None:
        asking = Asking(
            what=what_was_accepted(log.log, accepted, reason),
            user=user,
            functions=(OPERATOR,),
            purpose=reason,
        )
        looks.record(asking, [store], {})

    return log.accept(record)


def what_was_accepted(log: str, accepted: Accepted, reason: str) -> str:
    """What the record says: size and root that were signed last, `-` where that isn't known, and
    those that were accepted; and the position up to which events were taken as they were."""
    before, after = _tree(accepted.before), _tree(accepted.after)
    return f"accept {log} {before} as {after} through position {accepted.after.began}: {reason}"


def _tree(of: Remembered | None) -> str:
    return f"{of.size} {b64encode(of.root).decode()}" if of else "- -"
