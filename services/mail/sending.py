"""Handing a letter to the mail server, and what becomes of it there."""

import smtplib
import ssl
from email.message import EmailMessage

from services.mail.server import MailServer

_PATIENCE = 30.0  # seconds for each answer
_PERMANENT = 500


class MailAwayError(Exception):
    """The mail server can't take it now; `reason` is a word of ours, `code` its own number.

    The same letter may be taken later.
    """

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class MailRefusedError(Exception):
    """The mail server won't ever take this letter to this address; `code` is its number, 5xx."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Mailer:
    """Hands letters to one server, each over a connection of its own. Safe to use from threads."""

    def __init__(self, server: MailServer, patience: float = _PATIENCE) -> None:
        self._server = server
        self._patience = patience

    def send(self, message: EmailMessage, sender: str, receiver: str) -> None:
        """Hand it in; when this returns, the server has it.

        Raises MailAwayError and MailRefusedError: the server's own words, which may quote an
        address, are in neither.
        """
        try:
            self._send(message, sender, receiver)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            raise _told(code) from None
        except smtplib.SMTPDataError as error:
            raise _told(error.smtp_code) from None
        except smtplib.SMTPAuthenticationError as error:
            raise MailAwayError("login", error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise MailAwayError("not supported") from None
        except smtplib.SMTPResponseException as error:
            # Of the sender or the connection: an operator can mend it, and the letter is right.
            raise MailAwayError("not taken", error.smtp_code) from None
        except ssl.SSLError:
            raise MailAwayError("tls") from None
        except (OSError, smtplib.SMTPException):
            raise MailAwayError("unreachable") from None

    def _send(self, message: EmailMessage, sender: str, receiver: str) -> None:
        host, port, tls, user, password = self._server
        if tls == "whole":
            context = ssl.create_default_context()
            connected: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=self._patience, context=context
            )
        else:
            connected = smtplib.SMTP(host, port, timeout=self._patience)
        with connected:
            if tls == "started":
                connected.starttls(context=ssl.create_default_context())
            if user is not None:
                connected.login(user, password)
            connected.send_message(message, sender, [receiver])


def _told(code: int) -> MailAwayError | MailRefusedError:
    """What a reply means for this receiver: 5xx is for good (RFC 5321, 4.2.1)."""
    return MailRefusedError(code) if code >= _PERMANENT else MailAwayError("not taken", code)
