"""The columns of a course's timeline, in order; it is asked of one course, so it is no view."""

from domain import codes
from services.view_list.events import EVENT
from services.view_list.shape import titled

STATUS = {
    "holds": "ja",
    "corrected": "nej, rettet",
    "retracted": "nej, trukket tilbage",
    "amends": "retter",
    "overruled": "nej, rettet igen",
}
"""The Danish words for whether a line holds."""

COLUMNS = (
    EVENT["time"],
    EVENT["recorded_at"],
    EVENT["position"],
    EVENT["event"],
    titled("version", "Version", "Version"),
    EVENT["source"],
    EVENT["id"],
    EVENT["stream"],
    titled("actor_function", "Aktørens funktion", "Actor's function", terms=codes.functions.danish),
    EVENT["actor"],
    titled("behalf_function", "På vegne af funktion", "For function", terms=codes.functions.danish),
    titled("behalf", "På vegne af", "On behalf of", unit="person"),
    titled("status", "Gælder", "Holds", terms=STATUS),
    titled("reason", "Begrundelse", "Reason"),
    EVENT["amends"],
    titled("by", "Rettet af", "Amended by"),
    titled("note", "Notat", "Note"),
    titled("note_confidential", "Fortroligt notat", "Note confidential"),
    titled("follow_up", "Opfølgning", "Follow-up"),
    titled("rule", "Regel", "Rule", terms=codes.rules.danish),
    titled("due_on", "Frist", "Due"),
    titled("addressed_to", "Hos", "With", terms=codes.staff_functions.danish),
    EVENT["person"],
    titled("other_course", "Andet forløb", "Other course", unit="course"),
    titled("number", "Nummer", "Number"),
    titled("until", "Til", "Until"),
    EVENT["actor_id"],
    titled("behalf_id", "På vegne af", "On behalf of"),
    EVENT["person_id"],
    titled("other_course_id", "Andet forløb", "Other course"),
    titled("details", "Detaljer", "Details", for_programs=True),
    titled("what", "Hvad", "What"),
    titled("who", "Hvem", "Who"),
    titled("told", "Nærmere", "Told"),
)
