"""Several answers lying under each other: the one that counts first, with its line through the others."""

from __future__ import annotations

import math

from impactkit.reporting.answers_picture import Answer, AnswersPicture
from impactkit.reporting.axis_words import write_note, write_under
from impactkit.reporting.drawing import INK, MUTED, PAPER, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.row_axis import finish_rows, row_heights, row_names, row_places

_AROUND = 0.95


def answers(picture: AnswersPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw the answer that counts as a square and the others as dots, each with its interval.

    Parameters
    ----------
    picture : AnswersPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    names = row_names([row.label for row in (picture.counts, *picture.others)], size)
    n = size.n_that_fit(row_heights(names), around=_AROUND)
    rows, names = (picture.counts, *picture.others)[:n], names[:n]
    heights = row_heights(names)
    with sheet(picture, size, height=_AROUND + sum(heights)) as axes:
        axes.figure.subplots_adjust(left=0.02, right=0.97, top=0.97, bottom=0.2)
        axes.axvline(0, color=INK, lw=1.0, zorder=1)
        if picture.counts.found.is_estimated:
            axes.axvline(picture.counts.found.point, color=TREATED, lw=1.0, ls=(0, (4, 3)), zorder=1)
        for at, row in zip(row_places(heights), rows, strict=True):
            _row(axes, row, at, counts=row is picture.counts)
        axes.margins(x=0.06)
        finish_rows(axes, names, heights=heights, language=picture.language)
        write_under(axes, picture.measure.unit_of_change)
        write_note(axes, picture.note(len(rows) - 1))
    return axes


def _row(axes: DescribedAxes, row: Answer, at: float, *, counts: bool) -> None:
    found = row.found.interval
    if found is None or not math.isfinite(found.point):
        return
    colour, marker = (TREATED, "s") if counts else (MUTED, "o")
    if math.isfinite(found.low) and math.isfinite(found.high):
        axes.plot([found.low, found.high], [at, at], "|-", color=colour, lw=2.0, ms=8, mew=1.4, zorder=3)
    axes.plot([found.point], [at], marker, ms=7, color=colour, mec=PAPER, zorder=4)
