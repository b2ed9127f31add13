"""A small accessible table that shows one noun in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from impactkit.wording.language import current_language
from impactkit.wording.message import Message

Row = tuple[Message | str, Message | str]


def card(title: Message | str, rows: Sequence[Row]) -> str:
    """Return an HTML table with a caption and one labelled row a fact, in the chosen language.

    Parameters
    ----------
    title : Message or str
        The caption.
    rows : sequence of (label, text)
        The facts.

    Returns
    -------
    str
        Escaped HTML.

    Examples
    --------
    >>> card("Title", [("a", "b < c")]).count("&lt;")
    1
    """
    body = "".join(
        f'<tr><th scope="row" style="text-align:left;vertical-align:top">{_text(label)}</th>'
        f'<td style="text-align:left">{_text(text)}</td></tr>'
        for label, text in rows
    )
    return (
        f'<table lang="{current_language()}"><caption style="text-align:left;font-weight:bold">'
        f"{_text(title)}</caption><tbody>{body}</tbody></table>"
    )


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table with a caption, a heading a column and one row an item.

    Parameters
    ----------
    title : str
        The caption.
    header : sequence of str
        The headings.
    rows : sequence of sequence of str
        The texts, one for each column.

    Returns
    -------
    str
        Escaped HTML.

    Examples
    --------
    >>> table("T", ["a"], [["x < y"]]).count("&lt;")
    1
    """
    left = 'style="text-align:left;vertical-align:top"'
    head = "".join(f'<th scope="col" {left}>{_text(name)}</th>' for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td {left}>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<table lang="{current_language()}"><caption {left}><strong>{_text(title)}</strong></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _text(value: Message | str) -> str:
    return escape(str(value))
