"""Group-time effects: which cohort, period, base and controls each is made of, and the unadjusted kind."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.cohort_means import CohortMeans

Control: TypeAlias = Literal["never", "not_yet"]
Base: TypeAlias = Literal["varying", "universal"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The group-time effects of a staggered design.

    Parameters
    ----------
    arm : ndarray of int, shape (K,)
        The cohort.
    period, base : ndarray of int, shape (K,)
        Codes of the period and of the one it is compared with.
    controls : ndarray of bool, shape (K, A)
        The cohorts compared with.
    is_post : ndarray of bool, shape (K,)
        Whether the period is treated.
    """

    arm: Labels
    period: Labels
    base: Labels
    controls: Flags
    is_post: Flags

    def take(self, kept: Flags | Labels) -> Cells:
        """Return some of the cells."""
        return Cells(**{f.name: getattr(self, f.name)[kept] for f in fields(self)})

    def __len__(self) -> int:
        return len(self.arm)


def group_time_cells(
    starts: Floats,
    periods: Floats,
    *,
    control: Control = "never",
    anticipation: float = 0.0,
    base: Base = "varying",
) -> Cells:
    """List the group-time effects.

    Parameters
    ----------
    starts : ndarray, shape (A,)
        First treated period of each cohort, inf for never.
    periods : ndarray, shape (T,)
        Period values, in order.
    control : {"never", "not_yet"}
        Cohorts compared with: those that start after the data (and the anticipation of their start), or
        those that have not started yet in either period.
    anticipation : float
        How long before the start effects may come, in the unit of the periods.
    base : {"varying", "universal"}
        What periods before the start are compared with: the period before each, or the last one before the
        start and its anticipation, as periods after the start are.

    Returns
    -------
    Cells
        By cohort, then by period. Cohorts without a base period have none. Cohorts that start so soon after
        the data that effects may have come early have no treated cells, and are no controls either.

    References
    ----------
    .. [1] Callaway, B., & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods.
       *Journal of Econometrics*, 225(2), section 2.

    Examples
    --------
    >>> cells = group_time_cells(np.array([3.0, np.inf]), np.array([1.0, 2, 3]))
    >>> cells.period.tolist(), cells.base.tolist(), cells.is_post.tolist()
    ([1, 2], [0, 1], [False, True])
    """
    last, codes = periods[-1], np.arange(len(periods))
    cohorts = np.flatnonzero(starts <= last + anticipation)
    began = starts[cohorts, None]
    n_early = np.count_nonzero(periods + anticipation < began, axis=1)[:, None]
    after = periods >= began
    bases = np.where(after | (base == "universal"), n_early - 1, codes - 1)
    found = np.nonzero((n_early > 0) & (bases >= 0) & (bases != codes))
    arm, period, compared = cohorts[found[0]], found[1], bases[found]
    if control == "never":
        never = starts > last + anticipation
        controls = np.empty((len(arm), len(starts)), dtype=np.bool_)
        controls[:] = never
    else:
        latest = periods[np.maximum(period, compared)]
        controls = starts > (latest + anticipation)[:, None]
    controls[np.arange(len(arm)), arm] = False
    return Cells(arm=arm, period=period, base=compared, controls=controls, is_post=after[found])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellEffects:
    """Group-time effects and what each unit's features weigh in them.

    Parameters
    ----------
    points : ndarray, shape (K,)
        The effects, in the outcome's unit; nan where a cell cannot be estimated.
    coefficients : ndarray, shape (A, r, K)
        Weights of the features, by cohort.
    """

    points: Floats
    coefficients: Floats


def unadjusted_effects(cells: Cells, reduced: CohortMeans) -> CellEffects:
    """Return group-time effects as differences of cohort means of a balanced panel.

    Parameters
    ----------
    cells : Cells
        Which; each with at least one unit among its controls.
    reduced : CohortMeans
        The panel.

    Returns
    -------
    CellEffects
        For the features of ``reduced``: deviations by period, then the weight.

    Notes
    -----
    ``ATT(g, t) = (mean_g[t] - mean_g[b]) - (mean_c[t] - mean_c[b])`` with ``c`` all controls together. A
    unit of cohort ``g`` moves it by its deviation in ``t`` less that in ``b`` over the cohort's mass; one of
    the controls by minus its deviation from the *pooled* mean, which is its deviation from its own cohort's
    and the constant by which the two means differ. So the influence of all units on all effects is one
    product with the features [1]_.

    References
    ----------
    .. [1] Callaway, B., & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods.
       *Journal of Econometrics*, 225(2), theorem 2.
    """
    K, (A, T) = len(cells), reduced.means.shape
    k = np.arange(K)
    changes = (reduced.means[:, cells.period] - reduced.means[:, cells.base]).T  # (K, A)
    masses = np.where(cells.controls, reduced.masses, 0.0)
    pooled = masses.sum(axis=1)
    control_change = (masses * changes).sum(axis=1) / pooled
    weights = np.where(cells.controls, -1 / pooled[:, None], 0.0)
    weights[k, cells.arm] = 1 / reduced.masses[cells.arm]
    coefficients = np.zeros((A, T + 1, K))
    coefficients[:, cells.period, k] = weights.T
    coefficients[:, cells.base, k] -= weights.T
    gaps = np.where(cells.controls, changes - control_change[:, None], 0.0)
    coefficients[:, T] = (weights * gaps).T
    return CellEffects(points=changes[k, cells.arm] - control_change, coefficients=coefficients)
