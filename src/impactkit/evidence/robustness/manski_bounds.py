"""The effect, whatever the outcomes of those who were lost."""

from __future__ import annotations

from impactkit.data.columns import Floats
from impactkit.data.study import Study
from impactkit.effects.kernels.partial_bounds import ArmSeen
from impactkit.effects.kernels.partial_bounds import manski_bounds as bounds_of
from impactkit.errors import EstimationError
from impactkit.evidence.partly_known import Arms, PartlyKnown


def manski_bounds(
    study: Study, *, least: float | None = None, most: float | None = None, level: float = 0.95
) -> PartlyKnown:
    """Return the bounds of a lottery's effect when nothing is supposed of those who were lost.

    Parameters
    ----------
    study : Study
        A cross section with ``treated``; rows without an outcome are those lost.
    least, most : float, optional
        The smallest and the largest value that the outcome can take; 0 and 1 where it is 0 or 1.
    level : float
        Confidence level of the limits.

    Returns
    -------
    PartlyKnown
        Bounds of the difference in means, limits by Imbens and Manski, and ``in_words()``.

    Raises
    ------
    EstimationError
        If the outcome has no range, or lies outside the one given; or the study has periods, weights,
        chances of assignment or strata of which different shares were drawn, or lacks an arm.

    Notes
    -----
    At worst every lost treated would have had the smallest outcome and every lost comparison the largest; at
    best the other way round [1]_. With many lost the bounds say little, and that is all the data say without
    more being supposed.

    References
    ----------
    .. [1] Manski, C. F. (1990). Nonparametric bounds on treatment effects. *American Economic Review*, 80(2).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> frame = pd.DataFrame({"y": [1, 1, 1, np.nan, 0, 0, 1, 0], "drawn": [1, 1, 1, 1, 0, 0, 0, 0]})
    >>> found = manski_bounds(Study(frame, outcome="y", treated="drawn"))
    >>> found.low, found.high
    (0.5, 0.75)
    """
    arms = Arms.of(study)
    low, high = _range(arms.outcome, least, most)
    seen = [
        ArmSeen(
            n=n,
            stayed=len(values),
            mean=float(values.mean()),
            variance=float(values.var(ddof=1)) if len(values) > 1 else 0.0,
        )
        for n, values in zip(
            arms.drawn, (arms.outcome[arms.treated], arms.outcome[~arms.treated]), strict=True
        )
    ]
    return arms.told(bounds_of(*seen, least=low, most=high), "manski", level)


def _range(outcome: Floats, least: float | None, most: float | None) -> tuple[float, float]:
    if least is None and most is None and bool(((outcome == 0) | (outcome == 1)).all()):
        return 0.0, 1.0
    if least is None or most is None:
        raise EstimationError(
            "What the lost had can only be bounded where the outcome has a smallest and a largest value.",
            where="least",
            mend="Give both: the range that the indicator can take, not the one that was seen.",
        )
    if not (least <= float(outcome.min()) and float(outcome.max()) <= most and least < most):
        raise EstimationError(
            "Outcomes from {low} to {high} lie outside the range {least} to {most}.",
            where="least",
            mend="Give the smallest and the largest value that the indicator can take.",
            values={"low": float(outcome.min()), "high": float(outcome.max()), "least": least, "most": most},
        )
    return least, most
