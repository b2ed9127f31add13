"""A series whose level wanders: what came after against what its own wandering says could have come."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field

from impactkit.data.columns import Floats
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.inference import PlaceboDates
from impactkit.effects.kernels.date_shifts import DateShifts
from impactkit.effects.kernels.structural import structural_fits
from impactkit.effects.regression import Label
from impactkit.effects.segments import season_columns
from impactkit.effects.series import Series, series_of
from impactkit.effects.series_effects import LevelEffects, SeriesProblem
from impactkit.effects.series_estimate import Course, series_estimate
from impactkit.effects.series_mixture import mixed_uncertainty
from impactkit.effects.settings import Settings
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

_FEWEST = 3  # degrees of freedom


class StructuralTimeSeries(Settings):
    """A wandering level, a slope, a season, a comparison series and noise, forecast past the start.

    Parameters
    ----------
    start : float or date, optional
        First treated period, where the study does not say.
    trend : {"local_level", "fixed_slope", "local_linear"}
        A level that wanders; with a slope; with a slope that wanders too.
    season : {"none", "fourier", "calendar"}
        No season, pairs of sine and cosine, or a level for each month or quarter.
    harmonics : int
        Pairs of sine and cosine, at most half the season's length.
    season_length : int, optional
        Periods in a season; 12 for months and 4 for quarters where the periods are dates.
    control : {"none", "regression"}, optional
        Whether the comparison units' mean is a regressor. Left out: where there are any.
    level : float
        Confidence level.
    permutation : PlaceboDates, optional
        The rank among placebo dates that stands beside the limits; None for none.

    Notes
    -----
    The model is that of Bayesian structural time series [1]_ with a local level (statsmodels'
    ``UnobservedComponents``), fitted to the periods before the start. The effect in a treated period is what
    was observed less the forecast. Nothing is maximised and nothing is drawn: for every size of the level's
    steps relative to the noise, on a fine grid, the forecast and its error are exact (what the Kalman filter
    with a diffuse start gives, held to statsmodels' in tests), and each size counts by its restricted
    likelihood times a prior that treats level and noise alike. Limits are those of the mixture of t
    distributions, so that the uncertainty of the variances and of the coefficients is in them.

    A level that wanders may have wandered off by itself, and the limits widen with the time since the start.
    They hold their level for autoregressive errors too, but are then wider than need be: measured in
    docs/results/series.md. The effect in each period is that in this very period, chance included; nothing
    ties the periods together as a level and a slope do in ``InterruptedTimeSeries``.

    References
    ----------
    .. [1] Brodersen, K. H., Gallusser, F., Koehler, J., Remy, N., & Scott, S. L. (2015). Inferring causal
       impact using Bayesian structural time-series models. *Annals of Applied Statistics*, 9(1).
    .. [2] Harvey, A. C. (1989). *Forecasting, Structural Time Series Models and the Kalman Filter*. Cambridge
       University Press.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"month": range(48)})
    >>> frame["y"] = [10.0 + (t * 7) % 5 + 3 * (t >= 36) for t in range(48)]
    >>> found = StructuralTimeSeries().estimate(Study(frame, outcome="y", time="month", start=36))
    >>> found.interval.low < 3 < found.interval.high
    True
    """

    method: Literal["structural_time_series"] = "structural_time_series"
    start: float | date | None = None
    trend: Literal["local_level", "fixed_slope", "local_linear"] = "fixed_slope"
    season: Literal["none", "fourier", "calendar"] = "none"
    harmonics: int = Field(default=2, ge=1)
    season_length: int | None = Field(default=None, ge=2)
    control: Literal["none", "regression"] | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
    permutation: PlaceboDates | None = PlaceboDates()

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect, the cumulative one, and the effect in each treated period.

        Parameters
        ----------
        study : Study
            A single series (one row a period, or rows averaged by period), or units of which some or all are
            treated from one start.

        Returns
        -------
        Estimate
            ``counterfactual`` holds what was expected by period: before the start the course of the series
            without its noise, after it the forecast.

        Raises
        ------
        EstimationError
            If there are no periods, no start or several, too few periods on either side of it, or terms that
            cannot be told apart.
        """
        comparison = None if self.control is None else self.control != "none"
        series = series_of(study, start=self.start, counts=False, comparison=comparison)
        regressors, notes = self._regressors(series)
        after = series.after
        X = np.hstack([regressors, np.eye(len(after))[:, after]])
        y = series.treated.outcome
        base, p = float(y[0]), regressors.shape[1]
        effects = _effects(after, p, seen=float(y[after].mean()))
        problem = SeriesProblem(
            X=X, y=y - base, gaps=np.ones(len(y)), effects=effects, scale=float(np.abs(y).max())
        )
        found, noise = self._fitted(problem, series)
        assert found.coefficients is not None
        expected = np.where(after, y, y - noise)
        expected[after] -= found.coefficients[p:]
        season = slice(p, p) if self.season == "none" else self._seasonal(series)
        shifts = DateShifts(X=regressors, y=y, treated=after)
        course = Course(
            series=series,
            ranked=None if self.permutation is None else self.permutation.test(shifts),
            labels=_labels(series),
            observed=y,
            expected=expected,
            season=_about_mean(regressors[:, season] @ found.coefficients[:p][season]),
        )
        estimand = self._estimand(study, series)
        return series_estimate(study, course, found, settings=self, estimand=estimand, notes=notes)

    def _fitted(self, problem: SeriesProblem, series: Series) -> tuple[Uncertainty, Floats]:
        """Return what is known of the effects, and the noise of each period."""
        if not problem.varies:
            return problem.constant(self.level), np.zeros(len(problem.y))
        slopes = self.trend == "local_linear"
        fitted = structural_fits(problem.X, problem.y, series.at, slopes=slopes)
        shares = fitted.fits.weights(fitted.log_prior)
        usual = float(np.exp(shares @ np.log(fitted.level)))
        words = Message(f"inference.series.structural.{self.trend}", {"level": usual})
        found = mixed_uncertainty(
            fitted.fits, fitted.log_prior, problem.effects, level=self.level, words=words
        )
        return found, fitted.noise

    def _regressors(self, series: Series) -> tuple[Floats, tuple[Message, ...]]:
        """Return intercept, slope, season, comparison series and covariates, told apart before the start."""
        at, before = series.at - series.at[series.after][0], ~series.after
        season, notes = season_columns(series, self)
        slope = [] if self.trend == "local_level" else [at[:, None]]
        others = [series.treated.covariates]
        if series.control is not None:
            others.append(series.control.outcome[:, None])
        centred = [one - one[before].mean(axis=0) for one in others]
        if series.control is not None and not np.any(centred[-1][before]):
            centred, notes = centred[:-1], (*notes, Message("estimate.series.control_constant"))
        X = np.hstack([np.ones((len(at), 1)), *slope, season, *centred])
        n, p = int(before.sum()), X.shape[1]
        if n - p < _FEWEST:
            raise EstimationError(
                "{n} points, {before} of them before the start, are too few for {k} terms.",
                where="time",
                mend="Add earlier periods, or drop terms: the season, the change of slope, or covariates.",
                values={"n": len(at), "before": n, "k": p},
            )
        scaled = X[before] / np.maximum(np.linalg.norm(X[before], axis=0), np.finfo(float).tiny)
        if np.linalg.matrix_rank(scaled, tol=1e-9) < p:
            raise EstimationError(
                "Some terms of the series cannot be told apart before the start.",
                where="season, control or covariates",
                mend="Leave out covariates that do not vary before the start, or that follow the trend.",
            )
        return X, notes

    def _seasonal(self, series: Series) -> slice:
        first = 1 if self.trend == "local_level" else 2
        return slice(first, first + season_columns(series, self)[0].shape[1])

    def _estimand(self, study: Study, series: Series) -> Message:
        names = [name for name, kept in zip(series.names, series.after, strict=True) if kept]
        return Message(
            f"estimand.structural_time_series.{'none' if series.control is None else 'regression'}",
            {
                "outcome": study.outcome,
                "n": len(names),
                "first": names[0],
                "last": names[-1],
                "before": series.n_before,
            },
        )


def _effects(after: np.ndarray, p: int, *, seen: float) -> LevelEffects:
    """Return the average, the sum and each period's effect, and the average as a share of the expected."""
    n = int(after.sum())
    periods = np.hstack([np.zeros((n, p)), np.eye(n)])
    average = periods.mean(axis=0)
    matrix = np.vstack([average, periods.sum(axis=0), periods])
    return LevelEffects(matrix=matrix, expected=-average, base=seen)


def _labels(series: Series) -> tuple[Label, ...]:
    begins = series.at[series.after][0]
    periods = [
        Label(
            name=f"period {series.names[t]}",
            time=float(series.periods[t]),
            event_time=float(series.at[t] - begins),
        )
        for t in np.flatnonzero(series.after)
    ]
    relative = Label(name="relative", measure="ratio")
    return (Label(name="average"), Label(name="cumulative"), *periods, relative)


def _about_mean(season: Floats) -> Floats:
    return season - season.mean() if np.any(season) else np.empty(0)
