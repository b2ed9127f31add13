"""How much of an effect each row of a study gets."""

from __future__ import annotations

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.ruled import given_by_rule
from impactkit.evidence.treated_after import treated_after


def effect_column(study: Study, estimator: Estimator, start: float) -> Floats:
    """Return how much of the effect each row gets, shape (n,).

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        Whose effect it is: per unit of dose, or on those eligible.
    start : float
        First treated period, where the study does not say.

    Returns
    -------
    ndarray, shape (n,)
        0 for rows that are not treated when they are measured.
    """
    by_rule = given_by_rule(study, estimator)
    if by_rule is not None:
        return by_rule
    columns = study.columns
    now = treated_after(study, start=start).astype(float)
    if estimator.method == "triple_difference" and columns.eligible is not None:
        now *= columns.eligible
    if estimator.method == "continuous_dose" and columns.dose is not None:
        now *= columns.dose
    return now
