"""Effects against their standard errors, with the funnel that chance alone stays within."""

from __future__ import annotations

from impactkit.reporting.axis_words import fit, write_note, write_ticks, write_under
from impactkit.reporting.drawing import (
    COMPARISON,
    INK,
    MUTED,
    PAPER,
    RULE,
    SMALL,
    TREATED,
    Axes,
    DescribedAxes,
    inches,
    shape_of,
    sheet,
)
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.funnel_picture import WIDTH, FunnelPicture
from impactkit.wording import say

_HIGH, _MARK = 0.15, 0.07
_VEIL = {"boxstyle": "round,pad=0.08", "fc": PAPER, "ec": "none", "alpha": 0.75}


def funnel(picture: FunnelPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw effects by their standard errors, the most precise at the top; squares lie outside the funnel.

    Parameters
    ----------
    picture : FunnelPicture
        What to show.
    size : Size
        The sheet it is drawn on; names are written where there is room for them.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=4.2) as axes:
        axes.figure.subplots_adjust(left=0.12, right=0.96, top=0.90, bottom=0.24)
        deepest = 1.12 * max(row.std_error for row in picture.rows)
        reach = 1.1 * max(WIDTH * deepest, *(abs(row.point - picture.none) for row in picture.rows))
        axes.set_xlim(picture.none - reach, picture.none + reach)
        axes.set_ylim(deepest, 0)
        half = WIDTH * deepest
        axes.fill(
            [picture.none - half, picture.none, picture.none + half], [deepest, 0, deepest], color="#f1f4f6"
        )
        for side in (-1, 1):
            axes.plot(
                [picture.none, picture.none + side * half], [0, deepest], color=MUTED, lw=1, dashes=(4, 3)
            )
        axes.axvline(picture.none, color=INK, lw=1.0, zorder=1)
        for row in picture.rows:
            colour, marker = (COMPARISON, "s") if picture.outside(row) else (TREATED, "o")
            axes.plot([row.point], [row.std_error], marker, ms=7, color=colour, mec=PAPER, zorder=4)
        _names(axes, picture)
        write_ticks(axes, picture.language, which="x")
        write_ticks(axes, picture.language, which="y")
        axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
        axes.set_axisbelow(True)
        write_under(axes, picture.unit)
        axes.set_title(say("plot.table.std_error", picture.language), loc="left", fontsize=9, color=MUTED)
        write_note(axes, picture.note)
    return axes


def _names(axes: Axes, picture: FunnelPicture) -> None:
    """Write names beside their marks, those that would run into another or out of the figure left out."""
    wide, high = shape_of(axes)
    low, up = axes.get_xlim()
    deepest = axes.get_ylim()[0]
    marks = [
        ((row.point - low) / (up - low) * wide, row.std_error / deepest * high, row) for row in picture.rows
    ]
    taken = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y, _ in marks]
    for x, y, row in marks:
        words = fit(row.label, 1.6, points=SMALL)
        length = inches(words, points=SMALL) * 1.05
        for side, start in ((1, x + 0.1), (-1, x - 0.1 - length)):
            box = (start, y - _HIGH / 2, start + length, y + _HIGH / 2)
            if box[0] >= 0 and box[2] <= wide and not any(_meet(box, other) for other in taken):
                axes.annotate(
                    words,
                    (row.point, row.std_error),
                    xytext=(7.2 * side, 0),
                    textcoords="offset points",
                    ha="left" if side > 0 else "right",
                    va="center",
                    fontsize=SMALL,
                    color=INK,
                    bbox=_VEIL,
                )
                taken.append(box)
                break


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
