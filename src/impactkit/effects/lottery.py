"""A lottery as it was drawn: its units, strata and chances, and the lot drawn again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from impactkit.data.columns import Codes, Columns, Floats
from impactkit.effects.describe import Assignment, assignment_of, clusters_of, dense
from impactkit.effects.inference import Permutation
from impactkit.effects.kernels.lottery_assignment import LotteryReduction
from impactkit.effects.kernels.lottery_means import Drawn
from impactkit.effects.permutation_test import PermutationTest
from impactkit.errors import EstimationError
from impactkit.wording import Message


def drawn_of(columns: Columns, law: Assignment, *, values: Floats | None = None) -> Drawn:
    """Sum rows to what was drawn: people, or whole clusters.

    Parameters
    ----------
    columns : Columns
        The rows of a cross section with treated and comparison rows.
    law : Assignment
        What was assigned; see `assignment_of`.
    values : ndarray, shape (n,), optional
        What is compared, the outcome when left out.

    Returns
    -------
    Drawn
        Weighted sums by unit of assignment.

    Raises
    ------
    EstimationError
        If the chance of being assigned changes within a unit of assignment.
    """
    G = len(law.treated)
    weight = np.ones(len(columns.outcome)) if columns.weight is None else columns.weight
    return Drawn(
        totals=np.bincount(law.units, weight * (columns.outcome if values is None else values), G).astype(
            float
        ),
        sizes=np.bincount(law.units, weight, G).astype(float),
        treated=law.treated,
        strata=law.strata,
        chance=_chance(columns.probability, law),
        clusters=_clusters(columns, law),
    )


def _clusters(columns: Columns, law: Assignment) -> Codes:
    clusters, _ = clusters_of(columns)
    found = np.zeros(len(law.treated), dtype=np.int64)
    found[law.units] = clusters
    return found


def _chance(probability: Floats | None, law: Assignment) -> Floats | None:
    """Return each unit's chance; None where it is the same for all of a stratum and so weighs nothing."""
    if probability is None:
        return None
    found = np.zeros(len(law.treated))
    found[law.units] = probability
    if not np.array_equal(found[law.units], probability):
        raise EstimationError(
            "The chance of being assigned changes within a unit of assignment.",
            where="probability",
            mend="Give each unit (or cluster) of assignment one chance.",
        )
    first = np.zeros(int(law.strata.max()) + 1)
    first[law.strata] = found
    return None if np.array_equal(first[law.strata], found) else found


def shares_differ(columns: Columns) -> tuple[float, float] | None:
    """Return the smallest and the largest share treated of a stratum, where they are not the same.

    Parameters
    ----------
    columns : Columns
        The rows.

    Returns
    -------
    tuple of float, or None
        By weight. Whole numbers of people cannot always be shared alike: shares that one person more or less
        would make alike are taken to be so.
    """
    if columns.stratum is None or columns.treated is None:
        return None
    codes = dense(columns.stratum)
    n = np.bincount(codes).astype(float)
    treated = np.bincount(codes, columns.treated)
    overall = treated.sum() / n.sum()
    if bool((np.abs(treated - overall * n) < 1).all()):
        return None
    found = treated / n
    return float(found.min()), float(found.max())


def lottery_test(
    columns: Columns, design: Floats, permuted: Permutation | None, *, masses: Floats | None = None
) -> PermutationTest | None:
    """Return the test that draws the lot again, for an average over strata by their shares.

    Parameters
    ----------
    columns : Columns
        The rows.
    design : ndarray, shape (n, 1 + p)
        A one and the covariates adjusted for.
    permuted : Permutation, optional
        Draws and seed; None for no test.
    masses : ndarray, shape (S,), optional
        What strata weigh, if not the rows that are compared.

    Returns
    -------
    PermutationTest or None
        Lazy: nothing is drawn until a p-value is asked for. Covariates are taken out of the outcome, and of
        being treated, before the means are compared.
    """
    if permuted is None:
        return None
    law = assignment_of(columns)
    assert columns.treated is not None
    outcome, exposure = _cleared(columns, design)
    drawn = replace(drawn_of(columns, law, values=outcome), masses=masses)
    weight = np.ones(len(outcome)) if columns.weight is None else columns.weight
    exposures = np.bincount(law.units, weight * exposure, len(law.treated)).astype(float)
    part = LotteryReduction(drawn=drawn, exposures=exposures)
    words = law.law
    if part.is_independent:
        n, treated = len(law.treated), int(law.treated.sum())
        words = Message("inference.law.chances", {"n": n, "treated": treated})
    return PermutationTest(parts=(part,), draws=permuted.draws, seed=permuted.seed, law=words)


def _cleared(columns: Columns, design: Floats) -> tuple[Floats, Floats]:
    """Return outcome and treatment less what covariates, within strata, say of them."""
    assert columns.treated is not None
    both = np.column_stack([columns.outcome, columns.treated.astype(float)])
    X = design[:, 1:]
    if not X.shape[1]:
        return both[:, 0], both[:, 1]
    root = np.ones(len(X)) if columns.weight is None else np.sqrt(columns.weight)
    codes = np.zeros(len(X), dtype=np.int64) if columns.stratum is None else dense(columns.stratum)
    centred = _within(X, root**2, codes)
    slopes = np.linalg.lstsq(centred * root[:, None], _within(both, root**2, codes) * root[:, None])[0]
    left: Floats = both - X @ slopes
    return left[:, 0], left[:, 1]


def _within(values: Floats, weight: Floats, codes: Codes) -> Floats:
    """Return columns less their weighted means by stratum."""
    mass = np.bincount(codes, weight)
    means = np.column_stack([np.bincount(codes, weight * column) for column in values.T]) / mass[:, None]
    return np.asarray(values - means[codes])
