"""Leads and lags: how the groups differed before and after the start, against the last period before it."""

from __future__ import annotations

import math

from impactkit.effects.estimate import Term
from impactkit.reporting.axis_steps import even_places
from impactkit.reporting.axis_words import write_ticks, write_under, write_unit
from impactkit.reporting.drawing import INK, PAPER, RULE, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.pictures import EventStudyPicture
from impactkit.wording import say

_JOINT = "#7fb2d6"  # limits that hold at once, behind each one's own


def event_study(picture: EventStudyPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw leads and lags with their intervals, and an open marker at the reference.

    Parameters
    ----------
    picture : EventStudyPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=3.3) as axes:
        for at, (low, high) in picture.bands.items():
            axes.plot([at, at], [low, high], "_-", color=_JOINT, lw=1.2, ms=13, mew=1.2, zorder=2)
        for term in picture.terms:
            _term(axes, term)
        if picture.reference is not None:
            axes.plot([picture.reference], [0], "o", ms=8, mfc=PAPER, mec=TREATED, mew=1.6, zorder=4)
        axes.axhline(0, color=INK, lw=1.0, zorder=1)
        axes.margins(x=0.06, y=0.12)
        _start(axes, picture)
        _ticks(axes, picture)
        write_under(axes, say("plot.event_study.axis", picture.language))
        write_unit(axes, picture.measure.unit_of_change)
        axes.figure.subplots_adjust(left=0.11, right=0.97, top=0.90, bottom=0.17)
    return axes


def _term(axes: DescribedAxes, term: Term) -> None:
    assert term.event_time is not None
    at, found = term.event_time, term.interval
    if math.isfinite(found.low) and math.isfinite(found.high):
        axes.plot([at, at], [found.low, found.high], "_-", color=TREATED, lw=2.2, ms=9, mew=1.6, zorder=3)
    axes.plot([at], [found.point], "o", ms=7, color=TREATED, mec=PAPER, zorder=4)


def _start(axes: DescribedAxes, picture: EventStudyPicture) -> None:
    right = axes.get_xlim()[1]
    axes.axvspan(-0.5, right, color="#f1f4f6", linewidth=0, zorder=0)
    axes.set_xlim(right=right)
    axes.annotate(
        say("plot.event_study.start", picture.language),
        (-0.5, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(5, -4),
        textcoords="offset points",
        va="top",
        color=INK,
    )


def _ticks(axes: DescribedAxes, picture: EventStudyPicture) -> None:
    low, high = axes.get_xlim()
    whole = even_places(low, high, most=11, whole=True)
    axes.set_xticks(whole, [f"{at:g}".replace("-", "\N{MINUS SIGN}") for at in whole])
    write_ticks(axes, picture.language, which="y")
    axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
