"""One treated unit beside the average of donors that was most like it before the start."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from impactkit.data.study import Study
from impactkit.effects.donor_estimate import Told, donor_estimate
from impactkit.effects.donor_fits import DonorFits, Weigh, nearest_donors
from impactkit.effects.donor_panel import DonorPanel, donor_panel
from impactkit.effects.donor_support import support_notes
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.pooled_donors import mean_panel, pooled_fits
from impactkit.effects.predictor import Predictor
from impactkit.effects.predictor_fit import PredictorFit, V
from impactkit.effects.predictor_table import predictor_table
from impactkit.wording import Message


class SyntheticControl(DonorSettings):
    """The treated unit beside the weighted average of donors that was nearest to it before the start.

    Parameters
    ----------
    predictors : tuple of Predictor
        What donors are to have in common with the treated unit, each a mean over periods before the start.
        Without any, every period's outcome counts alike.
    v : {"nested", "cross_validation", "equal"} or tuple of float
        What each predictor counts: chosen so that outcomes before the start are followed best; chosen on
        the first half of those periods for the second; alike; or given.
    treated : {"separate", "pooled"}
        Whether several treated units each have an average of donors, or one is sought for their mean. One
        for the mean follows it better, and may follow none of them.
    donors, inference, permutation
        See `DonorSettings`.

    Notes
    -----
    Weights are at least 0 and sum to 1, so that what is expected lies among what donors had; they minimise
    the squared gaps before the start and are found exactly. What the treated unit has after the start beyond
    that average is the effect [1]_. Several treated units have weights of their own, and their gaps are
    averaged by time since the start; pooled, they must start together, and take no predictors. Placebos are
    then means of as many donors, each beside the rest. Predictors are divided by their standard deviation
    over units; of weights that meet them equally well, those that follow outcomes best are taken.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative case
       studies. *Journal of the American Statistical Association*, 105(490).
    .. [2] Abadie, A., Diamond, A., & Hainmueller, J. (2015). Comparative politics and the synthetic control
       method. *American Journal of Political Science*, 59(2).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaaabbbbcccc"), "year": [1, 2, 3, 4] * 3,
    ...                       "y": [2.0, 3, 4, 9, 1, 1, 2, 2, 3, 5, 6, 8], "start": [4] * 4 + [0] * 8})
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> estimate = SyntheticControl().estimate(study)
    >>> round(estimate.interval.point, 6)
    4.0
    >>> [(donor.unit, round(donor.weight, 6)) for donor in estimate.counterfactual.weights]
    [('b', 0.5), ('c', 0.5)]
    >>> early = SyntheticControl(predictors=[{"column": "y", "periods": [1]}])
    >>> round(early.estimate(study).interval.point, 6)
    4.0
    """

    method: Literal["synthetic_control"] = "synthetic_control"
    predictors: tuple[Predictor, ...] = ()
    v: V = "nested"
    treated: Literal["separate", "pooled"] = "separate"

    @model_validator(mode="after")
    def _weights_for_each(self) -> SyntheticControl:
        if not isinstance(self.v, str):
            if len(self.v) != len(self.predictors):
                raise ValueError("give v one number for each predictor")
            if sum(self.v) <= 0:
                raise ValueError("give at least one predictor a weight above 0")
        if self.treated == "pooled" and self.predictors:
            raise ValueError("treated='pooled' takes no predictors: choose treated='separate'")
        return self

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect on the treated over the treated periods, and each period's.

        Parameters
        ----------
        study : Study
            A panel with treated units and donors, without gaps.

        Returns
        -------
        Estimate
            With the placebo test, donors' weights and the counterfactual.

        Raises
        ------
        EstimationError
            See `donor_panel`, `predictor_table` and `pooled_fits`.
        """
        panel, fits = self.beside_donors(study)
        told = _told(panel, fits, self.predictors)
        return donor_estimate(study, panel, fits, settings=self, inference=self.inference, told=told)

    def beside_donors(self, study: Study) -> tuple[DonorPanel, DonorFits]:
        """Return the treated units and donors of a study, and the treated beside their averages of donors.

        Parameters
        ----------
        study : Study
            A panel with treated units and donors, without gaps.

        Returns
        -------
        panel : DonorPanel
            The units.
        fits : DonorFits
            Their weights and gaps.

        Raises
        ------
        EstimationError
            See `donor_panel` and `predictor_table`.
        """
        panel = donor_panel(study, self.donors)
        if self.treated == "pooled" and panel.n_treated > 1:
            return panel, pooled_fits(panel)
        weigh: Weigh | None = None
        if self.predictors:
            panel, table = predictor_table(study, panel, self.predictors)
            weigh = PredictorFit(outcomes=panel.outcomes, table=table, v=self.v)
        fits = DonorFits(
            outcomes=panel.outcomes,
            names=panel.names,
            starts=panel.starts,
            shares=panel.shares,
            weigh=weigh or nearest_donors(panel.outcomes),
            is_nearest=weigh is None,
        )
        return panel, fits


def _told(panel: DonorPanel, fits: DonorFits, predictors: tuple[Predictor, ...]) -> Told:
    if fits.fitted is not fits:
        notes = support_notes(mean_panel(panel), fits.fitted)
        return Told(warnings=(Message("donors.pooled", {"n": panel.n_treated}), *notes), is_pooled=True)
    notes, weigh = support_notes(panel, fits), fits.weigh
    if not isinstance(weigh, PredictorFit):
        return Told(warnings=notes)
    return Told(
        warnings=(weigh.told(fits), *notes),
        adjusted_for=tuple(dict.fromkeys(predictor.column for predictor in predictors)),
        predictors=weigh.balance(fits),
    )
