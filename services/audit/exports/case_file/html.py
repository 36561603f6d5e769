"""HTML in small pieces: whatever isn't markup already is escaped."""

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Markup, as opposed to text."""

    __slots__ = ()


# What turns the direction of the text after it is shown as its number, and turns nothing.
_TURNING = {one: f"[U+{one:X}]" for one in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_LONG, _WIDE = 55, "wide"  # characters
Part = str | None
"""Text or markup; None is nothing."""


def tag(name: str, *inner: Part, **attributes: str | None) -> Html:
    """An element; `class_` stands for `class`."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_plain(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{told}>{joined(inner)}</{name}>")


def joined(parts: Iterable[Part]) -> Html:
    """One after the other."""
    return Html("".join(_escaped(part) for part in parts if part is not None))


def _escaped(part: str) -> str:
    return part if isinstance(part, Html) else _plain(part).replace("\n", "<br>")


def _plain(text: str) -> str:
    return escape(text).translate(_TURNING)


def section(id_: str, title: str, *inner: Part) -> Html:
    """A section with its heading, which the contents link to."""
    return tag("section", tag("h2", title, id=id_), *inner, aria_labelledby=id_)


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Part]]) -> Html:
    """A table whose first column names each row."""
    head = tag("tr", *(tag("th", one, scope="col") for one in headings))
    body = (
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    )
    return tag("table", tag("caption", caption), tag("thead", head), tag("tbody", joined(body)))


def pairs(several: Iterable[tuple[str, Part]]) -> Html | None:
    """What is called what; nothing where nothing is told. What is long has the whole width."""
    told = [
        tag("div", tag("dt", name), tag("dd", value), class_=_WIDE if len(value) > _LONG else None)
        for name, value in several
        if value
    ]
    return tag("dl", *told) if told else None


def lines(several: Iterable[Part]) -> Html:
    """Each on a line of its own."""
    return Html("<br>".join(_escaped(one) for one in several if one))
