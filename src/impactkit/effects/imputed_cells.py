"""Group-time effects of a staggered panel by imputation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.cell_effects import CellEffects
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.cohort_influence import CohortFeatures, by_cluster
from impactkit.effects.kernels.cohort_means import CohortMeans, cohort_means
from impactkit.effects.kernels.group_time import Cells
from impactkit.effects.kernels.imputation import Imputation, WidePanel, impute
from impactkit.effects.staggered import Staggered
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_LEFT = 1e-6


def imputed_cells(design: Staggered, *, anticipation: float, names: tuple[str, ...] = ()) -> CellEffects:
    """Impute what treated rows would have been, and average what is left by cohort and period.

    Parameters
    ----------
    design : Staggered
        A panel by cohort.
    anticipation : float
        Rows this near to their start are neither treated nor untreated, and left out.
    names : tuple of str
        Names of the covariates, to say which of them unit and period effects take in.

    Returns
    -------
    CellEffects
        The treated cells.

    Raises
    ------
    EstimationError
        If there are no units, or nothing could be imputed.
    """
    if not design.is_panel:
        raise EstimationError(
            "Imputation needs units followed over time; this study has different rows in each period.",
            where="unit",
            mend="Give unit=, or use StaggeredDifferenceInDifferences for repeated cross sections.",
        )
    reduced = _reduced(design)
    panel = _spread(design, anticipation) if reduced is None else _cohorts(design, reduced, anticipation)
    found = impute(panel)
    A = len(design.starts)
    means, masses = found.cell_means(A)
    arms, periods = np.nonzero(masses)
    directions = found.directions(A, (arms, periods), masses)
    identified = found.are_identified(directions)
    if not identified.any():
        raise EstimationError(
            "No treated row has an untreated period of its own and untreated rows in its period.",
            where="first_treated",
            mend="Add units that start later or never, and periods before the starts.",
        )
    arms, periods, directions = arms[identified], periods[identified], directions[:, identified]
    cells = Cells(
        arm=arms,
        period=periods,
        base=periods,
        controls=np.zeros((len(arms), A), dtype=np.bool_),
        is_post=np.ones(len(arms), dtype=np.bool_),
    )
    moves = found.inverse @ directions
    if reduced is None:
        features, coefficients = _by_unit(design, found, cells, moves, masses)
    else:
        features, coefficients = reduced.features(), _by_cohort(found, cells, moves, masses)
    points, is_reduced = means[arms, periods], reduced is not None
    effects = _effects(design, cells, points, features, coefficients, is_reduced=is_reduced)
    return CellEffects(
        design=design,
        cells=cells,
        effects=effects,
        weights=masses[arms, periods],
        contrasts=lambda weights: _contrasts(found, cells, directions, masses, weights),
        notes=(*design.notes, *_absorbed(found, names), *_not_imputed(design, panel, found, masses, cells)),
        are_shares_known=True,
    )


def _spread(design: Staggered, anticipation: float) -> WidePanel:
    """Return units by periods."""
    columns, n, T = design.columns, len(design.unit_arms), len(design.periods)
    assert columns.period is not None
    p = columns.covariates.shape[1]
    at = (design.unit_of_row, columns.period)
    if columns.is_regular:
        outcome, covariates = columns.outcome.reshape(n, T), columns.covariates.reshape(n, T, p)
        seen = np.ones((n, T)) if columns.weight is None else columns.weight.reshape(n, T)
    else:
        outcome, covariates, seen = np.zeros((n, T)), np.zeros((n, T, p)), np.zeros((n, T))
        outcome[at], covariates[at] = columns.outcome, columns.covariates
        seen[at] = 1.0 if columns.weight is None else columns.weight
    starts = design.starts[design.unit_arms][:, None]
    is_treated = design.periods >= starts
    is_untreated = design.periods + anticipation < starts
    return WidePanel(
        outcome=outcome,
        untreated=np.where(is_untreated, seen, 0.0),
        treated=np.where(is_treated, seen, 0.0),
        covariates=covariates,
        arms=design.unit_arms,
    )


def _reduced(design: Staggered) -> CohortMeans | None:
    """Return cohort means where they are all there is to impute from: a balanced panel, alike over time."""
    columns, T = design.columns, len(design.periods)
    if not columns.is_regular or columns.covariates.shape[1]:
        return None
    if columns.weight is not None and bool((columns.weight != columns.weight[0]).any()):
        return None  # effects are then centred by squared weights, and errors need every unit's own
    return cohort_means(
        columns.outcome.reshape(-1, T), design.unit_arms, n_arms=len(design.starts), weights=None
    )


def _cohorts(design: Staggered, reduced: CohortMeans, anticipation: float) -> WidePanel:
    """Return cohorts by periods, weighted by their units: the same normal equations as with units."""
    starts, masses = design.starts[:, None], reduced.masses[:, None]
    return WidePanel(
        outcome=reduced.means,
        untreated=np.where(design.periods + anticipation < starts, masses, 0.0),
        treated=np.where(design.periods >= starts, masses, 0.0),
        covariates=np.zeros((*reduced.means.shape, 0)),
        arms=np.arange(len(starts)),
    )


def _by_unit(
    design: Staggered, found: Imputation, cells: Cells, moves: Floats, masses: Floats
) -> tuple[CohortFeatures, Floats]:
    """Return residuals of untreated rows and deviations of treated ones, and what they weigh."""
    A, T = masses.shape
    k, p = np.arange(len(cells)), found.panel.covariates.shape[2]
    coefficients = np.zeros((A, 2 * T + p + 1, len(cells)))
    coefficients[:, : T + p] = -moves
    coefficients[cells.arm, T + p + cells.period, k] = 1 / masses[cells.arm, cells.period]
    centres = found.cell_centres(A)
    features = CohortFeatures(
        rows=lambda piece: found.features(piece, centres),
        arms=design.unit_arms,
        n_arms=A,
        n_features=2 * T + p + 1,
    )
    return features, coefficients


def _by_cohort(found: Imputation, cells: Cells, moves: Floats, masses: Floats) -> Floats:
    """Return what deviations from cohort means weigh: all a unit's error but what its cohort shares.

    A unit's residual is its cohort's plus its deviation less the untreated mean of its deviations, so that
    the weights of periods sum to 0 over what its unit effect takes up.
    """
    A, T = masses.shape
    is_untreated, k = (found.panel.untreated > 0).astype(np.float64), np.arange(len(cells))
    own = -is_untreated[:, :, None] * moves
    own[cells.arm, cells.period, k] += 1 / masses[cells.arm, cells.period]
    coefficients = np.zeros((A, T + 1, len(cells)))
    coefficients[:, :T] = own - found.shares[:, :, None] * own.sum(axis=1, keepdims=True)
    coefficients[:, T] = -(is_untreated * found.gaps) @ moves
    return coefficients


def _effects(
    design: Staggered,
    cells: Cells,
    points: Floats,
    features: CohortFeatures,
    coefficients: Floats,
    *,
    is_reduced: bool,
) -> InfluencedEffects:
    A, outcome = len(design.starts), design.columns.outcome
    parts = np.zeros((A, len(cells)))
    parts[cells.arm, np.arange(len(cells))] = points
    n_treated, n_comparison = design.clusters_by_group()
    clustered = by_cluster(features, design.unit_clusters)
    return InfluencedEffects(
        points=points,
        features=clustered,
        coefficients=coefficients,
        parts=parts,
        masses=np.bincount(design.unit_arms, minlength=A).astype(np.float64),
        outcome_scale=max(float(outcome.max()), -float(outcome.min())),
        n_treated=n_treated,
        n_comparison=n_comparison,
        is_exact=is_reduced and clustered is features,
    )


def _contrasts(
    found: Imputation, cells: Cells, directions: Floats, masses: Floats, weights: Floats
) -> Floats:
    """Return what cohorts' rows weigh in an average of cells, by period, shape (A, T)."""
    A, T = masses.shape
    by_cell = np.zeros((A, T))
    by_cell[cells.arm, cells.period] = weights / masses[cells.arm, cells.period]
    panel = found.panel
    treated = panel.treated * by_cell[panel.arms]
    move = found.inverse @ (directions @ weights)
    slope = move[:T] + panel.covariates @ move[T:]
    centred = slope - (found.shares * slope).sum(axis=1, keepdims=True)
    untreated = -found.shares * treated.sum(axis=1, keepdims=True) - panel.untreated * centred
    belongs = (panel.arms == np.arange(A)[:, None]).astype(np.float64)
    return np.asarray(belongs @ (treated + untreated))


def _absorbed(found: Imputation, names: tuple[str, ...]) -> tuple[Message, ...]:
    """Name the covariates of which unit effects leave nothing."""
    left = np.diag(found.reach)[len(found.reach) - len(names) :]
    gone = [name for name, share in zip(names, left, strict=True) if share < _LEFT]
    return tuple(Message("estimate.dropped", {"name": name}) for name in gone)


def _not_imputed(
    design: Staggered, panel: WidePanel, found: Imputation, masses: Floats, cells: Cells
) -> tuple[Message, ...]:
    """Count the treated rows for which nothing could be imputed."""
    kept = np.zeros(masses.shape, dtype=np.bool_)
    kept[cells.arm, cells.period] = True
    used = (found.panel.treated > 0) & kept[panel.arms]
    is_reduced = len(panel.arms) != len(design.unit_arms)
    rows = np.bincount(design.unit_arms)[:, None] if is_reduced else 1
    gone = int((((panel.treated > 0) & ~used) * rows).sum())
    return (Message("estimate.not_imputed", {"n": gone}),) if gone else ()
