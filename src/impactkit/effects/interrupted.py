"""An interrupted series as a regression: what is fitted, and which effects its coefficients amount to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.date_shifts import DateShifts
from impactkit.effects.kernels.interruption import steps_between
from impactkit.effects.kernels.log_linear import log_linear
from impactkit.effects.regression import Label
from impactkit.effects.segments import SegmentedDesign
from impactkit.effects.series import Level, Series
from impactkit.effects.series_effects import LevelEffects, RateSeriesEffects, SeriesProblem
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Segmented:
    """A series of the treated, perhaps with one of the comparison, ready to be fitted.

    Parameters
    ----------
    series : Series
        The series.
    design : SegmentedDesign
        The regressors of one series.
    control : {"none", "difference", "model"}
        How the comparison enters.
    counts : bool
        Whether outcomes are counts over their exposure.
    """

    series: Series
    design: SegmentedDesign
    control: Literal["none", "difference", "model"]
    counts: bool

    @property
    def labels(self) -> tuple[Label, ...]:
        """Names of the effects, in their order."""
        measure: Literal["log_ratio", "difference"] = "log_ratio" if self.counts else "difference"
        kinds = ("level change", "slope change")[: len(self.design.own)]
        changes = [Label(name=kind, measure=measure) for kind in kinds]
        changes += [label._replace(measure=measure) for label in self.design.further]
        at, series = self.series.at, self.series
        begins = at[series.after][0]
        periods = [
            Label(
                name=f"period {series.names[t]}",
                time=float(series.periods[t]),
                event_time=float(at[t] - begins),
            )
            for t in np.flatnonzero(self.design.averaged)
        ]
        last = "log rate ratio" if self.counts else "relative"
        kind: Literal["log_ratio", "ratio"] = "log_ratio" if self.counts else "ratio"
        return (
            Label(name="average"),
            *changes,
            Label(name="cumulative"),
            *periods,
            Label(name=last, measure=kind),
        )

    @property
    def _n_own(self) -> int:
        """Columns before those of the treated alone."""
        return self.design.X.shape[1] if self.control == "model" else 0

    def _both(self, X: Floats) -> Floats:
        """Return the regressors of treated rows, which share those of the comparison and have their own."""
        return np.hstack([X, X]) if self.control == "model" else X

    def problem(self) -> SeriesProblem:
        """Return the regression.

        Raises
        ------
        EstimationError
            If counts have no finite solution.
        """
        X, y, exposure, gaps = self._rows()
        if not self.counts:
            base = float(y[0])
            return SeriesProblem(
                X=X, y=y - base, gaps=gaps, effects=self._levels(base), scale=float(np.abs(y).max())
            )
        fit = log_linear(X, y, exposure)
        if not fit.has_converged:
            raise EstimationError(
                "The counts have no finite solution: the terms tell exactly where no events are.",
                where="outcome",
                mend="Use longer periods, fewer terms (season, slope_change), or family='gaussian'.",
            )
        return SeriesProblem(
            X=fit.X, y=fit.y, gaps=gaps, effects=self._rates(), scale=float(np.sqrt(y.max()))
        )

    def shifts(self) -> DateShifts:
        """Return the series, without its interruption, whose treated stretch could have come at any date."""
        fitted, control = self.design.fitted, self.series.control
        y = self.observed()
        if self.control != "none" and control is not None:
            y = y - (control.outcome / control.exposure if self.counts else control.outcome)
        own = set(self.design.own.tolist())
        kept = [k for k in range(self.design.X.shape[1]) if k not in own]
        return DateShifts(
            X=self.design.X[fitted][:, kept],
            y=y[fitted],
            treated=self.design.averaged[fitted],
        )

    def _rows(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return regressors, outcome, exposure and steps in time of the rows that are fitted."""
        fitted, treated, control = self.design.fitted, self.series.treated, self.series.control
        X, gaps = self.design.X[fitted], steps_between(self.series.at[fitted])
        y, exposure = treated.outcome[fitted], treated.exposure[fitted]
        if self.control == "none" or control is None:
            return X, y, exposure, gaps
        if self.control == "difference":
            return X, y - control.outcome[fitted], exposure, gaps
        nothing = np.zeros_like(X)
        return (
            np.vstack([np.hstack([X, nothing]), np.hstack([X, X])]),
            np.concatenate([control.outcome[fitted], y]),
            np.concatenate([control.exposure[fitted], exposure]),
            np.concatenate([gaps, gaps]),
        )

    def _changes(self, k: int) -> tuple[Floats, Floats]:
        """Return what coefficients weigh in the changes, and in the effect of each averaged period."""
        own = self._n_own + self.design.own
        last = own[-1] + 1 + np.arange(len(self.design.further))
        changes = np.eye(k)[np.concatenate([own, last])]
        periods = np.zeros((int(self.design.averaged.sum()), k))
        periods[:, own] = self.design.X[np.ix_(self.design.averaged, self.design.own)]
        return changes, periods

    def _levels(self, base: float) -> LevelEffects:
        k = self.design.X.shape[1] + self._n_own
        changes, periods = self._changes(k)
        average, total = periods.mean(axis=0), periods.sum(axis=0)
        matrix = np.vstack([average, changes, total, periods])
        averaged = self.design.averaged
        if self.control == "difference":
            seen = float(self.series.treated.outcome[averaged].mean())
            return LevelEffects(matrix=matrix, expected=-average, base=seen)
        would = self._without()[averaged].mean(axis=0)
        return LevelEffects(matrix=matrix, expected=would, base=base)

    def _rates(self) -> RateSeriesEffects:
        averaged = self.design.averaged
        changes, _ = self._changes(self.design.X.shape[1] + self._n_own)
        return RateSeriesEffects(
            X=self._both(self.design.X[averaged]),
            without=self._without()[averaged],
            exposure=self.series.treated.exposure[averaged],
            logs=changes,
        )

    def _without(self) -> Floats:
        if self.control == "model":
            return np.hstack([self.design.X, self.design.without])
        return self.design.without

    def expected(self, coefficients: Floats) -> Floats:
        """Return what the treated series would have been, shape (T,), in the outcome's unit or as a rate."""
        would = self._without() @ coefficients
        if self.counts:
            return np.asarray(np.exp(would))
        _, y, _, _ = self._rows()
        would = would + y[0]
        if self.control == "difference":
            assert self.series.control is not None
            would = would + self.series.control.outcome
        return np.asarray(would)

    def season(self, coefficients: Floats) -> Floats:
        """Return the seasonal part of that about its mean, shape (T,), or on the logarithm for counts."""
        columns = self.design.seasonal
        if not len(columns):
            return np.empty(0)
        at = self.design.X[:, columns] @ coefficients[columns]
        if self.control == "model":
            at = at + self.design.X[:, columns] @ coefficients[self._n_own + columns]
        return np.asarray(at - at.mean())

    def observed(self) -> Floats:
        """Return what was observed, shape (T,), in the outcome's unit or as a rate."""
        treated: Level = self.series.treated
        return treated.outcome / treated.exposure if self.counts else treated.outcome
