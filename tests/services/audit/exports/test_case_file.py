"""A case file: all of a course in plain Danish for its citizen, and nothing that is others'."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from services.audit.access.looks import NotRecordedError
from services.audit.proof.entries import EVENTS
from services.audit.proof.proving import inclusion, inclusion_at
from tests.services.audit import course_story
from tests.services.audit.access.reading import last, locked, looks
from tests.services.audit.course_story import CODE
from tests.services.audit.exports.case_files import Reader, Told, also, entry, run, written


@pytest.fixture(scope="module")
def told(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A municipality of one citizen with two courses, and how commands find it."""
    folder = tmp_path_factory.mktemp("case")
    with course_story.told(postgres, folder) as (store, env):
        also(store)
        yield store, env, folder


def test_the_citizen_reads_what_happened_in_plain_danish(told: Told) -> None:
    text, _ = written(told, course=str(told[0].find("course", "c-1")))
    read = Reader(text).text
    assert "Forløb c-1" in read and "Navn Test Testesen" in read and "Kommune Hjørring" in read
    assert "Fra 19. januar 2026" in entry(text, "Det blev besluttet, hvem der er din mentor")
    grant = entry(text, "Kommunen afgjorde, om du kan få støtte")
    # 19 July is the first day that isn't covered; 150 minutes; 125,000 øre.
    assert "19. januar 2026 til 18. juli 2026" in grant and "LAB § 167" in grant
    assert "2 timer og 30 minutter" in grant and "1.250,00 kr." in grant
    assert "Notat: Ringet den 20." in grant and "støtte g-1" in grant
    assert "HF til <sommer> & et værelse" in read and "<sommer>" not in text
    assert "Arbejde for dig, uden at du var med" in read and "uden dig" in read


def test_what_was_corrected_or_taken_back_stands_with_what_stood_before(told: Told) -> None:
    text, _ = written(told)
    matched = entry(text, "Det blev besluttet, hvem der er din mentor")
    now, _, before = matched.partition("Rettet 5. februar 2026 kl. 08.30 af mentorkoordinator k-02")
    assert "Mentor Åse Holm" in now and "fordi: forkert person" in before
    assert "Mentor m-30" in before and "Fra 15. januar 2026" in before
    gone = entry(text, "Der blev spurgt, om du og mentoren passer sammen")
    assert "Trukket tilbage 6. februar 2026" in gone and "fandt ikke sted. Det gælder ikke" in gone


def test_in_confidence_and_of_others_only_where_it_is_asked_for(told: Told) -> None:
    text, said = written(told)
    for others in ("Bekymret", "Mona", "12345678"):
        assert others not in text
    assert "Hvem det er for dig forælder" in Reader(text).text
    assert "Der er et fortroligt notat, som er udeladt." in text
    assert "Fortrolige notater: 1." in text and "andre mennesker: 1." in text
    assert "1 fortrolige notater; andres navn og kontakt: 1." in said
    text, said = written(told, "--with-confidential", "--with-third-parties")
    for others in ("Fortroligt notat: ", "Bekymret for moren", "Mona", "12345678"):
        assert others in text
    assert "0 fortrolige notater; andres navn og kontakt: 0." in said


def test_staff_are_named_by_function_and_name_or_by_function_only(told: Told) -> None:
    text, _ = written(told)
    assert "mentor Åse Holm" in text and "sagsbehandler s-12" in text
    assert "2220" not in text and "kvinde" not in text
    text, _ = written(told, "--no-staff-names")
    for name in ("Åse", "m-30", "m-31", "s-12", "k-02"):
        assert name not in text
    assert "sagsbehandler" in text and "mentorkoordinator" in text
    assert "Medarbejdernes navne:" in text and "(navn udeladt)" in text


def test_another_course_of_the_citizen_is_named_and_not_told(told: Told) -> None:
    text, _ = written(told)
    assert "Anden Sag" not in text
    assert "Du har flere forløb i kommunen, som ikke er med her: c-2." in Reader(text).text


def test_each_point_says_where_it_stands_in_the_signed_log(told: Told) -> None:
    text, _ = written(told)
    store = told[0]
    found = store.read_event("https://sagssystem.example", "ev-12")
    assert found is not None
    [index] = re.findall(r"^index (\d+)$", inclusion(store, EVENTS, found.position), re.MULTILINE)
    where = f"position {found.position}, indeks {index}"
    assert where in entry(text, "Kommunen afgjorde, om du kan få støtte")
    # By either number the same is proved, and they are different numbers.
    proofs = (inclusion(store, EVENTS, found.position), inclusion_at(store, EVENTS, int(index)))
    assert proofs[0] == proofs[1] and found.position != int(index)
    assert f"roedtraad.dk/{CODE}/events" in text and "endnu ikke underskrevet" not in text


def test_it_is_one_accessible_file_that_asks_nothing_of_any_other_place(told: Told) -> None:
    text, _ = written(told)
    read = Reader(text)
    assert ("html", {"lang": "da"}) in read.met
    names = [name for name, _ in read.met]
    assert names.count("h1") == 1 and names.count("table") == names.count("caption") > 3
    assert all(told["scope"] in ("col", "row") for name, told in read.met if name == "th")
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for name, told_of in read.met:
        assert name not in {"script", "img", "link", "iframe"} and "src" not in told_of
        assert (told_of.get("href") or "#").startswith("#")
    assert "url(" not in text and "@import" not in text and "default-src 'none'" in text
    links = [told_of["href"] for name, told_of in read.met if name == "a"]
    ids = {f"#{told_of['id']}" for _, told_of in read.met if "id" in told_of}
    assert set(links) <= ids
    assert "@page" in text and "A4" in text and "counter(pages)" in text


def test_who_looked_is_told_and_the_case_file_is_a_look(told: Told) -> None:
    store, _, folder = told
    before = last(store)
    _, said = written(told)
    [look] = looks(store, before)
    assert look.record.what == "roedtraad audit case-file"
    mentor, course = store.find("person", "m-31"), store.find("course", "c-1")
    assert {mentor, course} <= set(look.record.whose)
    assert store.find("course", "c-2") in look.record.whose  # it is named
    text, _ = written(told)
    assert "Udskrift til aktindsigt" in text and "ikke oplyst" in text
    assert "Testesen" not in said and "Åse" not in said
    assert (folder / "case.html").stat().st_mode & 0o777 == 0o600


def test_where_it_cant_be_recorded_nothing_is_written(told: Told) -> None:
    path = told[2] / "never.html"
    with locked(told[0]), pytest.raises(NotRecordedError):
        run(told, "c-1", str(path))
    assert not path.exists() and not list(told[2].glob(".*"))
    told[0].identity("course", "c-known", "https://sagssystem.example")
    unsaid = run(told, "c-known", str(path))
    assert unsaid.exit_code == 2 and "Intet er noteret om det forløb" in unsaid.stderr
    nobody = run(told, "c-99", str(path))
    assert nobody.exit_code == 2 and "Intet forløb har det id" in nobody.stderr
    assert not path.exists()


def test_a_word_without_end_keeps_within_its_column(told: Told) -> None:
    style, _ = written(told)
    assert "table-layout: fixed" in style
    assert re.search(r"th, td \{[^}]*overflow-wrap: anywhere", style)
