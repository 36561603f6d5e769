"""What the interface should answer, told with dictionaries and nothing else.

It knows the rules that a vendor reads: an id is one event for ever, positions rise, versions count
each course's events, a decision is taken at the version that it was thought out at, and once.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.services.api.sending import SOURCE

OWN = "urn:roedtraad:0860"
_RECEIPT = ("source", "id", "stream", "version", "position", "recorded_at")


@dataclass
class Decided:
    """A decision that was taken under a key."""

    path: str
    body: dict[str, Any]
    receipt: dict[str, Any]


@dataclass
class Plain:
    """What was told and decided since the beginning, at position `last` then."""

    last: int
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    streams: dict[str, str] = field(default_factory=dict)
    log: list[tuple[int, str]] = field(default_factory=list)
    amended: set[str] = field(default_factory=set)
    intakes: dict[str, str] = field(default_factory=dict)
    matched: dict[str, str] = field(default_factory=dict)
    decided: dict[str, Decided] = field(default_factory=dict)
    grants: set[tuple[str, str]] = field(default_factory=set)

    def becomes_of(self, event: dict[str, Any]) -> str:
        """What an event that is right will be answered."""
        known = self.sent.get(event["id"])
        if known is None:
            return "stored"
        return "duplicate" if known == event else "conflict"

    def stores(self, event: dict[str, Any], receipt: dict[str, Any]) -> None:
        """It was new: its receipt is that of the next place in the log and in its course."""
        assert receipt["status"] == "stored"
        assert (receipt["source"], receipt["id"]) == (SOURCE, event["id"])
        self._stands(event["subject"], receipt)
        self.sent[event["id"]] = event
        self.receipts[event["id"]] = receipt
        data, name = event["data"], event["type"]
        if name.startswith("dk.roedtraad.course.mentor-matched."):
            self.matched[event["id"]] = event["subject"]
        if name.startswith("dk.roedtraad.course.intake-registered."):
            self.intakes[event["id"]] = event["subject"]
        if "retracts" in data:
            self.intakes.pop(data["retracts"]["id"], None)
            self.matched.pop(data["retracts"]["id"], None)
            self.amended.add(data["retracts"]["id"])
        if "corrects" in data:
            self.amended.add(data["corrects"]["id"])

    def knows(self, id_: str, receipt: dict[str, Any]) -> None:
        """It was sent before: the first receipt again."""
        assert receipt["status"] == "duplicate"
        self._same(receipt, self.receipts[id_])

    def decides(self, course: str, key: str, decided: Decided) -> None:
        """It was asked for the first time, and nothing forbids it."""
        receipt = decided.receipt
        assert receipt["status"] == "stored"
        assert (receipt["source"], receipt["id"]) == (OWN, f"command:{key}")
        self._stands(course, receipt)
        self.decided[key] = decided

    def decided_before(self, key: str, receipt: dict[str, Any]) -> None:
        """It was asked before: the first receipt again."""
        assert receipt["status"] == "duplicate"
        self._same(receipt, self.decided[key].receipt)

    def with_a_mentor(self) -> int:
        """How many courses have a mentor now."""
        return len(set(self.matched.values()))

    def is_open(self, course: str) -> bool:
        """Whether the course was taken in, by an event that wasn't retracted."""
        return course in self.intakes.values()

    def _stands(self, course: str, receipt: dict[str, Any]) -> None:
        assert receipt["position"] > self.last
        self.last = receipt["position"]
        self.versions[course] = self.versions.get(course, 0) + 1
        assert receipt["version"] == self.versions[course]
        assert receipt["stream"] == self.streams.setdefault(course, receipt["stream"])
        self.log.append((receipt["position"], receipt["id"]))

    def _same(self, receipt: dict[str, Any], first: dict[str, Any]) -> None:
        assert [receipt[name] for name in _RECEIPT] == [first[name] for name in _RECEIPT]
