"""Whether the answer at a threshold hangs on how near to it rows must be."""

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


def bandwidths(
    study: Study, estimator: Estimator, *, factors: Sequence[float] = (0.5, 0.75, 1.5, 2.0)
) -> ThresholdAnswers:
    """Estimate with narrower and wider bandwidths, for the estimate and for its bias alike.

    Parameters
    ----------
    study : Study
        With ``running``.
    estimator : RegressionDiscontinuity
        How it was planned.
    factors : sequence of float
        What the planned bandwidths are multiplied with.

    Returns
    -------
    ThresholdAnswers
        The planned one first.

    Raises
    ------
    UsageError
        If the estimator is of another method, or a factor is not above 0.
    EstimationError
        If the planned estimator cannot answer.

    Notes
    -----
    Half the bandwidth has less bias and limits about 1.4 times as wide; twice the bandwidth the reverse. An
    effect that is there with one bandwidth only is a sign that it is the curve's bend.

    Examples
    --------
    >>> from impactkit.effects.estimators import RegressionDiscontinuity
    >>> from impactkit.effects.worlds import ThresholdScores
    >>> world = ThresholdScores()
    >>> len(bandwidths(world.study(world.draw(1)), RegressionDiscontinuity()).others)
    4
    """
    planned = estimated_at_threshold(study, estimator)
    used = settings_of(planned)
    others = [
        Otherwise(
            at=factor * used["bandwidth"],
            answer=reestimated(
                study,
                estimator_of(
                    planned, permutation=None, **{name: factor * value for name, value in used.items()}
                ),
            ),
        )
        for factor in checked(factors, "factors")
    ]
    counts = Otherwise(at=used["bandwidth"], answer=Reestimated.of(planned))
    return ThresholdAnswers(by="bandwidth", planned=counts, others=tuple(others))
