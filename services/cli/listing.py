"""Rows whose first line is in columns and whose rest is text under it: readable in 80 columns."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

_GAP = "  "
_LAST = 20  # characters that the last column gets at least


def listed(
    headings: Sequence[str], rows: Sequence[tuple[Sequence[str], str]], width: int
) -> Iterator[str]:
    """The lines of each row, a blank one after it; a row is its cells and the text under them."""
    told = [(headings, ""), *rows]
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in told), strict=True)]
    indent = " " * (widths[0] + len(_GAP))
    last = max(width - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1), _LAST)
    for cells, below in told:
        *first, end = cells
        head = "".join(cell.ljust(wide) + _GAP for cell, wide in zip(first, widths, strict=False))
        begin, *more = wrap(end, last) or [""]
        yield (head + begin).rstrip()
        yield from (" " * len(head) + line for line in more)
        yield from wrap(below, width, initial_indent=indent, subsequent_indent=indent)
        yield ""
