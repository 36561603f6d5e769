"""What the parts and fields of a state are called by those who read them."""

from domain import codes
from domain.fields import CodeList
from services.audit.replaying.sheet import VALUE
from services.words import Words

KINDS = {
    "course": Words("Forløb", "Course"),
    "mentor": Words("Mentor", "Mentor"),
    "team": Words("Team", "Team"),
}
"""The kinds of streams."""

PARTS = {
    "in_force": Words("Gælder", "In force"),
    "intake": Words("Indledende samtale", "Intake"),
    "spells": Words("Åbent", "Open"),
    "caseworkers": Words("Ansvarlig sagsbehandler", "Responsible caseworker"),
    "matches": Words("Match", "Match"),
    "contacts": Words("Kontakt", "Contact"),
    "chemistry": Words("Kemi", "Chemistry"),
    "agreements": Words("Mentoraftale", "Mentor agreement"),
    "activities": Words("Mentorarbejde", "Mentor's work"),
    "statements": Words("Rolleudmelding", "Role statement"),
    "goals": Words("Mål", "Goal"),
    "acknowledgements": Words("Tilslutning til målet", "Goal acknowledged"),
    "reviews": Words("Opfølgning på målet", "Goal reviewed"),
    "coordinations": Words("Koordinering", "Coordination"),
    "frictions": Words("Samarbejdsvanskelighed", "Friction"),
    "crossings": Words("Den andens opgave", "Boundary crossing"),
    "grants": Words("Bevilling", "Grant"),
    "follow_ups": Words("Opfølgning", "Follow-up"),
    "hours": Words("Ansættelse", "Employment"),
    "start": Words("Indsatsens start", "Start of the effort"),
    "assignments": Words("Funktion", "Function"),
    "arrangements": Words("Supervision aftalt", "Supervision arranged"),
    "policies": Words("Belastningspolitik", "Caseload policy"),
    "sessions": Words("Supervision", "Supervision session"),
    "workshops": Words("Rolleworkshop", "Role workshop"),
    "role_follow_ups": Words("Opfølgning på roller", "Role follow-up"),
    "adoptions": Words("Regelsæt", "Rule pack"),
    "same": Words("Samme person", "Same person"),
}
"""The parts of the states of courses, mentors and teams."""

FIELDS = {
    "about": Words("om", "about"),
    "actor": Words("aktør", "actor"),
    "addressed_to": Words("hos", "with"),
    "amount_oere": Words("øre", "øre"),
    "answers": Words("svar", "answers"),
    "applied_at": Words("ansøgt", "applied at"),
    "applied_by": Words("ansøgt af", "applied by"),
    "applied_for": Words("ansøgning", "application"),
    "asked": Words("spurgt", "asked"),
    "at": Words("hvornår", "when"),
    "begun_by": Words("begyndt ved", "begun by"),
    "between": Words("mellem", "between"),
    "by": Words("af", "by"),
    "by_close": Words("ved afslutning", "by the close"),
    "cadence_weeks": Words("uger imellem", "weeks between"),
    "caseworkers": Words("sagsbehandlere", "caseworkers"),
    "closed": Words("lukket som", "closed as"),
    "closed_by": Words("lukket ved", "closed by"),
    "continues": Words("fortsætter", "continues"),
    "counterpart": Words("om samarbejdet med", "counterpart"),
    "daily": Words("minutter om dagen", "minutes a day"),
    "day": Words("dag", "day"),
    "days": Words("", ""),  # "from" and "to" say it
    "decided": Words("afgjort", "decided"),
    "decided_by": Words("afgjort af", "decided by"),
    "dedicated": Words("frikøbt", "dedicated"),
    "due_on": Words("frist", "due on"),
    "edition": Words("udgave", "edition"),
    "employed": Words("ansat", "employed"),
    "employment": Words("ansættelse", "employment"),
    "end_reason": Words("ophørt fordi", "reason of the end"),
    "ended": Words("ophørt", "ended"),
    "ended_by": Words("ophørt ved", "ended by"),
    "ended_on": Words("ophørt dag", "ended on"),
    "escalated_to": Words("gået videre til", "escalated to"),
    "form": Words("form", "form"),
    "forms": Words("former", "forms"),
    "from": Words("fra", "from"),
    "function": Words("funktion", "function"),
    "functions": Words("funktioner", "functions"),
    "goal": Words("mål", "goal"),
    "grant": Words("bevilling", "grant"),
    "granted": Words("bevilget", "granted"),
    "highest": Words("højst", "highest"),
    "is_first_meeting": Words("første møde", "first meeting"),
    "joint_with": Words("fælles med", "joint with"),
    "kind": Words("slags", "kind"),
    "lowest": Words("mindst", "lowest"),
    "match": Words("match", "match"),
    "mentor": Words("mentor", "mentor"),
    "mentors": Words("mentorer", "mentors"),
    "minutes": Words("minutter", "minutes"),
    "model": Words("model", "model"),
    "outcome": Words("udfald", "outcome"),
    "pack": Words("regelsæt", "pack"),
    "parts": Words("punkter", "parts"),
    "period": Words("periode", "period"),
    "person": Words("person", "person"),
    "raised_at": Words("rejst", "raised at"),
    "reason": Words("begrundelse", "reason"),
    "reasons": Words("begrundelser", "reasons"),
    "reminders": Words("påmindelser", "reminders"),
    "responsibility": Words("ansvar", "responsibility"),
    "session": Words("session", "session"),
    "sha256": Words("tekstens SHA-256", "SHA-256 of the text"),
    "snoozed_until": Words("udsat til", "snoozed until"),
    "speaker": Words("af", "by"),
    "supervisor": Words("supervisor", "supervisor"),
    "taken_as": Words("overtaget som", "taken over as"),
    "taken_over": Words("overtaget", "taken over"),
    "text": Words("tekst", "text"),
    "to": Words("til og ikke med", "to, not included"),
    "topics": Words("emner", "topics"),
    "total_minutes": Words("minutter i alt", "minutes in all"),
    "weekly_minutes": Words("minutter om ugen", "minutes a week"),
    "withdrawn_as": Words("trukket tilbage fordi", "withdrawn because"),
    # Sealed in events; none of them stands in a state.
    "address": Words("adresse", "address"),
    "birth_date": Words("fødselsdato", "birth date"),
    "birth_year": Words("fødselsår", "birth year"),
    "contact": Words("kontakt", "contact"),
    "cpr": Words("CPR-nummer", "CPR number"),
    "email": Words("e-mail", "e-mail"),
    "gender": Words("køn", "gender"),
    "legal_basis": Words("hjemmel", "legal basis"),
    "name": Words("navn", "name"),
    "note": Words("notat", "note"),
    "other_actors": Words("andre aktører", "other actors"),
    "phone": Words("telefon", "phone"),
    "provider": Words("leverandør", "provider"),
    "rationale": Words("begrundelse", "rationale"),
    "relation": Words("relation", "relation"),
    "tasks": Words("opgaver", "tasks"),
}
"""The fields of what stands in them."""

