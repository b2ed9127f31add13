"""Small accessible tables that show one noun in a notebook, in light themes and dark.

No colour of text or ground is set, so that the notebook's own are used; lines are the text's colour, faint.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from impactkit.wording.language import Language, current_language
from impactkit.wording.message import Message, say

Row = tuple[Message | str, Message | str]

_LEFT = "text-align:left;vertical-align:top;padding:.3em 1em .3em 0"
_RIGHT = "text-align:right;vertical-align:top;padding:.3em 0 .3em 1em;font-variant-numeric:tabular-nums"
# A page without a doctype gives tables a colour of their own.
_TABLE = "color:inherit"
_TITLE = "text-align:left;font-weight:bold;padding:.3em 0;color:inherit;caption-side:top"
# Orange that stands out 3 to 1 against white and against black alike; only the box's edge has it.
_BOX = "border:1px solid #b8660f;border-left-width:6px;padding:.5em 1em;margin:.6em 0;max-width:50em"


def card(title: Message | str, rows: Sequence[Row], *, warnings: Sequence[Message | str] = ()) -> str:
    """Return an HTML table with a caption and one labelled row a fact, in the chosen language.

    Parameters
    ----------
    title : Message or str
        The caption.
    rows : sequence of (label, text)
        The facts.
    warnings : sequence of Message or str
        What a reader must know: a box below.

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
        f'<tr><th scope="row" style="{_LEFT}">{_text(label)}</th><td style="{_LEFT}">{_text(text)}</td></tr>'
        for label, text in rows
    )
    shown = (
        f'<table lang="{current_language()}" style="{_TABLE}">'
        f'<caption style="{_TITLE}">{_text(title)}</caption>'
        f"<tbody>{body}</tbody></table>"
    )
    return shown + (box(warnings) if warnings else "")


def box(warnings: Sequence[Message | str]) -> str:
    """Return warnings as a box that is seen.

    Parameters
    ----------
    warnings : sequence of Message or str
        One paragraph each.

    Returns
    -------
    str
        Escaped HTML; a word says that it is a warning, so that the edge's colour says nothing alone.

    Examples
    --------
    >>> "a &lt; b" in box(["a < b"])
    True
    """
    language = current_language()
    told = "".join(f'<p style="margin:.3em 0">{_text(warning)}</p>' for warning in warnings)
    heading = escape(say("card.warning", language))
    return f'<div lang="{language}" role="note" style="{_BOX}"><strong>⚠ {heading}</strong>{told}</div>'


def table(
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    notes: Sequence[str] = (),
    is_numeric: bool = False,
    language: Language | None = None,
) -> str:
    """Return an HTML table with a caption, a heading a column and one row an item.

    Parameters
    ----------
    title : str
        The caption.
    header : sequence of str
        The headings.
    rows : sequence of sequence of str
        The texts, one for each column; the first names the row.
    notes : sequence of str
        What stands below.
    is_numeric : bool
        Whether every column after the first holds numbers.
    language : {"sv", "en"}, optional
        The language of its texts; the chosen one when left out.

    Returns
    -------
    str
        Escaped HTML.

    Examples
    --------
    >>> table("T", ["a"], [["x < y"]]).count("&lt;")
    1
    """
    later = _RIGHT if is_numeric else _LEFT
    styles = [_LEFT, *[later] * (len(header) - 1)]
    head = "".join(
        f'<th scope="col" style="{style}">{_text(name)}</th>'
        for style, name in zip(styles, header, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, styles)}</tr>" for row in rows)
    told = "".join(f'<p style="margin:.3em 0;max-width:50em">{_text(note)}</p>' for note in notes)
    tongue = language or current_language()
    shown = (
        f'<table lang="{tongue}" style="{_TABLE}"><caption style="{_TITLE}">{_text(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
    return shown + (f'<div lang="{tongue}">{told}</div>' if told else "")


def _cells(row: Sequence[str], styles: Sequence[str]) -> str:
    first, *others = zip(row, styles, strict=True)
    named = f'<th scope="row" style="{first[1]}">{_text(first[0])}</th>'
    return named + "".join(f'<td style="{style}">{_text(cell)}</td>' for cell, style in others)


def _text(value: Message | str) -> str:
    return escape(str(value)).replace("\n", "<br>")
