"""The permutation test of a staggered design: the same starts given to other units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.effects.describe import dense
from impactkit.effects.inference import Permutation
from impactkit.effects.kernels.cohort_assignment import CohortReduction, CohortTables
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.staggered import Staggered
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_ROUNDING = 1e-13


def cohort_test(
    design: Staggered, contrasts: Callable[[], Floats], settings: Permutation | None
) -> PermutationTest | None:
    """Return the permutation test of an average effect.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    contrasts : callable
        Returns what each cohort's mean in each period weighs in the average, shape (A, T).
    settings : Permutation, optional
        Draws and seed; None for no test.

    Returns
    -------
    PermutationTest or None
        Nothing is summed or drawn before a p-value is asked for.

    Notes
    -----
    The statistic is the same combination of cohort means under every assignment. Covariates are taken out
    first, period by period over all rows, which no assignment changes: that statistic differs from an
    adjusted estimate by the covariates' sampling error only, and any statistic gives a valid test.
    """
    if settings is None:
        return None
    assigned = _assigned(design)
    strata = _strata(design, assigned)

    def tables() -> CohortTables:
        return _tables(design, assigned.of_row(design), contrasts())

    part = CohortReduction(tables=tables, observed=assigned.arms, strata=strata)
    treated = int(design.treated[assigned.arms].sum())
    law = Message(
        f"inference.law.starts_{assigned.what}{'_in_strata' if design.columns.stratum is not None else ''}",
        {"n": len(assigned.arms), "treated": treated},
    )
    return PermutationTest(parts=(part,), draws=settings.draws, seed=settings.seed, law=law)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Assigned:
    """What the starts were given to: the cohort of each, and what they are."""

    arms: Codes
    what: Literal["clusters", "units", "rows"]

    def of_row(self, design: Staggered) -> Codes:
        """Return the unit of assignment of each row."""
        rows = design.unit_of_row
        return design.unit_clusters[rows] if self.what == "clusters" else rows


def _assigned(design: Staggered) -> _Assigned:
    arms = design.unit_arms
    if design.columns.cluster is not None:
        clusters = design.unit_clusters
        low, high = (np.full(int(clusters.max()) + 1, value) for value in (np.iinfo(np.int64).max, -1))
        np.minimum.at(low, clusters, arms)
        np.maximum.at(high, clusters, arms)
        if bool((low == high).all()):
            return _Assigned(arms=low, what="clusters")
    return _Assigned(arms=arms, what="units" if design.is_panel else "rows")


def _strata(design: Staggered, assigned: _Assigned) -> Codes:
    columns = design.columns
    if columns.stratum is None and (design.is_panel or assigned.what == "clusters"):
        return np.zeros(len(assigned.arms), dtype=np.int64)
    units = assigned.of_row(design)
    strata = np.zeros(len(units), dtype=np.int64) if columns.stratum is None else columns.stratum
    if not design.is_panel and assigned.what == "rows":
        assert columns.period is not None
        # Rows of repeated cross sections were drawn period by period.
        strata = strata * len(design.periods) + columns.period
    found = np.zeros(len(assigned.arms), dtype=np.int64)
    found[units] = strata
    if bool((found[units] != strata).any()):
        raise EstimationError(
            "A stratum changes within a unit of assignment.",
            where="stratum",
            mend="Give each unit (or cluster) of assignment one stratum.",
        )
    return dense(found)


def _tables(design: Staggered, units: Codes, contrasts: Floats) -> CohortTables:
    columns, T = design.columns, len(design.periods)
    assert columns.period is not None
    weights = np.ones(len(units)) if columns.weight is None else columns.weight
    exposure = (design.starts[design.arms] <= columns.time).astype(np.float64)
    values = np.column_stack([columns.outcome, exposure])
    if design.is_panel:
        mass = np.bincount(design.unit_of_row, weights)
        for column in values.T:
            means = np.bincount(design.unit_of_row, weights * column) / mass
            column -= means[design.unit_of_row]
        # Outcomes that never vary within units must not be ranked by their rounding.
        values[np.abs(values[:, 0]) <= _ROUNDING * np.abs(columns.outcome).max(), 0] = 0.0
    if columns.covariates.shape[1]:
        values = _less_covariates(values, columns.covariates, columns.period, weights)
    cell, G = units * T + columns.period, int(units.max()) + 1
    sums, exposures, masses = (
        np.bincount(cell, weights * column, G * T).astype(np.float64).reshape(G, T)
        for column in (values[:, 0], values[:, 1], np.ones(len(cell)))
    )
    return CohortTables(sums=sums, exposures=exposures, masses=masses, contrasts=contrasts)


def _less_covariates(values: Floats, covariates: Floats, period: Codes, weights: Floats) -> Floats:
    """Return values less what covariates explain of them among all rows of a period."""
    left = values.copy()
    for t in np.unique(period):
        here = period == t
        rooted = np.sqrt(weights[here])[:, None]
        X = np.column_stack([np.ones(int(here.sum())), covariates[here]])
        slopes = np.linalg.lstsq(X * rooted, values[here] * rooted, rcond=None)[0]
        left[here] = values[here] - X @ slopes
    return left
