"""The figure of a result: one verb for every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactkit.evidence.claim import Claim
from impactkit.indicators import Catalogue
from impactkit.reporting.drawn import draw
from impactkit.reporting.figure_size import FigureSize, size_of
from impactkit.reporting.numbers import Measure
from impactkit.reporting.picture_of import Areas, Asked, Plotted, View, picture_of
from impactkit.wording import Language, current_language

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.reporting.drawing import DescribedAxes

__all__ = ["draw", "plot"]


def plot(
    result: Plotted | pd.Series[Any],
    *,
    claim: Claim | None = None,
    view: View | None = None,
    language: Language | None = None,
    size: FigureSize = "notebook",
    areas: Areas | None = None,
) -> DescribedAxes:
    """Draw a result.

    Parameters
    ----------
    result : Estimate, Verdict, Evaluation, Study and so on
        *Estimate*: what would have been beside what was seen where its method builds that, else the outcome
        by the score at a threshold, else effect by dose, else its leads and lags when it has them, else the
        two groups over time. *Verdict*: its interval against no effect and the claim. *Evaluation*, or a list
        or mapping of estimates: a forest, never with an effect of all. *Study*: every unit over time for a
        panel, else how alike the groups are, as for a balance check, or two: before and after. What
        ``ik.robustness`` gives: the answer that counts above the others. *Power*: the chance of each verdict.
        *Value*: how probable it is that the effect is worth its cost. *EffectChain*: its boxes. A *column of
        values* (pandas Series) with ``areas``: a map. A picture of a report is drawn as it is.
    claim : Claim, optional
        What was promised: gives the indicator's unit and decimals; chooses one claim of a Power.
    view : str, optional
        Of an estimate of what would have been: "trend", "gap", "placebos", "weights" or "season". Of leads
        and lags: "bands", limits that hold at once. Of doses: "dose". Of a threshold: "threshold", means in
        bins of one width, or "quantiles", in bins of as many rows. Of a specification table: "curve". Of
        several effects: "forest", or in one unit "funnel". Of a study: "units" or "balance". Of a column of
        values: "map".
    language : {"sv", "en"}, optional
        The chosen one when left out.
    size : {"notebook", "column", "slide"}
        For a screen (7.2 inches wide), the width of the text on A4 (160 mm), or a slide (10 by 5.6 inches,
        letters of 16 points). Rows that a sheet has no room for are counted under the figure.
    areas : path or dict, optional
        GeoJSON with the areas of a map. The Series' index holds their codes and is named as the property that
        holds them there.

    Returns
    -------
    matplotlib Axes
        On a figure of its own, outside pyplot; ``.alt_text`` says the numbers, ``.numbers`` is a table of
        them, and ``.figure.savefig`` saves it.

    Raises
    ------
    UsageError
        If there is no figure of such a result, or not from that side.
    DataError
        If the areas cannot be read, or a code has none.

    Notes
    -----
    Nothing is hidden: the rows are the researcher's own. A report hides small groups, also from the figures
    in it; see `impactkit.render`.

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> study = ik.Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
    >>> estimate = ik.RandomisedTrial().estimate(study)
    >>> print(ik.plot(estimate, language="en").alt_text)
    Dot chart of the groups’ means. With intervention – 4.00. Comparison group – 1.50.
    >>> ik.plot({"North": estimate}, language="en", size="slide").figure.get_size_inches().tolist()
    [10.0, 5.6]
    """
    measure = _measure(claim, language or current_language())
    asked = Asked(measure=measure, claim=claim, view=view, areas=areas)
    return draw(picture_of(result, asked), size=size_of(size))


def _measure(claim: Claim | None, language: Language) -> Measure:
    catalogue = Catalogue.default()
    if claim is None or claim.indicator not in catalogue:
        return Measure(language=language)
    return Measure.of(catalogue[claim.indicator], claim, language)
