"""An interval against no effect and against the claim, lying down so that it reads like a ruler."""

from __future__ import annotations

import math

from impactkit.reporting.axis_words import write_ticks, write_under
from impactkit.reporting.drawing import CLAIM, INK, MUTED, PAPER, TINT, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.pictures import IntervalPicture
from impactkit.wording import say

_BAR = 0.34
_PAD = 0.14
_ROOM = 0.16
_VEIL = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none"}


def verdict_interval(picture: IntervalPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw an interval against no effect and against the claim.

    Parameters
    ----------
    picture : IntervalPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=2.15) as axes:
        low, high = _reach(picture)
        axes.set_xlim(low, high)
        axes.set_ylim(0, 1)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        _claimed_side(axes, picture)
        _zero_line(axes, picture)
        _claim_line(axes, picture)
        _interval(axes, picture)
        write_ticks(axes, picture.language, which="x")
        write_under(axes, _axis_label(picture))
        axes.figure.subplots_adjust(left=0.02, right=0.98, top=0.98, bottom=0.26)
    return axes


def _reach(picture: IntervalPicture) -> tuple[float, float]:
    v = picture.verdict
    other = -v.threshold if picture.is_of_no_effect else v.threshold
    shown = [x for x in (0.0, v.threshold, other, v.point, v.low, v.high) if math.isfinite(x)]
    width = (max(shown) - min(shown)) or 1.0
    low, high = min(shown) - _PAD * width, max(shown) + _PAD * width
    # The words at zero stand on the side away from the claim's line, and need room there.
    if v.threshold > 0:
        return min(low, -_ROOM * high / (1 - _ROOM)), high
    return low, max(high, -_ROOM * low / (1 - _ROOM))


def _claimed_side(axes: DescribedAxes, picture: IntervalPicture) -> None:
    low, high = axes.get_xlim()
    at = picture.verdict.threshold
    if not math.isfinite(at):
        return
    if picture.is_of_no_effect:
        axes.axvspan(-at, at, ymax=0.78, color=TINT, linewidth=0, zorder=0)
    elif picture.good_from_claim:
        side = (at, high) if picture.good_from_claim > 0 else (low, at)
        axes.axvspan(*side, ymax=0.78, color=TINT, linewidth=0, zorder=0)


def _zero_line(axes: DescribedAxes, picture: IntervalPicture) -> None:
    above = picture.verdict.threshold > 0
    axes.plot([0, 0], [0, 0.78], color=INK, lw=1.3, zorder=2)
    axes.annotate(
        say("plot.interval.zero", picture.language),
        (0, 0.78),
        xytext=(-5 if above else 5, 0),
        textcoords="offset points",
        ha="right" if above else "left",
        va="top",
        color=INK,
    )


def _claim_line(axes: DescribedAxes, picture: IntervalPicture) -> None:
    """Draw the claim's line with its words on top, leaning inwards so that they never leave the figure."""
    low, high = axes.get_xlim()
    at = picture.verdict.threshold
    if not math.isfinite(at):
        return
    place = (at - low) / (high - low)
    if picture.is_of_no_effect:
        axes.plot([-at, -at], [0, 0.86], color=CLAIM, lw=1.5, dashes=(4, 2.5), zorder=2)
    axes.plot([at, at], [0, 0.86], color=CLAIM, lw=1.5, dashes=(4, 2.5), zorder=2)
    axes.annotate(
        picture.claim_label,
        (at, 0.86),
        xytext=(0, 3),
        textcoords="offset points",
        ha="left" if place < 0.3 else "right" if place > 0.7 else "center",
        va="bottom",
        color=CLAIM,
        weight="bold",
    )


def _interval(axes: DescribedAxes, picture: IntervalPicture) -> None:
    v, m = picture.verdict, picture.measure
    known = not math.isnan(v.low)
    if known:
        _bar(axes, picture)
    inside, edge = (TREATED, PAPER) if known else (PAPER, TREATED)
    axes.plot([v.point], [_BAR], "o", ms=9, mec=edge, mew=1.6, mfc=inside, zorder=5)
    axes.annotate(
        m.number(v.point, signed=True),
        (v.point, _BAR),
        xytext=(0, 9),
        textcoords="offset points",
        ha="center",
        weight="bold",
        color=INK,
        zorder=6,
        bbox=_VEIL,
    )


def _bar(axes: DescribedAxes, picture: IntervalPicture) -> None:
    """Draw the interval; an end without a limit is an arrow at the figure's edge."""
    v = picture.verdict
    edges = axes.get_xlim()
    ends = [x if math.isfinite(x) else edge for x, edge in zip((v.low, v.high), edges, strict=True)]
    axes.plot(ends, [_BAR, _BAR], color=TREATED, lw=5, solid_capstyle="butt", zorder=3)
    for end, limit, away in zip(ends, (v.low, v.high), (-1, 1), strict=True):
        marker = "|" if math.isfinite(limit) else "<" if away < 0 else ">"
        axes.plot([end], [_BAR], marker, ms=15, mew=2, color=TREATED, zorder=4, clip_on=False)
        if math.isfinite(limit):
            _number(axes, picture.measure.number(limit, signed=True), end, away=away)


def _number(axes: DescribedAxes, text: str, at: float, *, away: int) -> None:
    axes.annotate(
        text,
        (at, _BAR),
        xytext=(4 * away, -14),
        textcoords="offset points",
        ha="right" if away < 0 else "left",
        va="center",
        color=MUTED,
        zorder=6,
        bbox=_VEIL,
    )


def _axis_label(picture: IntervalPicture) -> str:
    unit = picture.measure.unit_of_change
    return say(f"plot.interval.axis{'_with_unit' if unit else ''}", picture.language, unit=unit)
