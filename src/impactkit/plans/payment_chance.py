"""How likely a payment is before the money, and how large on average, under one rule."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.plans.outcome_contract import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChance:
    """How likely a payment is, and how large on average, for one true effect under one rule.

    Parameters
    ----------
    basis : {"verdict", "lower_limit", "point"}
        What the payment follows.
    is_agreed : bool
        Whether the contract pays by this rule, or it stands beside for comparison.
    multiple : float
        The true effect, in claims; at 0 a payment is false.
    effect : float
        The true effect, in the indicator's unit and signed as it moves.
    chance : float
        Of any payment.
    chance_low, chance_high : float
        Its 95 % limits where it was simulated; itself where it was calculated.
    expected : float
        The mean payment, in SEK.
    expected_low, expected_high : float
        Its 95 % limits where it was simulated; itself where it was calculated.
    n_draws : int
        Simulated follow-ups behind them; 0 where they were calculated.
    """

    basis: Basis
    is_agreed: bool
    multiple: float
    effect: float
    chance: float
    chance_low: float
    chance_high: float
    expected: float
    expected_low: float
    expected_high: float
    n_draws: int
