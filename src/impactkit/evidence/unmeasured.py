"""How strong something unmeasured would have to be to explain an effect away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.hidden_bias import (
    e_value,
    oster_delta,
    rank_sum_gamma,
    ratio_of_standardised,
    robustness_value,
    signed_rank_gamma,
)
from impactkit.evidence.compared import Compared
from impactkit.wording import Facts, Message, Shown

if TYPE_CHECKING:
    import pandas as pd

_MORE_EXPLAINED = 1.3
"""Oster's suggestion: what everything together would explain, over what covariates do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenBias(Shown):
    """How strong something unmeasured would have to be to explain an effect away, by four measures.

    Parameters
    ----------
    e_value, e_value_of_limit : float
        VanderWeele and Ding's E-value of the effect, and of its limit nearest to none (1 where the limits
        hold none); nan where it is not known.
    gamma : float
        The largest of Rosenbaum's Gamma at which a test of ranks still rejects at 2.5 per cent, one-sided;
        nan where it does not reject without hidden bias, or cannot be made.
    delta : float
        Oster's delta for no effect; nan without covariates.
    largest_r2 : float
        The share that everything together is taken to explain, behind ``delta``.
    robustness, robustness_of_limit : float
        Cinelli and Hazlett's robustness value for the effect and for its limit nearest to none.
    standardised : float
        The effect in standard deviations within the groups; nan for a ratio.
    """

    e_value: float
    e_value_of_limit: float
    gamma: float = math.nan
    delta: float = math.nan
    largest_r2: float = math.nan
    robustness: float = math.nan
    robustness_of_limit: float = math.nan
    standardised: float = math.nan

    def tidy(self) -> pd.DataFrame:
        """Return one row a measure: measure, of_effect, of_limit (nan where there is none)."""
        import pandas as pd

        rows = [
            ("e_value", self.e_value, self.e_value_of_limit),
            ("gamma", math.nan, self.gamma),
            ("delta", self.delta, math.nan),
            ("robustness_value", self.robustness, self.robustness_of_limit),
        ]
        return pd.DataFrame(rows, columns=["measure", "of_effect", "of_limit"])

    def in_words(self) -> tuple[Message, ...]:
        """Return what each measure says, a sentence each; those that could not be made say so."""
        limits = {"value": self.e_value, "limit": self.e_value_of_limit, "size": self.standardised}
        by = "ratio" if math.isnan(self.standardised) else "standardised"
        told = [Message(f"robustness.hidden_bias.e_value.{by}", limits)]
        if not math.isnan(self.robustness):
            values = {"value": self.robustness, "limit": self.robustness_of_limit}
            told.append(Message("robustness.hidden_bias.robustness", values))
        name = "gamma" if not math.isnan(self.gamma) else "no_gamma"
        told.append(Message(f"robustness.hidden_bias.{name}", {"gamma": self.gamma}))
        return (*told, self._delta_in_words(), Message("robustness.hidden_bias.unseen"))

    def _delta_in_words(self) -> Message:
        if math.isnan(self.delta):
            return Message("robustness.hidden_bias.no_delta")
        way = "delta" if self.delta >= 0 else "delta_against"
        values = {"delta": abs(self.delta), "largest": self.largest_r2}
        return Message(f"robustness.hidden_bias.{way}", values)

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("robustness.row.says"), sentence) for sentence in self.in_words()
        ]
        return Facts(title=Message("robustness.hidden_bias.title"), rows=rows)


def unmeasured(study: Study, estimate: Estimate) -> HiddenBias | None:
    """Return how strong something unmeasured would have to be, as far as the method allows.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        What was estimated on it.

    Returns
    -------
    HiddenBias or None
        None where no measure speaks to the method, or there is no effect to explain.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(effect=3.0)
    >>> study = world.study(world.draw(1))
    >>> unmeasured(study, DifferenceInDifferences().estimate(study)).robustness > 0.5
    True
    """
    found = estimate.interval
    if not math.isfinite(found.point):
        return None
    compared = Compared.of(study, estimate)
    if compared is None:
        return _of_ratio(estimate)
    spread = compared.spread
    if math.isnan(spread):
        return None
    f, kept = compared.partial_f, _kept(found)
    size = _over(found.point, spread)
    two = compared.regressions
    largest = math.nan if two is None else min(1.0, _MORE_EXPLAINED * two.long_r2)
    return HiddenBias(
        e_value=e_value(ratio_of_standardised(size)),
        e_value_of_limit=math.nan if math.isnan(kept) else e_value(ratio_of_standardised(size * kept)),
        gamma=_gamma(compared, math.copysign(1.0, found.point), 1 - found.level),
        delta=math.nan if two is None else oster_delta(two, largest_r2=largest),
        largest_r2=largest,
        robustness=robustness_value(f),
        robustness_of_limit=math.nan if math.isnan(kept) else robustness_value(_times(f, kept)),
        standardised=size,
    )


def _kept(found: Interval) -> float:
    """Return the share of an effect that its limit nearest to none leaves; 0 where the limits hold none."""
    if math.isnan(found.low) or math.isnan(found.high):
        return math.nan
    if found.point == 0 or found.low <= 0 <= found.high:
        return 0.0
    return min(found.low / found.point, found.high / found.point)


def _over(point: float, spread: float) -> float:
    if spread > 0:
        return point / spread
    return 0.0 if point == 0 else math.copysign(math.inf, point)


def _times(f: float, share: float) -> float:
    return 0.0 if share == 0 else f * share


def _of_ratio(estimate: Estimate) -> HiddenBias | None:
    """Return the E-value of a headline that has a ratio beside it."""
    ratios = [t.interval for t in estimate.terms if t.measure == "ratio" and t.event_time is None]
    if not ratios or not ratios[0].point > 0:
        return None
    found = ratios[0]
    limit = math.nan
    if not (math.isnan(found.low) or math.isnan(found.high)):
        near = found.low if found.point > 1 else found.high
        holds_none = found.low <= 1 <= found.high
        limit = 1.0 if holds_none else e_value(near)
    return HiddenBias(e_value=e_value(found.point), e_value_of_limit=limit)


def _gamma(compared: Compared, side: float, alpha: float) -> float:
    """Return Rosenbaum's Gamma of pairs or of two groups; nan of strata of another kind, or of rows."""
    if compared.piece is None:
        return math.nan
    pieces = compared.by_piece()
    outcome = side * pieces.outcome
    if not (pieces.treated.any() and (~pieces.treated).any()):
        return math.nan
    if pieces.stratum is None or len(np.unique(pieces.stratum)) == 1:
        return rank_sum_gamma(outcome, pieces.treated, alpha=alpha / 2)
    strata, at = np.unique(pieces.stratum, return_inverse=True)
    counts: npt.NDArray[Any] = np.bincount(2 * at + pieces.treated, minlength=2 * len(strata))
    if not bool((counts == 1).all()):
        return math.nan
    signs = np.where(pieces.treated, 1.0, -1.0)
    differences = np.asarray(np.bincount(at, signs * outcome), dtype=float)
    return signed_rank_gamma(differences, alpha=alpha / 2)
