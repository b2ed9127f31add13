"""The chance of each verdict by how large the true effect is, with a line at 80 per cent."""

from __future__ import annotations

from typing import Any

from impactkit.evidence.verdict import Status
from impactkit.plans.claim_power import ClaimPower
from impactkit.reporting.axis_words import fit, write_note, write_under
from impactkit.reporting.drawing import (
    CLAIM,
    COMPARISON,
    INK,
    MUTED,
    RULE,
    TREATED,
    Axes,
    DescribedAxes,
    panels,
    shape_of,
    sheet,
)
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.power_picture import ENOUGH, PowerPicture
from impactkit.reporting.time_axis import label_ends
from impactkit.wording import format_number, format_share, say

_PANEL, _BETWEEN = 2.55, 0.62
_LOOKS: dict[Status, dict[str, Any]] = {
    "supported": {"color": CLAIM, "ls": "-", "marker": "s", "lw": 2.4},
    "partly_supported": {"color": TREATED, "ls": (0, (5, 2)), "marker": "o", "lw": 1.5},
    "inconclusive": {"color": MUTED, "ls": (0, (2, 2)), "marker": "^", "lw": 1.5},
    "contradicted": {"color": COMPARISON, "ls": (0, (6, 2, 1, 2)), "marker": "D", "lw": 1.5},
    "not_assessable": {"color": INK, "ls": (0, (1, 1)), "marker": "x", "lw": 1.5},
}


def power_curve(picture: PowerPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw a line for each verdict, named at its end, over the true effect in claims.

    Parameters
    ----------
    picture : PowerPicture
        What to show.
    size : Size
        The sheet it is drawn on; claims beyond it are counted under the figure.

    Returns
    -------
    DescribedAxes
        The first panel, off screen; ``alt_text`` says the numbers.
    """
    n = size.n_that_fit([_PANEL] * len(picture.claims), around=0.55)
    claims = picture.claims[:n]
    with sheet(picture, size, height=0.55 + _PANEL * n) as axes:
        axes.gaps = (0.0, _BETWEEN)
        axes.figure.subplots_adjust(
            left=0.1, right=0.76, top=0.93, bottom=0.6 / size.height(0.55 + _PANEL * n)
        )
        every = panels(axes, rows=n)
        for panel, claim in zip(every, claims, strict=True):
            _panel(panel, claim, picture=picture)
        write_under(every[-1], say("figure.power.axis", picture.language))
        gone = len(picture.claims) - n
        write_note(axes, say("figure.not_drawn", picture.language, n=gone) if gone else "")
    return axes


def _panel(axes: Axes, claim: ClaimPower, *, picture: PowerPicture) -> None:
    at = [each.multiple for each in claim.chances]
    axes.set_xlim(min(at) - 0.05, max(at) + 0.05)
    axes.set_ylim(-0.04, 1.04)
    axes.axhline(ENOUGH, color=INK, lw=1.0, dashes=(3, 3), zorder=1)
    ends = []
    for status in picture.shown(claim):
        chances = [each.chances[status] for each in claim.chances]
        axes.plot(at, chances, ms=5, zorder=3, **_LOOKS[status])
        ends.append((picture.name(status), chances[-1], str(_LOOKS[status]["color"])))
    label_ends(axes, ends)
    axes.set_xticks(at, [format_number(each, picture.language, decimals=1) for each in at])
    shares = (0.0, 0.2, 0.4, 0.6, ENOUGH, 1.0)
    axes.set_yticks(shares, [format_share(share, picture.language) for share in shares])
    axes.set_title(
        fit(picture.title(claim), shape_of(axes)[0] * 1.3, points=9), loc="left", fontsize=9, color=MUTED
    )
    axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
