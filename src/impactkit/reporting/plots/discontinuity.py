"""An outcome by a score: means in bins, a curve on each side, and the threshold between them."""

from __future__ import annotations

from impactkit.effects.estimate import Group
from impactkit.reporting.axis_words import write_note, write_ticks, write_under, write_unit
from impactkit.reporting.drawing import COMPARISON, INK, MUTED, PAPER, RULE, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.threshold_picture import ThresholdPicture

_LOOKS: dict[Group, dict[str, object]] = {
    "treated": {"color": TREATED, "marker": "o", "ls": "-"},
    "comparison": {"color": COMPARISON, "marker": "s", "ls": (0, (4, 2))},
}


def discontinuity(picture: ThresholdPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw means in bins of the score as dots, the curve on each side, and the threshold.

    Parameters
    ----------
    picture : ThresholdPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=3.8) as axes:
        axes.figure.subplots_adjust(left=0.11, right=0.97, top=0.84, bottom=0.24)
        axes.axvline(picture.view.cutoff, color=MUTED, lw=1.1, zorder=1)
        for group in ("comparison", "treated"):
            _side(axes, picture, group)
        axes.margins(x=0.03, y=0.08)
        write_ticks(axes, picture.language, which="x")
        write_ticks(axes, picture.language, which="y")
        axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
        axes.set_axisbelow(True)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        write_under(axes, picture.view.running)
        write_unit(axes, picture.measure.unit)
        _names(axes, picture)
        write_note(axes, picture.note)
    return axes


def _side(axes: DescribedAxes, picture: ThresholdPicture, group: Group) -> None:
    looks, bins, side = _LOOKS[group], picture.bins[group], picture.side(group)
    axes.plot(
        bins.middle,
        bins.mean,
        color=str(looks["color"]),
        marker=str(looks["marker"]),
        ls="none",
        ms=5,
        mec=PAPER,
        mew=0.6,
        zorder=2,
    )
    axes.plot(side.curve_at, side.curve, color=str(looks["color"]), lw=2.2, ls=looks["ls"], zorder=3)


def _names(axes: DescribedAxes, picture: ThresholdPicture) -> None:
    """Name the sides above the axes, and the threshold between them."""
    cutoff, up = picture.view.cutoff, 18 if picture.measure.unit else 4  # the unit is written above the axes
    low, high = axes.get_xlim()
    for group in ("treated", "comparison"):
        is_right = picture.side(group).score[-1] > cutoff
        axes.annotate(
            picture.label(group),
            (high if is_right else low, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, up),
            textcoords="offset points",
            ha="right" if is_right else "left",
            va="bottom",
            color=str(_LOOKS[group]["color"]),
            weight="bold",
        )
    axes.annotate(
        picture.cutoff_label,
        (cutoff, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, up),
        textcoords="offset points",
        ha="center",
        va="bottom",
        color=INK,
    )
