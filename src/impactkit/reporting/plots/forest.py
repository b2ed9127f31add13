"""Several effects under each other, each with its interval and its numbers; one panel for each unit."""

from __future__ import annotations

import math
from collections.abc import Sequence

from impactkit.reporting.axis_words import write_note, write_unit
from impactkit.reporting.drawing import (
    INK,
    MUTED,
    PAPER,
    SMALL,
    TREATED,
    Axes,
    DescribedAxes,
    inches,
    panels,
    sheet,
)
from impactkit.reporting.effect_rows import EffectRow, groups_of
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.forest_picture import ForestPicture
from impactkit.reporting.row_axis import finish_rows, row_heights, row_names, row_places
from impactkit.wording import say

_AROUND, _PANEL = 0.35, 0.62


def forest(picture: ForestPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw effects as squares with lying intervals, a line at no effect, and the numbers at the right.

    Parameters
    ----------
    picture : ForestPicture
        What to show.
    size : Size
        The sheet it is drawn on; what does not stand on it is counted under the figure.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    around = _AROUND + _PANEL * len(picture.groups)
    names = row_names([row.label for row in picture.rows], size, lines=2, share=0.32)
    n = size.n_that_fit(row_heights(names), around=around)
    named = dict(zip(map(id, picture.rows), names, strict=True))
    groups = groups_of(picture.rows[:n])
    heights = [row_heights([named[id(row)] for row in group]) for group in groups]
    with sheet(picture, size, height=around + sum(map(sum, heights))) as axes:
        axes.gaps = (0.0, _PANEL)
        told = max(inches(row.told, points=SMALL) for row in picture.rows[:n]) + 0.3
        right = max(1 - told / size.room, 0.5)
        axes.figure.subplots_adjust(left=0.1, right=right, top=0.93, bottom=0.12)
        for panel, group, own in zip(
            panels(axes, rows=len(groups), heights=[sum(own) for own in heights]),
            groups,
            heights,
            strict=True,
        ):
            _panel(panel, group, heights=own, picture=picture)
            finish_rows(panel, [named[id(row)] for row in group], heights=own, language=picture.language)
            write_unit(panel, group[0].kind)
        gone = len(picture.rows) - n
        note = say("figure.not_drawn", picture.language, n=gone) if gone else ""
        write_note(axes, f"{picture.caution} {note}".strip())
    return axes


def _panel(
    axes: Axes, group: Sequence[EffectRow], *, heights: Sequence[float], picture: ForestPicture
) -> None:
    low, high = _reach(group)
    axes.set_xlim(low, high)
    axes.axvline(group[0].none, color=INK, lw=1.0, zorder=1)
    for at, row in zip(row_places(heights), group, strict=True):
        _row(axes, row, at)
        axes.annotate(
            row.told,
            (1.0, at),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            annotation_clip=False,
        )


def _reach(group: Sequence[EffectRow]) -> tuple[float, float]:
    ends = [x for row in group for x in (row.point, row.low, row.high, row.none) if math.isfinite(x)]
    width = (max(ends) - min(ends)) or 1.0
    return min(ends) - 0.06 * width, max(ends) + 0.06 * width


def _row(axes: Axes, row: EffectRow, at: float) -> None:
    """Draw an effect; an end without a limit is an arrow, and an effect without limits an open square."""
    if not math.isfinite(row.point):
        return
    if not (math.isnan(row.low) or math.isnan(row.high)):
        edges = axes.get_xlim()
        ends = [x if math.isfinite(x) else edge for x, edge in zip((row.low, row.high), edges, strict=True)]
        axes.plot(ends, [at, at], "-", color=TREATED, lw=2.0, solid_capstyle="butt", zorder=3)
        for end, limit, arrow in zip(ends, (row.low, row.high), "<>", strict=True):
            marker = "|" if math.isfinite(limit) else arrow
            axes.plot([end], [at], marker, color=TREATED, ms=8, mew=1.4, zorder=4, clip_on=False)
        axes.plot([row.point], [at], "s", ms=7, color=TREATED, mec=PAPER, zorder=5)
    else:
        axes.plot([row.point], [at], "s", ms=7, mfc=PAPER, mec=MUTED, mew=1.6, zorder=5)
