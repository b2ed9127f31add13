"""Stacked difference in differences: one clean experiment a start, on top of each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.cell_effects import CellEffects, compared_means
from impactkit.effects.describe import sample_of
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import CellRegressionSettings
from impactkit.effects.group_time_estimate import group_time_estimate
from impactkit.effects.kernels.group_time import Control
from impactkit.effects.regressed_cells import solved
from impactkit.effects.stacks import Stacks, StackWeights, stacks, unit_masses
from impactkit.effects.staggered import staggered
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


class StackedDifferenceInDifferences(CellRegressionSettings):
    """Each start against its own clean controls in a window around it; the windows stacked.

    Parameters
    ----------
    event_window : (before, after), optional
        Periods before each start (at least 1), and after the first treated one (0 for that one alone). Starts
        whose window does not lie whole in the data are left out, so that every time since the start averages
        the same starts. None takes the widest window that every start has.
    control : {"never", "not_yet"}
        Controls that never start within the data, or also those that start after the window has closed.
    weights : {"treated", "sample", "cohort"}
        What a start counts: its units (the average effect on those treated, trimmed to the window), all
        units of its sub-experiment, or as much as every other.
    inference, permutation
        See `CellRegressionSettings`.

    Notes
    -----
    Each sub-experiment has unit effects, period effects and an effect for each period of the window but the
    last before the start; covariates have one slope. Effects are averaged over starts with the given
    weights: a single coefficient for all starts would weigh them by the variance of treatment in each
    sub-experiment [1]_. With equal numbers of rows a weighted regression gives the same [2]_. A unit that is
    a control several times is one cluster: its errors are the same error.

    References
    ----------
    .. [1] Cengiz, D., Dube, A., Lindner, A., & Zipperer, B. (2019). The effect of minimum wages on low-wage
       jobs. *Quarterly Journal of Economics*, 134(3), appendix D.
    .. [2] Wing, C., Freedman, S. M., & Hollingsworth, A. (2024). Stacked difference-in-differences. *NBER
       Working Paper* 32054, section 4.

    Examples
    --------
    >>> from impactkit.effects.worlds import StaggeredPanel
    >>> world = StaggeredPanel(starts=(3, 5, 8))
    >>> found = StackedDifferenceInDifferences(event_window=(2, 1)).estimate(world.study(world.draw(1)))
    >>> [term.name for term in found.aggregate("dynamic").terms]
    ['att', 'event -2', 'event 0', 'event 1']
    >>> print(found.warnings[0].values["starts"], "have no period after the first treated one")
    8 have no period after the first treated one
    """

    method: Literal["stacked_difference_in_differences"] = "stacked_difference_in_differences"
    event_window: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=0)]] | None = None
    control: Control = "never"
    weights: StackWeights = "treated"

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over the starts and periods of the window.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections.

        Returns
        -------
        Estimate
            ``aggregate("dynamic")`` is the event study; its warnings say which starts were left out.

        Raises
        ------
        EstimationError
            If there are no periods, nobody is treated, or no start has the whole window and clean controls.
        """
        design = staggered(study)
        stacked = stacks(design, window=self.event_window, control=self.control)
        cells, masses = stacked.cells, stacked.masses(self.weights)
        effects = solved(stacked.problem(tuple(study.covariates)), cells, masses, is_panel=design.is_panel)
        gone = set(effects.problem.dropped(effects.fit)) & set(study.covariates)
        dropped = [Message("estimate.dropped", {"name": n}) for n in study.covariates if n in gone]

        def contrasts(weights: Floats) -> Floats:
            return compared_means(weights, cells, unit_masses(design), n_periods=len(design.periods))

        found = CellEffects(
            design=design,
            cells=cells,
            effects=effects,
            weights=masses[cells.arm],
            contrasts=contrasts,
            notes=(*design.notes, *stacked.notes, *_not_told_apart(effects.points), *dropped),
            are_shares_known=True,
        )
        estimate = group_time_estimate(study, found, settings=self, estimand=self._estimand(study, stacked))
        return replace(estimate, sample=sample_of(study, design.columns.take(stacked.used)))

    def _estimand(self, study: Study, stacked: Stacks) -> Message:
        design = stacked.design
        columns = design.columns
        compared = np.isin(design.unit_arms, np.flatnonzero(stacked.controls.any(axis=0)))
        what = f"{self.control}_{'units' if design.is_panel else 'rows'}"
        return Message(
            f"estimand.stacked_difference_in_differences.{what}",
            {
                "outcome": study.outcome,
                "treated": int(np.isin(design.unit_arms, stacked.arms).sum()),
                "comparison": int(compared.sum()),
                "cohorts": len(stacked.arms),
                "before": stacked.window.before,
                "after": stacked.window.after,
                "first": columns.period_names[int(stacked.firsts.min())],
                "last": columns.period_names[int(stacked.firsts.max()) + stacked.window.length - 1],
                "weights": Message(f"estimand.stacked_weights.{self.weights}"),
            },
        )


def _not_told_apart(points: Floats) -> tuple[Message, ...]:
    lost = int(np.isnan(points).sum())
    return (Message("estimate.not_told_apart", {"n": lost}),) if lost else ()
