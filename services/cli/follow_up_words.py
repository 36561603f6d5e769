"""What an event of a follow-up says, in words: for the timeline of a course."""

from collections.abc import Mapping

from domain import codes
from services.rendering import Row, danish, short_id
from services.words import Words

_REASONS = {
    **codes.snooze_reasons.danish,
    **codes.take_over_reasons.danish,
    **codes.withdrawal_reasons.danish,
}


def follow_up_words(row: Row, language: str) -> str:
    """Which follow-up, and what happened to it; empty of other events."""
    if row["rule"] is None:
        return ""

    def said(da: str, en: str) -> str:
        return Words(da, en).say(language)

    def named(words: Mapping[str, str], code: str) -> str:
        return words.get(code, code) if language == "da" else code

    told = [named(codes.rules.danish, row["rule"])]
    if row["follow_up"]:
        told[0] += f" ({short_id(row['follow_up'])})"
    if row["due_on"]:
        told.append(said("frist", "due") + f" {danish(row['due_on'])}")
    if row["number"]:
        told.append(said(f"{row['number']}. gang", f"no. {row['number']}"))
    to = named(codes.staff_functions.danish, row["addressed_to"]) if row["addressed_to"] else ""
    if to or row["person"]:
        told.append(said("til", "to") + f" {to} {row.get('person_id') or ''}".rstrip())
    if row["until"]:
        told.append(said("udsat til", "put off until") + f" {danish(row['until'])}")
    if row["reason"]:
        told.append(named(_REASONS, row["reason"]))
    return ", ".join(told)
