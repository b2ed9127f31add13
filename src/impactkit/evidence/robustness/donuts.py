"""Whether the answer at a threshold hangs on those nearest to it, whose scores are easiest to move."""

from __future__ import annotations

from collections.abc import Sequence

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.evidence.settings_again import estimator_of
from impactkit.evidence.threshold_answers import (
    Otherwise,
    ThresholdAnswers,
    checked,
    estimated_at_threshold,
    settings_of,
)

_SHARES = (0.05, 0.1, 0.2)


def donuts(study: Study, estimator: Estimator, *, sizes: Sequence[float] | None = None) -> ThresholdAnswers:
    """Estimate without those nearest to the threshold.

    Parameters
    ----------
    study : Study
        With ``running``.
    estimator : RegressionDiscontinuity
        How it was planned.
    sizes : sequence of float, optional
        How near to the threshold rows are left out, in the score's unit; 5, 10 and 20 % of the bandwidth when
        left out.

    Returns
    -------
    ThresholdAnswers
        The planned one first.

    Raises
    ------
    UsageError
        If the estimator is of another method, or a size is not above 0.
    EstimationError
        If the planned estimator cannot answer.

    Notes
    -----
    Bandwidths stay the planned ones, so that only the rows in the middle are gone. Limits grow fast with the
    donut: the curve is then drawn on over a gap.

    References
    ----------
    .. [1] Barreca, A. I., Lindo, J. M., & Waddell, G. R. (2016). Heaping-induced bias in
       regression-discontinuity designs. *Economic Inquiry*, 54(1).

    Examples
    --------
    >>> from impactkit.effects.estimators import RegressionDiscontinuity
    >>> from impactkit.effects.worlds import ThresholdScores
    >>> world = ThresholdScores()
    >>> found = donuts(world.study(world.draw(1)), RegressionDiscontinuity(), sizes=[0.02, 0.05])
    >>> found.tidy()["donut"].tolist()
    [0.0, 0.02, 0.05]
    """
    planned = estimated_at_threshold(study, estimator)
    used = settings_of(planned)
    tried = checked([share * used["bandwidth"] for share in _SHARES] if sizes is None else sizes, "sizes")
    others = [
        Otherwise(
            at=size,
            answer=reestimated(study, estimator_of(planned, permutation=None, donut=size, **used)),
        )
        for size in tried
    ]
    counts = Otherwise(at=float(planned.settings["donut"]), answer=Reestimated.of(planned))
    return ThresholdAnswers(by="donut", planned=counts, others=tuple(others))
