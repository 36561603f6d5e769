"""What a look was at, in words for the citizen who asks who looked (*hvad der blev set*)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain import codes
from services.audit.access.looked import Looked
from services.audit.access.looking import OPERATOR
from services.tokens import Token
from services.view_list.all import VIEWS
from services.words import Words

FUNCTIONS = {**codes.functions.danish, OPERATOR: "drift af systemet"}
_LOOKS = Words("Udtræk af, hvem der har set oplysningerne", "Extract of who looked")
_TIMELINE = Words("Forløbets tidslinje", "The course's timeline")
_NEXT = Words("Det næste i forløbet", "What is next on the course")
_REFUSED = Words("Afviste hændelser", "Refused events")
_WORDS = {
    "GET /v1/courses/{id}": _TIMELINE,
    "GET /v1/courses/{id}/next": _NEXT,
    "GET /v1/feed": Words("Hændelser hentet af et andet system", "Events read by another system"),
    "GET /v1/refused": _REFUSED,
    "GET /v1/refused/{id}": _REFUSED,
    "GET /v1/audit/looks": _LOOKS,
    "roedtraad course": _TIMELINE,
    "roedtraad refused list": _REFUSED,
    "roedtraad refused show": _REFUSED,
    "roedtraad audit looks": _LOOKS,
    "roedtraad audit sample": Words("Stikprøve af adgangsloggen", "Sample of the access log"),
    "roedtraad audit case-file": Words("Udskrift til aktindsigt", "Case file, access request"),
    "roedtraad audit ocel": Words(
        "Hele historien, uden det personlige, til analyse", "The whole history, for analysis"
    ),
    "roedtraad audit replay": Words("Afspilning for revision", "Replay for auditors"),
    "roedtraad digest list": Words("Liste over daglige breve", "List of daily letters"),
    "roedtraad digest show": Words("Daglige breve", "Daily letters"),
    "roedtraad digest send": Words("Daglige breve, set før afsendelse", "Daily letters, shown"),
    "roedtraad follow-ups list": VIEWS["worklist"].title,
    "roedtraad projections parked": Words("Det, der venter på en fejl", "What is parked"),
    "roedtraad rules list": Words("Vedtagne regelsæt", "Adopted rule packs"),
    "digest": Words("Dagligt brev til medarbejder", "Daily letter to staff"),
    "webhook": Words("Hændelser sendt til et andet system", "Events sent to another system"),
}
_OWN_PURPOSES = {
    "Dagligt brev (daily letter)": Words("Dagligt brev", "Daily letter"),
    "Opbevaringsfristen er gået (kept long enough).": Words(
        "Opbevaringsfristen er gået.", "Kept long enough."
    ),
}
"""What the program's own looks are recorded with."""
NOT_SAID = Words("ikke oplyst", "not said")
_DECISION = Words("Afgørelse i forløbet", "Decision on the course")
_BEHIND = Words("hændelserne bag", "the events behind")
_AUDIT = Words("Revision", "An audit")
_AUDITS = ("roedtraad audit ", "prune ", "accept ")
_DECISIONS = ("POST ", "roedtraad follow-ups ", "roedtraad rules adopt")


def what_in_words(what: str, criteria: Mapping[str, Any]) -> Words:
    """What was looked at; as it is noted, where there are no words for it."""
    if (known := _WORDS.get(what)) is not None:
        if what == "roedtraad course" and criteria.get("next"):
            return _NEXT
        return known
    if what.startswith(_DECISIONS):
        return _DECISION
    if what.startswith(_AUDITS):
        return _AUDIT
    path = what.removeprefix("GET /v1/")
    view = VIEWS.get(str(criteria.get("view") or path.removesuffix("/explain")))
    if view is None:
        return Words(what, what)
    if path.endswith("/explain") or criteria.get("explain"):
        return Words(f"{view.title.da}: {_BEHIND.da}", f"{view.title.en}: {_BEHIND.en}")
    return view.title


def told(looked: Looked, tokens: Mapping[UUID, Token], language: str) -> dict[str, Any]:
    """A look in words for whoever is told of it; `code` is what was asked as it is noted. `purpose`
    is None where nobody said any: a command's name says no more than `code` does."""
    record, private = looked.record, looked.private
    return {
        "id": looked.id,
        "at": looked.at,
        "who": looked.who(tokens),
        "function": functions_in_words(record.functions, language),
        "purpose": _purpose(record.what, private.purpose, language),
        "what": what_in_words(record.what, private.criteria).say(language),
        "code": record.what,
    }


def _purpose(what: str, purpose: str | None, language: str) -> str | None:
    if purpose in _OWN_PURPOSES:
        return _OWN_PURPOSES[purpose].say(language)
    return None if purpose == what else purpose


def functions_in_words(functions: tuple[str, ...], language: str) -> str | None:
    """In which functions somebody looked; None where the token isn't bound to any."""
    if language != "da":
        return ", ".join(functions) or None
    return ", ".join(FUNCTIONS.get(one, one) for one in functions) or None
