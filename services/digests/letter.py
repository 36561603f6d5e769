"""The letter itself: text and HTML, in Danish or English, with references and nothing personal."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from itertools import groupby
from urllib.parse import quote

from msgspec import Struct

from domain import codes
from services.digests.contents import Entry
from services.municipalities import name_of
from services.rendering import danish, short_id
from services.words import Words
from workflows.messages import COMING

MOST = 100
"""Lines of a letter; of what there is more, the number is told."""
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_SECTIONS = {
    "escalated": Words("Gået videre til dig", "Gone on to you"),
    "reminded": Words("Påmindelser", "Reminders"),
    "new": Words("Nye", "New"),
    "waiting": Words("Venter stadig", "Still waiting"),
    COMING: Words("Kommer inden for 7 dage", "Coming within 7 days"),
}
_SUBJECTS = {
    "course": Words("forløb", "course"),
    "mentor": Words("medarbejder", "staff member"),
    "team": Words("teamet", "the team"),
}
_ABOUT = Words("om", "about")
_STAGES = {
    "escalated": Words("eskaleret", "escalated"),
    "reminded": Words("påmindet", "reminded"),
    "raised": Words("rejst", "raised"),
}
_AUTOMATIC = Words(
    "Brevet er sendt automatisk af Rød Tråd. Det rummer kun henvisninger.",
    "This letter was sent by Rød Tråd by itself. It holds references only.",
)


class Told(Struct, frozen=True):
    """What one letter tells. `nobodys` are open follow-ups that no letter reaches anybody with:
    with staff who have no address, and with nobody; the coordinator's letter tells of them."""

    municipality: str
    day: date
    entries: Sequence[Entry]
    without_address: int = 0
    nobodys: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.entries and not self.without_address and not self.nobodys

    @property
    def open(self) -> int:
        """How many of them were raised."""
        return sum(entry.stage != COMING for entry in self.entries)

    @property
    def coming(self) -> int:
        """How many of them weren't yet."""
        return len(self.entries) - self.open


class Envelope(Struct, frozen=True):
    """From whom to whom, by which Message-ID (`key@place`), and when it is written (UTC)."""

    sender: str
    receiver: str
    key: str
    at: datetime


Link = Callable[[str], str]


def link_to(base: str | None, municipality: str) -> Link | None:
    """Where a follow-up is seen, by its id: `{municipality}` and `{id}` are put into the address.

    An address without `{id}` is that of the interface, whose worklist tells of it. None without an
    address: then a follow-up is named by its short id.
    """
    if base is None:
        return None
    if "{id}" not in base:
        base = base.rstrip("/") + "/v1/worklist?municipality={municipality}&where=id%3D{id}"

    def link(id_: str) -> str:
        return base.replace("{municipality}", municipality).replace("{id}", quote(id_, safe=""))

    return link


def letter(told: Told, envelope: Envelope, link: Link | None, language: str) -> EmailMessage:
    """The letter, ready to be handed in."""
    place = envelope.sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(envelope.at)
    message["From"] = envelope.sender
    message["To"] = envelope.receiver
    message["Subject"] = _subject(told).say(language)
    message["Message-ID"] = f"<{envelope.key}@{place}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    message["X-Auto-Response-Suppress"] = "All"  # the same to Exchange
    message["List-Id"] = f"<digest.{told.municipality}.{place}>"
    message.set_content(text(told, link, language), cte="quoted-printable")
    message.add_alternative(_html(told, link, language), subtype="html", cte="quoted-printable")
    message["Content-Language"] = language
    return message


def text(told: Told, link: Link | None, language: str) -> str:
    """The letter's words, a link under each line if there are links."""
    lines = [_title(told).say(language), "", *_opening(told, language)]
    for heading, entries in _sections(told.entries):
        lines += ["", f"{heading.say(language)} ({len(entries)})", ""]
        for entry in entries:
            lines.append(f"- {_line(entry, told.day, link, language)}")
            if link and entry.id is not None:
                lines.append(f"  {link(entry.id)}")
    lines += ["", *_more(told, language), _AUTOMATIC.say(language), ""]
    return "\n".join(lines)


def _html(told: Told, link: Link | None, language: str) -> str:
    """The same, for those who read HTML."""
    parts = [
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>',
        f"<h1>{escape(_title(told).say(language))}</h1>",
        *(f"<p>{escape(line)}</p>" for line in _opening(told, language)),
    ]
    for heading, entries in _sections(told.entries):
        parts.append(f"<h2>{escape(heading.say(language))} ({len(entries)})</h2><ul>")
        for entry in entries:
            line = escape(_line(entry, told.day, link, language))
            if link and entry.id is not None:
                line = f'<a href="{escape(link(entry.id))}">{line}</a>'
            parts.append(f"<li>{line}</li>")
        parts.append("</ul>")
    ending = [*_more(told, language), _AUTOMATIC.say(language)]
    parts += [f"<p>{escape(line)}</p>" for line in ending if line]
    return "\n".join([*parts, "</body></html>", ""])


