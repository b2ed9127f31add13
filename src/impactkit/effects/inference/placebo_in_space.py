"""Placebo tests over donors: limits from how the treated unit's gap ranks among theirs."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.donor_fits import BesideDonors, Pool
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.donor_ranks import DonorRanks, Statistic
from impactkit.effects.permutation_test import PermutationTest, permutation_interval
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message


class PlaceboInSpace(BaseModel):
    """The treated unit's gap ranked among the gaps of donors that are treated as if they had started.

    Parameters
    ----------
    statistic : {"mean_gap", "rmspe_ratio"}
        The mean gap after the start over the root mean square gap before it, or the ratio of root mean
        squares. The mean gap has a direction, and its limits are exact.
    pool : {"all", "untreated"}
        Whether the treated unit, with the supposed effect taken out, is a donor of the placebos. With it
        every unit is treated alike, and the test has its level exactly when each was as likely to be
        treated. Several treated units are never donors.
    draws, seed : int
        Random choices of donors where several are treated and there are too many to go through.
    level : float
        Confidence level of the limits.

    Notes
    -----
    With D donors no p-value is below ``1 / (D + 1)``. Limits at 95 % need 39 donors, since each end is a
    one-sided test at 2.5 %; with fewer they are infinite. Dividing by the fit before the start keeps donors
    that nobody can imitate from passing for effects.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative case
       studies. *Journal of the American Statistical Association*, 105(490).
    .. [2] Firpo, S., & Possebom, V. (2018). Synthetic control method: inference, sensitivity analysis and
       confidence sets. *Journal of Causal Inference*, 6(2).
    .. [3] Abadie, A. (2021). Using synthetic controls. *Journal of Economic Literature*, 59(2).

    Examples
    --------
    >>> PlaceboInSpace().statistic
    'mean_gap'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["placebo_in_space"] = "placebo_in_space"
    statistic: Statistic = "mean_gap"
    pool: Pool = "all"
    draws: int = Field(default=9999, ge=99, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    level: float = Field(default=0.95, gt=0, lt=1)

    def test(self, fits: BesideDonors) -> PermutationTest:
        """Return the test of any constant effect.

        Parameters
        ----------
        fits : BesideDonors
            The treated units beside their donors.

        Returns
        -------
        PermutationTest
            What stands beside every synthetic control.
        """
        ranks = fits.ranks(pool=self.pool, statistic=self.statistic, draws=self.draws, seed=self.seed)
        return self._of(ranks, fits)

    def infer_donors(self, fits: BesideDonors, *, test: PermutationTest | None = None) -> Uncertainty:
        """Return limits of the average effect and of each period's.

        Parameters
        ----------
        fits : BesideDonors
            The treated units beside their donors.
        test : PermutationTest, optional
            The test of the same settings, if it was made already.

        Returns
        -------
        Uncertainty
            The average first, then each treated period.
        """
        test = test or self.test(fits)
        ranks = test.parts[0]
        assert isinstance(ranks, DonorRanks)
        effects = fits.path[fits.reach[0] :]
        intervals = [permutation_interval(fits.average, test, self.level)]
        for k, effect in enumerate(effects.tolist()):
            intervals.append(permutation_interval(effect, self._of(ranks.at(k), fits), self.level))
        return Uncertainty.of_limits(
            tuple(intervals),
            words=Message(f"inference.placebo_in_space.{self.statistic}", {"donors": len(fits.donors)}),
            warnings=self._too_few(test, intervals[0], len(fits.donors)),
        )

    def _of(self, ranks: DonorRanks, fits: BesideDonors) -> PermutationTest:
        several = "several" if fits.n_treated > 1 else "one"
        law = Message(
            f"inference.law.donors_{several}", {"treated": fits.n_treated, "donors": len(fits.donors)}
        )
        return PermutationTest(parts=(ranks,), draws=max(len(ranks.gaps) - 1, 1), seed=self.seed, law=law)

    def _too_few(self, test: PermutationTest, headline: Interval, n_donors: int) -> tuple[Message, ...]:
        """Say how many donors limits at this level need."""
        if math.isfinite(headline.low) and math.isfinite(headline.high):
            return ()
        alpha = (1 - self.level) / 2
        if test.smallest_p <= alpha * (1 + 1e-12):
            return ()
        needed = math.ceil(1 / alpha - 1e-9) - 1
        values = {"donors": n_donors, "smallest": test.smallest_p, "needed": needed, "alpha": alpha}
        return (Message("inference.too_few_donors", values),)
