"""A curve of how probable it is that an effect is worth its cost."""

from __future__ import annotations

from impactkit.reporting.acceptability_picture import AcceptabilityPicture
from impactkit.reporting.drawing import CLAIM, INK, RULE, TREATED, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.wording import format_number, format_share, say
from impactkit.wording.numbers import significant_decimals

_RIGHT = 0.6


def acceptability(picture: AcceptabilityPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw the probability that an effect is worth its cost, by what a unit of improvement is worth.

    Parameters
    ----------
    picture : AcceptabilityPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=3.1) as axes:
        axes.set_xlim(0, picture.widest)
        axes.set_ylim(0, 1.03)
        shares = (0.0, 0.25, 0.5, 0.75, 1.0)
        axes.set_yticks(shares, [format_share(share, picture.language) for share in shares])
        axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
        worth, probability = zip(*picture.curve(), strict=True)
        axes.plot(worth, probability, color=TREATED, lw=2.2, zorder=3)
        _even_odds(axes, picture)
        ticks = [at for at, _ in picture.told]
        decimals = significant_decimals(ticks[1], digits=2)
        axes.set_xticks(ticks, [format_number(at, picture.language, decimals=decimals) for at in ticks])
        axes.set_xlabel(say("money.plot.x", picture.language))
        axes.set_ylabel(say("money.plot.y", picture.language))
        axes.figure.subplots_adjust(left=0.11, right=0.92, top=0.97, bottom=0.19)
    return axes


def _even_odds(axes: DescribedAxes, picture: AcceptabilityPicture) -> None:
    at = picture.even
    if not 0 < at < picture.widest:
        return
    axes.plot([at, at], [0, 0.5], color=CLAIM, lw=1.3, dashes=(4, 2.5), zorder=2)
    axes.plot([at], [0.5], "o", ms=7, color=CLAIM, zorder=4)
    right = at / picture.widest > _RIGHT
    axes.annotate(
        picture.half_label,
        (at, 0.5),
        xytext=(-9 if right else 9, -9),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top",
        color=INK,
        zorder=5,
        bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none"},
    )
