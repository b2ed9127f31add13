"""One treated unit: its residuals after the start among those of other periods, under any supposed effect."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.conformal import (
    ConformalTest,
    Order,
    Tails,
    in_blocks,
    periods_in_place,
    persistence,
)
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

_PERSISTENT = 0.3  # correlation of neighbouring gaps before the start from which the estimate says so
_SPARE = 2  # periods before the start that there must be more than treated ones


class Conformal(BaseModel):
    """Residuals of one treated unit after the start, ranked among those of other periods.

    Parameters
    ----------
    statistic : {"mean", "absolute", "squared", "largest", "blocks"}
        What is ranked for the average effect: the size of the mean residual of the treated periods, their
        mean size (q = 1 of the paper), root mean square (q = 2) or largest size (q infinite); or, with
        ``"blocks"``, means over blocks as long as the treated periods, which hold whatever the effect's
        course but leave few blocks to rank.
    order : {"moving_block", "iid"}
        Blocks of neighbouring periods stand for the treated ones, so that errors may depend on each other
        from period to period, or any choice of periods.
    tails : {"size", "each"}
        Limits from one test of sizes, or each from a one-sided test of the mean residual at half the level,
        which needs twice as many periods.
    shape : tuple of float
        Course of the supposed effect over the treated periods, of mean 1; constant when left out.
    draws, seed : int
        Random choices of periods with ``order="iid"`` where there are too many to go through.
    level : float
        Confidence level of the limits.

    Notes
    -----
    The supposed effect is taken from the treated unit's outcome, the weights are found on all periods, and
    the residuals of the treated periods are compared with those of other periods. With T periods no p-value
    is below 1 / T. Limits hold the effects that are not rejected, found exactly: residuals are linear in the
    supposed effect between bends that are walked along. Where effects between the limits are rejected too,
    the limits are the outermost and the estimate says so. Each treated period is tested by itself, with the
    periods before the start.

    References
    ----------
    .. [1] Chernozhukov, V., Wüthrich, K., & Zhu, Y. (2021). An exact and robust conformal inference method
       for counterfactual and synthetic controls. *Journal of the American Statistical Association*, 116(536),
       sections 2 and A.1.

    Examples
    --------
    >>> Conformal(order="iid").order
    'iid'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["conformal"] = "conformal"
    statistic: Literal["mean", "absolute", "squared", "largest", "blocks"] = "mean"
    order: Order = "moving_block"
    tails: Tails = "size"
    shape: tuple[float, ...] = ()
    draws: int = Field(default=9999, ge=99, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer_donors(self, fits: DonorFits, *, test: PermutationTest | None = None) -> Uncertainty:
        """Return limits of the average effect and of each period's.

        Parameters
        ----------
        fits : DonorFits
            One treated unit beside its donors.
        test : PermutationTest, optional
            Not used here; it stands beside.

        Returns
        -------
        Uncertainty
            The average first, then each treated period.

        Raises
        ------
        EstimationError
            If several units are treated, weights are not from outcomes alone, periods before the start are
            fewer than the treated ones and two more, or the shape does not fit the treated periods.
        """
        self._refuse(fits)
        tests, (T0, T1) = self.tests(fits), fits.reach
        average = tests[0]
        points = [fits.average, *fits.path[T0:].tolist()]
        intervals = [self._interval(point, found) for point, found in zip(points, tests, strict=True)]
        return Uncertainty.of_limits(
            tuple(intervals),
            words=Message(f"inference.conformal.{self.order}", {"periods": len(average.target), "n": T1}),
            warnings=(*self._warnings(average, intervals[0]), *self._dependence(fits.path[:T0])),
            bootstrap=average if intervals[0].reason is None else None,
        )

    def tests(self, fits: DonorFits) -> tuple[ConformalTest, ...]:
        """Return the tests of the average effect and of each period's.

        Parameters
        ----------
        fits : DonorFits
            One treated unit beside its donors.

        Returns
        -------
        tuple of ConformalTest
            The average first.
        """
        T0, T1 = fits.reach
        periods = [self._period(fits.outcomes, T0, k) for k in range(T1)]
        return (self._average(fits.outcomes, T1), *periods)

    def _average(self, Y: Floats, T1: int) -> ConformalTest:
        if self.statistic == "blocks":
            Y, T1 = in_blocks(Y, T1), 1
        shape = np.array(self.shape) if self.shape and self.statistic != "blocks" else np.ones(T1)
        return self._test(Y, shape)

    def _period(self, Y: Floats, T0: int, k: int) -> ConformalTest:
        return self._test(np.delete(Y, [t for t in range(T0, Y.shape[1]) if t != T0 + k], axis=1), np.ones(1))

    def _test(self, Y: Floats, shape: Floats) -> ConformalTest:
        places, is_exact = periods_in_place(
            Y.shape[1], len(shape), self.order, draws=self.draws, seed=self.seed
        )
        return ConformalTest(
            points=Y[1:],
            target=Y[0],
            shape=shape,
            places=places,
            is_exact=is_exact,
            measure="mean" if self.statistic == "blocks" else self.statistic,
            tails=self.tails,
        )

    def _interval(self, point: float, test: ConformalTest) -> Interval:
        low, high = test.limits(self.level)
        if math.isnan(low):
            return Interval.undefined(
                point, level=self.level, reason=Message("inference.conformal.no_constant_effect")
            )
        return Interval(
            point=point,
            std_error=math.nan,
            df=math.nan,
            level=self.level,
            low=low,
            high=high,
            p_value=test.two_sided(),
        )

    def _warnings(self, average: ConformalTest, headline: Interval) -> tuple[Message, ...]:
        alpha = (1 - self.level) / (2 if self.tails == "each" else 1)
        if average.smallest_p > alpha * (1 + 1e-12):
            values = {
                "periods": len(average.target),
                "smallest": average.smallest_p,
                "needed": math.ceil(1 / alpha - 1e-9),
                "alpha": alpha,
            }
            kind = "blocks" if self.statistic == "blocks" else "periods"
            return (Message(f"inference.conformal.too_few_{kind}", values),)
        if headline.reason is not None:
            return ()
        found = []
        if math.isinf(headline.low) or math.isinf(headline.high):
            found.append(Message("inference.conformal.overlapping"))
        if average.has_holes(self.level):
            found.append(Message("inference.conformal.holes"))
        if not headline.low <= headline.point <= headline.high:
            found.append(Message("inference.conformal.point_outside"))
        return tuple(found)

    def _dependence(self, gaps: Floats) -> tuple[Message, ...]:
        """Say what it means for these limits that gaps carry over from period to period."""
        if self.order == "iid":
            return (Message("inference.conformal.independent"),)
        found = persistence(gaps)
        return (Message("inference.conformal.persistent", {"r": found}),) if found >= _PERSISTENT else ()

    def _refuse(self, fits: DonorFits) -> None:
        before, after = fits.reach
        if fits.n_treated > 1:
            raise EstimationError(
                "Conformal inference is for one treated unit; {n} are treated: {units}.",
                where="inference",
                mend="Use PlaceboInSpace(), or make one study for each treated unit.",
                values={"n": fits.n_treated, "units": ", ".join(fits.names[: fits.n_treated])},
            )
        if not fits.is_nearest:
            raise EstimationError(
                "Conformal inference finds the weights again under each supposed effect, from outcomes "
                "alone; this estimator finds them in another way.",
                where="inference",
                mend="Use PlaceboInSpace(), or SyntheticControl without predictors.",
            )
        if before < after + _SPARE:
            raise EstimationError(
                "{before} periods before the start are too few for conformal inference on {after} treated "
                "periods: they show too little of what chance does.",
                where="inference",
                mend="Have at least {needed} periods before the start, or end the study earlier.",
                values={"before": before, "after": after, "needed": after + _SPARE},
            )
        if self.shape and (len(self.shape) != after or abs(sum(self.shape) / after - 1) > 1e-9):
            raise EstimationError(
                "The shape of the effect has {n} numbers of mean {mean} for {after} treated periods.",
                where="inference.shape",
                mend="Give one number a treated period, with mean 1.",
                values={"n": len(self.shape), "mean": sum(self.shape) / len(self.shape), "after": after},
            )
