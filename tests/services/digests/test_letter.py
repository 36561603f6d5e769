"""What a letter looks like: written out by hand, in Danish and in English."""

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from services.digests.contents import Entry
from services.digests.letter import Envelope, Told, letter, link_to, text

THURSDAY = date(2026, 11, 26)
MONDAY_BEFORE = date(2026, 11, 23)
ENTRIES = (
    Entry("no-mentor-contact", "escalated", date(2026, 11, 5), "course", "c-4711", id="f-1"),
    Entry("chemistry-check-overdue", "reminded", MONDAY_BEFORE, "course", "c-12", id="f-2"),
    Entry("match-overdue", "raised", THURSDAY, "course", "c-13", id="f-3", is_new=True),
    Entry("supervision-overdue", "raised", date(2026, 11, 25), "mentor", "m-31", id="f-4"),
    Entry("role-workshop-overdue", "coming", date(2026, 12, 3), "team"),
    Entry("goal-review-overdue", "coming", date(2026, 11, 30), "course", None),
)
TOLD = Told("0860", THURSDAY, ENTRIES, without_address=3, nobodys=1)
DANISH = """\
Rød Tråd, Hjørring, torsdag 26.11.2026

Hos dig ligger 4 opfølgninger, 3 over frist. 2 kommer inden for 7 dage.
4 opfølgninger når ingen pr. e-mail: 3 hos medarbejdere uden e-mailadresse, 1 hos ingen.

Gået videre til dig (1)

- Ingen kontakt mellem mentor og borger · forløb c-4711 · frist 05.11.2026 (21 dage over) · eskaleret
  <f-1>

Påmindelser (1)

- Kemien ikke afklaret · forløb c-12 · frist 23.11.2026 (3 dage over) · påmindet
  <f-2>

Nye (1)

- Match mangler · forløb c-13 · frist 26.11.2026 · rejst
  <f-3>

Venter stadig (1)

- Supervision mangler · medarbejder m-31 · frist 25.11.2026 (1 dag over) · rejst
  <f-4>

Kommer inden for 7 dage (2)

- Rolleworkshop mangler · teamet · frist 03.12.2026
- Opfølgning på målet mangler · forløb · frist 30.11.2026

Brevet er sendt automatisk af Rød Tråd. Det rummer kun henvisninger.
"""  # noqa: E501 - a letter's lines aren't wrapped
ENGLISH = """\
Rød Tråd, Hjørring, Thursday 26.11.2026

With you: 1 follow-up.

New (1)

- Match overdue · course c-13 · due 26.11.2026 · raised
  <f-3>

This letter was sent by Rød Tråd by itself. It holds references only.
"""


def in_brackets(id_: str) -> str:
    return f"<{id_}>"


def written(told: Told = TOLD) -> EmailMessage:
    """A letter as whoever gets it reads it."""
    at = datetime(2026, 11, 26, 6, 4, tzinfo=UTC)
    envelope = Envelope("roedtraad@kommune.example", "soeren@kommune.example", "ab12", at)
    made = letter(told, envelope, link_to("https://rt.example/", "0860"), "da")
    return message_from_bytes(made.as_bytes(), policy=default)


def test_a_letter_in_danish() -> None:
    assert text(TOLD, in_brackets, "da") == DANISH


def test_a_letter_in_english() -> None:
    one = Told("0860", THURSDAY, ENTRIES[2:3])
    assert text(one, in_brackets, "en") == ENGLISH


def test_two_of_one_course_and_rule_are_told_apart_by_whom_they_are_about() -> None:
    several = [
        Entry("role-statement-overdue", "raised", THURSDAY, "course", "c-7", who, f"f-{who}")
        for who in ("m-34", "s-12")
    ]
    told = text(Told("0860", THURSDAY, several), None, "da").splitlines()
    lines = [line.split(" · ")[1:3] for line in told if line.startswith("- ")]
    assert lines == [["forløb c-7", "om m-34"], ["forløb c-7", "om s-12"]]


