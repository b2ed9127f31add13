"""Cells that hold a number: the text as it is told, and the number rounded to it."""

from __future__ import annotations

import math

from impactkit.reporting.table import Cell
from impactkit.wording import Language, format_number, format_p
from impactkit.wording.numbers import significant_decimals

_DIGITS = 3


def number_cell(
    value: float, language: Language, *, decimals: int | None = None, signed: bool = False, detail: str = ""
) -> Cell:
    """Return a number as a cell.

    Parameters
    ----------
    value : float
        The number; a dash when it is not known.
    language : {"sv", "en"}
        Whose marks to use.
    decimals : int, optional
        Decimals; three significant digits when left out.
    signed : bool
        Whether a positive number carries its sign.
    detail : str
        What is told below it.

    Returns
    -------
    Cell
        With the number as it is told, for a spreadsheet.

    Examples
    --------
    >>> number_cell(6.1449, "sv", decimals=1)
    Cell(text='6,1', value=6.1, decimals=1, signed=False, detail='', mark=None, to='')
    """
    places = significant_decimals(value) if decimals is None else decimals
    text = format_number(value, language, decimals=places, signed=signed)
    if not math.isfinite(value):
        return Cell(text=text, detail=detail)
    return Cell(text=text, value=round(value, places), decimals=places, signed=signed, detail=detail)


def p_cell(p: float, language: Language) -> Cell:
    """Return a p-value as a cell; a dash when it is not known.

    Parameters
    ----------
    p : float
        The p-value.
    language : {"sv", "en"}
        Whose marks to use.

    Returns
    -------
    Cell
        Text only where it is below what is told.

    Examples
    --------
    >>> p_cell(0.00002, "en").value is None, p_cell(0.031, "en").value
    (True, 0.031)
    """
    if math.isnan(p):
        return Cell(text="–")
    places = 3 if p < 0.1 else 2
    value = None if p < 0.001 else round(p, places)
    return Cell(text=format_p(p, language), value=value, decimals=places)


def decimals_beside(std_error: float, point: float, *, digits: int = _DIGITS) -> int:
    """Return the decimals that an estimate bears: so many significant digits of its standard error.

    Parameters
    ----------
    std_error, point : float
        The estimate; without a standard error its own size counts.
    digits : int
        Significant digits.

    Returns
    -------
    int
        Decimals.

    Examples
    --------
    >>> decimals_beside(0.226, -0.37), decimals_beside(float("nan"), 12.5)
    (3, 1)
    """
    return significant_decimals(std_error if std_error > 0 else point, digits=digits)
