"""Effects as what is left when untreated outcomes are imputed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import CohortSettings
from impactkit.effects.group_time_estimate import group_time_estimate
from impactkit.effects.imputed_cells import imputed_cells
from impactkit.effects.staggered import staggered
from impactkit.wording import Message


class Imputation(CohortSettings):
    """Outcomes of the treated less what unit and period effects of the untreated rows say they would be.

    Parameters
    ----------
    anticipation : float
        How long before the start effects may come, in the unit of the periods; rows that near are left out.
    inference, permutation
        See `CohortSettings`.

    Notes
    -----
    Unit effects, period effects and the study's covariates are fitted to all rows that are not treated yet
    or never; treated rows less their prediction are averaged by cohort and period, and the cells by their
    number of rows. It uses every untreated period, so it is more precise than comparing with the last one
    when errors are independent over time, and leans harder on parallel trends in all of them. The published
    standard error is conservative: differences between units' effects within a cohort and period count as
    uncertainty. Weights of rows may change over time. Shares of cohorts are taken as given.

    References
    ----------
    .. [1] Borusyak, K., Jaravel, X., & Spiess, J. (2024). Revisiting event-study designs: robust and
       efficient estimation. *Review of Economic Studies*, 91(6).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaabbbccc"), "year": [1, 2, 3] * 3,
    ...                       "y": [1.0, 4, 4, 2, 2, 6, 1, 1, 1], "start": [2] * 3 + [3] * 3 + [0] * 3})
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> round(Imputation().estimate(study).interval.point, 6)
    3.333333
    """

    method: Literal["imputation"] = "imputation"
    anticipation: float = Field(default=0.0, ge=0)

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over treated rows, with every group-time effect.

        Parameters
        ----------
        study : Study
            A panel with any number of starts, balanced or not.

        Returns
        -------
        Estimate
            ``aggregate`` gives averages by time since the start, by cohort and by period.

        Raises
        ------
        EstimationError
            If there are no units or periods, nobody is treated, no treated unit has a period before its
            start, or nothing can be imputed.
        """
        design = staggered(study, anticipation=self.anticipation)
        design, names = design.without_dependent(tuple(study.covariates))
        found = imputed_cells(design, anticipation=self.anticipation, names=names)
        treated = int(design.treated[design.unit_arms].sum())
        words = Message(
            "estimand.imputation",
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
