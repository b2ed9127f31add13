"""Outcomes less what covariates explain of them among untreated cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.donor_panel import DonorPanel
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]


def less_covariates(panel: DonorPanel, names: tuple[str, ...]) -> Floats:
    """Return outcomes less covariates times their slopes among untreated cells.

    Parameters
    ----------
    panel : DonorPanel
        Treated units and donors.
    names : tuple of str
        The covariates' names.

    Returns
    -------
    ndarray, shape (N, T)
        Outcomes as they are without covariates.

    Raises
    ------
    EstimationError
        If a covariate never changes within units, or only as all units do.

    Notes
    -----
    Slopes come from a regression with unit and period effects on cells without treatment, so that the
    effect cannot leak into them [1]_. Inference takes them as known.

    References
    ----------
    .. [1] Kranz, S. (2022). Synthetic difference-in-differences with time-varying covariates. Ulm University.
    """
    p = panel.columns.covariates.shape[1]
    if not p:
        return panel.outcomes
    N, T = panel.outcomes.shape
    X = panel.columns.covariates.reshape(N, T, p)[panel.order]
    starts = np.append(panel.starts, np.full(N - panel.n_treated, T))
    untreated = np.arange(T) < starts[:, None]
    unit, period = np.nonzero(untreated)
    late = np.eye(T)[period][:, 1:]
    cells = np.column_stack([X[untreated], late, panel.outcomes[untreated]])
    # Unit effects are taken out, period effects are columns; a covariate keeps its size from before.
    counts = np.bincount(unit, minlength=N)
    within = np.empty_like(cells)
    for k, column in enumerate(cells.T):
        within[:, k] = column - (np.bincount(unit, column, N) / counts)[unit]
    order = [*range(p, p + T - 1), *range(p)]
    norms = np.linalg.norm(cells[:, order], axis=0)
    block = Block(X=within[:, order], y=within[:, -1], clusters=unit)
    fit = least_squares([block], norms=norms)
    lost = [name for name, kept in zip(names, fit.kept[T - 1 :], strict=True) if not kept]
    if lost:
        raise EstimationError(
            "Covariates that never change within units, or only as all units do: {names}.",
            where="covariates",
            mend="Leave them out: the comparison of changes takes in all that does not change.",
            values={"names": ", ".join(lost)},
        )
    return np.asarray(panel.outcomes - X @ fit.coefficients[T - 1 :])
