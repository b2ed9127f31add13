"""The synthetic control of donors that are each like the treated unit, not only on average."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.donor_estimate import Told, donor_estimate
from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.donor_panel import DonorPanel, donor_panel
from impactkit.effects.donor_support import support_notes
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.inference import PlaceboInSpace
from impactkit.effects.kernels.penalised_simplex import least_loss, penalised_weights, penalty_path
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Penalty = Literal["holdout", "leave_one_out"] | Annotated[float, Field(gt=0)]


class PenalisedSyntheticControl(DonorSettings):
    """The treated unit beside the average of donors nearest to it, of donors that are near it themselves.

    Parameters
    ----------
    donors, permutation
        See `DonorSettings`.
    inference : PlaceboInSpace
        How uncertainty is found.
    penalty : {"holdout", "leave_one_out"} or float
        What a donor's own distance counts beside the average's. Chosen for each unit, the treated and the
        placebos, so that weights from the first half of the periods before the start follow it best in the
        second; chosen so that donors, each beside the others, are followed best after the start; or given.

    Notes
    -----
    Weights are at least 0, sum to 1 and minimise ``|x - w X|^2 + penalty sum_j w_j |x - X_j|^2`` [1]_ over
    outcomes before the start. They are unique and sparse. Without the penalty it is the synthetic control,
    and with a large one the nearest donor alone: an average of donors far from the treated unit on either
    side is trusted less, since their outcomes may bend between. Several treated units have weights of their
    own, and their gaps are averaged by time since the start.

    References
    ----------
    .. [1] Abadie, A., & L'Hour, J. (2021). A penalized synthetic control estimator for disaggregated data.
       *Journal of the American Statistical Association*, 116(536).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaaabbbbccccdddd"), "year": [1, 2, 3, 4] * 4,
    ...                       "y": [2.0, 3, 4, 9, 1, 1, 2, 2, 3, 5, 6, 8, 2, 3, 5, 6],
    ...                       "start": [4] * 4 + [0] * 12})
    >>> study = Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    >>> estimate = PenalisedSyntheticControl(penalty=0.1).estimate(study)
    >>> [(donor.unit, round(donor.weight, 3)) for donor in estimate.counterfactual.weights]
    [('d', 0.72), ('b', 0.22), ('c', 0.06)]
    """

    method: Literal["penalised_synthetic_control"] = "penalised_synthetic_control"
    inference: PlaceboInSpace = PlaceboInSpace()
    penalty: Penalty = "holdout"

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
        panel, fits = self.beside_donors(study)
        notes = support_notes(panel, fits, are_unique=True)
        assert isinstance(fits.weigh, _Penalised)
        told = Told(warnings=(fits.weigh.told(fits), *notes))
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
            See `donor_panel`.
        """
        panel = donor_panel(study, self.donors)
        fits = DonorFits(
            outcomes=panel.outcomes,
            names=panel.names,
            starts=panel.starts,
            shares=panel.shares,
            weigh=_Penalised(outcomes=panel.outcomes, n_treated=panel.n_treated, penalty=self.penalty),
        )
        return panel, fits


@dataclass(frozen=True, kw_only=True, eq=False)
class _Penalised:
    """Finds a unit's penalised weights, and keeps the penalty that was chosen for each unit and start."""

    outcomes: Floats
    n_treated: int
    penalty: Penalty
    found: dict[tuple[int, int], float] = field(default_factory=dict)
    by_start: dict[int, float] = field(default_factory=dict)

    def __call__(self, unit: int, donors: Codes, start: int) -> Floats:
        points, target = self.outcomes[donors, :start], self.outcomes[unit, :start]
        penalty = self._chosen(points, target, start)
        self.found[unit, start] = penalty
        return penalised_weights(points, target, penalty=penalty).weights

    def _chosen(self, points: Floats, target: Floats, start: int) -> float:
        """Return the given penalty, the donors' own, or the one that holds best in the second half."""
        if not isinstance(self.penalty, str):
            return self.penalty
        if self.penalty == "leave_one_out":
            if start not in self.by_start:
                self.by_start[start] = _left_out(self.outcomes[self.n_treated :], start)
            return self.by_start[start]
        middle = len(target) // 2
        gaps = target - np.stack(penalty_path(points[:, :middle], target[:middle])) @ points
        return least_loss((gaps[:, middle:] ** 2).sum(axis=1))

    def told(self, fits: DonorFits) -> Message:
        """Return the treated units' penalties in words, once their weights are found."""
        used = [self.found[i, start] for i, start in enumerate(fits.starts.tolist())]
        how = self.penalty if isinstance(self.penalty, str) else "given"
        if len(set(used)) == 1:
            return Message(f"donors.penalty.{how}", {"penalty": used[0]})
        return Message(f"donors.penalty.{how}_several", {"low": min(used), "high": max(used)})


def _left_out(donors: Floats, start: int) -> float:
    """Return the penalty under which donors follow each other best after a start."""
    losses = np.zeros(1)
    for i in range(len(donors)):
        others = np.delete(donors, i, axis=0)
        weights = np.stack(penalty_path(others[:, :start], donors[i, :start]))
        gaps = donors[i, start:] - weights @ others[:, start:]
        losses = losses + (gaps**2).sum(axis=1)
    return least_loss(losses)
