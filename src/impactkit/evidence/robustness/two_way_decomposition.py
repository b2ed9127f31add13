"""Two-way fixed effects taken apart: a diagnostic of a habit, never an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.kernels.cohort_means import cohort_means
from impactkit.effects.kernels.two_way_decomposition import TwoByTwos
from impactkit.effects.kernels.two_way_decomposition import two_way_decomposition as decomposed
from impactkit.errors import EstimationError
from impactkit.wording import Facts, Message, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["never", "later", "earlier", "always"]
FORBIDDEN: tuple[Kind, ...] = ("earlier", "always")
"""Comparisons with places that are already treated."""
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoByTwo:
    """One cohort's start, told by another cohort that does not change meanwhile.

    Parameters
    ----------
    treated, compared : str
        The starts of both, as periods are written; empty for never treated.
    kind : {"never", "later", "earlier", "always"}
        Whom the cohort is compared with: the never treated, one that starts later, one that started earlier
        or was always treated.
    weight : float
        Its share of the two-way coefficient.
    estimate : float
        Its difference in differences, in the outcome's unit.
    """

    treated: str
    compared: str
    kind: Kind
    weight: float
    estimate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWayDecomposition(Shown):
    """What a two-way fixed-effects coefficient is made of.

    Parameters
    ----------
    coefficient : float
        The coefficient, in the outcome's unit.
    comparisons : tuple of TwoByTwo
        Weights times estimates add up to the coefficient.
    n_cells, n_negative : int
        Cohorts' treated periods, and those whose own effect enters with a negative weight.
    negative_share : float
        The negative weights' share of all weights in absolute value.
    warnings : tuple of Message
        What of the study was not used.
    """

    coefficient: float
    comparisons: tuple[TwoByTwo, ...]
    n_cells: int
    n_negative: int
    negative_share: float
    warnings: tuple[Message, ...] = ()

    @property
    def forbidden_share(self) -> float:
        """Weight of comparisons with those already treated."""
        return sum(item.weight for item in self.comparisons if item.kind in FORBIDDEN)

    def of_kind(self, kind: Kind) -> tuple[float, float]:
        """Return the weight of one kind of comparison, and its average estimate (nan without any)."""
        found = [item for item in self.comparisons if item.kind == kind]
        weight = sum(item.weight for item in found)
        return weight, sum(item.weight * item.estimate for item in found) / weight if weight else np.nan

    def tidy(self) -> pd.DataFrame:
        """Return one row a comparison: treated, compared, kind, forbidden, weight, estimate."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "treated": item.treated,
                    "compared": item.compared,
                    "kind": item.kind,
                    "forbidden": item.kind in FORBIDDEN,
                    "weight": item.weight,
                    "estimate": item.estimate,
                }
                for item in self.comparisons
            ]
        )

    def in_words(self) -> tuple[Message, ...]:
        """Return what the coefficient rests on, a sentence each."""
        told = [Message("robustness.two_way.coefficient", {"point": self.coefficient})]
        if self.forbidden_share > _ROUNDING:
            told.append(Message("robustness.two_way.forbidden", {"share": self.forbidden_share}))
        else:
            told.append(Message("robustness.two_way.clean"))
        if self.n_negative:
            values = {"n": self.n_negative, "cells": self.n_cells, "share": self.negative_share}
            told.append(Message("robustness.two_way.negative", values))
        return (*told, Message("robustness.two_way.no_answer"), *self.warnings)

    def __repr__(self) -> str:
        return one_line("TwoWayDecomposition", f"{len(self.comparisons)} comparisons")

    def _facts(self) -> Facts:
        kinds: tuple[Kind, ...] = ("never", "later", "earlier", "always")
        rows: list[tuple[Message | str, Message | str]] = []
        for kind in kinds:
            weight, estimate = self.of_kind(kind)
            if weight:
                values = {"weight": weight, "estimate": estimate}
                rows.append(
                    (Message(f"robustness.two_way.kind.{kind}"), Message("robustness.two_way.part", values))
                )
        rows += [(Message("robustness.row.says"), sentence) for sentence in self.in_words()]
        return Facts(title=Message("robustness.two_way.title"), rows=rows)


