"""Danish first, English second: the words that people see."""

from typing import NamedTuple


class Words(NamedTuple):
    """One sentence in both languages."""

    da: str
    en: str

    def say(self, language: str) -> str:
        """The sentence in that language; Danish unless English is asked for."""
        return self.en if language == "en" else self.da