def test_without_links_a_follow_up_is_named_by_its_short_id() -> None:
    entry = Entry(
        "match-overdue",
        "raised",
        THURSDAY,
        "course",
        "c-13",
        id="follow-up-13bb5ec6f0",
        is_new=True,
    )
    told = text(Told("0860", THURSDAY, [entry]), link_to(None, "0860"), "da")
    assert "- Match mangler · forløb c-13 · frist 26.11.2026 · rejst · id 13bb5ec6\n" in told
    assert "http" not in told


def test_its_headers_say_that_a_machine_wrote_it() -> None:
    found = written()
    headers = {name: found[name] for name in found if name not in ("Content-Type", "MIME-Version")}
    assert headers == {
        "Date": "Thu, 26 Nov 2026 06:04:00 +0000",
        "From": "roedtraad@kommune.example",
        "To": "soeren@kommune.example",
        "Subject": "Rød Tråd Hjørring: 4 opfølgninger hos dig",
        "Message-ID": "<ab12@kommune.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": "<digest.0860.kommune.example>",
        "Content-Language": "da",
    }


@pytest.mark.parametrize(
    ("told", "subject", "opening"),
    [
        (
            Told("0860", THURSDAY, ENTRIES[4:]),
            "Rød Tråd Hjørring: 2 frister inden for 7 dage",
            "Hos dig ligger ingen opfølgninger. 2 kommer inden for 7 dage.",
        ),
        (
            Told("0860", THURSDAY, (), nobodys=1),
            "Rød Tråd Hjørring: ingen opfølgninger hos dig",
            "Hos dig ligger ingen opfølgninger.",
        ),
        (
            Told("0860", THURSDAY, ENTRIES[:1]),
            "Rød Tråd Hjørring: 1 opfølgning hos dig",
            "Hos dig ligger 1 opfølgning, 1 over frist.",
        ),
    ],
)
def test_a_letter_begins_with_what_there_is(told: Told, subject: str, opening: str) -> None:
    assert written(told)["subject"] == subject
    assert text(told, in_brackets, "da").splitlines()[2] == opening


def test_it_is_text_and_the_same_in_html() -> None:
    plain, html = written().iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert all(part["content-type"].params["charset"] == "utf-8" for part in (plain, html))
    told = html.get_content()
    link = "https://rt.example/v1/worklist?municipality=0860&amp;where=id%3Df-1"
    line = "Ingen kontakt mellem mentor og borger · forløb c-4711 · frist 05.11.2026"
    assert f'<li><a href="{link}">{line} (21 dage over) · eskaleret</a></li>' in told
    lines = [line for line in plain.get_content().splitlines() if line.startswith("- ")]
    assert len(lines) == 6 == told.count("<li>")
    assert all(line.removeprefix("- ") in told for line in lines)


def test_no_line_of_what_is_sent_is_too_long_or_in_eight_bits() -> None:
    sent = written().as_bytes()
    assert sent.isascii()
    assert max(map(len, sent.splitlines())) < 200


def test_a_reference_can_t_write_html() -> None:
    entry = Entry("match-overdue", "raised", THURSDAY, "course", "<b>&", id="f-1", is_new=True)
    _, html = written(Told("0860", THURSDAY, [entry])).iter_parts()
    assert "<b>" not in html.get_content()
    assert "forløb &lt;b&gt;&amp;" in html.get_content()


def test_of_many_the_furthest_are_told_and_the_rest_is_counted() -> None:
    many = [
        Entry("match-overdue", "raised", THURSDAY, "course", f"c-{n}", id=f"f-{n}")
        for n in range(120)
    ]
    told = text(Told("0860", THURSDAY, [*many, ENTRIES[0]]), in_brackets, "da").splitlines()
    assert sum(line.startswith("- ") for line in told) == 100
    assert "- Ingen kontakt" in "\n".join(told)
    assert "Og 21 til; se dem alle på opgavelisten." in told


@pytest.mark.parametrize(
    ("base", "link"),
    [
        (
            "http://127.0.0.1:8040",
            "http://127.0.0.1:8040/v1/worklist?municipality=0860&where=id%3Dfollow-up-1",
        ),
        (
            "https://portal.example/{municipality}/opgave/{id}",
            "https://portal.example/0860/opgave/follow-up-1",
        ),
    ],
)
def test_where_a_follow_up_is_seen_can_be_set(base: str, link: str) -> None:
    to = link_to(base, "0860")
    assert to is not None and to("follow-up-1") == link
