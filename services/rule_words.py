"""A rule's terms in words: when it is due, and whom it goes to after that."""

from collections.abc import Sequence

from domain import codes
from domain.rule_packs import Terms
from services.words import Words


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
        return f"{terms.working_days} hverdage", f"{terms.working_days} working days"
    if terms.before:
        return (
            f"{_listed(terms.before, 'og')} dage før",
            f"{_listed(terms.before, 'and')} days before",
        )
    return f"{terms.days} dage", f"{terms.days} days"


def _listed(numbers: Sequence[int], last: str) -> str:
    *first, end = map(str, numbers)
    return f"{', '.join(first)} {last} {end}" if first else end
