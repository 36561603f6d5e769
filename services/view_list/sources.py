"""Where figures come from, in Danish (*kilde*); `*.toml` has it in English."""

import re

_PLACES = (("Table", "Tabel"), ("Figure", "Figur"), ("report, note", "rapporten, note"))
_REPORT = "report: "
_SOURCES = {
    "project rule": "projektets egen regel",
    "rule supervision-overdue": "reglen om supervision, der mangler",
    "docs/rules.md": "docs/rules.md",
    "STAR's audit of 2019": "STARs undersøgelse fra 2019",
    "Table 25, disadvantages of model 1": "Tabel 25, ulemper ved model 1",
}
_IN_THE_REPORT = {
    "Hjørring's two-day training": "Hjørrings uddannelse på to dage",
    "Slagelse finds key persons to build on": "Slagelse finder nøglepersoner at bygge på",
    "Sønderborg's meetings take time": "Sønderborgs møder tager tid",
    "a balance; numbers assumed": "en balance; tallene er antagelser",
    "a clearly smaller group than the mentors'": "en klart mindre gruppe end mentorernes",
    "a deliberate choice of the management": "et bevidst valg af ledelsen",
    "addressing of concrete cases": "konkrete sager tages op",
    "better when released for it": "bedre, når man er frikøbt til det",
    "by profile (Hjørring), by meeting (Sønderborg)": (
        "efter profil (Hjørring), efter møde (Sønderborg)"
    ),
    "chemistry decides": "kemien er afgørende",
    "clear division of roles": "klar rollefordeling",
    "clearly fewer than the mentors'": "klart færre end mentorernes",
    "clearly fewer; the half is a project rule": "klart færre; halvdelen er projektets egen regel",
    "co-location supports coordination": "samme adresse støtter koordineringen",
    "considered in matching": "indgår i matchningen",
    "coordination with other actors": "koordinering med andre aktører",
    "different perceptions of the mentor's role": "forskellige opfattelser af mentorrollen",
    "framing, backing, integrating": "rammesætning, opbakning, integrering",
    "indsatspunkt 10": "indsatspunkt 10",
    "kept and adapted": "fastholdt og tilpasset",
    "management": "ledelse",
    "may be mentor for clearly fewer": "kan være mentor for klart færre",
    "not formal meetings alone": "ikke formelle møder alene",
    "one common goal": "ét fælles mål",
    "relatively close contact": "relativt tæt kontakt",
    "roles that blur": "roller, der flyder sammen",
    "roles that collide": "roller, der støder sammen",
    "running coordination": "løbende koordinering",
    "running follow-up by the coordinator": "koordinatorens løbende opfølgning",
    "running sparring by the coordinator": "koordinatorens løbende sparring",
    "sparring instead, work pressure, change of leader": (
        "sparring i stedet, arbejdspres, lederskift"
    ),
    "successful and time-consuming": "vellykket og tidskrævende",
    "supported by co-location": "støttet af samme adresse",
    "the caseworker holds the authority": "sagsbehandleren har myndigheden",
    "the competence profile": "kompetenceprofilen",
    "the coordinator's sparring and coordination": "koordinatorens sparring og koordinering",
    "the leader's role": "lederens rolle",
    "the mentor supports and facilitates": "mentoren støtter og faciliterer",
    "too little and too tightly integrated; numbers assumed": (
        "for lidt og for tæt integreret; tallene er antagelser"
    ),
    "too little integrated; numbers assumed": "for lidt integreret; tallene er antagelser",
    "too little time to coordinate": "for lidt tid til at koordinere",
    "too tightly integrated; numbers assumed": "for tæt integreret; tallene er antagelser",
    "training for mentors and caseworkers": "uddannelse af mentorer og sagsbehandlere",
    "two days for mentors and caseworkers": "to dage for mentorer og sagsbehandlere",
    "what a caseworker grants": "det, sagsbehandleren bevilger",
    "workshops secure the division of roles": "workshopper sikrer rollefordelingen",
    "workshops when the team is set up": "workshopper, når teamet dannes",
}
_PLACE = re.compile(r"(?:Table|Figure) \d+(?:, (?:note|model) \d+)?|report, note \d+")


def source_in(source: str, language: str) -> str:
    """A source in a language; as it stands where there are no words for it."""
    if language != "da":
        return source
    if source in _SOURCES:
        return _SOURCES[source]
    if source.startswith(_REPORT):
        told = _IN_THE_REPORT.get(source.removeprefix(_REPORT))
        return source if told is None else f"rapporten: {told}"
    if _PLACE.fullmatch(source):
        for english, danish in _PLACES:
            source = source.replace(english, danish)
    return source


def has_words(source: str) -> bool:
    """Whether a source can be told in Danish."""
    return source in _SOURCES or source_in(source, "da") != source
