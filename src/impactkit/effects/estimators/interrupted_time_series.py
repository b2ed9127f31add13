"""One long series that is interrupted: what came after against the course it was on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.inference import AutoregressiveErrors, NeweyWest, PlaceboDates, PraisWinsten
from impactkit.effects.interrupted import Segmented
from impactkit.effects.segments import segmented_design
from impactkit.effects.series import Series, series_of
from impactkit.effects.series_estimate import Course, series_estimate
from impactkit.effects.settings import Settings
from impactkit.errors import EstimationError
from impactkit.wording import Message

Control = Literal["none", "difference", "model"]


class InterruptedTimeSeries(Settings):
    """A series with a trend, a season, and a level and a slope that may change at the start.

    Parameters
    ----------
    start : float or date, optional
        First treated period, where the study does not say.
    slope_change : bool
        Whether the slope may change too, and not only the level.
    phase_in : int
        Periods from the start in which the project is not yet in full effect.
    phase : {"left_out", "ramp"}
        Whether those are left out, or the level rises through them in equal steps.
    season : {"none", "fourier", "calendar"}
        No season, pairs of sine and cosine, or a level for each month or quarter.
    harmonics : int
        Pairs of sine and cosine, at most half the season's length.
    season_length : int, optional
        Periods in a season; 12 for months and 4 for quarters where the periods are dates (or months written
        202301).
    interruptions : tuple of float or date
        Other events in the series, each with a level and a slope of its own. The effect is averaged up to
        the first of them after the start.
    control : {"none", "difference", "model"}, optional
        How comparison units enter: not; by the treated series less theirs; or in one regression in which
        they have every term, and the treated every term once more. Left out: by the difference (for counts
        in one regression) where there are any.
    family : {"gaussian", "poisson"}
        Whether levels add up, or the outcome is a count over the study's ``exposure`` and levels multiply;
        counts may vary more than Poisson's.
    inference : AutoregressiveErrors, PraisWinsten or NeweyWest
        How uncertainty is found.
    permutation : PlaceboDates, optional
        The rank among placebo dates that stands beside it; None for none.

    Notes
    -----
    The model is ``y_t = a + b t + sum_j (c_j 1[t >= s_j] + d_j (t - s_j)+) + season + e_t`` [1]_. The
    headline
    is the average over treated periods of what the fitted series is with the interruption less what it would
    be without; by least squares that is the average of observed less expected. Treated units are averaged to
    one series (counts and exposures are added up), and so are comparison units; only periods with a row for
    every unit enter. Periods may be missing: errors are correlated by their distance in time.

    For counts the errors that carry over are Pearson's residuals about the fitted rates; effects on the
    average rate are by the delta method under each autocorrelation, limits of the rate ratio are those of its
    logarithm.

    Nothing in a single series tells an effect from anything else that happened at the start. The evidence
    grade is at most 2, at most 3 with a comparison series, and no verdict rests on fewer than 36 periods
    before the start.

    References
    ----------
    .. [1] Wagner, A. K., Soumerai, S. B., Zhang, F., & Ross-Degnan, D. (2002). Segmented regression analysis
       of interrupted time series studies in medication use research. *Journal of Clinical Pharmacy and
       Therapeutics*, 27(4).
    .. [2] Lopez Bernal, J., Cummins, S., & Gasparrini, A. (2017). Interrupted time series regression for the
       evaluation of public health interventions: a tutorial. *International Journal of Epidemiology*, 46(1).
    .. [3] Lopez Bernal, J., Cummins, S., & Gasparrini, A. (2018). The use of controls in interrupted time
       series studies of public health interventions. *International Journal of Epidemiology*, 47(6).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"month": range(48)})
    >>> frame["y"] = [10.0 + (t * 7) % 5 + 3 * (t >= 36) for t in range(48)]
    >>> study = Study(frame, outcome="y", time="month", start=36)
    >>> found = InterruptedTimeSeries().estimate(study)
    >>> found.terms[0].name, round(found.interval.point, 2)
    ('average', 3.15)
    """

    method: Literal["interrupted_time_series"] = "interrupted_time_series"
    start: float | date | None = None
    slope_change: bool = True
    phase_in: int = Field(default=0, ge=0)
    phase: Literal["left_out", "ramp"] = "left_out"
    season: Literal["none", "fourier", "calendar"] = "none"
    harmonics: int = Field(default=2, ge=1)
    season_length: int | None = Field(default=None, ge=2)
    interruptions: tuple[float | date, ...] = ()
    control: Control | None = None
    family: Literal["gaussian", "poisson"] = "gaussian"
    inference: Annotated[AutoregressiveErrors | PraisWinsten | NeweyWest, Field(discriminator="method")] = (
        AutoregressiveErrors()
    )
    permutation: PlaceboDates | None = PlaceboDates()

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect, the changes of level and slope, and the effect in each treated period.

        Parameters
        ----------
        study : Study
            A single series (one row a period, or rows averaged by period), or units of which some or all are
            treated from one start.

        Returns
        -------
        Estimate
            ``counterfactual`` holds what was expected by period.

        Raises
        ------
        EstimationError
            If there are no periods, no start or several, too few periods on either side of it, or terms that
            cannot be told apart.
        """
        counts = self.family == "poisson"
        if counts and self.control == "difference":
            raise EstimationError(
                "A difference of counts is no count.",
                where="control",
                mend="Use control='model', or family='gaussian' with rates.",
            )
        comparison = None if self.control is None else self.control != "none"
        series = series_of(study, start=self.start, counts=counts, comparison=comparison)
        control = self._control(series)
        covariates = series.treated.covariates
        if control == "difference" and series.control is not None:
            covariates = covariates - series.control.covariates
        design = segmented_design(series, covariates, self)
        segmented = Segmented(series=series, design=design, control=control, counts=counts)
        found = self.inference.infer_series(segmented.problem())
        coefficients = found.coefficients
        assert coefficients is not None
        course = Course(
            series=series,
            labels=lambda: segmented.labels,
            observed=segmented.observed(),
            expected=lambda: segmented.expected(coefficients),
            season=lambda: segmented.season(coefficients),
            counts=counts,
            ranked=None if self.permutation is None else self.permutation.test(segmented.shifts()),
        )
        return series_estimate(
            study, course, found, settings=self, estimand=self._estimand(study, segmented), notes=design.notes
        )

    def _control(self, series: Series) -> Control:
        if self.control is not None:
            return self.control
        if series.control is None:
            return "none"
        return "model" if self.family == "poisson" else "difference"

    def _estimand(self, study: Study, segmented: Segmented) -> Message:
        averaged = segmented.design.averaged
        names = [name for name, kept in zip(segmented.series.names, averaged, strict=True) if kept]
        is_rate = segmented.counts and study.columns.exposure is not None
        return Message(
            f"estimand.interrupted_time_series.{segmented.control}{'_rate' if is_rate else ''}",
            {
                "outcome": study.outcome,
                "n": len(names),
                "first": names[0],
                "last": names[-1],
                "before": segmented.series.n_before,
                **({"exposure": str(study.exposure)} if is_rate else {}),
            },
        )
