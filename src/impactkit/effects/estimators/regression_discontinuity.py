"""Regression discontinuity: those just past a threshold against those just short of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.inference import HonestSmoothness, Permutation, RobustBiasCorrected
from impactkit.effects.kernels.discontinuity_bandwidths import Rule as BandwidthRule
from impactkit.effects.kernels.discontinuity_bandwidths import Target
from impactkit.effects.kernels.local_polynomial import Kernel
from impactkit.effects.settings import Settings
from impactkit.effects.threshold_answer import is_coarse, repeats, threshold_answer
from impactkit.effects.threshold_rows import Kind, Rule, ThresholdRows, TreatedSide, threshold_rows
from impactkit.effects.thresholds import Threshold, ThresholdFound
from impactkit.errors import EstimationError

Width = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ThresholdInference = Annotated[HonestSmoothness | RobustBiasCorrected, Field(discriminator="method")]


class RegressionDiscontinuity(Settings):
    """Effect at a threshold of a score by which a rule decides: who is just past it, and who just short.

    Parameters
    ----------
    cutoff : float
        The threshold, in the score's unit.
    kind : {"sharp", "fuzzy", "kink"}
        Whether the rule decides who gets it; only makes it likelier, with the study's ``takeup`` telling who
        did (the effect is then the jump of the outcome over that of ``takeup``); or changes how much, so that
        the outcome's slope changes (over that of ``takeup``, where the study has it).
    treated_side : {"above", "below"}
        The side on which the rule treats.
    at_cutoff : {"treated", "untreated"}
        What the rule does with a score that is the cutoff itself.
    order : int, optional
        Of the polynomials on each side; 1, or 2 for a kink, when left out.
    bandwidth : {"mse", "mse_two_sides", "cer", "cer_two_sides"} or float
        How near to the cutoff rows must be: chosen to make the mean squared error of the estimate, or the
        coverage error of its limits, small, or given in the score's unit. Robust bias-corrected limits take
        what their coverage asks for in either case, unless they are to be as rdrobust has them.
    bias_bandwidth : float, optional
        How near rows must be that tell the estimate's bias. Left out, as near as for the estimate where that
        is given, else a little further.
    kernel : {"triangular", "epanechnikov", "uniform"}
        How weight falls with distance.
    donut : float
        Rows nearer to the cutoff than this are left out.
    inference : RobustBiasCorrected or HonestSmoothness, optional
        How uncertainty is found. None chooses: robust bias-corrected limits, or limits under a bound on how
        much the curve bends where the score takes few values near the cutoff.
    level : float
        Confidence level of what is chosen; an inference that is given has its own.
    permutation : Permutation, optional
        The test by turning signs that stands beside; None for none.

    Notes
    -----
    The effect is that on those at the threshold, and says nothing of those far from it. The headline is the
    estimate less its bias, and ``conventional`` the local polynomial's own. The study's covariates (and
    ``pre_outcome``) make the limits shorter; the effect stays the same one. ``treated`` may be left out: the
    rule says who is.

    References
    ----------
    .. [1] Cattaneo, M. D., Idrobo, N., & Titiunik, R. (2020). *A Practical Introduction to Regression
       Discontinuity Designs: Foundations*. Cambridge University Press.
    .. [2] Calonico, S., Cattaneo, M. D., & Titiunik, R. (2014). Robust nonparametric confidence intervals for
       regression-discontinuity designs. *Econometrica*, 82(6).
    .. [3] Kolesár, M., & Rothe, C. (2018). Inference in regression discontinuity designs with a discrete
       running variable. *American Economic Review*, 108(8).
    .. [4] Calonico, S., Cattaneo, M. D., & Farrell, M. H. (2020). Optimal bandwidth choice for robust
       bias-corrected inference in regression discontinuity designs. *Econometrics Journal*, 23(2).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> score = np.linspace(-1, 1, 200)
    >>> noise = np.random.default_rng(1).standard_normal(200)
    >>> frame = pd.DataFrame({"score": score, "y": score + 3.0 * (score >= 0) + 0.1 * noise})
    >>> found = RegressionDiscontinuity().estimate(Study(frame, outcome="y", running="score"))
    >>> found.interval.low < 3 < found.interval.high
    True
    """

    method: Literal["regression_discontinuity"] = "regression_discontinuity"
    cutoff: float = Field(default=0.0, allow_inf_nan=False)
    kind: Kind = "sharp"
    treated_side: TreatedSide = "above"
    at_cutoff: Literal["treated", "untreated"] = "treated"
    order: int | None = Field(default=None, ge=1, le=4)
    bandwidth: BandwidthRule | Width = "mse"
    bias_bandwidth: Width | None = None
    kernel: Kernel = "triangular"
    donut: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    inference: ThresholdInference | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
    permutation: Permutation | None = Permutation()

    @property
    def rule(self) -> Rule:
        """Who gets it."""
        return Rule(
            cutoff=self.cutoff,
            treated_side=self.treated_side,
            at_cutoff=self.at_cutoff,
            donut=self.donut,
        )

    def estimate(self, study: Study) -> Estimate:
        """Return the effect at the threshold.

        Parameters
        ----------
        study : Study
            A cross section with ``running``.

        Returns
        -------
        Estimate
            Of the rows near the threshold; for a fuzzy design with the jumps of the outcome and of treatment
            received.

        Raises
        ------
        EstimationError
            If the rows cannot answer: see what is refused, and the way out, in the error.
        """
        asked = self.asked(study)
        return threshold_answer(study, asked, self._found(asked), settings=self, kind=self.kind)

    def asked(self, study: Study) -> Threshold:
        """Return what is asked of a study's rows.

        Parameters
        ----------
        study : Study
            A cross section with ``running``.

        Returns
        -------
        Threshold
            The rows by distance, and the polynomial.
        """
        derivative = 1 if self.kind == "kink" else 0
        order = derivative + 1 if self.order is None else self.order
        rows = threshold_rows(study, self.rule, self.kind)
        return Threshold(
            rows=rows,
            target=Target(order=order, derivative=derivative, kernel=self.kernel, ratio=rows.has_takeup),
            bandwidth=self.bandwidth,
            bias_bandwidth=self.bias_bandwidth,
        )

    def _found(self, asked: Threshold) -> ThresholdFound:
        """Return what the inference asked for says, or the one that suits how many values the score takes."""
        if self.inference is not None:
            return self.inference.infer_threshold(asked)
        robust = RobustBiasCorrected(level=self.level)
        if not self._can_be_honest(asked.rows):
            return robust.infer_threshold(asked)
        try:
            found = robust.infer_threshold(asked)
        except EstimationError:
            return HonestSmoothness(level=self.level).infer_threshold(asked)
        return HonestSmoothness(level=self.level).infer_threshold(asked) if is_coarse(asked, found) else found

    def _can_be_honest(self, rows: ThresholdRows) -> bool:
        return self.kind == "sharp" and repeats(rows)
