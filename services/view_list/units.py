"""What columns are counted in, or what they are, in Danish (*enhed*), which `*.toml` lacks."""

_UNITS = {
    "activities": "aktiviteter",
    "agreed, rules or six-weeks": "agreed: aftalt; rules: regelsættet; six-weeks: seks uger",
    "attempts": "forsøg",
    "band": "interval",
    "citizens": "borgere",
    "citizens per full-time equivalent": "borgere pr. fuldtidsmentor",
    "code": "kode",
    "codes": "koder",
    "contacts": "kontakter",
    "contradictions": "modsigelser",
    "course": "forløb, internt id",
    "courses": "forløb",
    "courses by responsibility and reading": "forløb efter ansvarsområde og læsning",
    "date": "dato",
    "days": "dage",
    "event": "hændelse",
    "events": "hændelser",
    "follow-ups": "opfølgninger",
    "full-time equivalents": "fuldtidsstillinger",
    "id": "id",
    "internal id": "internt id",
    "key persons": "nøglepersoner",
    "list": "liste",
    "list of codes": "liste af koder",
    "matches": "match",
    "meetings": "møder",
    "mentors": "mentorer",
    "minutes": "minutter",
    "minutes a week": "minutter om ugen",
    "month": "måned",
    "municipality codes": "kommunekoder",
    "number": "nummer",
    "number of the model": "modellens nummer",
    "other-function: another function in the team; no-function: none that is known": (
        "other-function: en anden funktion i teamet; no-function: ingen, der kendes"
    ),
    "pairs": "par",
    "people": "personer",
    "percent": "procent",
    "person": "person, internt id",
    "proposals": "forslag",
    "reference": "fagsystemets betegnelse",
    "references": "fagsystemets betegnelser",
    "respondents": "svar",
    "responsibilities": "ansvarsområder",
    "sender's id": "fagsystemets id",
    "sessions": "supervisioner",
    "text": "tekst",
    "thing": "fagsystemets id",
    "time": "tidspunkt",
    "times": "gange",
    "trainings": "undervisningsforløb",
    "weeks": "uger",
    "windows": "vinduer",
    "workshops": "workshopper",
    "years": "år",
    "yes or no": "ja eller nej",
    "øre (DKK)": "øre; i tabel og regneark kroner",
}
_OF_A_LIST = {
    "code of ": "kode fra ",
    "codes of ": "koder fra ",
    " by code of ": " efter kode fra ",
}


def unit_in(unit: str, language: str) -> str:
    """A unit in a language; the name of a code list stays, and what there are no words for."""
    if language != "da":
        return unit
    for english, danish in _OF_A_LIST.items():
        counted, found, codes = unit.partition(english)
        if found and (not counted or counted in _UNITS):
            return f"{_UNITS.get(counted, '')}{danish}{codes}"
    return _UNITS.get(unit, unit)


def has_words(unit: str) -> bool:
    """Whether a unit can be told in Danish."""
    return unit in _UNITS or unit_in(unit, "da") != unit
