"""What was seen beside what would have been, with the start marked; or the season in it."""

from __future__ import annotations

import math

from impactkit.reporting.axis_words import write_unit
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.drawing import COMPARISON, MUTED, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.time_axis import finish_periods, label_ends, mark_start


def counterfactual_trend(picture: CounterfactualPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw the observed outcome as a line and the expected one dashed, with its limits as a band.

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
    built, is_season = picture.built, picture.view == "season"
    with sheet(picture, size, height=3.3) as axes:
        if is_season:
            axes.plot(built.periods, built.season, color=TREATED, lw=1.8)
            axes.axhline(0, color=MUTED, lw=0.8)
        else:
            _lines(axes, picture)
        axes.margins(x=0.03, y=0.14)
        mark_start(axes, built.periods, start=built.start, label=picture.start_label)
        if not is_season:
            ends = [
                (picture.word("observed"), built.observed[-1], TREATED),
                (picture.word("expected"), built.expected[-1], COMPARISON),
            ]
            label_ends(axes, ends)
        finish_periods(axes, built.periods, names=built.period_names, language=picture.language)
        write_unit(axes, picture.measure.unit)
    return axes


def _lines(axes: DescribedAxes, picture: CounterfactualPicture) -> None:
    built = picture.built
    known = [
        math.isfinite(low) and math.isfinite(high) for low, high in zip(built.low, built.high, strict=True)
    ]
    if any(known):
        axes.fill_between(
            built.periods, built.low, built.high, where=known, color=COMPARISON, alpha=0.16, linewidth=0
        )
    marks = {"marker": "o", "ms": 4.5} if len(built.periods) <= 40 else {}
    axes.plot(built.periods, built.observed, color=TREATED, lw=2, mec="white", mew=0.6, zorder=3, **marks)  # type: ignore[arg-type]
    axes.plot(built.periods, built.expected, color=COMPARISON, lw=2, ls=(0, (4, 2)), zorder=3)
