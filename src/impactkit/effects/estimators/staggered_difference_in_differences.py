"""Difference in differences with several starts: group-time effects and their averages."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.adjusted_cells import Settings
from impactkit.effects.cell_effects import CellEffects, cell_effects
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import CohortSettings
from impactkit.effects.group_time_estimate import balanced_note, group_time_estimate
from impactkit.effects.staggered import staggered
from impactkit.wording import Message


class StaggeredDifferenceInDifferences(CohortSettings):
    """Average effects by cohort and period when units start in different periods.

    Parameters
    ----------
    control : {"never", "not_yet"}
        Who is compared with: units that are never treated in the data, or all that have not started yet.
        Already treated units never are.
    adjustment : {"doubly_robust", "regression", "weighting", "none"}
        How the study's covariates enter: outcome regression, inverse probability weights (Hajek), or both;
        right if either is. Without covariates all are the same. Covariates are those of the earlier of the
        two periods compared.
    anticipation : float
        How long before the start effects may come, in the unit of the periods: periods that near to the start
        are no baseline, and units that near to theirs no controls.
    base : {"varying", "universal"}
        What periods before the start are compared with: each the one before it, or all the last one before
        the start (choose it for figures). Effects after the start are the same.
    inference, permutation
        See `CohortSettings`.

    Notes
    -----
    ``ATT(g, t)`` is the change of cohort ``g`` from its base period to ``t`` less that of its controls. The
    headline averages the treated cells, weighted by the cohorts' sizes; ``aggregate`` gives averages by time
    since the start, by cohort and by period. In a panel with gaps a cell rests on the units seen in both of
    its periods. In repeated cross sections different people are asked each time, and the doubly robust kind
    is the locally efficient one. With weights, a unit's weight is the mean of its rows' weights.

    References
    ----------
    .. [1] Callaway, B., & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods.
       *Journal of Econometrics*, 225(2).
    .. [2] Sant'Anna, P. H. C., & Zhao, J. (2020). Doubly robust difference-in-differences estimators.
       *Journal of Econometrics*, 219(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaabbbcccddd"), "year": [1, 2, 3] * 4,
    ...                       "y": [1.0, 4, 4, 2, 2, 6, 1, 1, 1, 3, 3, 3]})
    >>> frame["start"] = [2] * 3 + [3] * 3 + [0] * 6
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> found = StaggeredDifferenceInDifferences().estimate(study)
    >>> round(found.interval.point, 6)
    3.333333
    >>> found.aggregate("group").tidy()["estimate"].round(6).tolist()
    [3.5, 3.0, 4.0]
    """

    method: Literal["staggered_difference_in_differences"] = "staggered_difference_in_differences"
    control: Literal["never", "not_yet"] = "never"
    adjustment: Literal["none", "regression", "weighting", "doubly_robust"] = "doubly_robust"
    anticipation: float = Field(default=0.0, ge=0)
    base: Literal["varying", "universal"] = "varying"

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over treated units and periods, with every group-time effect.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections, with any number of starts.

        Returns
        -------
        Estimate
            ``aggregate`` gives the other averages.

        Raises
        ------
        EstimationError
            If there are no periods, nobody is treated, no treated unit has a period before its start, or
            there is nobody to compare with.
        """
        design = staggered(study, anticipation=self.anticipation)
        if self.adjustment != "none":
            design, _ = design.without_dependent(tuple(study.covariates))
        settings = Settings(
            control=self.control,
            adjustment=self.adjustment,
            anticipation=self.anticipation,
            base=self.base,
        )
        found = cell_effects(design, settings)
        if notes := balanced_note(found, settings):
            found = replace(found, notes=(*found.notes, *notes))
        return group_time_estimate(study, found, settings=self, estimand=self._estimand(study, found))

    def _estimand(self, study: Study, found: CellEffects) -> Message:
        design = found.design
        n = len(design.unit_arms)
        treated = int(design.treated[design.unit_arms].sum())
        kind = "units" if design.is_panel else "rows"
        return Message(
            f"estimand.staggered_difference_in_differences.{self.control}_{kind}",
            {
                "outcome": study.outcome,
                "treated": treated,
                "comparison": n - treated,
                "cohorts": int(design.treated.sum()),
                "first": design.columns.period_names[0],
                "last": design.columns.period_names[-1],
            },
        )
