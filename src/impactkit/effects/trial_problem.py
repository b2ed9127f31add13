"""The regression of a lottery: arms within strata, with covariates, chances and what was drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags, Floats
from impactkit.effects.describe import assignment_of, clusters_of, marked
from impactkit.effects.kernels.lottery_means import Drawn
from impactkit.effects.linear import LinearProblem, Rows, whole_clusters
from impactkit.effects.lottery import drawn_of
from impactkit.effects.regression import NUMBERS_AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialDesign:
    """How the arms of a lottery are compared.

    Parameters
    ----------
    design : ndarray, shape (n, 1 + p)
        A one and the covariates adjusted for, centred.
    names : tuple of str
        Names of the covariates.
    by_share : bool
        Whether each stratum weighs its share of all; else its precision, as its own intercept makes it.
    interacted : bool
        Whether slopes differ between the arms.
    arms : ndarray of int, shape (n,), optional
        0 for the arm compared with and 1, 2, ... for the others; as ``treated`` says when left out.
    """

    design: Floats
    names: tuple[str, ...] = ()
    by_share: bool = False
    interacted: bool = False
    arms: Codes | None = None

    @property
    def n_arms(self) -> int:
        """How many arms are compared with one."""
        return 1 if self.arms is None else int(self.arms.max())


def trial_problem(columns: Columns, how: TrialDesign, *, last: int = 1) -> LinearProblem:
    """Return the regression whose last effect is that of being assigned.

    Parameters
    ----------
    columns : Columns
        A row for each person or unit, with treated and comparison rows.
    how : TrialDesign
        Strata and covariates.
    last : int
        The arm whose effect is the last one.

    Returns
    -------
    LinearProblem
        The treatment alone, or after its products with centred strata and covariates; other arms before it.
        Only the effect of ``last`` is asked about.
    """
    clusters, by_row = clusters_of(columns)
    treated = columns.treated
    assert treated is not None
    strata, S = _strata(columns)
    root = _root(columns, treated)
    shares = np.average(_dummies(strata, S), axis=0, weights=columns.weight) if how.by_share else None
    p = how.design.shape[1] - 1
    order = [*(arm for arm in range(1, how.n_arms + 1) if arm != last), last]
    K = how.n_arms * (1 + (p if how.interacted else 0) + (S - 1 if how.by_share else 0))

    def build(piece: slice) -> Rows:
        y, one, x = columns.outcome[piece], how.design[piece, :1], how.design[piece, 1:]
        dummies = one if S == 1 else _dummies(strata[piece], S)
        others = np.hstack([dummies, x])
        parts = [] if shares is None else [dummies[:, 1:] - shares[1:]]
        bases = np.hstack([*parts, x, one]) if how.interacted else np.hstack([*parts, one])
        if how.arms is not None:
            bases = np.hstack([bases * (how.arms[piece] == arm)[:, None] for arm in order])
        if root is not None:
            w = root[piece]
            y, others, bases = y * w, others * w[:, None], bases * w[:, None]
        return Rows(outcome=y, others=others, bases=bases, treated=treated[piece], clusters=clusters[piece])

    G = int(clusters.max()) + 1
    return LinearProblem(
        pieces=whole_clusters(clusters, rows_at_once=max(NUMBERS_AT_ONCE // (S + p + K), 4096)),
        build=build,
        names=(*(f"stratum {s}" for s in range(S)), *how.names),
        n_effects=K,
        n_rows=len(clusters),
        n_parameters=S + p + K,
        by_row=by_row,
        n_clusters=G,
        cluster_treated=int(marked(clusters, treated, n=G).sum()),
        cluster_comparison=int(marked(clusters, ~treated, n=G).sum()),
        outcome_scale=max(float(columns.outcome.max()), -float(columns.outcome.min())),
        contrasts=np.eye(K)[-1:] if K > 1 else None,
        drawn=None if p else lambda: _drawn(columns, how.arms, last),
    )


def _drawn(columns: Columns, arms: Codes | None, last: int) -> Drawn:
    """Return what was drawn: of an arm and the one it is compared with, where there are several."""
    if arms is None:
        return drawn_of(columns, assignment_of(columns))
    pair = (arms == 0) | (arms == last)
    kept, clusters = columns.take(pair), clusters_of(columns)[0]
    law = assignment_of(kept)
    told = np.zeros(len(law.treated), dtype=np.int64)
    told[law.units] = clusters[pair]
    n = int(clusters.max()) + 1
    return replace(drawn_of(kept, law), clusters=told, n_clusters=n, masses=stratum_masses(columns))


def stratum_masses(columns: Columns) -> Floats:
    """Return the weight of the rows of each stratum, shape (S,).

    Parameters
    ----------
    columns : Columns
        The rows.

    Returns
    -------
    ndarray, shape (S,)
        One stratum where there are none.
    """
    return np.bincount(_strata(columns)[0], columns.weight).astype(np.float64)


def _strata(columns: Columns) -> tuple[Codes, int]:
    if columns.stratum is None:
        return np.zeros(len(columns.outcome), dtype=np.int64), 1
    return columns.stratum, int(columns.stratum.max()) + 1


def _root(columns: Columns, treated: Flags) -> Floats | None:
    """Return what rows are multiplied by: the root of their weight over the chance of their own arm."""
    weight = columns.weight
    if columns.probability is not None:
        own = np.where(treated, columns.probability, 1 - columns.probability)
        weight = 1 / own if weight is None else weight / own
    return None if weight is None else np.sqrt(weight)


def _dummies(strata: Codes, S: int) -> Floats:
    dummies = np.zeros((len(strata), S), order="F")
    dummies[np.arange(len(strata)), strata] = 1.0
    return dummies
