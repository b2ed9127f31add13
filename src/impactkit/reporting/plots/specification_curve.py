"""Estimates in order of size with their intervals, over a matrix of what each of them chose."""

from __future__ import annotations

import math
from collections.abc import Sequence

from impactkit.reporting.axis_words import fit, write_note, write_ticks, write_unit
from impactkit.reporting.curve_picture import CurvePicture
from impactkit.reporting.drawing import (
    CLAIM,
    INK,
    MUTED,
    PAPER,
    RULE,
    Axes,
    DescribedAxes,
    figure_of,
    inches,
    panels,
    sheet,
)
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.wording import say

_ROW, _ABOVE, _AROUND = 0.2, 2.0, 0.75


def specification_curve(picture: CurvePicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw estimates from the lowest to the highest, the planned one as a named square, over their choices.

    Parameters
    ----------
    picture : CurvePicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        The upper panel, off screen; ``alt_text`` says the numbers.
    """
    choices = picture.choices
    n = size.n_that_fit([_ROW] * len(choices), around=_AROUND + 1.2)
    choices = choices[:n]
    wanted = _ABOVE + _AROUND + _ROW * len(choices)
    with sheet(picture, size, height=wanted) as axes:
        axes.gaps = (0.0, 0.1)
        above = size.height(wanted) - _AROUND - _ROW * len(choices)
        upper, lower = panels(axes, rows=2, heights=[above, _ROW * len(choices)])
        labels = [fit(choice, size.room * 0.36) for choice in choices]
        left = (max(map(inches, labels), default=0.0) + 0.2) / size.room
        height = size.height(wanted)
        figure_of(axes).subplots_adjust(left=left, right=0.97, top=1 - 0.3 / height, bottom=0.12 / height)
        _estimates(upper, picture)
        _matrix(lower, picture, choices=choices)
        lower.set_yticks(range(len(labels)), labels)
        lower.set_xlim(upper.get_xlim())
        write_unit(upper, picture.measure.unit_of_change)
        gone = len(picture.choices) - n
        choices_gone = say("figure.curve.choices", picture.language, n=gone) if gone else ""
        write_note(axes, f"{picture.note} {choices_gone}".strip())
    return axes


def _estimates(axes: Axes, picture: CurvePicture) -> None:
    axes.axhline(0, color=INK, lw=1.0, zorder=1)
    for at, row in enumerate(picture.rows):
        found = row.answer.interval
        assert found is not None
        colour, marker = (CLAIM, "s") if row.is_planned else (MUTED, "o")
        if math.isfinite(found.low) and math.isfinite(found.high):
            axes.plot([at, at], [found.low, found.high], "-", color=colour, lw=1.6, zorder=3)
        axes.plot([at], [found.point], marker, color=colour, ms=6.5, mec=PAPER, zorder=4)
    axes.margins(y=0.2)
    axes.set_xlim(-0.8, max(len(picture.rows) - 0.2, 0.8))
    _name_planned(axes, picture)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
    axes.set_axisbelow(True)
    write_ticks(axes, picture.language, which="y")


def _name_planned(axes: Axes, picture: CurvePicture) -> None:
    for at, row in enumerate(picture.rows):
        if row.is_planned:
            late = at > len(picture.rows) / 2
            axes.annotate(
                say("figure.curve.planned", picture.language),
                (at, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(4 if not late else -4, -2),
                textcoords="offset points",
                ha="right" if late else "left",
                va="top",
                weight="bold",
                color=CLAIM,
            )
            axes.axvline(at, color=CLAIM, lw=0.9, ls=(0, (3, 2)), zorder=1)


def _matrix(axes: Axes, picture: CurvePicture, *, choices: Sequence[str]) -> None:
    for at, row in enumerate(picture.rows):
        made = picture.made(row)
        for place, choice in enumerate(choices):
            if choice in made:
                colour, marker = (CLAIM, "s") if row.is_planned else (INK, "o")
                axes.plot([at], [place], marker, color=colour, ms=5)
            else:
                axes.plot([at], [place], ".", color=RULE, ms=3)
    axes.set_ylim(len(choices) - 0.4, -0.6)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
