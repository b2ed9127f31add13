"""Rows lying under each other: their names in the left margin, numbers along the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from impactkit.reporting.axis_words import fit, write_ticks
from impactkit.reporting.drawing import RULE, inches, shape_of
from impactkit.reporting.figure_size import Size
from impactkit.wording import Language

if TYPE_CHECKING:
    from impactkit.reporting.drawing import Axes

_LINE, _BETWEEN = 0.17, 0.12
_SHARE = 0.34
_SPREAD = 1.8


def row_names(names: Sequence[str], size: Size, *, lines: int = 3, share: float = _SHARE) -> list[str]:
    """Return names in as many lines as they may have.

    Parameters
    ----------
    names : sequence of str
        One a row.
    size : Size
        The sheet.
    lines : int
        How many each may have.
    share : float
        How much of the sheet's width they may take.

    Returns
    -------
    list of str
        With line breaks.
    """
    return [fit(name.replace("_", " "), size.room * share, lines=lines) for name in names]


def row_heights(names: Sequence[str]) -> list[float]:
    """Return how high each row is, in inches.

    Parameters
    ----------
    names : sequence of str
        With line breaks.

    Returns
    -------
    list of float
        One a row.
    """
    return [_BETWEEN + _LINE * (1 + name.count("\n")) for name in names]


def finish_rows(axes: Axes, names: Sequence[str], *, heights: Sequence[float], language: Language) -> None:
    """Name the rows, write numbers along the bottom, and keep a margin as wide as the names.

    Parameters
    ----------
    axes : Axes
        Where the limits along the bottom are set already; row k is drawn at `row_places` of its height.
    names : sequence of str
        With line breaks, from the top down.
    heights : sequence of float
        Inches of each row.
    language : {"sv", "en"}
        The language.
    """
    whole = sum(heights)
    spare = max(shape_of(axes)[1] / _SPREAD - whole, 0.0) / 2  # few rows on a large sheet stand together
    axes.set_ylim(whole + spare, -spare)
    axes.set_yticks(row_places(heights), list(names))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(axis="x", color=RULE, lw=0.5, alpha=0.7)
    axes.set_axisbelow(True)
    widest = max((inches(line) for name in names for line in name.split("\n")), default=0.0)
    width = float(axes.figure.get_size_inches()[0])  # type: ignore[union-attr]
    left = axes.figure.subplotpars.left
    axes.figure.subplots_adjust(left=max(left, (widest + 0.26) / width))
    write_ticks(axes, language, which="x")


def row_places(heights: Sequence[float]) -> list[float]:
    """Return where the middle of each row is.

    Parameters
    ----------
    heights : sequence of float
        Inches of each row.

    Returns
    -------
    list of float
        Inches from the top.

    Examples
    --------
    >>> row_places([1.0, 2.0])
    [0.5, 2.0]
    """
    return [sum(heights[:k]) + height / 2 for k, height in enumerate(heights)]
