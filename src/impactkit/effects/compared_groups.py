"""The rows of a study in which two groups are to be made alike by what was measured of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import suited
from impactkit.effects.kernels.independent import independent_columns
from impactkit.effects.kernels.row_pieces import column_by_column, pieces_of
from impactkit.errors import EstimationError
from impactkit.wording import Message, MessageValue

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparedGroups:
    """Two groups and their covariates.

    Parameters
    ----------
    columns : Columns
        The rows.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    outcome, weights : ndarray, shape (n,)
        The outcome, and whom each row stands for (1 where the study has no weight).
    values : ndarray, shape (n, p)
        All covariates as they are, the outcome before the start among them.
    names : tuple of str
        Their names.
    X : ndarray, shape (n, k)
        The constant, then the covariates that do not follow from others, centred and over their standard
        deviation.
    kept : ndarray of bool, shape (p,)
        Which covariates those are.
    """

    columns: Columns
    treated: Flags
    outcome: Floats
    weights: Floats
    values: Floats
    names: tuple[str, ...]
    X: Floats
    kept: Flags

    @property
    def used(self) -> tuple[str, ...]:
        """Names of the covariates that entered."""
        return tuple(name for name, kept in zip(self.names, self.kept, strict=True) if kept)

    @property
    def notes(self) -> tuple[Message, ...]:
        """What was left out because it follows from other covariates."""
        gone = [name for name, kept in zip(self.names, self.kept, strict=True) if not kept]
        return tuple(Message("estimate.dropped", {"name": name}) for name in gone)

    @property
    def counts(self) -> dict[str, int]:
        """Treated and comparison rows, for sentences."""
        return {"treated": int(self.treated.sum()), "comparison": int((~self.treated).sum())}

    def estimand(self, study: Study, target: str, *, how: Message, left: Message | None = None) -> Message:
        """Return what is estimated, in words: how it is, and who is left out."""
        told: dict[str, MessageValue] = {"outcome": study.outcome, **self.counts, "how": how}
        told["trimmed"] = left or Message("estimand.trimmed.none")
        return Message(f"estimand.compared.{target}", told)

    def among(self, kept: Flags) -> ComparedGroups:
        """Return some of the rows, with the covariates made ready anew."""
        return _groups(replace(self.columns.take(kept)), self.values[kept], self.names)


def compared_groups(study: Study) -> ComparedGroups:
    """Return a study's groups with covariates by which they can be made alike.

    Parameters
    ----------
    study : Study
        A cross section with ``treated`` and covariates.

    Returns
    -------
    ComparedGroups
        The rows.

    Raises
    ------
    EstimationError
        If the study has periods or strata, one group, or nothing measured before the start.
    """
    columns = suited(study)
    if study.kind != "cross_section":
        raise EstimationError(
            "This estimator compares people or areas measured once; this study has periods.",
            where="time",
            mend="Use StaggeredDifferenceInDifferences(adjustment='doubly_robust'), or keep the follow-up "
            "rows with the baseline as pre_outcome=.",
        )
    if columns.treated is None or columns.treated.all() or not columns.treated.any():
        raise EstimationError(
            "Groups can be made alike only where there are two: treated and comparison rows.",
            where="treated",
            mend="Give treated= (1 for treated, 0 for comparison) with both groups in the data.",
        )
    if columns.stratum is not None:
        raise EstimationError(
            "This estimator has no strata: what groups are to be alike in are covariates.",
            where="stratum",
            mend="Leave stratum= out and give columns of 0 and 1 for the strata among covariates=.",
        )
    names, values = tuple(study.covariates), columns.covariates
    if columns.pre_outcome is not None and study.pre_outcome is not None:
        names, values = (*names, study.pre_outcome), np.column_stack([values, columns.pre_outcome])
    if not names:
        raise EstimationError(
            "There is nothing to make the groups alike by: the study has no covariates.",
            where="covariates",
            mend="Give covariates= measured before the start, and pre_outcome= with the outcome before it.",
        )
    return _groups(columns, values, names)


def _groups(columns: Columns, values: Floats, names: tuple[str, ...]) -> ComparedGroups:
    assert columns.treated is not None
    weights = np.ones(len(values)) if columns.weight is None else columns.weight
    middle, spread = _middle_and_spread(values, columns.weight)
    scale = np.divide(1.0, spread, out=np.zeros(len(spread)), where=spread > 0)
    X = np.empty((1 + len(names), len(values))).T  # a column at a time in memory, for fast products
    X[:, 0] = 1.0
    for piece in pieces_of(len(values)):
        made = np.subtract(column_by_column(values, piece), middle[:, None], out=X.T[1:, piece])
        made *= scale[:, None]
    kept = independent_columns(X[:, 1:])
    return ComparedGroups(
        columns=columns,
        treated=columns.treated,
        outcome=columns.outcome,
        weights=weights,
        values=values,
        names=names,
        X=X if kept.all() else X.T[np.append(True, kept)].T,
        kept=kept,
    )


def _middle_and_spread(values: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
    """Return weighted means and standard deviations, 0 where nothing varies, from one pass over the rows."""
    p = values.shape[1]
    total, middle, squares, largest = 0.0, np.zeros(p), np.zeros(p), np.zeros(p)
    for piece in pieces_of(len(values)):
        rows = column_by_column(values, piece)
        own = np.ones(rows.shape[1]) if weight is None else weight[piece]
        mass = float(own.sum())
        here = rows @ own / mass
        apart = (rows - here[:, None]) ** 2
        largest = np.maximum(largest, np.abs(here) + np.sqrt(apart.max(axis=1)))
        squares += apart @ own + (here - middle) ** 2 * (total * mass / (total + mass))
        total += mass
        middle += (here - middle) * (mass / total)
    spread = np.sqrt(squares / total)
    return middle, np.where(spread > 1e-12 * largest, spread, 0.0)
