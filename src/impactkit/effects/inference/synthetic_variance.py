"""The variance of synthetic difference-in-differences: placebos, jackknife or bootstrap."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval, t_intervals
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.synthetic_differences import SyntheticDifferences
from impactkit.effects.synthetic_resamples import drawn_again, left_out
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_FEWEST = 30  # samples or placebos
_NOTHING = 1e-10  # a standard error this small, over the largest outcome, is rounding


class SyntheticVariance(BaseModel):
    """A standard error from clusters left out, clusters drawn again, or placebos.

    Parameters
    ----------
    of : {"jackknife", "placebo", "bootstrap"}
        Leave out one cluster at a time with the weights kept; treat donors as if they had started; or draw
        clusters with replacement and find all weights anew. Placebos say how much *donors* vary and are
        right only if the treated vary as much as they do; they are all there is for one treated unit. The
        others see the treated units themselves and need two or more.
    draws, seed : int
        Placebos (where there are too many to go through) or samples, and where they start.
    level : float
        Confidence level of the limits.

    Notes
    -----
    Limits of the jackknife and the bootstrap have as many degrees of freedom as treated clusters, less one
    for each cohort: what varies most is a mean of few. Those of placebos are normal.

    References
    ----------
    .. [1] Arkhangelsky, D., Athey, S., Hirshberg, D. A., Imbens, G. W., & Wager, S. (2021). Synthetic
       difference-in-differences. *American Economic Review*, 111(12), algorithms 2 to 4.

    Examples
    --------
    >>> SyntheticVariance().of
    'jackknife'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["synthetic_variance"] = "synthetic_variance"
    of: Literal["jackknife", "placebo", "bootstrap"] = "jackknife"
    draws: int = Field(default=999, ge=99, le=100_000)
    seed: int = Field(default=1, ge=0)
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer_donors(self, fits: SyntheticDifferences, *, test: PermutationTest | None = None) -> Uncertainty:
        """Return limits of the average effect and of each period's.

        Parameters
        ----------
        fits : SyntheticDifferences
            The treated cohorts beside their donors.
        test : PermutationTest, optional
            Not used.

        Returns
        -------
        Uncertainty
            The average first, then each treated period; nan with the reason where the variance is unknown.

        Raises
        ------
        EstimationError
            If placebos are asked for in a study with clusters of several units.
        """
        found = self._found(fits)
        words = Message(f"inference.synthetic_variance.{self.of}", {"draws": self.draws})
        if isinstance(found, Message):
            return self._unknown(fits, found, words)
        deviations, df = found
        covariance = deviations.T @ deviations
        errors = np.sqrt(np.diag(covariance))
        errors[errors <= _NOTHING * np.abs(fits.outcomes).max()] = math.nan
        is_by_cluster = self.of == "jackknife"
        K = len(errors)
        return Uncertainty(
            intervals=t_intervals(fits.effects, errors, np.full(K, df), level=self.level),
            contributions=Contributions.of(deviations if is_by_cluster else np.full((0, K), np.nan)),
            covariance=covariance,
            words=words,
        )

    def _found(self, fits: SyntheticDifferences) -> tuple[Floats, float] | Message:
        """Return deviations whose squares sum to the variance, and degrees of freedom; or why not."""
        treated_clusters = len(np.unique(fits.clusters[: fits.n_treated]))
        if self.of == "placebo":
            return self._of_placebos(fits)
        if treated_clusters < 2:
            return Message("inference.synthetic_variance.one_treated")
        df = float(treated_clusters - len(fits.cohorts))
        if self.of == "bootstrap":
            drawn = drawn_again(fits, draws=self.draws, seed=self.seed)
            if len(drawn) < max(_FEWEST, self.draws / 2) or df < 1:
                return Message("inference.synthetic_variance.cohort_of_one")
            return (drawn - drawn.mean(axis=0)) / math.sqrt(len(drawn)), df
        without = left_out(fits)
        if without is None or df < 1:
            return Message("inference.synthetic_variance.cohort_of_one")
        G = len(without)
        return (without - without.mean(axis=0)) * math.sqrt((G - 1) / G), df

    def _of_placebos(self, fits: SyntheticDifferences) -> tuple[Floats, float] | Message:
        if len(np.unique(fits.clusters)) < len(fits.clusters):
            raise EstimationError(
                "Placebos are donors one by one; this study has clusters of several units.",
                where="inference.of",
                mend="Use SyntheticVariance(of='jackknife'), or make clusters the study's units.",
            )
        n, D = fits.n_treated, len(fits.donors)
        if n + 2 > D:
            return Message("inference.synthetic_variance.too_few_donors", {"donors": D, "needed": n + 2})
        drawn, before = fits.placebos(draws=self.draws, seed=self.seed), fits.reach[0]
        effects = np.column_stack([drawn.averages, drawn.paths[:, before:]])
        return (effects - effects.mean(axis=0)) / math.sqrt(len(effects)), math.inf

    def _unknown(self, fits: SyntheticDifferences, why: Message, words: Message) -> Uncertainty:
        points = fits.effects.tolist()
        return Uncertainty.of_limits(
            tuple(Interval.undefined(point, level=self.level, reason=why) for point in points),
            words=words,
            warnings=(why,),
        )
