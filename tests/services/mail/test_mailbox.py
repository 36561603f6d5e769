"""The mailbox of our own keeps each letter once, for its owner's eyes."""

import os
import time
from email.message import EmailMessage
from pathlib import Path

from services.mail.mailbox import letters, mailbox
from services.mail.sending import Mailer
from services.mail.server import mail_server
from tests.services.mail.test_sending import FROM, TO, letter


def test_letters_are_kept_in_their_order_and_one_sent_again_once(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    with mailbox(folder) as address:
        mailer = Mailer(mail_server(address))
        for number in (1, 2, 1):
            message = letter()
            message["Message-ID"] = f"<0123456789abcdef-{number}@kommune.example>"
            mailer.send(message, FROM, TO)
    assert [found["message-id"][18] for found in letters(folder)] == ["2", "1"]
    assert letters(folder)[0]["subject"] == "Rød tråd på æ, ø og å"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_last_letters_to_somebody_are_found_among_others(tmp_path: Path) -> None:
    with mailbox(tmp_path) as address:
        mailer = Mailer(mail_server(address))
        for number in range(6):
            message = letter()
            message["Message-ID"] = f"<0123456789abcdef-{number}@kommune.example>"
            message["List-Id"] = "<even>" if number % 2 == 0 else "<odd>"
            mailer.send(message, FROM, TO)

    def even(head: EmailMessage) -> bool:
        assert head.get_content().strip() == ""  # its head only
        return str(head["List-Id"]) == "<even>"

    found = letters(tmp_path, 2, even)
    assert [one["message-id"][18] for one in found] == ["2", "4"]
    assert all(len(str(one)) > 0 and one.get_body() is not None for one in found)
    assert [one["message-id"][18] for one in letters(tmp_path, 1)] == ["5"]


def test_what_is_older_than_thirty_days_is_let_go(tmp_path: Path) -> None:
    with mailbox(tmp_path) as address:
        mailer = Mailer(mail_server(address))
        mailer.send(letter(), FROM, TO)
        [first] = tmp_path.glob("*.eml")
        long_ago = time.time() - 31 * 24 * 3600
        os.utime(first, (long_ago, long_ago))
        other = letter()
        other["Message-ID"] = "<0123456789abcdef@kommune.example>"
        mailer.send(other, FROM, TO)
    assert [path.stem for path in tmp_path.glob("*.eml")] == ["0123456789abcdef"]


def test_a_name_in_a_letter_can_t_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    with mailbox(folder) as address:
        message = letter()
        message["Message-ID"] = "<../../../../tmp/elsewhere-elsewhere@kommune.example>"
        Mailer(mail_server(address)).send(message, FROM, TO)
    assert len(letters(folder)) == 1
