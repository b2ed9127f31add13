"""One treated unit beside the average of donors that was most like it before the start."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.donor_estimate import Told, donor_estimate
from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.donor_panel import DonorPanel, donor_panel
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.kernels.simplex import nearest_in_hull


class SyntheticControl(DonorSettings):
    """The treated unit beside the weighted average of donors that was nearest to it before the start.

    Parameters
    ----------
    donors, inference, permutation
        See `DonorSettings`.

    Notes
    -----
    Weights are at least 0 and sum to 1, so that what is expected lies among what donors had; they minimise
    the squared gaps before the start and are found exactly. What the treated unit has after the start beyond
    that average is the effect [1]_. Several treated units have weights of their own, and their gaps are
    averaged by time since the start.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative case
       studies. *Journal of the American Statistical Association*, 105(490).

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
    """

    method: Literal["synthetic_control"] = "synthetic_control"

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
            See `donor_panel`.
        """
        panel = donor_panel(study, self.donors)
        return donor_estimate(
            study, panel, _fits(panel), settings=self, inference=self.inference, told=Told()
        )


def _fits(panel: DonorPanel) -> DonorFits:
    Y = panel.outcomes

    def weigh(unit: int, donors: npt.NDArray[np.int64], start: int) -> npt.NDArray[np.float64]:
        return nearest_in_hull(Y[donors, :start], Y[unit, :start]).weights

    return DonorFits(outcomes=Y, names=panel.names, starts=panel.starts, shares=panel.shares, weigh=weigh)
