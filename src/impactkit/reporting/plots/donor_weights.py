"""Donors and what they weigh."""

from __future__ import annotations

from impactkit.reporting.axis_words import write_note, write_under
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.drawing import COMPARISON, INK, DescribedAxes, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.row_axis import finish_rows, row_heights, row_names, row_places
from impactkit.wording import format_share

_AROUND = 0.75


def donor_weights(picture: CounterfactualPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw each donor's share as a lying bar, the largest at the top.

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
    names = row_names([unit for unit, _ in picture.drawn_weights], size, lines=2)
    n = size.n_that_fit(row_heights(names), around=_AROUND)
    rows, names = picture.drawn_weights[:n], names[:n]
    heights = row_heights(names)
    with sheet(picture, size, height=_AROUND + sum(heights)) as axes:
        axes.figure.subplots_adjust(left=0.02, right=0.97, top=0.97, bottom=0.2)
        shares = [100 * weight for _, weight in rows]
        places = row_places(heights)
        axes.barh(places, shares, color=COMPARISON, height=0.18, zorder=3)
        for at, share, (_, weight) in zip(places, shares, rows, strict=True):
            axes.annotate(
                format_share(weight, picture.language, decimals=1),
                (max(share, 0.0), at),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        axes.axvline(0, color=INK, lw=0.8)
        axes.margins(x=0.16)
        finish_rows(axes, names, heights=heights, language=picture.language)
        write_under(axes, picture.word("weight_axis"))
        write_note(axes, picture.not_drawn_weights(len(rows)))
    return axes
