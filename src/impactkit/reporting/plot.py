"""The figure of a result: one verb for every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.effects.estimate import Estimate
from impactkit.errors import UsageError
from impactkit.evidence.claim import Claim
from impactkit.evidence.verdict import Verdict
from impactkit.indicators import Catalogue
from impactkit.reporting.answers_picture import Answers, AnswersPicture
from impactkit.reporting.numbers import Measure
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, Picture, TrajectoriesPicture
from impactkit.wording import Language, current_language, say

if TYPE_CHECKING:
    from impactkit.reporting.drawing import DescribedAxes


Drawn = Picture | AnswersPicture


def plot(
    result: Estimate | Verdict | Answers | Drawn,
    *,
    claim: Claim | None = None,
    language: Language | None = None,
) -> DescribedAxes:
    """Draw a result.

    Parameters
    ----------
    result : Estimate, Verdict, a result of ``ik.robustness`` or a picture of a report
        An estimate gives its leads and lags when it has them, else the two groups over time; a verdict its
        interval against no effect and the claim; leave-one-out, a specification table and a placebo in time
        the answer that counts above the others.
    claim : Claim, optional
        What was promised: gives the indicator's unit and decimals.
    language : {"sv", "en"}, optional
        The chosen one when left out.

    Returns
    -------
    matplotlib Axes
        On a figure of its own, outside pyplot; ``.alt_text`` says the numbers and ``.figure.savefig`` saves
        it.

    Raises
    ------
    UsageError
        If there is no figure of such a result.

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> study = ik.Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
    >>> print(ik.plot(ik.RandomisedTrial().estimate(study), language="en").alt_text)
    Dot chart of the groups’ means. With intervention – 4.00. Comparison group – 1.50.
    """
    picture = _picture(result, _measure(claim, language or current_language()), claim)
    return draw(picture)


def draw(picture: Drawn) -> DescribedAxes:
    """Draw a picture.

    Parameters
    ----------
    picture : IntervalPicture, TrajectoriesPicture, EventStudyPicture or AnswersPicture
        What to show.

    Returns
    -------
    matplotlib Axes
        With ``alt_text``.
    """
    from impactkit.reporting import plots

    if isinstance(picture, IntervalPicture):
        return plots.verdict_interval(picture)
    if isinstance(picture, EventStudyPicture):
        return plots.event_study(picture)
    if isinstance(picture, AnswersPicture):
        return plots.answers(picture)
    return plots.trajectories(picture)


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
