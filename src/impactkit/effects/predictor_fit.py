"""Weights of donors that bring predictors nearest, with weights of predictors found or given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from impactkit.effects.counterfactual import PredictorBalance
from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.donor_panel import listed
from impactkit.effects.kernels.predictor_weights import donors_following, nested_weights
from impactkit.effects.predictor_table import PredictorTable
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Chosen = Literal["nested", "cross_validation", "equal"]
Given = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1)]
V = Chosen | Given
_SHOWN = 0.005


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictorFit:
    """What weighs donors by predictors: `DonorFits.weigh`.

    Parameters
    ----------
    outcomes : ndarray, shape (N, T)
        In the outcome's unit.
    table : PredictorTable
        The predictors of the same units.
    v : str or tuple of float
        How the predictors' weights are found, or the weights.
    """

    outcomes: Floats
    table: PredictorTable
    v: V
    found: dict[tuple[int, int], tuple[Floats, str, float]] = field(default_factory=dict)

    def __call__(self, unit: int, donors: Codes, start: int) -> Floats:
        """Return the donors' weights for one unit, shape (D,)."""
        middle = start // 2 if self.v == "cross_validation" else 0
        X = self._standardised(unit, donors, (middle, start))
        v, begun, loss = self._v(unit, donors, start, X)
        self.found[unit, start] = v, begun, loss
        Y = self.outcomes[:, :start]
        return donors_following(v, X[1:], X[0], Y[donors], Y[unit])

    def _v(self, unit: int, donors: Codes, start: int, X: Floats) -> tuple[Floats, str, float]:
        """Return the predictors' weights, where the search began, and its mean squared gap."""
        if not isinstance(self.v, str):
            given = np.array(self.v)
            return given / given.sum(), "given", np.nan
        if self.v == "equal":
            return np.full(X.shape[1], 1 / X.shape[1]), "given", np.nan
        fitted = slice(0, start)
        if self.v == "cross_validation":
            fitted = slice(start // 2, start)
            X = self._standardised(unit, donors, (0, start // 2))
        Z = self.outcomes[:, fitted]
        best = nested_weights(X[1:], X[0], Z[donors], Z[unit])
        return best.v, best.start, best.loss

    def _standardised(self, unit: int, donors: Codes, window: tuple[int, int]) -> Floats:
        """Return predictors over their standard deviation, the unit first, shape (1 + D, k)."""
        means = self.table.means(*window)[np.append(unit, donors)]
        if np.isnan(means).any():
            # A predictor that is not measured in this half keeps the mean of all periods before the start.
            whole = self.table.means(0, window[1])[np.append(unit, donors)]
            means = np.where(np.isnan(means), whole, means)
            self._refuse_unmeasured(means)
        spread = means.std(axis=0, ddof=1)
        level = np.abs(means).max(axis=0)
        return np.asarray(means / np.where(spread > 1e-12 * level, spread, 1.0))

    def _refuse_unmeasured(self, means: Floats) -> None:
        late = np.isnan(means).any(axis=0)
        if late.any():
            raise EstimationError(
                "Predictors that some units lack in the first half of the periods before the start: {names}.",
                where="v",
                mend="Cross-validation trains there: give earlier periods, or choose v='nested'.",
                values={"names": listed([self.table.names[k] for k in np.flatnonzero(late)])},
            )

    def balance(self, fits: DonorFits) -> tuple[PredictorBalance, ...]:
        """Return each predictor's weight and its means, averaged over the treated."""
        weights, rows = fits.weights, []
        for i, start in enumerate(fits.starts.tolist()):
            means = self.table.means(0, start)
            donors = means[fits.donors]
            rows.append(
                np.stack([self.found[i, start][0], means[i], weights[i] @ donors, donors.mean(axis=0)])
            )
        mean = np.tensordot(fits.shares, np.stack(rows), axes=1)
        return tuple(
            PredictorBalance(name=name, weight=weight, treated=treated, expected=expected, donors=donors)
            for name, (weight, treated, expected, donors) in zip(
                self.table.names, mean.T.tolist(), strict=True
            )
        )

    def told(self, fits: DonorFits) -> Message:
        """Return how the predictors' weights were found and what they are."""
        balance = self.balance(fits)
        order = sorted(balance, key=lambda one: -one.weight)
        shown = ", ".join(f"{one.name} ({one.weight:.2f})" for one in order if one.weight >= _SHOWN)
        how = self.v if isinstance(self.v, str) else "given"
        begun = {self.found[i, start][1] for i, start in enumerate(fits.starts.tolist())} - {"given"}
        start = (
            Message(f"donors.search_from.{begun.pop()}")
            if len(begun) == 1
            else Message("donors.search_from.several")
        )
        return Message(f"donors.predictor_weights.{how}", {"weights": shown, "start": start})
