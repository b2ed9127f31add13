"""Two-stage least squares, limited information and how strong instruments are: array mathematics."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import eigh
from scipy.stats import ncx2

from impactkit.effects.kernels.arrays import Floats

_WORST_BIAS = 0.10
_LEVEL = 0.95


class Structural(NamedTuple):
    """A coefficient found by instruments.

    Parameters
    ----------
    coefficient : float
        What one unit more of the regressor does to the outcome.
    score : ndarray, shape (n,)
        What each row's structural error weighs in the error of the coefficient.
    errors : ndarray, shape (n,)
        Structural errors: the outcome less what the regressor itself, not its fit, says.
    added : ndarray, shape (n, 2)
        What each row adds to the coefficient's numerator and, as shares that sum to 1, to its denominator.
    kappa : float
        1 for two-stage least squares.
    """

    coefficient: float
    score: Floats
    errors: Floats
    added: Floats
    kappa: float


def structural(outcome: Floats, regressor: Floats, fitted: Floats, *, kappa: float = 1.0) -> Structural:
    """Return the k-class coefficient of a regressor that is moved by instruments.

    Parameters
    ----------
    outcome, regressor : ndarray, shape (n,)
        Cleared of what is adjusted for, times root weights.
    fitted : ndarray, shape (n,)
        The regressor's fit by the instruments, cleared in the same way.
    kappa : float
        1 for two-stage least squares; see `limited_information`.

    Returns
    -------
    Structural
        nan where the fit does not vary.

    Notes
    -----
    ``b = d'(I - k M) y / d'(I - k M) d`` with ``M`` the residual maker of the instruments [1]_.

    References
    ----------
    .. [1] Hayashi, F. (2000). *Econometrics*, section 8.6.

    Examples
    --------
    >>> moved = np.array([-1.0, -1.0, 1.0, 1.0])
    >>> found = structural(np.array([-3.0, -1.0, 1.0, 3.0]), moved, moved)
    >>> found.coefficient, found.errors.tolist()
    (2.0, [-1.0, 1.0, -1.0, 1.0])
    """
    part = (1.0 - kappa) * regressor + kappa * fitted
    scale = float(part @ regressor)
    with np.errstate(divide="ignore", invalid="ignore"):
        coefficient = float(np.float64(part @ outcome) / scale)
        score = part / scale
        added = np.column_stack([score * outcome, score * regressor])
    return Structural(coefficient, score, outcome - coefficient * regressor, added, kappa)


def limited_information(both: Floats, unexplained: Floats) -> float:
    """Return the k of limited information maximum likelihood.

    Parameters
    ----------
    both : ndarray, shape (n, 2)
        Outcome and regressor, cleared of what is adjusted for.
    unexplained : ndarray, shape (n, 2)
        What the instruments leave of them.

    Returns
    -------
    float
        The smallest root, at least 1; 1 with a single instrument, and where nothing is left unexplained.

    References
    ----------
    .. [1] Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a
       complete system of stochastic equations. *Annals of Mathematical Statistics*, 20(1).

    Examples
    --------
    >>> both = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> round(limited_information(both, both / 2), 12)
    4.0
    """
    try:
        return float(eigh(both.T @ both, unexplained.T @ unexplained, eigvals_only=True)[0])
    except np.linalg.LinAlgError:
        return 1.0


class Strength(NamedTuple):
    """How strongly instruments move the regressor.

    Parameters
    ----------
    effective_f : float
        Montiel Olea and Pflueger's F; with one instrument the robust first-stage F.
    critical : float
        Below it the bias of two-stage least squares may be above a tenth of the worst there is, at 5 %.
    """

    effective_f: float
    critical: float

    @property
    def is_weak(self) -> bool:
        """Whether instruments cannot be told from weak ones."""
        return not self.effective_f > self.critical


def strength(first_stage: Floats, gram: Floats, covariance: Floats) -> Strength:
    """Return the effective F of a first stage.

    Parameters
    ----------
    first_stage : ndarray, shape (q,)
        Coefficients of the instruments.
    gram : ndarray, shape (q, q)
        Of the instruments, cleared of what is adjusted for.
    covariance : ndarray, shape (q, q)
        Of the coefficients, robust.

    Returns
    -------
    Strength
        With the critical value of the paper's simplified test for a bias of a tenth.

    References
    ----------
    .. [1] Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. *Journal of
       Business & Economic Statistics*, 31(3), theorem 1 and section 3.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> found = strength(np.array([5.0]), one, one)
    >>> found.effective_f, round(found.critical, 1)
    (25.0, 23.1)
    """
    root = np.linalg.cholesky(gram)
    W = root.T @ covariance @ root
    total = float(np.trace(W))
    x = 1.0 / _WORST_BIAS
    largest = float(np.linalg.eigvalsh(W)[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        f = float(np.float64(first_stage @ gram @ first_stage) / total)
        free = float(total**2 * (1 + 2 * x) / np.float64((W * W).sum() + 2 * x * total * largest))
    return Strength(f, float(ncx2.ppf(_LEVEL, free, x * free)) / free)