def two_way_decomposition(study: Study) -> TwoWayDecomposition:
    """Take the two-way fixed-effects coefficient of a study apart.

    Parameters
    ----------
    study : Study
        A balanced panel with starts; weights that do not change within a unit. Covariates are not used.

    Returns
    -------
    TwoWayDecomposition
        The coefficient is a diagnostic: no estimator of the library gives it, and no plan can.

    Raises
    ------
    EstimationError
        If there are no units, periods or starts, the panel is not balanced, weights change within a unit, or
        treatment does not differ between units over time.

    References
    ----------
    .. [1] Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. *Journal of
       Econometrics*, 225(2), theorem 1.
    .. [2] de Chaisemartin, C., & D'Haultfoeuille, X. (2020). Two-way fixed effects estimators with
       heterogeneous treatment effects. *American Economic Review*, 110(9), theorem 1.

    Examples
    --------
    >>> from impactkit.effects.worlds import StaggeredPanel
    >>> world = StaggeredPanel(growth=1.0)
    >>> found = two_way_decomposition(world.study(world.draw(1)))
    >>> parts = found.tidy()
    >>> round(float(parts["weight"] @ parts["estimate"] - found.coefficient), 9) == 0
    True
    """
    columns = study.columns
    _check(study)
    T = len(columns.periods)
    units = columns.by_unit
    assert units.cohort is not None
    cohort = np.where(units.cohort <= columns.periods[-1], units.cohort, np.inf)
    cohort = np.where(cohort <= columns.periods[0], -np.inf, cohort)
    starts, arms = np.unique(cohort, return_inverse=True)
    if len(starts) < 2 or not np.isfinite(starts).any():
        raise EstimationError(
            "Treatment does not differ between units over time: there is no two-way coefficient.",
            where="first_treated",
            mend="Add units that start in another period or never.",
        )
    reduced = cohort_means(columns.outcome.reshape(-1, T), arms, n_arms=len(starts), weights=units.weight)
    found = decomposed(reduced.means, reduced.masses, starts, columns.periods)
    cells = found.cells[~np.isnan(found.cells)]
    negative = cells < -_ROUNDING
    unused = (Message("robustness.two_way.covariates"),) if study.covariates else ()
    return TwoWayDecomposition(
        coefficient=found.coefficient,
        comparisons=_comparisons(found, starts, _names(study, starts)),
        n_cells=len(cells),
        n_negative=int(negative.sum()),
        negative_share=float(-cells[negative].sum() / np.abs(cells).sum()),
        warnings=unused,
    )


def _check(study: Study) -> None:
    columns = study.columns
    if columns.unit is None or columns.period is None or columns.cohort is None:
        raise EstimationError(
            "A two-way decomposition needs units that are followed, and their starts.",
            where="unit, time and first_treated",
            mend="Give all three roles.",
        )
    if not columns.is_regular:
        whole = np.bincount(columns.unit) == len(columns.periods)
        raise EstimationError(
            "A two-way decomposition needs a balanced panel: {whole} of {n} units have all periods.",
            where="unit and time",
            mend="Keep those units (study only where every period is measured), or fill in what is missing.",
            values={"whole": int(whole.sum()), "n": columns.n_units},
        )
    if columns.weight is not None:
        weights = columns.weight.reshape(-1, len(columns.periods))
        if not bool((weights == weights[:, :1]).all()):
            raise EstimationError(
                "A two-way decomposition needs weights that do not change within a unit.",
                where="weight",
                mend="Give each unit one weight.",
            )


def _names(study: Study, starts: np.ndarray) -> list[str]:
    columns = study.columns
    names = []
    for start in starts:
        at = int(np.searchsorted(columns.periods, start))
        if np.isposinf(start):
            names.append("")
        else:
            names.append(columns.period_names[at])
    return names


def _comparisons(found: TwoByTwos, starts: np.ndarray, names: list[str]) -> tuple[TwoByTwo, ...]:
    columns = (found.treated, found.compared, found.weights, found.estimates)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(
        TwoByTwo(
            treated=names[k],
            compared=names[other],
            kind=_kind(float(starts[k]), float(starts[other])),
            weight=weight,
            estimate=estimate,
        )
        for k, other, weight, estimate in rows
    )


def _kind(start: float, other: float) -> Kind:
    if np.isinf(other):
        return "never" if other > 0 else "always"
    return "later" if other > start else "earlier"
