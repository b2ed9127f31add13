"""Standardised differences by covariate, before as open circles and after as squares."""

from __future__ import annotations

import math
from collections.abc import Sequence

from impactkit.reporting.axis_words import write_note, write_under
from impactkit.reporting.balance_picture import LIMITS, BalancePicture, CovariateRow
from impactkit.reporting.drawing import (
    COMPARISON,
    INK,
    MUTED,
    PAPER,
    RULE,
    TREATED,
    Axes,
    DescribedAxes,
    sheet,
)
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.row_axis import finish_rows, row_heights, row_names, row_places
from impactkit.wording import format_number, say

_AROUND = 1.15


def love(picture: BalancePicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw each covariate's difference between the groups, with dashed limits at 0.1 and 0.25.

    Parameters
    ----------
    picture : BalancePicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    names = row_names([row.name for row in picture.rows], size, lines=2)
    n = size.n_that_fit(row_heights(names), around=_AROUND)
    rows, names = picture.rows[:n], names[:n]
    heights = row_heights(names)
    with sheet(picture, size, height=_AROUND + sum(heights)) as axes:
        axes.figure.subplots_adjust(left=0.02, right=0.97, top=0.86, bottom=0.16)
        reach = 1.12 * max(_largest(rows), LIMITS[1])
        axes.set_xlim(-reach, reach)
        axes.axvline(0, color=INK, lw=1.0, zorder=1)
        for limit, dashes in zip(LIMITS, ((2, 2), (5, 2)), strict=True):
            for at in (-limit, limit):
                axes.axvline(at, color=MUTED, lw=1.0, dashes=dashes, zorder=1)
        _name_limits(axes, picture)
        for at, row in zip(row_places(heights), rows, strict=True):
            axes.axhline(at, color=RULE, lw=0.6, zorder=0)
            _row(axes, row, at)
        finish_rows(axes, names, heights=heights, language=picture.language)
        write_under(axes, say("figure.balance.axis", picture.language))
        if picture.has_after:
            _name_marks(axes, picture)
        gone = len(picture.rows) - n
        write_note(axes, say("figure.not_drawn", picture.language, n=gone) if gone else "")
    return axes


def _largest(rows: Sequence[CovariateRow]) -> float:
    values = [abs(x) for row in rows for x in (row.before, row.after) if x is not None and math.isfinite(x)]
    return max(values, default=0.0)


def _name_limits(axes: Axes, picture: BalancePicture) -> None:
    """Name the limits at the right, where the larger leans outwards."""
    for limit, decimals, side in zip(LIMITS, (1, 2), ("right", "left"), strict=True):
        axes.annotate(
            format_number(limit, picture.language, decimals=decimals),
            (limit, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha=side,
            va="bottom",
            color=MUTED,
        )


def _row(axes: Axes, row: CovariateRow, at: float) -> None:
    edge = axes.get_xlim()[1]
    looks = (("o", {"mfc": PAPER, "mec": COMPARISON, "mew": 1.6}), ("s", {"color": TREATED, "mec": PAPER}))
    for value, (marker, colours) in zip((row.before, row.after), looks, strict=True):
        if value is None or math.isnan(value):
            continue
        if math.isinf(value):  # no spread within groups: an arrow at the edge
            axes.plot(
                [math.copysign(edge, value)], [at], ">" if value > 0 else "<", ms=8, clip_on=False, **colours
            )  # type: ignore[arg-type]
        else:
            axes.plot([value], [at], marker, ms=7, zorder=4, **colours)  # type: ignore[arg-type]


def _name_marks(axes: Axes, picture: BalancePicture) -> None:
    """Say above the figure, at the left, which mark is which."""
    for up, mark, name, colour in ((14, "■", "after", TREATED), (28, "○", "before", COMPARISON)):
        axes.annotate(
            f"{mark} {say(f'figure.balance.{name}', picture.language)}",
            (0.0, 1.0),
            xycoords="axes fraction",
            xytext=(0, up - 12),
            textcoords="offset points",
            va="bottom",
            weight="bold",
            color=colour,
            annotation_clip=False,
        )
