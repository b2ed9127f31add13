"""How much of an effect each row of a study gets."""

from __future__ import annotations

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.effects.kernels.arrays import Floats


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
    columns = study.columns
    n = len(columns.outcome)
    if columns.path is not None:
        now = columns.path.astype(float)
    elif columns.cohort is not None and bool(np.isfinite(columns.cohort).any()):
        now = (columns.time >= columns.cohort).astype(float)
    elif columns.period is None:
        assert columns.treated is not None
        now = columns.treated.astype(float)
    else:
        now = (columns.time >= start).astype(float)
        now *= np.ones(n) if columns.treated is None else columns.treated
    if estimator.method == "triple_difference" and columns.eligible is not None:
        now *= columns.eligible
    if estimator.method == "continuous_dose" and columns.dose is not None:
        now *= columns.dose
    return now
