"""Group-time effects of a staggered panel by imputation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.cell_effects import CellEffects
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.cohort_influence import CohortFeatures, by_cluster
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
    panel = _spread(design, anticipation)
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
    effects = _effects(design, found, cells, directions, means, masses)
    return CellEffects(
        design=design,
        cells=cells,
        effects=effects,
        weights=masses[arms, periods],
        contrasts=lambda weights: _contrasts(found, cells, directions, masses, weights),
        notes=(*design.notes, *_absorbed(found, names), *_not_imputed(panel, found, masses, cells)),
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


def _effects(
    design: Staggered, found: Imputation, cells: Cells, directions: Floats, means: Floats, masses: Floats
) -> InfluencedEffects:
    A, T = masses.shape
    K, p = len(cells), found.panel.covariates.shape[2]
    moves = found.inverse @ directions
    coefficients = np.zeros((A, 2 * T + p + 1, K))
    coefficients[:, : T + p] = -moves
    k, centres = np.arange(K), found.cell_centres(A)
    coefficients[cells.arm, T + p + cells.period, k] = 1 / masses[cells.arm, cells.period]
    units = CohortFeatures(
        rows=lambda piece: found.features(piece, centres),
        arms=design.unit_arms,
        n_arms=A,
        n_features=2 * T + p + 1,
    )
    points = means[cells.arm, cells.period]
    parts = np.zeros((A, K))
    parts[cells.arm, k] = points
    outcome = design.columns.outcome
    n_treated, n_comparison = design.clusters_by_group()
    return InfluencedEffects(
        points=points,
        features=by_cluster(units, design.unit_clusters),
        coefficients=coefficients,
        parts=parts,
        masses=np.bincount(design.unit_arms, minlength=A).astype(np.float64),
        outcome_scale=max(float(outcome.max()), -float(outcome.min())),
        n_treated=n_treated,
        n_comparison=n_comparison,
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


def _not_imputed(panel: WidePanel, found: Imputation, masses: Floats, cells: Cells) -> tuple[Message, ...]:
    """Count the treated rows for which nothing could be imputed."""
    kept = np.zeros(masses.shape, dtype=np.bool_)
    kept[cells.arm, cells.period] = True
    used = (found.panel.treated > 0) & kept[panel.arms]
    gone = int(((panel.treated > 0) & ~used).sum())
    return (Message("estimate.not_imputed", {"n": gone}),) if gone else ()
