"""The groups before the start, and how far apart they are."""

from __future__ import annotations

import numpy as np

from impactkit.data.columns import Columns, Floats
from impactkit.data.study import Study


def at_baseline(study: Study) -> Columns:
    """Return the rows from before the first start; all of them where nothing says when it was.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    Columns
        Its arrays.
    """
    columns = study.columns
    if columns.period is None or columns.cohort is None:
        return columns
    before = columns.time < columns.cohort.min()
    return columns.take(before)


def standardised_gaps(values: Floats, columns: Columns) -> Floats:
    """Return how far apart the groups' means are, in standard deviations within groups.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        A column a covariate.
    columns : Columns
        Who is treated, and the weights.

    Returns
    -------
    ndarray, shape (p,)
        Treated less comparison over the root of the mean of both variances; inf where nothing varies within
        groups that differ.

    References
    ----------
    .. [1] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*, section 14.2.
    """
    assert columns.treated is not None
    weight = np.ones(len(values)) if columns.weight is None else columns.weight
    means, variances = [], []
    for group in (columns.treated, ~columns.treated):
        mean = np.average(values[group], axis=0, weights=weight[group])
        means.append(mean)
        variances.append(np.average((values[group] - mean) ** 2, axis=0, weights=weight[group]))
    spread = np.sqrt((variances[0] + variances[1]) / 2)
    gap = means[0] - means[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(spread > 0, gap / spread, np.where(gap == 0, 0.0, np.inf))
    return found
