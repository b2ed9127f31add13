"""Designs whose chances need no simulation: how precise they are follows from how units vary."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from impactkit.data.columns import Columns
from impactkit.effects.estimate import Estimate
from impactkit.plans.panel_noise import PanelNoise
from impactkit.plans.planned_study import PlannedStudy
from impactkit.plans.power_draws import Chain, Noise
from impactkit.plans.row_noise import RowNoise

_ENOUGH_BEYOND = 25  # assignments beyond the level: with fewer the steps of the permutation test are felt
_FEWEST_DF = 20  # with fewer, limits and permutation disagree often enough to cost chances: that is simulated


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How precisely a design will estimate its effect.

    Parameters
    ----------
    spread : float
        Standard deviation of the estimate, in the outcome's unit.
    df : float
        Degrees of freedom of its estimated standard error.
    """

    spread: float
    df: float


def known_precision(chain: Chain, first: Estimate, *, level: float) -> Precision | None:
    """Return how precise a design will be, where that can be written down.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.
    first : Estimate
        Of any outcomes: degrees of freedom rest on the design alone.
    level : float
        Confidence level of the limits.

    Returns
    -------
    Precision or None
        For a trial of people or of clusters of one size, compared by means, and for difference in differences
        in a balanced panel without covariates, both with CR2 or HC2; None for all else, and for so few units
        (degrees of freedom below 20) that the permutation test beside the limits costs chances.

    Notes
    -----
    A trial with ``n`` people in stratum ``s``, a share ``p`` of them treated, has the variance
    ``spread**2 / sum(n p (1 - p))``; clusters of ``m`` people multiply it with the design effect
    ``1 + (m - 1) icc`` [1]_. In a panel the units' changes take the place of people.

    References
    ----------
    .. [1] Donner, A., & Klar, N. (2000). *Design and Analysis of Cluster Randomization Trials in Health
       Research*. Arnold, chapter 5.
    """
    planned, estimator, noise = chain.planned, chain.estimator, chain.noise
    settings, columns = estimator.model_dump(mode="json"), planned.study.columns
    inference = settings.get("inference") or {}
    test = first.permutation
    if inference.get("method") != "cluster_robust" or inference.get("kind", "CR2") not in ("CR2", "HC2"):
        return None
    if test is None or test.n_assignments < math.ceil(2 * _ENOUGH_BEYOND / (1 - level) - 1e-6):
        return None
    found = first.interval
    if columns.weight is not None or not (found.std_error > 0 and found.df >= _FEWEST_DF):
        return None
    variance = _KNOWN.get(estimator.method, _unknown)(columns, planned, noise, settings)
    return None if variance is None else Precision(spread=math.sqrt(variance), df=found.df)


def _unknown(
    columns: Columns, planned: PlannedStudy, noise: Noise | None, settings: dict[str, object]
) -> None:
    return None


def _trial(
    columns: Columns, planned: PlannedStudy, noise: Noise | None, settings: dict[str, object]
) -> float | None:
    if not isinstance(noise, RowNoise) or settings.get("adjustment") != "none" or columns.treated is None:
        return None
    stratum = np.zeros(len(columns.outcome), dtype=np.int64) if columns.stratum is None else columns.stratum
    size = 1
    if columns.cluster is not None:
        sizes = np.unique(columns.cluster, return_counts=True)[1]
        mixed = (
            np.unique(columns.cluster[columns.treated]).size
            + np.unique(columns.cluster[~columns.treated]).size
        )
        if len(set(sizes.tolist())) > 1 or columns.stratum is not None or mixed > len(sizes):
            return None
        size = int(sizes[0])
    n = np.bincount(stratum).astype(float)
    treated = np.bincount(stratum, columns.treated)
    information = float((treated * (n - treated) / np.maximum(n, 1)).sum())
    effect = 1 + (size - 1) * noise.between_clusters
    return noise.spread**2 * effect / information if information > 0 else None


def _two_groups(
    columns: Columns, planned: PlannedStudy, noise: Noise | None, settings: dict[str, object]
) -> float | None:
    if not isinstance(noise, PanelNoise) or not columns.is_regular or columns.covariates.shape[1]:
        return None
    by_unit = columns.by_unit
    if by_unit.treated is None or len(np.unique(noise.cluster)) < len(by_unit.outcome):
        return None
    if columns.stratum is not None:
        return None
    before = int((columns.periods < planned.start).sum())
    if before != noise.n_before:
        return None
    n_after = len(columns.periods) - before
    n_treated = int(by_unit.treated.sum())
    n_comparison = len(by_unit.treated) - n_treated
    return noise.contrast_spread(n_after) ** 2 * (1 / n_treated + 1 / n_comparison)


_KNOWN: dict[str, Callable[..., float | None]] = {
    "randomised_trial": _trial,
    "difference_in_differences": _two_groups,
}