def _subject(told: Told) -> Words:
    begun = f"Rød Tråd {name_of(told.municipality)}: "
    if told.open or not told.coming:
        several = _several(told.open)
        return Words(f"{begun}{several.da} hos dig", f"{begun}{several.en} with you")
    da = "1 frist" if told.coming == 1 else f"{told.coming} frister"
    en = "1 deadline" if told.coming == 1 else f"{told.coming} deadlines"
    return Words(f"{begun}{da} inden for 7 dage", f"{begun}{en} within 7 days")


def _several(count: int) -> Words:
    if count == 1:
        return Words("1 opfølgning", "1 follow-up")
    return Words(f"{count or 'ingen'} opfølgninger", f"{count or 'no'} follow-ups")


def _title(told: Told) -> Words:
    name, day = name_of(told.municipality), told.day
    return Words(
        f"Rød Tråd, {name}, {_WEEKDAYS[day.weekday()]} {danish(day)}",
        f"Rød Tråd, {name}, {day:%A} {danish(day)}",
    )


def _opening(told: Told, language: str) -> Iterator[str]:
    """How much it is, and what reaches nobody."""
    overdue = sum(_days_over(entry, told.day) > 0 for entry in told.entries)
    several = _several(told.open)
    danish_over, english_over = (
        (f", {overdue} over frist", f", {overdue} overdue") if overdue else ("", "")
    )
    opening = Words(
        f"Hos dig ligger {several.da}{danish_over}.", f"With you: {several.en}{english_over}."
    ).say(language)
    if told.coming:
        count = told.coming
        soon = Words(f" {count} kommer inden for 7 dage.", f" {count} coming within 7 days.")
        opening += soon.say(language)
    yield opening
    unreached = told.without_address + told.nobodys
    if unreached:
        yield Words(
            f"{_several(unreached).da} når ingen pr. e-mail: {told.without_address} hos"
            f" medarbejdere uden e-mailadresse, {told.nobodys} hos ingen.",
            f"{_several(unreached).en} reach nobody by e-mail: {told.without_address} with staff"
            f" without an address, {told.nobodys} with nobody.",
        ).say(language)


def _more(told: Told, language: str) -> Iterator[str]:
    more = len(told.entries) - MOST
    if more > 0:
        yield Words(
            f"Og {more} til; se dem alle på opgavelisten.",
            f"And {more} more; see all of them on the worklist.",
        ).say(language)
        yield ""


def _sections(entries: Sequence[Entry]) -> Iterator[tuple[Words, list[Entry]]]:
    """By what they are, the furthest first, within that in their order; not more than `MOST`."""
    order = list(_SECTIONS)
    ranked = sorted(entries, key=lambda entry: order.index(_section(entry)))
    for name, several in groupby(ranked[:MOST], key=_section):
        yield _SECTIONS[name], list(several)


def _section(entry: Entry) -> str:
    if entry.stage != "raised":
        return entry.stage
    return "new" if entry.is_new else "waiting"


def _line(entry: Entry, day: date, link: Link | None, language: str) -> str:
    """The rule, what it is of and about whom, when it was due and at which stage it is; the short
    id of what has no link. Of what is coming the heading says so."""
    rule = codes.rules.danish[entry.rule] if language == "da" else entry.rule.replace("-", " ")
    of = f"{_SUBJECTS[entry.subject].say(language)} {entry.reference or ''}".rstrip()
    if entry.about:
        of += f" · {_ABOUT.say(language)} {entry.about}"
    due = Words(f"frist {danish(entry.due_on)}", f"due {danish(entry.due_on)}").say(language)
    over = _days_over(entry, day)
    if over:
        days = Words("dag" if over == 1 else "dage", "day" if over == 1 else "days").say(language)
        due += Words(f" ({over} {days} over)", f" ({over} {days} overdue)").say(language)
    told = [f"{rule[:1].upper()}{rule[1:]}", of, due]
    if entry.stage in _STAGES:
        told.append(_STAGES[entry.stage].say(language))
    if entry.id is not None and link is None:
        told.append(f"id {short_id(entry.id)}")
    return " · ".join(told)


def _days_over(entry: Entry, day: date) -> int:
    return max((day - entry.due_on).days, 0) if entry.due_on else 0
