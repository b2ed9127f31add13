"""Effect by dose: the fitted line with its band, and groups of doses with their intervals."""

from __future__ import annotations

import math

from impactkit.reporting.axis_words import write_note, write_ticks, write_under, write_unit
from impactkit.reporting.dose_picture import DoseGroup, DosePicture
from impactkit.reporting.drawing import COMPARISON, INK, PAPER, RULE, TREATED, Axes, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.time_axis import label_ends
from impactkit.wording import say


def dose_response(picture: DosePicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw the fitted line dashed with its band, and groups of doses as dots with their intervals.

    Parameters
    ----------
    picture : DosePicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=3.6) as axes:
        axes.figure.subplots_adjust(left=0.11, right=0.8, top=0.90, bottom=0.2)
        axes.axhline(0, color=INK, lw=1.0, zorder=1)
        _line(axes, picture)
        for group in picture.groups:
            _group(axes, group)
        axes.set_xlim(-0.03 * picture.largest, 1.06 * picture.largest)
        axes.margins(y=0.1)
        write_ticks(axes, picture.language, which="x")
        write_ticks(axes, picture.language, which="y")
        axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
        axes.set_axisbelow(True)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        write_under(axes, picture.dose)
        write_unit(axes, picture.measure.unit_of_change)
        end = picture.line(1.06 * picture.largest)[0]
        label_ends(axes, [(say("figure.dose.line", picture.language), end, COMPARISON)])
        write_note(axes, picture.note)
    return axes


def _line(axes: Axes, picture: DosePicture) -> None:
    at = [0.0, picture.largest]
    fitted = [picture.line(dose) for dose in at]
    if all(math.isfinite(end) for _, *ends in fitted for end in ends):
        axes.fill_between(
            at, [x[1] for x in fitted], [x[2] for x in fitted], color=COMPARISON, alpha=0.14, linewidth=0
        )
    axes.plot(at, [x[0] for x in fitted], color=COMPARISON, lw=2, ls=(0, (4, 2)), zorder=2)


def _group(axes: Axes, group: DoseGroup) -> None:
    found, low, high = group.interval, group.low, group.high
    middle = (low + high) / 2
    if math.isfinite(found.low) and math.isfinite(found.high):
        axes.plot(
            [middle, middle], [found.low, found.high], "_-", color=TREATED, lw=2, ms=9, mew=1.6, zorder=3
        )
    axes.plot([low, high], [found.point] * 2, color=TREATED, lw=2, zorder=3)
    axes.plot([middle], [found.point], "o", ms=7, color=TREATED, mec=PAPER, zorder=4)
