"""Changes compared with those of donors and of periods, weighted to be alike before the start."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.describe import dense
from impactkit.effects.donor_estimate import Told, donor_estimate
from impactkit.effects.donor_panel import DonorPanel, donor_panel
from impactkit.effects.donor_pool import DonorPool
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import DifferenceInference
from impactkit.effects.inference import PlaceboInSpace, SyntheticVariance
from impactkit.effects.settings import Settings
from impactkit.effects.synthetic_differences import SyntheticDifferences
from impactkit.effects.untreated_slopes import less_covariates
from impactkit.wording import Message

_ENOUGH_TREATED = 5
"""With fewer treated clusters their own spread says too little, and donors' ranks are used."""


class SyntheticDifferenceInDifferences(Settings):
    """The treated units' change less that of donors, with donors and periods weighted.

    Parameters
    ----------
    donors : DonorPool
        Which units may be donors; all that are not treated when left out.
    inference : PlaceboInSpace or SyntheticVariance, optional
        How uncertainty is found. None chooses: the jackknife from five treated clusters on, ranks among
        donors with fewer. The estimate says in words what was chosen.
    level : float
        Confidence level of what is chosen; an inference that is given has its own.
    permutation : PlaceboInSpace, optional
        The placebo test that stands beside; None for none.

    Notes
    -----
    Donors are weighted so that their average *moves* like that of the treated before the start (it may lie
    higher or lower), with a ridge that spreads the weights; periods before the start so that their average
    is like the periods after it among donors [1]_. The effect is the difference of the two changes. Both
    weights are exact minima. Units that start together have one average, and so the same donors; the effect
    is the average over all treated cells. Covariates that change over time are taken out first, with slopes
    from untreated cells [2]_.

    References
    ----------
    .. [1] Arkhangelsky, D., Athey, S., Hirshberg, D. A., Imbens, G. W., & Wager, S. (2021). Synthetic
       difference-in-differences. *American Economic Review*, 111(12).
    .. [2] Kranz, S. (2022). Synthetic difference-in-differences with time-varying covariates. Ulm University.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaaabbbbcccc"), "year": [1, 2, 3, 4] * 3,
    ...                       "y": [2.0, 3, 4, 9, 1, 1, 2, 2, 3, 5, 6, 8], "start": [4] * 4 + [0] * 8})
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> round(SyntheticDifferenceInDifferences().estimate(study).interval.point, 4)
    4.0
    """

    method: Literal["synthetic_difference_in_differences"] = "synthetic_difference_in_differences"
    donors: DonorPool = DonorPool()
    inference: DifferenceInference | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
    permutation: PlaceboInSpace | None = PlaceboInSpace(draws=999)

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over treated cells, and that of each treated period.

        Parameters
        ----------
        study : Study
            A panel with treated units and donors, without gaps.

        Returns
        -------
        Estimate
            With the placebo test, weights of donors and of periods, and the counterfactual.

        Raises
        ------
        EstimationError
            See `donor_panel`; or if a covariate cannot be told from unit and period effects.
        """
        ranked = self.permutation is not None or not isinstance(self.inference, SyntheticVariance)
        panel = donor_panel(study, self.donors, alone=ranked)
        names = tuple(study.covariates)
        panel = replace(panel, outcomes=less_covariates(panel, names))
        fits = _fits(panel)
        inference, why = self._chosen(fits)
        is_one_start = len(fits.cohorts) == 1
        told = Told(
            adjusted_for=names,
            warnings=why,
            period_weights=tuple(fits.differences[0].lambda_.weights.tolist()) if is_one_start else (),
        )
        return donor_estimate(study, panel, fits, settings=self, inference=inference, told=told)

    def _chosen(
        self, fits: SyntheticDifferences
    ) -> tuple[PlaceboInSpace | SyntheticVariance, tuple[Message, ...]]:
        if self.inference is not None:
            return self.inference, ()
        treated = fits.clusters[: fits.n_treated]
        n = len(np.unique(treated))
        alone = any(len(np.unique(treated[cohort.members])) < 2 for cohort in fits.cohorts)
        if n >= _ENOUGH_TREATED and not alone:
            return SyntheticVariance(level=self.level), ()
        beside = self.permutation or PlaceboInSpace(draws=999)
        why = "alone" if n >= _ENOUGH_TREATED else "few"
        chosen = beside.model_copy(update={"level": self.level})
        return chosen, (Message(f"inference.ranks_chosen.{why}", {"n": n, "enough": _ENOUGH_TREATED}),)


def _fits(panel: DonorPanel) -> SyntheticDifferences:
    N, T = panel.outcomes.shape
    first = panel.columns if panel.columns.cluster is None else panel.columns.take(slice(0, None, T))
    clusters = np.arange(N) if first.cluster is None else dense(first.cluster)[panel.order]
    return SyntheticDifferences(
        outcomes=panel.outcomes,
        names=panel.names,
        starts=panel.starts,
        shares=panel.shares,
        clusters=clusters,
    )
