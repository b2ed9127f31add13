"""Thresholds that never were: an effect where no rule changes anything is no effect."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.errors import UsageError
from impactkit.evidence.at_cutoffs import inner_cutoffs, jump_of, rule_behind
from impactkit.evidence.reestimated import Reestimated
from impactkit.evidence.threshold_answers import Otherwise, ThresholdAnswers, estimated_at_threshold

_SHARES = (0.25, 0.5, 0.75)


def placebo_cutoffs(
    study: Study, estimator: Estimator, *, cutoffs: Sequence[float] | None = None
) -> ThresholdAnswers:
    """Pretend that the threshold lay elsewhere, on rows of one side of the real one alone.

    Parameters
    ----------
    study : Study
        With ``running``.
    estimator : RegressionDiscontinuity
        How it was planned.
    cutoffs : sequence of float, optional
        Pretended thresholds; the quartiles of the scores on each side when left out.

    Returns
    -------
    ThresholdAnswers
        The real one first. Of a fuzzy design the others are effects of the rule itself.

    Raises
    ------
    UsageError
        If the estimator is of another method, or a pretended threshold is the real one.
    EstimationError
        If the planned estimator cannot answer.

    Notes
    -----
    With many pretended thresholds some intervals leave out zero by chance, one in twenty.

    Examples
    --------
    >>> from impactkit.effects.estimators import RegressionDiscontinuity
    >>> from impactkit.effects.worlds import ThresholdScores
    >>> world = ThresholdScores()
    >>> found = placebo_cutoffs(world.study(world.draw(1)), RegressionDiscontinuity(), cutoffs=[-0.4, 0.4])
    >>> found.tidy()["cutoff"].tolist()
    [0.0, -0.4, 0.4]
    """
    planned = estimated_at_threshold(study, estimator)
    rule, score = rule_behind(planned), study.columns.running
    assert score is not None
    treated = rule.treats(score)
    if cutoffs is None:
        tried = [*inner_cutoffs(score[treated], _SHARES), *inner_cutoffs(score[~treated], _SHARES)]
    else:
        tried = [float(cutoff) for cutoff in np.atleast_1d(np.asarray(cutoffs, dtype=float))]
    if rule.cutoff in tried or not tried:
        raise UsageError(
            "A pretended threshold is not the real one, {cutoff:g}.",
            where="cutoffs",
            mend="Give scores on one side of it.",
            values={"cutoff": rule.cutoff},
        )
    others = []
    for cutoff in sorted(tried):
        side = treated if bool(rule.treats(np.array([cutoff]))[0]) else ~treated
        answer = jump_of(study, planned, rows=side, cutoff=cutoff, donut=0.0)
        others.append(Otherwise(at=cutoff, answer=answer))
    counts = Otherwise(at=rule.cutoff, answer=Reestimated.of(planned))
    return ThresholdAnswers(by="cutoff", planned=counts, others=tuple(others))
