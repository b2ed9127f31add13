"""The synthetic control corrected by ridge regression where no average of donors fits."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.donor_estimate import Told, donor_estimate
from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.donor_panel import DonorPanel, donor_panel
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.inference import PlaceboInSpace
from impactkit.effects.kernels.augmented_weights import augmented_weights
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_NEGATIVE = 1e-6


class AugmentedSyntheticControl(DonorSettings):
    """The synthetic control, with what its fit lacks before the start made up for by ridge regression.

    Parameters
    ----------
    donors, permutation
        See `DonorSettings`.
    inference : PlaceboInSpace
        How uncertainty is found.
    ridge : float, optional
        The penalty, in the outcome's unit squared: the larger, the nearer to the synthetic control. Left
        out, it is chosen for each unit, the treated and the placebos, by leaving out a period at a time.
    has_level : bool
        Whether each unit's mean before the start is taken out first: donors need to move like the treated
        unit, not to be at its level.

    Notes
    -----
    Weights sum to 1 and may be negative, so that what is expected may lie outside what donors had: the
    estimate says how much [1]_. Covariates enter as their means before the start, on the scale of the
    outcome, beside the outcomes. Several treated units have weights of their own, and their gaps are
    averaged by time since the start.

    References
    ----------
    .. [1] Ben-Michael, E., Feller, A., & Rothstein, J. (2021). The augmented synthetic control method.
       *Journal of the American Statistical Association*, 116(536).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaaabbbbcccc"), "year": [1, 2, 3, 4] * 3,
    ...                       "y": [4.0, 6, 7, 9, 1, 1, 2, 2, 3, 5, 6, 8], "start": [4] * 4 + [0] * 8})
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> estimate = AugmentedSyntheticControl(ridge=1.0).estimate(study)
    >>> [(donor.unit, round(donor.weight, 3)) for donor in estimate.counterfactual.weights]
    [('c', 1.263), ('b', -0.263)]
    """

    method: Literal["augmented_synthetic_control"] = "augmented_synthetic_control"
    inference: PlaceboInSpace = PlaceboInSpace()
    ridge: float | None = Field(default=None, gt=0)
    has_level: bool = False

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
            See `donor_panel`; or if a covariate is the same for all donors.
        """
        panel, names = donor_panel(study, self.donors), tuple(study.covariates)
        fits = self._fits(panel, names)
        told = Told(warnings=self._extrapolation(fits), adjusted_for=names)
        return donor_estimate(study, panel, fits, settings=self, inference=self.inference, told=told)

    def _fits(self, panel: DonorPanel, names: tuple[str, ...]) -> DonorFits:
        Y = panel.outcomes
        covariates = panel.columns.covariates.reshape(*Y.shape, len(names))[panel.order]
        _refuse_alike(covariates, panel, names)

        def weigh(unit: int, donors: npt.NDArray[np.int64], start: int) -> Floats:
            rows = np.append(donors, unit)
            points = _points(Y[rows, :start], covariates[rows, :start], has_level=self.has_level)
            return augmented_weights(points[:-1], points[-1], ridge=self.ridge).weights

        return DonorFits(
            outcomes=Y,
            names=panel.names,
            starts=panel.starts,
            shares=panel.shares,
            weigh=weigh,
            has_level=self.has_level,
        )

    def _extrapolation(self, fits: DonorFits) -> tuple[Message, ...]:
        """Say how much donors count negatively."""
        mean = fits.shares @ fits.weights
        negative = mean[mean < -_NEGATIVE]
        if not len(negative):
            return ()
        return (Message("donors.negative", {"n": len(negative), "share": float(-negative.sum())}),)


def _points(outcomes: Floats, covariates: Floats, *, has_level: bool) -> Floats:
    """Return what is to be alike: outcomes before the start, then covariates' means on their scale."""
    if has_level:
        outcomes = outcomes - outcomes.mean(axis=1)[:, None]
    if not covariates.shape[2]:
        return outcomes
    means = covariates.mean(axis=1)
    centred = outcomes[:-1] - outcomes[:-1].mean(axis=0)
    spread = means[:-1].std(axis=0, ddof=1)
    return np.hstack([outcomes, means * (centred.std(ddof=1) / np.where(spread > 0, spread, np.inf))])


def _refuse_alike(covariates: Floats, panel: DonorPanel, names: tuple[str, ...]) -> None:
    means = covariates[panel.n_treated :, : int(panel.starts.min())].mean(axis=1)
    alike = np.ptp(means, axis=0) <= 1e-12 * np.abs(means).max(axis=0, initial=0.0)
    if bool(alike.any()):
        raise EstimationError(
            "Covariates that are the same for all donors before the start: {names}.",
            where="covariates",
            mend="Leave them out: they cannot tell which donors are like the treated unit.",
            values={"names": ", ".join(np.array(names)[alike].tolist())},
        )
