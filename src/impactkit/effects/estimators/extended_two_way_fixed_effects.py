"""The two-way regression made right: an effect for each treated cohort and period."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.cell_effects import compared_means
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import CellRegressionSettings
from impactkit.effects.group_time_estimate import group_time_estimate
from impactkit.effects.imputed_cells import imputed_cells
from impactkit.effects.kernels.group_time import Cells, group_time_cells
from impactkit.effects.regressed_cells import CellRegression
from impactkit.effects.staggered import Staggered, staggered
from impactkit.wording import Message


class ExtendedTwoWayFixedEffects(CellRegressionSettings):
    """A two-way regression with an effect for each treated cohort and period, against all untreated rows.

    Parameters
    ----------
    inference, permutation
        See `CellRegressionSettings`.
    anticipation : float
        How long before the start effects may come: cells that near have effects of their own, outside the
        averages.

    Notes
    -----
    In a balanced panel without covariates the effects are those of `Imputation`, with the standard errors of
    the regression; with gaps, units that were only seen treated enter here and not there. The study's
    covariates enter with a slope in each period and, about their cohort's mean, in each effect, so that
    effects are those at the cohort's mean [1]_. Cells without untreated rows in their period cannot be told
    apart and are nan.

    References
    ----------
    .. [1] Wooldridge, J. M. (2025). Two-way fixed effects, the two-way Mundlak regression, and
       difference-in-differences estimators. *Empirical Economics*, 69.

    Examples
    --------
    >>> from impactkit.effects.estimators.imputation import Imputation
    >>> from impactkit.effects.worlds import StaggeredPanel
    >>> world = StaggeredPanel()
    >>> study = world.study(world.draw(1))
    >>> found, imputed = ExtendedTwoWayFixedEffects().estimate(study), Imputation().estimate(study)
    >>> abs(found.interval.point - imputed.interval.point) < 1e-9
    True
    """

    method: Literal["extended_two_way_fixed_effects"] = "extended_two_way_fixed_effects"
    anticipation: float = Field(default=0.0, ge=0)

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over treated rows, with every cohort and period.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections.

        Returns
        -------
        Estimate
            ``aggregate`` gives averages by time since the start, by cohort and by period.

        Raises
        ------
        EstimationError
            If there are no periods, nobody is treated, no treated unit has a period before its start, or no
            effect can be told apart.
        """
        design = self._with_untreated(staggered(study, anticipation=self.anticipation))
        cells = self._cells(design)
        regression = CellRegression(design=design, cells=cells, moderated=bool(study.covariates))
        masses = np.bincount(design.unit_arms, minlength=len(design.starts)).astype(np.float64)

        def contrasts(weights: np.ndarray) -> np.ndarray:
            if not design.is_panel:
                return compared_means(weights, cells, masses, n_periods=len(design.periods))
            imputed = imputed_cells(design, anticipation=self.anticipation)
            place = {
                (int(arm), int(t)): k
                for k, (arm, t) in enumerate(zip(imputed.cells.arm, imputed.cells.period, strict=True))
            }
            own = np.zeros(len(imputed.cells))
            for k in np.flatnonzero(weights):
                cell = int(cells.arm[k]), int(cells.period[k])
                if cell in place:
                    own[place[cell]] = weights[k]
            return imputed.contrasts(own)

        found = regression.found(tuple(study.covariates), contrasts=contrasts)
        treated = int(design.treated[design.unit_arms].sum())
        words = Message(
            "estimand.extended_two_way_fixed_effects",
            {
                "outcome": study.outcome,
                "treated": treated,
                "comparison": len(design.unit_arms) - treated,
                "cohorts": int(design.treated.sum()),
                "first": design.columns.period_names[0],
                "last": design.columns.period_names[-1],
            },
        )
        return group_time_estimate(study, found, settings=self, estimand=words)

    def _with_untreated(self, design: Staggered) -> Staggered:
        """Leave out the rows of periods without untreated rows: nothing tells their effect from the period's.

        Kept without an effect of their own they would pass for untreated.
        """
        columns = design.columns
        assert columns.cohort is not None and columns.period is not None
        untreated = columns.time + self.anticipation < columns.cohort
        is_open = np.bincount(columns.period[untreated], minlength=len(design.periods)) > 0
        kept = np.asarray(is_open[columns.period])
        if kept.all() or not kept.any():
            return design
        note = Message("estimate.not_imputed", {"n": int((~kept).sum())})
        return replace(design.among(kept), notes=(*design.notes, note))

    def _cells(self, design: Staggered) -> Cells:
        """Return the cells from the start, less its anticipation, on, in periods that have untreated rows."""
        every = group_time_cells(
            design.starts,
            design.periods,
            control="not_yet",
            anticipation=self.anticipation,
            base="universal",
        )
        near = design.periods[every.period] + self.anticipation >= design.starts[every.arm]
        return every.take(near & every.controls.any(axis=1))
