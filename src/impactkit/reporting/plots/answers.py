"""Several answers lying under each other: the one that counts first, with its line through the others."""

from __future__ import annotations

import math
import textwrap

from impactkit.reporting.answers_picture import Answer, AnswersPicture
from impactkit.reporting.drawing import (
    INK,
    MUTED,
    PAPER,
    RULE,
    TREATED,
    DescribedAxes,
    house_style,
    new_axes,
    write_ticks,
)

_LABEL = 34


def answers(picture: AnswersPicture) -> DescribedAxes:
    """Draw the answer that counts as a square and the others as dots, each with its interval.

    Parameters
    ----------
    picture : AnswersPicture
        What to show.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    rows = (picture.counts, *picture.others)
    labels = [textwrap.fill(row.label.replace("_", " "), _LABEL) for row in rows]
    height = 1.1 + 0.17 * sum(1 + label.count("\n") for label in labels) + 0.12 * len(labels)
    with house_style():
        axes = new_axes(height=height)
        axes.heading, axes.alt_text = picture.heading, picture.alt_text
        axes.axvline(0, color=INK, lw=1.0, zorder=1)
        if picture.counts.found.is_estimated:
            axes.axvline(picture.counts.found.point, color=TREATED, lw=1.0, ls=(0, (4, 3)), zorder=1)
        for at, row in enumerate(rows):
            _row(axes, row, at)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), labels)
        axes.margins(x=0.06)
        write_ticks(axes, picture.language, which="x")
        axes.set_xlabel(picture.measure.unit_of_change)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=RULE, lw=0.5, alpha=0.7)
        axes.set_axisbelow(True)
        axes.figure.subplots_adjust(left=0.36, right=0.97, top=1 - 0.15 / height, bottom=0.55 / height)
    return axes


def _row(axes: DescribedAxes, row: Answer, at: int) -> None:
    found = row.found.interval
    if found is None or not math.isfinite(found.point):
        return
    colour, marker = (MUTED, "o") if at else (TREATED, "s")
    if math.isfinite(found.low) and math.isfinite(found.high):
        axes.plot([found.low, found.high], [at, at], "|-", color=colour, lw=2.0, ms=8, mew=1.4, zorder=3)
    axes.plot([found.point], [at], marker, ms=7, color=colour, mec=PAPER, zorder=4)
