"""Effects that Anderson and Rubin's test does not reject, however weak the instruments are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.linalg import eig

from impactkit.effects.kernels.arrays import Floats

_REAL = 1e-7  # a root whose imaginary part is no larger a share of it is a real one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReducedForms:
    """What instruments do to outcome and regressor.

    Parameters
    ----------
    outcome, regressor : ndarray, shape (q,)
        Coefficients of the instruments.
    outcome_errors, regressor_errors : ndarray, shape (G, q)
        Each cluster's contribution to their errors.
    """

    outcome: Floats
    regressor: Floats
    outcome_errors: Floats
    regressor_errors: Floats

    def statistic(self, effect: float) -> float:
        """Return the test of an effect: what the instruments do to the outcome beyond it, in its own errors.

        Parameters
        ----------
        effect : float
            Of one unit more of the regressor.

        Returns
        -------
        float
            Chi-squared with ``q`` degrees of freedom in large samples.
        """
        beyond = self.outcome - effect * self.regressor
        errors = self.outcome_errors - effect * self.regressor_errors
        return float(beyond @ np.linalg.lstsq(errors.T @ errors, beyond, rcond=None)[0])

    def not_rejected(self, critical: float) -> tuple[tuple[float, float], ...]:
        """Return the effects whose statistic is at most a critical value.

        Parameters
        ----------
        critical : float
            Above 0.

        Returns
        -------
        tuple of (low, high)
            In order, none of them touching; empty where every effect is rejected, one from -inf to inf where
            none is.

        Notes
        -----
        An effect ``b`` is not rejected when ``critical V(b) - g(b) g(b)'`` is positive semidefinite, with
        ``g`` linear and ``V`` quadratic in ``b``. The ends are real roots of its determinant: eigenvalues of
        a pencil twice as large. No grid is searched.

        Examples
        --------
        >>> one = np.array([[1.0]])
        >>> forms = ReducedForms(
        ...     outcome=np.array([4.0]), regressor=np.array([2.0]),
        ...     outcome_errors=one, regressor_errors=0 * one,
        ... )
        >>> [tuple(round(end, 6) for end in part) for part in forms.not_rejected(4.0)]
        [(1.0, 3.0)]
        """
        scale = self._scale()
        ends = self._ends(critical, scale)
        edges = [-math.inf, *ends, math.inf]
        kept: list[tuple[float, float]] = []
        for low, high in pairwise(edges):
            if not self.statistic(_inside(low, high, scale)) <= critical:
                continue
            if kept and kept[-1][1] == low:
                kept[-1] = (kept[-1][0], high)
            else:
                kept.append((low, high))
        return tuple(kept)

    def smallest(self) -> tuple[float, float]:
        """Return the effect that is rejected least, and its statistic.

        Returns
        -------
        effect, statistic : float
            By golden sections between the ends of ever smaller sets; with one instrument the ratio, and 0.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            if len(self.outcome) == 1:
                return float(self.outcome[0] / self.regressor[0]), 0.0
        low, high = 0.0, self.statistic(0.0)
        found = (0.0, high)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            parts = self.not_rejected(middle) if middle > 0 else ()
            if not parts:
                low = middle
                continue
            at = min((_inside(*part, self._scale()) for part in parts), key=self.statistic)
            found = min(found, (at, self.statistic(at)), key=lambda pair: pair[1])
            high = min(middle, found[1])
        return found

    def _scale(self) -> float:
        """Return a unit for effects in which the two forms are of one size."""
        over = math.hypot(float(np.linalg.norm(self.outcome)), float(np.linalg.norm(self.outcome_errors)))
        under = math.hypot(
            float(np.linalg.norm(self.regressor)), float(np.linalg.norm(self.regressor_errors))
        )
        return over / under if over > 0 and under > 0 else 1.0

    def _ends(self, critical: float, scale: float) -> list[float]:
        a, b = self.outcome / scale, -self.regressor
        A, B = self.outcome_errors / scale, -self.regressor_errors
        constant = critical * A.T @ A - np.outer(a, a)
        linear = critical * (A.T @ B + B.T @ A) - np.outer(a, b) - np.outer(b, a)
        square = critical * B.T @ B - np.outer(b, b)
        q, none, one = len(a), np.zeros_like(constant), np.eye(len(a))
        left = np.block([[none, one], [-constant, -linear]])
        right = np.block([[one, none], [none, square]])
        with np.errstate(divide="ignore", invalid="ignore"):
            over, under = eig(left, right, right=False, homogeneous_eigvals=True)
            roots = over / under
        finite = roots[np.isfinite(roots)]
        real = finite.real[np.abs(finite.imag) <= _REAL * (1 + np.abs(finite.real))]
        return sorted(set((real * scale).tolist()))[: 2 * q]


_HALVINGS = 60


def _inside(low: float, high: float, scale: float) -> float:
    """Return a value between two ends, of which one or both may be infinite."""
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(low):
        return high - scale - abs(high)
    if math.isinf(high):
        return low + scale + abs(low)
    return (low + high) / 2
