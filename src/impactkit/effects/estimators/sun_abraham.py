"""The event study that several starts do not spoil: one coefficient a cohort and period."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.cell_effects import compared_means
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import CellRegressionSettings
from impactkit.effects.group_time_estimate import group_time_estimate
from impactkit.effects.kernels.group_time import group_time_cells
from impactkit.effects.regressed_cells import CellRegression
from impactkit.effects.staggered import staggered
from impactkit.errors import EstimationError
from impactkit.wording import Message


class SunAbraham(CellRegressionSettings):
    """A two-way regression with an effect for each cohort and period, against the never treated.

    Parameters
    ----------
    anticipation : float
        How long before the start effects may come: the reference is the last period before that.
    inference, permutation
        See `CellRegressionSettings`.

    Notes
    -----
    In a balanced panel without covariates the effects are those of `StaggeredDifferenceInDifferences` with
    ``control="never"`` and ``base="universal"``; with gaps or covariates they differ, because unit effects
    and slopes are shared. Averages weigh cohorts by their rows, which are taken as given.

    References
    ----------
    .. [1] Sun, L., & Abraham, S. (2021). Estimating dynamic treatment effects in event studies with
       heterogeneous treatment effects. *Journal of Econometrics*, 225(2).

    Examples
    --------
    >>> from impactkit.effects.worlds import StaggeredPanel
    >>> world = StaggeredPanel()
    >>> found = SunAbraham().estimate(world.study(world.draw(1)))
    >>> found.aggregate("dynamic").terms[1].name
    'event -6'
    """

    method: Literal["sun_abraham"] = "sun_abraham"
    anticipation: float = Field(default=0.0, ge=0)

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over treated rows, with every cohort's leads and lags.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections, with units that are never treated.

        Returns
        -------
        Estimate
            ``aggregate("dynamic")`` is the event study.

        Raises
        ------
        EstimationError
            If there are no periods, nobody is treated or never treated, or no treated unit has a period
            before its start.
        """
        design = staggered(study, anticipation=self.anticipation)
        cells = group_time_cells(
            design.starts, design.periods, anticipation=self.anticipation, base="universal"
        )
        if not cells.controls.any():
            raise EstimationError(
                "No unit is never treated: there is nothing to compare with.",
                where="first_treated",
                mend="Use StaggeredDifferenceInDifferences(control='not_yet'), or add units that "
                "never start.",
            )
        masses = np.bincount(design.unit_arms, minlength=len(design.starts)).astype(np.float64)
        found = CellRegression(design=design, cells=cells).found(
            tuple(study.covariates),
            contrasts=lambda weights: compared_means(weights, cells, masses, n_periods=len(design.periods)),
        )
        treated = int(design.treated[design.unit_arms].sum())
        words = Message(
            "estimand.sun_abraham",
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
