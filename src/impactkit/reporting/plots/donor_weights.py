"""Donors and what they weigh."""

from __future__ import annotations

import textwrap

from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.drawing import (
    COMPARISON,
    INK,
    DescribedAxes,
    house_style,
    new_axes,
    write_ticks,
)
from impactkit.wording import format_share

_LABEL = 34


def donor_weights(picture: CounterfactualPicture) -> DescribedAxes:
    """Draw each donor's share as a lying bar, the largest at the top.

    Parameters
    ----------
    picture : CounterfactualPicture
        What to show.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    rows = picture.drawn_weights
    height = 0.9 + 0.27 * len(rows)
    with house_style():
        axes = new_axes(height=height)
        axes.heading, axes.alt_text = picture.heading, picture.alt_text
        shares = [100 * weight for _, weight in rows]
        axes.barh(range(len(rows)), shares, color=COMPARISON, height=0.62, zorder=3)
        for at, (share, (_, weight)) in enumerate(zip(shares, rows, strict=True)):
            axes.annotate(
                format_share(weight, picture.language, decimals=1),
                (max(share, 0.0), at),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        axes.axvline(0, color=INK, lw=0.8)
        axes.set_yticks(range(len(rows)), [textwrap.fill(unit, _LABEL) for unit, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.12)
        write_ticks(axes, picture.language, which="x")
        axes.set_xlabel(picture.word("weight_axis"))
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.figure.subplots_adjust(left=0.34, right=0.97, top=1 - 0.12 / height, bottom=0.5 / height)
    return axes
