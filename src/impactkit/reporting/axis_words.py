"""Words and numbers along the axes of a figure, no wider than there is room for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from impactkit.reporting.axis_steps import even_places
from impactkit.reporting.drawing import MUTED, SMALL, figure_of, inches, shape_of
from impactkit.reporting.figure_size import TEXT
from impactkit.reporting.lettering import fitted
from impactkit.wording import Language, format_number

if TYPE_CHECKING:
    pass
from impactkit.reporting.drawing import Axes

_TIGHT = 0.95  # letters on a screen may be a little wider than they are drawn


def fit(text: str, room: float, *, lines: int = 1, points: float = TEXT, bold: bool = False) -> str:
    """Return a name in so many lines, with an ellipsis where it does not fit.

    Parameters
    ----------
    text : str
        The name.
    room : float
        Inches a line may be wide.
    lines : int
        How many there may be.
    points : float
        The size of its letters.
    bold : bool
        Whether they are bold.

    Returns
    -------
    str
        With line breaks.
    """
    return fitted(text, room * _TIGHT, lines=lines, width=lambda part: inches(part, points=points, bold=bold))


def write_unit(axes: Axes, unit: str) -> None:
    """Write what an upright axis counts above it.

    Parameters
    ----------
    axes : Axes
        Where.
    unit : str
        The words.
    """
    axes.set_title(fit(unit, shape_of(axes)[0], points=9), loc="left", fontsize=9, color=MUTED)


def write_under(axes: Axes, words: str) -> None:
    """Write what a lying axis counts under it.

    Parameters
    ----------
    axes : Axes
        Where.
    words : str
        The words.
    """
    axes.set_xlabel(fit(words, shape_of(axes)[0]))


def write_note(axes: Axes, text: str) -> None:
    """Write a sentence under everything else.

    Parameters
    ----------
    axes : Axes
        Any of the figure's.
    text : str
        The sentence; nothing is written when it is empty.
    """
    figure = figure_of(axes)
    width, height = figure.get_size_inches()
    if text:
        words = fit(text, width - 0.3, lines=3, points=SMALL)
        figure.text(
            0.1 / width, 0.05 / height, words, fontsize=SMALL, color=MUTED, va="bottom", linespacing=1.25
        )


def write_ticks(axes: Axes, language: Language, *, which: str) -> None:
    """Write an axis's numbers as the language does, with the decimals that its steps need.

    Parameters
    ----------
    axes : Axes
        Where the limits are set already.
    language : {"sv", "en"}
        The language.
    which : {"x", "y"}
        The axis.
    """
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    low, high = sorted((float(low), float(high)))
    places: list[float] = []
    labels: list[str] = []
    for most in range(7, 1, -1):
        places = even_places(low, high, most=most)
        step = places[1] - places[0] if len(places) > 1 else 1.0
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        labels = [format_number(round(at, decimals), language, decimals=decimals) for at in places]
        room = shape_of(axes)[0] if which == "x" else math.inf
        if max(map(inches, labels), default=0.0) * 1.25 * len(labels) <= room:
            break
    axis.set_ticks(places, labels)
