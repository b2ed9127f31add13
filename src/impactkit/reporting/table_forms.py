"""A table by itself: as a document, a DataFrame, HTML or LaTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impactkit.reporting.blocks import Block
from impactkit.reporting.document import Document, Section
from impactkit.reporting.table import Cell, Table
from impactkit.reporting.visible import visible
from impactkit.wording import current_language
from impactkit.wording.card import table as shown_table

if TYPE_CHECKING:
    import pandas as pd

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{INFINITY}": r"$\infty$",
    "\N{NO-BREAK SPACE}": "~",
    "\n": " ",
}


def document_of(table: Table) -> Document:
    """Return a table as a document of its own.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    Document
        One section, headed by the caption.
    """
    parts: tuple[Block, ...] = (table,)
    section = Section(id="table", heading=table.caption, parts=parts)
    return Document(
        language=table.language or current_language(),
        title=table.caption,
        page_title=table.caption,
        eyebrow="",
        lead="",
        sections=(section,),
    )


def frame_of(table: Table) -> pd.DataFrame:
    """Return a table as a DataFrame.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    DataFrame
        Indexed by its first column.
    """
    import pandas as pd

    columns = {name: _column([row[k] for row in table.rows]) for k, name in enumerate(table.header) if k > 0}
    index = pd.Index([one for one, *_ in table.text_rows], name=table.header[0] or None)
    return pd.DataFrame(columns, index=index)


def _column(cells: list[str | Cell]) -> list[float] | list[str]:
    values = [cell.value if isinstance(cell, Cell) and not cell.detail else None for cell in cells]
    if values and all(value is not None for value in values):
        return [value for value in values if value is not None]
    return [cell if isinstance(cell, str) else cell.told for cell in cells]


def html_of(table: Table) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    str
        Escaped.
    """
    return visible(
        shown_table(
            table.caption,
            table.header,
            table.text_rows,
            notes=table.notes,
            is_numeric=table.numeric,
            language=table.language,
        )
    )


def latex_of(table: Table) -> str:
    """Return a table as LaTeX.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    str
        Escaped; details stand in parentheses on the line below.
    """
    columns = "l" + ("r" if table.numeric else "l") * (len(table.header) - 1)
    lines = [r"\begin{table}[htbp]", r"\centering", rf"\caption{{{_latex(table.caption)}}}"]
    lines += [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _line(table.header), r"\midrule"]
    for row in table.rows:
        lines.append(_line([cell if isinstance(cell, str) else cell.text for cell in row]))
        details = ["" if isinstance(cell, str) else cell.detail for cell in row]
        if any(details):
            lines.append(_line([f"({text})" if text else "" for text in details]))
    lines += [r"\bottomrule", r"\end{tabular}"]
    lines += [rf"\par\smallskip\footnotesize {_latex(note)}" for note in table.notes]
    return "\n".join([*lines, r"\end{table}", ""])


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return " & ".join(map(_latex, cells)) + r" \\"


def _latex(text: str) -> str:
    return re.sub("|".join(map(re.escape, _LATEX)), lambda found: _LATEX[found[0]], visible(text))
