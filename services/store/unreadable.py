"""A stored event that this program can't read: of a later release, or broken."""

from uuid import UUID

from services.words import Words


class UnreadableEventError(Exception):
    """It stands at a position of a municipality's log, in a stream. What of it is named is its
    type: an error of the reader's may quote what somebody sent."""

    def __init__(self, municipality: str, stream: UUID, position: int, topic: str) -> None:
        super().__init__(topic)
        self.municipality = municipality
        self.stream = stream
        self.position = position
        self.topic = topic

    @property
    def words(self) -> Words:
        """What waits, and what is to be done."""
        return waits_for(self.position, self.topic)

    def __str__(self) -> str:
        """The same in both languages, and of which municipality."""
        return f"{self.municipality}: {self.words.da} ({self.words.en})"


def waits_for(position: int, topic: str) -> Words:
    """That what comes from a position on waits, and what is to be done."""
    return Words(
        f"Hændelsen på position {position} ({topic}) kan ikke læses af denne udgave af programmet,"
        " og det, der hører til den, venter. Se roedtraad projections parked; når den er rettet,"
        " eller programmet er en nyere udgave: roedtraad projections retry.",
        f"The event at position {position} ({topic}) can't be read by this edition of the program,"
        " and what belongs to it waits. See roedtraad projections parked; once it is mended, or"
        " the program is a later edition: roedtraad projections retry.",
    )
