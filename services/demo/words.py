"""Lists of single words, written as one text."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text that are apart by white space."""
    return tuple(text.split())
