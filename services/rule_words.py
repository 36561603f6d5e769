"""A rule's terms in words: when it is due, and whom it goes to after that."""

from collections.abc import Sequence

from domain import codes
from domain.rule_packs import Terms
from services.words import Words

BASES = {
    "assumption": "antagelse",
    "report: mentors quit on the way; number assumed": "rapporten: mentorer stopper undervejs;"
    " tallet er en antagelse",
    "the trial's weekly contact: warned at 7 days, escalated at 14; to the leader, assumption": (
        "forsøgets ugentlige kontakt: advarsel efter 7 dage, videre efter 14;"
        " til lederen, antagelse"
    ),
    "report: chemistry decides; number assumed": "rapporten: kemien er afgørende;"
    " tallet er en antagelse",
    "STAR's audit of 2019": "STARs undersøgelse fra 2019",
    "report: clear division of roles, followed up; numbers assumed": "rapporten: klar"
    " rollefordeling, der følges op; tallene er antagelser",
    "report: different perceptions of the roles; number assumed": "rapporten: forskellige"
    " opfattelser af rollerne; tallet er en antagelse",
    "report: relatively close contact; number assumed": "rapporten: relativt tæt kontakt;"
    " tallet er en antagelse",
    "report: one common goal, kept and adapted; number assumed": "rapporten: ét fælles mål, som"
    " fastholdes og tilpasses; tallet er en antagelse",
    "employment-effort act: six months at most, new period possible; leads assumed": "lov om"
    " aktiv beskæftigelsesindsats: højst seks måneder, ny periode mulig; varslerne er antagelser",
    "STAR's audit of 2019 found a third unchecked; numbers assumed": "STARs undersøgelse fra 2019:"
    " en tredjedel uden kontrol; tallene er antagelser",
    "report: supervision is obligatory; number assumed": "rapporten: supervision er obligatorisk;"
    " tallet er en antagelse",
    "report: running follow-up by the coordinator; number assumed": "rapporten: løbende opfølgning"
    " ved koordinator; tallet er en antagelse",
    "report: workshops when the team is set up; number assumed": "rapporten: workshops, når teamet"
    " sættes i gang; tallet er en antagelse",
    "report: clearly smaller; numbers assumed": "rapporten: klart færre; tallene er antagelser",
}
"""The default pack's bases in Danish; a municipality writes its own in its own language."""


def basis_of(basis: str, language: str) -> str:
    """What a rule's numbers rest on; in Danish where the default pack says it."""
    return BASES.get(basis, basis) if language == "da" else basis


def when(terms: Terms) -> Words:
    """From what it hangs on until it is due, and what it compares with."""
    danish, english = _days(terms)
    if terms.first_days is not None:
        danish = f"først {terms.first_days} dage, derefter {danish}"
        english = f"first {terms.first_days} days, then {english}"
    if terms.percent is not None:
        danish, english = f"{danish}; {terms.percent} %", f"{english}; {terms.percent} %"
    if terms.parts:
        parts = [codes.agreement_parts.danish[part] for part in terms.parts]
        danish, english = f"{danish}; {', '.join(parts)}", f"{english}; {', '.join(terms.parts)}"
    return Words(danish, english)


def going_on(terms: Terms) -> Words:
    """Whom it goes to, when it is said once more, and when and to whom it goes on."""
    functions = codes.functions.danish
    danish, english = [functions[terms.addressed_to]], [terms.addressed_to]
    if terms.remind:
        danish.append(f"igen efter {_listed(terms.remind, 'og')} dage")
        english.append(f"again after {_listed(terms.remind, 'and')} days")
    for step in terms.escalate:
        danish.append(f"{functions[step.to]} efter {step.after} dage")
        english.append(f"{step.to} after {step.after} days")
    return Words("; ".join(danish), "; ".join(english))


def _days(terms: Terms) -> tuple[str, str]:
    if terms.working_days is not None:
        return f"{terms.working_days} arbejdsdage", f"{terms.working_days} working days"
    if terms.before:
        return (
            f"{_listed(terms.before, 'og')} dage før",
            f"{_listed(terms.before, 'and')} days before",
        )
    return f"{terms.days} dage", f"{terms.days} days"


def _listed(numbers: Sequence[int], last: str) -> str:
    *first, end = map(str, numbers)
    return f"{', '.join(first)} {last} {end}" if first else end
