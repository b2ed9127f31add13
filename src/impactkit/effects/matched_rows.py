"""Finding a match for each row: nearest, in pairs, or within strata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.kernels.greedy_pairs import greedy_pairs
from impactkit.effects.kernels.match_edges import MatchEdges
from impactkit.effects.kernels.neighbours import nearest
from impactkit.effects.kernels.optimal_pairs import optimal_pairs
from impactkit.effects.unlike_groups import chances, refuse_too_few
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Distance: TypeAlias = Literal["propensity", "mahalanobis"]
_MOST_DISTANCES = 100_000_000  # 0.8 GB of memory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where each row is, and who chooses first.

    Parameters
    ----------
    at : ndarray, shape (n, k)
        Distances are straight lines between these points.
    ranks : ndarray, shape (n,)
        Those with the largest choose first.
    unit : float
        What a distance of one is for the caliper.
    """

    at: Floats
    ranks: Floats
    unit: float


def places(groups: ComparedGroups, distance: Distance) -> Places:
    """Return where the rows are.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.
    distance : {"propensity", "mahalanobis"}
        The fitted chance of being treated, or all covariates over their covariance within the groups.

    Returns
    -------
    Places
        The caliper counts standard deviations of the chance, or distances as they are.

    Raises
    ------
    EstimationError
        If the covariates tell who is treated, or there are too few rows.
    """
    if distance == "propensity":
        p = chances(groups).probabilities
        return Places(at=p[:, None], ranks=p, unit=float(p.std(ddof=1)))
    refuse_too_few(groups)
    Z = groups.X[:, 1:]
    within = Z.copy()
    for arm in (groups.treated, ~groups.treated):
        within[arm] -= np.average(Z[arm], axis=0, weights=groups.weights[arm])
    total = float(groups.weights.sum()) - 2
    covariance = (within * groups.weights[:, None]).T @ within / max(total, 1.0)
    values, vectors = np.linalg.eigh(covariance)
    held = values > 1e-10 * values[-1]
    if not held.all():
        raise EstimationError(
            "A covariate does not vary within the groups: no distance takes it into account.",
            where="covariates",
            mend="Leave out covariates that tell the groups apart, or use distance='propensity'.",
        )
    return Places(at=Z @ (vectors / np.sqrt(values)), ranks=np.zeros(len(Z)), unit=1.0)


def with_replacement(
    groups: ComparedGroups, where: Places, *, ratio: int, furthest: float, everyone: bool
) -> MatchEdges:
    """Match each row with its nearest in the other group; all those equally near.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.
    where : Places
        Where they are.
    ratio : int
        Matches each.
    furthest : float
        Largest distance of a match.
    everyone : bool
        Whether comparison rows are matched too.

    Returns
    -------
    MatchEdges
        Without the rows that have no match within reach.

    Raises
    ------
    EstimationError
        If a group has fewer rows than matches are asked for.
    """
    treated, others = np.flatnonzero(groups.treated), np.flatnonzero(~groups.treated)
    ways = [(treated, others), (others, treated)] if everyone else [(treated, others)]
    found = []
    for seekers, among in ways:
        _refuse_ratio(ratio, len(among))
        focal, partner = nearest(where.at, among, seekers, count=ratio, first_of_ties=False)
        gaps = np.sqrt(((where.at[focal] - where.at[partner]) ** 2).sum(axis=1))
        near = gaps <= furthest
        found.append(MatchEdges.even(focal[near], partner[near]))
    return found[0] if len(found) == 1 else found[0].joined(found[1])


def without_replacement(
    groups: ComparedGroups, where: Places, *, ratio: int, furthest: float, optimal: bool
) -> MatchEdges:
    """Match each treated row with comparison rows that nobody else has.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.
    where : Places
        Where they are.
    ratio : int
        Matches each; 1 for optimal pairs.
    furthest : float
        Largest distance of a match.
    optimal : bool
        Whether the sum of distances is made as small as possible, in place of the nearest for each in turn.

    Returns
    -------
    MatchEdges
        Without the rows that have no match within reach.

    Raises
    ------
    EstimationError
        If there are too many rows for optimal pairs.
    """
    treated, others = np.flatnonzero(groups.treated), np.flatnonzero(~groups.treated)
    if optimal:
        _refuse_size(len(treated), len(others))
        return MatchEdges.even(*optimal_pairs(where.at, treated, others, furthest=furthest))
    order = np.argsort(-where.ranks[treated], kind="stable")
    at = where.at[:, 0] if where.at.shape[1] == 1 else where.at
    return MatchEdges.even(*greedy_pairs(at, treated[order], others, ratio=ratio, furthest=furthest))


def _refuse_ratio(ratio: int, rows: int) -> None:
    if ratio > rows:
        raise EstimationError(
            "ratio={ratio} asks for more matches than the other group has rows ({rows}).",
            where="ratio",
            mend="Use a smaller ratio.",
            values={"ratio": ratio, "rows": rows},
        )


def _refuse_size(treated: int, others: int) -> None:
    if treated * others > _MOST_DISTANCES:
        raise EstimationError(
            "Optimal pairs of {treated} and {others} rows need all distances in memory; that is too many.",
            where="kind",
            mend="Use kind='nearest'.",
            values={"treated": treated, "others": others},
        )