IN_FORCE = {
    "open": Words("Åbent", "Open"),
    "caseworker": Words("Sagsbehandler", "Caseworker"),
    "mentor": Words("Mentor", "Mentor"),
    "match": Words("Match", "Match"),
    "grant": Words("Bevilling", "Grant"),
    "follow_up": Words("Åben opfølgning", "Open follow-up"),
    "employed": Words("Ansat", "Employed"),
    "weekly_minutes": Words("Minutter om ugen", "Minutes a week"),
    "coordinator": Words("Mentorkoordinator", "Coordinator"),
    "leader": Words("Leder", "Leader"),
    "supervisor": Words("Supervisor", "Supervisor"),
    "supervision": Words("Supervision aftalt", "Supervision arranged"),
    "policy": Words("Belastningspolitik", "Caseload policy"),
    "rules": Words("Regelsæt", "Rules"),
}
"""What is in force on a day."""

TERMS: dict[tuple[str, str], CodeList] = {
    ("chemistry", "asked"): codes.chemistry_sides,
    ("statements", "answers"): CodeList(
        "answers", {**codes.responsibilities.danish, **codes.holders.danish}
    ),
    ("agreements", "parts"): codes.agreement_parts,
    ("coordinations", "form"): codes.coordination_forms,
    ("coordinations", "functions"): codes.functions,
    ("coordinations", "topics"): codes.coordination_topics,
    ("frictions", "kind"): codes.friction_kinds,
    ("frictions", "responsibility"): codes.responsibilities,
    ("grants", "kind"): codes.grant_kinds,
    ("grants", "outcome"): codes.grant_outcomes,
    ("grants", "reason"): codes.refusal_reasons,
    ("grants", "end_reason"): codes.grant_end_reasons,
    ("follow_ups", "addressed_to"): codes.staff_functions,
    ("follow_ups", "escalated_to"): codes.staff_functions,
    ("follow_ups", "withdrawn_as"): codes.withdrawal_reasons,
    ("assignments", "function"): codes.staff_functions,
    ("assignments", "employment"): codes.employments,
    ("arrangements", "model"): codes.supervision_models,
    ("arrangements", "forms"): codes.supervision_forms,
    ("arrangements", "reasons"): codes.no_supervision_reasons,
    ("policies", "reason"): codes.policy_reasons,
    ("sessions", "form"): codes.supervision_forms,
}
"""The Danish words of codes, by part and field."""


def part_called(part: str, language: str) -> str:
    """What a part is called."""
    return PARTS[part].say(language)


def field_called(field: str, language: str) -> str:
    """What a field is called: of one within another, both; of what is one value, nothing.

    A number stays a number, and a field without a word keeps its name.
    """
    if field == VALUE:
        return ""
    parts = [FIELDS[one].say(language) if one in FIELDS else one for one in field.split(".")]
    return " ".join(one for one in parts if one)
