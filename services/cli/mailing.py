"""Where letters go from a command: to the mail server that is set, else to a mailbox of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from services.root import App
from services.settings import Settings

_SENDER = "roedtraad@localhost"


def outbox_of(settings: Settings) -> Path:
    """The folder of our own mailbox."""
    return settings.home / "outbox"


@contextmanager
def with_mail(app: App, *, own: bool = False) -> Iterator[App]:
    """The app with a mail server: where none is set, or with `own`, one that keeps all it gets."""
    if app.settings.smtp_url and not own:
        yield app
        return
    from services.mail.mailbox import mailbox

    with mailbox(outbox_of(app.settings)) as address:
        more = {"smtp_url": address, "mail_from": app.settings.mail_from or _SENDER}
        yield replace(app, settings=app.settings.model_copy(update=more))
