"""The demo's tables, as the report has them."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from domain import codes
from services.cli.show import out, print_table
from services.municipalities import danish_order
from services.rendering import danish
from services.view_list.role_clarity import CLARITY
from services.view_list.shape import columns_of
from services.view_list.worklist import STAGES
from services.views import Row

_BANDS = columns_of("caseload")["band"].terms
_MODELS = {
    1: "1. Leder eller koordinator er supervisor",
    2: "2. Intern supervisor",
    3: "3. Ekstern supervisor",
    4: "4. Ingen systematisk supervision",
}


def table_24(rows: list[Row]) -> None:
    """Table 24: participants per full-time mentor."""
    grouped = [
        {
            "band": _BANDS[band],
            "places": "\n".join(
                f"{row['municipality']} ({row['participants']} / {row['fte']:.1f} = "
                f"{row['per_fte']:.1f})".replace(".", ",")
                for row in rows
                if row["band"] == band
            ),
        }
        for band in _BANDS
        if any(row["band"] == band for row in rows)
    ]
    title = "Tabel 24: Antal deltagere pr. fuldtidsmentor"
    print_table(title, {"band": "Deltagere pr. fuldtidsmentor", "places": "Kommuner"}, grouped)


def table_25(rows: list[Row]) -> None:
    """Table 25: models of supervision, in brackets where only predominantly; and who has none."""
    grouped = [
        {
            "model": title,
            "places": ", ".join(
                f"({row['municipality']})" if row["partial"] else row["municipality"]
                for row in rows
                if row["model"] == model
            ),
        }
        for model, title in _MODELS.items()
    ]
    print_table(
        "Tabel 25: Modeller for supervision af mentorer",
        {"model": "Model", "places": "Kommuner"},
        grouped,
    )
    out.print("(Kommune): overvejende, men ikke fuldt ud (predominantly, not fully)")
    missing = sorted(
        (r["municipality"] for r in rows if r["requirement_met"] is False), key=danish_order
    )
    out.print(f"Indsatspunkt 10 (supervision) er ikke opfyldt: {', '.join(missing) or 'ingen'}\n")


def follow_ups(rows: Sequence[Row]) -> None:
    """Open follow-ups by rule, and by municipality; how far each has gone."""
    by_rule = Counter((row["rule"], row["stage"]) for row in rows)
    rules = [rule for rule in codes.rules.codes if any(rule == one for one, _ in by_rule)]
    print_table(
        f"Åbne opfølgninger ({len(rows)})",
        {"rule": "Regel", **STAGES},
        [
            {"rule": codes.rules.danish[rule]} | {stage: by_rule[rule, stage] for stage in STAGES}
            for rule in rules
        ],
    )
    _count("Åbne opfølgninger efter kommune", {"place": "Kommune", **STAGES}, rows, "stage")


def role_clarity(rows: Sequence[Row]) -> None:
    """How clear the roles are in the courses that run."""
    _count(f"Rolleklarhed i {len(rows)} forløb", {"place": "Kommune", **CLARITY}, rows, "overall")
    crossings = sum(row["authority_crossings"] for row in rows)
    out.print(f"Bevilget af en mentor (authority exercised by a mentor), 90 dage: {crossings}\n")


def mentor_roles(rows: Sequence[Row]) -> None:
    """Figure 7 over all municipalities, and where mentors' time goes."""
    total = sum(row["minutes"] for row in rows)
    shown = []
    for role in codes.mentor_roles.codes:
        own = [row for row in rows if row["role"] == role]
        told = [row for row in own if row["share"] is not None]
        answered = sum(row["answered"] for row in told)
        share = sum((row["answered"] * row["share"] for row in told), Decimal(0))
        minutes = sum(row["minutes"] for row in own)
        shown.append(
            {
                "role": codes.mentor_roles.danish[role],
                "share": danish(share / answered) if answered else None,
                "time": danish(Decimal(100 * minutes) / total) if total else None,
            }
        )
    headings = {
        "role": "Rolle",
        "share": "Mentorer, i meget høj eller nogen grad (%)",
        "time": "Andel af tiden (%)",
    }
    print_table("Figur 7: Mentors rolle ifølge mentorerne", headings, shown)


def _count(title: str, headings: dict[str, str], rows: Sequence[Row], column: str) -> None:
    counts = Counter((row["municipality"], row[column]) for row in rows)
    places = sorted({place for place, _ in counts}, key=danish_order)
    kinds = [kind for kind in headings if kind != "place"]
    print_table(
        title,
        headings,
        [{"place": place} | {kind: counts[place, kind] for kind in kinds} for place in places],
    )
