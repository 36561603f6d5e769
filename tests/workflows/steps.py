"""Whom each rule goes to, and on which days after it was due, by the default pack: by hand."""

from datetime import date, timedelta

from tests.workflows.year import Wait

SIDES = ("caseworker", "mentor")

# By the default pack: so many days after it was due it is said once more, and goes on.
STEPS: dict[str, tuple[str, dict[int, str]]] = {
    "match-overdue": ("caseworker", {7: "goes to coordinator", 21: "goes to leader"}),
    "mentor-left": ("caseworker", {7: "goes to coordinator", 21: "goes to leader"}),
    "first-meeting-overdue": (
        "mentor",
        {10: "reminded", 14: "goes to coordinator", 28: "goes to leader"},
    ),
    "no-mentor-contact": ("mentor", {7: "goes to coordinator", 28: "goes to leader"}),
    "chemistry-check-overdue": (
        "caseworker",
        {7: "reminded", 21: "goes to coordinator", 42: "goes to leader"},
    ),
    "agreement-incomplete": (
        "caseworker",
        {7: "reminded", 14: "goes to coordinator", 28: "goes to leader"},
    ),
    "role-statement-overdue": (
        "caseworker",
        {7: "reminded", 14: "goes to coordinator", 42: "goes to leader"},
    ),
    "role-disagreement": ("coordinator", {7: "reminded", 14: "goes to leader"}),
    "coordination-overdue": (
        "caseworker",
        {7: "reminded", 14: "goes to coordinator", 42: "goes to leader"},
    ),
    "goal-review-overdue": (
        "caseworker",
        {7: "reminded", 14: "goes to coordinator", 42: "goes to leader"},
    ),
    "grant-running-out": (
        "caseworker",
        {28: "reminded", 35: "goes to coordinator", 40: "goes to leader"},
    ),
    "hours-below-grant": (
        "caseworker",
        {5: "reminded", 10: "goes to coordinator", 20: "goes to leader"},
    ),
    "supervision-overdue": ("coordinator", {14: "goes to leader"}),
    "role-follow-up-overdue": ("coordinator", {7: "reminded", 14: "goes to leader"}),
    "role-workshop-overdue": ("coordinator", {14: "reminded", 28: "goes to leader"}),
    "coordinator-overloaded": ("coordinator", {14: "reminded", 28: "goes to leader"}),
}


def told_of(rule: str, wait: Wait, to: str) -> list[tuple[date, str]]:
    """All that is told in one wait; what comes on its last day, too, since that ends at noon."""
    days = [(wait.due, f"raised to {to}")]
    days += [(wait.due + timedelta(days=after), step) for after, step in STEPS[rule][1].items()]
    return [(day, stage) for day, stage in days if day <= wait.until]
