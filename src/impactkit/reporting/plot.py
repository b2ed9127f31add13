"""The figure of a result: one verb for every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from impactkit.effects.estimate import Estimate
from impactkit.errors import UsageError
from impactkit.evidence.claim import Claim
from impactkit.evidence.verdict import Verdict
from impactkit.indicators import Catalogue
from impactkit.reporting.answers_picture import Answers, AnswersPicture
from impactkit.reporting.counterfactual_picture import CounterfactualPicture, View
from impactkit.reporting.drawn import Drawn, draw
from impactkit.reporting.figure_size import FigureSize, size_of
from impactkit.reporting.numbers import Measure
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, TrajectoriesPicture
from impactkit.wording import Language, current_language, say

if TYPE_CHECKING:
    from impactkit.reporting.drawing import DescribedAxes


__all__ = ["draw", "plot"]


def plot(
    result: Estimate | Verdict | Answers | Drawn,
    *,
    claim: Claim | None = None,
    view: View | Literal["bands"] | None = None,
    language: Language | None = None,
    size: FigureSize = "notebook",
) -> DescribedAxes:
    """Draw a result.

    Parameters
    ----------
    result : Estimate, Verdict, a result of ``ik.robustness`` or a picture of a report
        An estimate gives what would have been beside what was seen where its method builds that, else its
        leads and lags when it has them, else the two groups over time; a verdict its interval against no
        effect and the claim; leave-one-out, a specification table and a placebo in time the answer that
        counts above the others.
    claim : Claim, optional
        What was promised: gives the indicator's unit and decimals.
    view : {"trend", "gap", "placebos", "weights", "season", "bands"}, optional
        For an estimate of what would have been: both lines, their difference, that among the donors'
        differences, the donors' weights, or the season. For leads and lags: with limits that hold at once.
    language : {"sv", "en"}, optional
        The chosen one when left out.
    size : {"notebook", "column", "slide"}
        For a screen (7.2 inches wide), the width of the text on A4 (160 mm), or a slide (10 by 5.6 inches,
        letters of 16 points).

    Returns
    -------
    matplotlib Axes
        On a figure of its own, outside pyplot; ``.alt_text`` says the numbers and ``.figure.savefig`` saves
        it.

    Raises
    ------
    UsageError
        If there is no figure of such a result, or not from that side.

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> study = ik.Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
    >>> print(ik.plot(ik.RandomisedTrial().estimate(study), language="en").alt_text)
    Dot chart of the groups’ means. With intervention – 4.00. Comparison group – 1.50.
    """
    measure = _measure(claim, language or current_language())
    sheet = size_of(size)
    if view == "bands" and isinstance(result, Estimate):
        return draw(EventStudyPicture.of(result, measure, joint=True), size=sheet)
    if view is not None and view != "bands" and isinstance(result, Estimate):
        return draw(CounterfactualPicture.of(result, measure, view=view), size=sheet)
    return draw(_picture(result, measure, claim), size=sheet)


def _measure(claim: Claim | None, language: Language) -> Measure:
    catalogue = Catalogue.default()
    if claim is None or claim.indicator not in catalogue:
        return Measure(language=language)
    return Measure.of(catalogue[claim.indicator], claim, language)


def _picture(result: Estimate | Verdict | Answers | Drawn, measure: Measure, claim: Claim | None) -> Drawn:
    if isinstance(result, Verdict):
        heading = say("plot.interval.title", measure.language, claim=result.claim)
        return IntervalPicture(heading=heading, measure=measure, verdict=result, claim=claim)
    if isinstance(result, Estimate):
        if result.counterfactual is not None:
            return CounterfactualPicture.of(result, measure)
        has_events = any(term.event_time is not None for term in result.terms) and (
            result.cohorts is not None or any(term.group is None for term in result.terms[1:])
        )
        return (EventStudyPicture if has_events else TrajectoriesPicture).of(result, measure)
    if isinstance(result, Answers):
        return AnswersPicture.of(result, measure)
    if isinstance(result, Drawn):
        return result
    raise UsageError(
        "There is no figure of {kind}.",
        where="plot",
        mend="Give an Estimate or a Verdict.",
        values={"kind": type(result).__name__},
    )
