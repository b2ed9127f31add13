"""One treated unit: how far what was expected without the investment may be wrong."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.prediction import (
    Errors,
    Prediction,
    design,
    drawn_errors,
    in_sample,
    sparsity,
)
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

_FEWEST = 10  # periods before the start that show any spread
_SPARE = 2  # and more of them than treated ones
_NOTHING = 1e-9  # gaps this small, over the largest outcome, are a perfect fit
_LEAST_WEIGHT = 1e-6


class PredictionInterval(BaseModel):
    """Limits of what would have happened: weights may be wrong, and later periods differ.

    Parameters
    ----------
    errors : {"gaussian", "location_scale", "quantile"}
        How later periods' errors are bounded: a bound for errors with tails no heavier than normal;
        quantiles of standardised gaps before the start; quantile regression of those gaps. The last two need
        79 periods before the start for limits at 95 %.
    order : {0, 1}
        Whether the errors' mean and spread may depend on the donors that have a weight (1, as the authors'
        software has it), or not. With 1 they are extrapolated to later periods, which goes wrong where
        donors have moved beyond what they had before.
    misspecified : bool
        Whether gaps before the start may have a mean given the donors, which is then taken from them before
        their variance.
    variance : {"corrected", "log"}
        The errors' variance is that of the gaps, or with ``order=1`` the exponential of the mean logarithm of
        their squares without its bias, and counts the weights that were fitted. ``"log"`` leaves the bias,
        which makes it a quarter of the variance, and takes the interquartile range where that is smaller
        still, as the authors' software does.
    draws, seed : int
        Draws of the errors before the start behind the weights' uncertainty, and where they start.
    level : float
        Confidence level of the limits. Both sources share the risk equally.

    Notes
    -----
    Errors before the start leave a set of weights possible; the least and largest of what they predict, draw
    by draw, bound what estimation of the weights may add [1]_. The errors of later periods come on top. For
    the average effect, errors are bounded as a single period's are, since nothing is taken to be known of how
    they depend on each other: averages of normal errors vary no more.

    References
    ----------
    .. [1] Cattaneo, M. D., Feng, Y., & Titiunik, R. (2021). Prediction intervals for synthetic control
       methods. *Journal of the American Statistical Association*, 116(536).
    .. [2] Cattaneo, M. D., Feng, Y., Palomba, F., & Titiunik, R. (2025). scpi: uncertainty quantification for
       synthetic control methods. *Journal of Statistical Software*, 113(1).

    Examples
    --------
    >>> PredictionInterval().errors
    'gaussian'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["prediction_interval"] = "prediction_interval"
    errors: Errors = "gaussian"
    order: Literal[0, 1] = 0
    misspecified: bool = True
    variance: Literal["corrected", "log"] = "corrected"
    draws: int = Field(default=399, ge=79, le=100_000)
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
            If several units are treated, weights are not from outcomes alone, or there are too few periods
            before the start.
        """
        self._refuse(fits)
        predictions = self.predictions(fits)
        intervals = [self._interval(found) for found in predictions]
        if np.abs(fits.path[: fits.reach[0]]).max() <= _NOTHING * np.abs(fits.outcomes).max():
            reason = Message("inference.prediction_interval.perfect_fit")
            intervals = [
                Interval.undefined(found.point, level=self.level, reason=reason) for found in predictions
            ]
        headline = intervals[0]
        return Uncertainty.of_limits(
            tuple(intervals),
            words=Message(f"inference.prediction_interval.{self.errors}", {"periods": fits.reach[0]}),
            warnings=self._warnings(predictions[0], headline),
            bootstrap=predictions[0] if headline.reason is None else None,
        )

    def predictions(self, fits: DonorFits) -> tuple[Prediction, ...]:
        """Return the average effect and each period's, with what may be wrong.

        Parameters
        ----------
        fits : DonorFits
            One treated unit beside its donors.

        Returns
        -------
        tuple of Prediction
            The average first.
        """
        T0 = fits.reach[0]
        Z, P = fits.outcomes[1:, :T0], fits.outcomes[1:, T0:]
        later = np.column_stack([P.mean(axis=1), P])
        weights, gaps = fits.weights[0], fits.path[:T0]
        rho = sparsity(Z, weights, gaps)
        counted = weights > rho
        if not counted.any():
            counted = weights == weights.max()
        before, after = design(Z, later, counted, order=self.order)
        freed = min(int(np.count_nonzero(weights >= _LEAST_WEIGHT)) - 1, T0 - 1)
        inflation = T0 / (T0 - freed)
        least, most = in_sample(
            Z,
            later,
            weights,
            rho=rho,
            errors=drawn_errors(self._squares(gaps, before) * inflation, draws=self.draws, seed=self.seed),
        )
        is_corrected = self.variance == "corrected"
        points = [fits.average, *fits.path[T0:].tolist()]
        return tuple(
            Prediction(
                point=point,
                least=least[:, k],
                most=most[:, k],
                gaps=gaps * math.sqrt(inflation) if is_corrected else gaps,
                before=before,
                after=after[k : k + 1],
                errors=self.errors,
                unbiased=is_corrected,
            )
            for k, point in enumerate(points)
        )

    def _squares(self, gaps: Floats, before: Floats) -> Floats:
        if not self.misspecified:
            return gaps**2
        fitted = before @ np.linalg.lstsq(before, gaps, rcond=None)[0]
        squares: Floats = (gaps - fitted) ** 2
        return squares

    def _interval(self, found: Prediction) -> Interval:
        low, high = found.limits(self.level)
        return Interval(
            point=found.point,
            std_error=math.nan,
            df=math.nan,
            level=self.level,
            low=low,
            high=high,
            p_value=found.p_value(),
        )

    def _warnings(self, average: Prediction, headline: Interval) -> tuple[Message, ...]:
        alpha = 1 - self.level
        if headline.reason is not None or average.smallest_p <= alpha * (1 + 1e-12):
            return ()
        needed = math.ceil(4 / alpha - 1e-9) - 1
        values = {"needed": needed, "draws": self.draws, "periods": len(average.gaps), "level": self.level}
        kind = "draws" if self.draws < needed else "periods"
        return (Message(f"inference.prediction_interval.too_few_{kind}", values),)

    def _refuse(self, fits: DonorFits) -> None:
        before, after = fits.reach
        needed = max(_FEWEST, after + _SPARE)
        if fits.n_treated > 1:
            raise EstimationError(
                "Prediction intervals are for one treated unit; {n} are treated: {units}.",
                where="inference",
                mend="Use PlaceboInSpace(), or make one study for each treated unit.",
                values={"n": fits.n_treated, "units": ", ".join(fits.names[: fits.n_treated])},
            )
        if not fits.is_nearest:
            raise EstimationError(
                "Prediction intervals draw the weights of a synthetic control of outcomes alone; this "
                "estimator finds them in another way.",
                where="inference",
                mend="Use PlaceboInSpace(), or SyntheticControl without predictors.",
            )
        if before < needed:
            raise EstimationError(
                "{before} periods before the start are too few for prediction intervals of {after} treated "
                "periods: they show too little of how far the donors' average may be wrong.",
                where="inference",
                mend="Have at least {needed} periods before the start, or end the study earlier.",
                values={"before": before, "after": after, "needed": needed},
            )
