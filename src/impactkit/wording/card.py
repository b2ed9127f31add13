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


def _text(value: Message | str) -> str:
    return escape(str(value))
