"""Observed less expected over time, alone or among the placebos."""

from __future__ import annotations

import math

from impactkit.reporting.axis_words import write_unit
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.drawing import INK, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.time_axis import finish_periods, label_ends, mark_start

_PLACEBO = "#9aa7b1"


def counterfactual_gap(picture: CounterfactualPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw the treated unit's gap as a strong line, with its limits or with the placebos' gaps in grey.

    Parameters
    ----------
    picture : CounterfactualPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    built = picture.built
    with sheet(picture, size, height=3.3) as axes:
        axes.axhline(0, color=INK, lw=1.0, zorder=1)
        if picture.view == "placebos":
            for placebo in picture.drawn_placebos:
                axes.plot(built.periods, placebo.gaps, color=_PLACEBO, lw=0.8, alpha=0.6, zorder=2)
        else:
            _band(axes, picture)
        axes.plot(built.periods, built.gaps, color=TREATED, lw=2.4, zorder=4)
        axes.margins(x=0.03, y=0.14)
        mark_start(axes, built.periods, start=built.start, label=picture.start_label)
        label_ends(axes, [(picture.word("own"), built.gaps[-1], TREATED)])
        finish_periods(axes, built.periods, names=built.period_names, language=picture.language)
        write_unit(axes, picture.measure.unit_of_change)
    return axes


def _band(axes: DescribedAxes, picture: CounterfactualPicture) -> None:
    built = picture.built
    rows = list(zip(built.observed, built.low, built.high, strict=True))
    known = [math.isfinite(low) and math.isfinite(high) for _, low, high in rows]
    if any(known):
        low, high = [y - above for y, _, above in rows], [y - below for y, below, _ in rows]
        axes.fill_between(built.periods, low, high, where=known, color=TREATED, alpha=0.14, linewidth=0)
