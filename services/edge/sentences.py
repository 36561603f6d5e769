"""What the edge says: each code of a flaw in Danish and English, with what would be right."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.edge.problems import Flaw

SENTENCES: Mapping[str, tuple[str, str]] = {
    # The body
    "empty": ("Indholdet er tomt.", "The content is empty."),
    "byte-order-mark": (
        "Indholdet begynder med et byte order mark (BOM); send UTF-8 uden.",
        "The content begins with a byte order mark (BOM); send UTF-8 without it.",
    ),
    "not-utf8": (
        "Indholdet er ikke UTF-8; fejlen står ved byte {at}.",
        "The content is not UTF-8; the error stands at byte {at}.",
    ),
    "nul": (
        "Indholdet rummer nul-bytes; send JSON i UTF-8.",
        "The content holds NUL bytes; send JSON in UTF-8.",
    ),
    "not-json": (
        "Indholdet er ikke JSON; fejlen står i linje {line}, tegn {column}.",
        "The content is not JSON; the error stands in line {line}, character {column}.",
    ),
    "too-deep": (
        "For mange objekter og lister inden i hinanden.",
        "Too many objects and lists inside each other.",
    ),
    "too-large": (
        "En hændelse må højst fylde {limit} bytes.",
        "One event may hold at most {limit} bytes.",
    ),
    "not-batch": (
        "Et bundt skal være en liste af hændelser.",
        "A batch must be an array of events.",
    ),
    "doubled-key": (
        "Nøglen står her mere end én gang; den må stå én gang.",
        "The key stands here more than once; it may stand once.",
    ),
    "not-a-number": (
        "NaN og Infinity er ikke JSON; skriv et helt tal.",
        "NaN and Infinity are not JSON; write a whole number.",
    ),
    "huge-number": ("Tallet har for mange cifre.", "The number has too many digits."),
    "content-type": (
        "Skal være application/json i UTF-8.",
        "Must be application/json in UTF-8.",
    ),
    "not-base64": (
        "Skal være JSON i UTF-8, skrevet som base64; eller send det som data.",
        "Must be JSON in UTF-8, written in base64; or send it as data.",
    ),
    "data-twice": (
        "Send indholdet som data eller som data_base64, ikke som begge.",
        "Send the content as data or as data_base64, not as both.",
    ),
    # Attributes
    "specversion": ('Skal være "1.0".', 'Must be "1.0".'),
    "unknown-event": (
        "Ukendt hændelse. Skriv dk.roedtraad.<navn>.v<version>. Nærmeste kendte: {known}.",
        "Unknown event. Write dk.roedtraad.<name>.v<version>. Nearest known: {known}.",
    ),
    "unknown-version": (
        "Hændelsen {name} findes ikke i den version. Kendte: {known}.",
        "The event {name} has no such version. Known: {known}.",
    ),
    "only-here": (
        "{name} skrives kun her i Rød Tråd og modtages ikke udefra.",
        "{name} is written here in Rød Tråd only and is not taken from senders.",
    ),
    "our-source": (
        "urn:roedtraad: er forbeholdt det, der afgøres i Rød Tråd.",
        "urn:roedtraad: is kept for what is decided in Rød Tråd.",
    ),
    "time-form": (
        "Skal være RFC 3339 med sekunder, zone og højst 6 decimaler: 2026-01-16T14:00:00+01:00.",
        "Must be RFC 3339 with seconds, zone and at most 6 decimals: 2026-01-16T14:00:00+01:00.",
    ),
    "time-ahead": (
        "Må højst ligge 5 minutter ude i fremtiden.",
        "May lie at most 5 minutes ahead.",
    ),
    "municipality": (
        "Skal være den kommunekode, som adgangen gælder: {own}.",
        "Must be the municipality code that the credential is for: {own}.",
    ),
    "sequence": (
        'Skal være tekst på 1–18 cifre, fx "000103".',
        'Must be a string of 1–18 digits, such as "000103".',
    ),
    # Any field
    "missing": ("Skal udfyldes.", "Is required."),
    "null": (
        "null bruges ikke: udelad feltet, når der intet er at sige.",
        "null is not used: leave the field out when there is nothing to say.",
    ),
    "more-flaws": ("Der er flere fejl end disse.", "There are more errors than these."),
    "unknown-field": ("Ukendt felt. Her kan stå: {known}.", "Unknown field. Known here: {known}."),
    "not-object": ("Skal være et JSON-objekt.", "Must be a JSON object."),
    "not-list": ("Skal være en liste.", "Must be an array."),
    "not-text": ("Skal være tekst.", "Must be a string."),
    "not-whole": (
        "Skal være et helt tal uden decimaler, eksponent og anførselstegn.",
        "Must be a whole number without fraction, exponent or quotes.",
    ),
    "too-low": ("Skal være mindst {ge}.", "Must be at least {ge}."),
    "too-high": ("Må højst være {le}.", "Must be at most {le}."),
    "not-flag": ("Skal være true eller false.", "Must be true or false."),
    "too-long": ("Må højst være {max_length} tegn.", "May hold at most {max_length} characters."),
    "too-many": (
        "Må højst have {max_length} elementer.",
        "May have at most {max_length} elements.",
    ),
    "too-few": (
        "Skal have mindst {min_length} elementer.",
        "Must have at least {min_length} elements.",
    ),
    "exact-count": (
        "Skal være præcis {count}; her er {actual_length}.",
        "Must be exactly {count}; here are {actual_length}.",
    ),
    "unknown-code": ("Ukendt kode. Tilladte: {allowed}.", "Unknown code. Allowed: {allowed}."),
    "repeated": ("Den samme må kun stå én gang.", "The same may stand only once."),
    "bad-unicode": (
        "Ugyldig Unicode: et surrogat står alene.",
        "Invalid Unicode: a surrogate stands alone.",
    ),
    "control-character": (
        "Må ikke rumme styretegn; i flerlinjet tekst dog linjeskift (\\n) og tabulator.",
        "May hold no control characters; texts may hold newline (\\n) and tab.",
    ),
    "bad-id": (
        "Skal være 1–128 synlige ASCII-tegn uden mellemrum.",
        "Must be 1–128 visible ASCII characters without space.",
    ),
    "cpr-like": (
        "En id må ikke ligne et CPR-nummer; brug en id, der intet fortæller.",
        "An id may not be shaped like a CPR number; use one that tells nothing.",
    ),
    "bad-source": (
        "Skal være en absolut URI på højst 255 tegn, fx https://sagssystem.example.",
        "Must be an absolute URI of at most 255 characters, such as https://sagssystem.example.",
    ),
    "bad-date": (
        "Skal være en dato i kalenderen, skrevet ÅÅÅÅ-MM-DD.",
        "Must be a day of the calendar, written YYYY-MM-DD.",
    ),
    "bad-slug": (
        "Skal være 1–64 tegn af a–z, 0–9, punktum og bindestreg.",
        "Must be 1–64 of a–z, 0–9, full stop and hyphen.",
    ),
    "bad-law": (
        "Skal være lov:paragraf, fx lab:167.",
        "Must be act:section, such as lab:167.",
    ),
    "bad-cpr": (
        "Skal være ti cifre, med eller uden bindestreg, der begynder med en dato.",
        "Must be ten digits, hyphen or not, that begin with a date.",
    ),
    "bad-municipality": (
        "Skal være en kommunekode på fire cifre.",
        "Must be a municipality code of four digits.",
    ),
    "too-many-bytes": ("Må højst fylde {limit} bytes.", "May hold at most {limit} bytes."),
    "invalid": ("Er ikke gyldigt her.", "Is not valid here."),
    # Several fields together
    "nameless-actor": (
        "Borgeren og systemet har ingen id; udelad feltet.",
        "The citizen and the system have no id; leave the field out.",
    ),
    "own-events": (
        "Kun hændelser fra samme source kan rettes eller trækkes tilbage.",
        "Only events of the same source can be corrected or retracted.",
    ),
    "replacement-type": (
        "Skal være en hændelse i {stream}, og hverken rettelse, tilbagekaldelse eller opfølgning.",
        "Must be an event of {stream}, and no correction, retraction or follow-up.",
    ),
}


def flaw(pointer: str, code: str, /, **values: Any) -> Flaw:
    """A flaw with its sentences. `values` fill the sentence in; none is ever what was sent."""
    return Flaw(pointer, code, *_said(code, tuple(values.items())))


@lru_cache(512)
def _said(code: str, values: tuple[tuple[str, Any], ...]) -> tuple[str, str]:
    """Held once for all events of a batch that have the same fault."""
    named = dict(values)
    danish, english = SENTENCES[code]
    return danish.format(**named), english.format(**named)
