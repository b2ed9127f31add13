"""What a plan can show of one claim: the chance of each verdict, and the smallest effect it would see."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from impactkit.effects.kernels.binomial_limits import binomial_limits
from impactkit.evidence.claim import Change
from impactkit.evidence.verdict import Status
from impactkit.plans.payment_chance import PaymentChance
from impactkit.plans.power_needed import Needed
from impactkit.wording import Language, Message, MessageValue

MULTIPLES = (0.0, 0.5, 1.0, 1.5, 2.0)
_SEEN = 0.0005  # a smaller chance would look like none
_WHEN = {0.0: "no_change", 1.5: "one_and_a_half", 2.0: "twice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """How likely each verdict is for one true effect.

    Parameters
    ----------
    multiple : float
        The true effect, in claims; for claims of no harm or no effect, in margins on the wrong side.
    effect : float
        The true effect, in the indicator's unit and signed as it moves.
    chances : dict of str to float
        By verdict, with sum 1.
    n_draws : int
        Simulated follow-ups behind them; 0 where they were calculated.
    """

    multiple: float
    effect: float
    chances: Mapping[Status, float]
    n_draws: int

    def limits(self, status: Status) -> tuple[float, float]:
        """Return exact binomial limits (95 %) of a simulated chance; the chance itself if calculated.

        Parameters
        ----------
        status : str
            The verdict.

        Returns
        -------
        low, high : float
            By Clopper and Pearson.
        """
        share, n = self.chances[status], self.n_draws
        return binomial_limits(round(share * n), n) if n else (share, share)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderCorrelation:
    """What a plan can show should two measurements of a unit be so correlated.

    Parameters
    ----------
    correlation : float
        The correlation.
    detectable, told_from_nothing : float
        See `ClaimPower`.
    supported : float
        The chance that the claim is supported at twice its size (at no change, for a margin).
    """

    correlation: float
    detectable: float
    told_from_nothing: float
    supported: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPower:
    """What a plan can show of one claim.

    Parameters
    ----------
    claim : str
        Its id.
    change : {"increase", "decrease", "no_harm", "no_effect"}
        What is promised.
    claimed : float
        How much, above 0, in the indicator's unit; the margin for claims that nothing happens.
    unit : dict of str to str
        The unit in each language.
    level : float
        Confidence level of the limits: the primary claims share alpha, and each must count on the smallest
        share.
    method : {"formula", "simulation"}
        How the chances were found.
    n_draws, n_failed : int
        Simulated follow-ups, and those of them that could not be estimated.
    grade, ceiling : int
        The evidence grade the plan can count on, and the highest its design can reach.
    high_grade : float
        How often the grade is high enough when the numbers support the claim.
    n_treated, n_comparison : int
        Units drawn or given the project: areas, clusters or people.
    detectable : float
        The smallest true effect with which the claim is supported four times in five, above 0; for a margin
        the smallest margin that is shown to be kept when nothing changes. ``inf`` where there is none.
    told_from_nothing : float
        The smallest true effect that is told from nothing four times in five, above 0.
    chances : tuple of Chances
        At 0, half, one, one and a half and two times the claim.
    needed : tuple of Needed
        What it would take to support the claim four times in five.
    reasons : tuple of Message
        Why the claim cannot be supported however large the effect; empty where it can.
    notes : tuple of Message
        Where the numbers come from.
    correlations : tuple of UnderCorrelation
        Where the correlation is assumed: what other values would give.
    payments : tuple of PaymentChance
        What an outcome contract can be expected to pay, by rule and true effect; empty without one.
    """

    claim: str
    change: Change
    claimed: float
    unit: Mapping[Language, str]
    level: float
    method: Literal["formula", "simulation"]
    n_draws: int
    n_failed: int
    grade: int
    ceiling: int
    high_grade: float
    n_treated: int
    n_comparison: int
    detectable: float
    told_from_nothing: float
    chances: tuple[Chances, ...]
    needed: tuple[Needed, ...]
    reasons: tuple[Message, ...]
    notes: tuple[Message, ...]
    correlations: tuple[UnderCorrelation, ...]
    payments: tuple[PaymentChance, ...] = ()

    @property
    def is_of_margin(self) -> bool:
        """Whether it is promised that nothing happens beyond a margin."""
        return self.change not in ("increase", "decrease")

    @property
    def can_be_supported(self) -> bool:
        """Whether any effect, however large, could give the verdict supported."""
        return not self.reasons

    def in_words(self, language: Language) -> tuple[str, ...]:
        """Return what the plan can show, in sentences.

        Parameters
        ----------
        language : {"sv", "en"}
            The language.

        Returns
        -------
        tuple of str
            What can be shown first, then what would be needed, then where the numbers come from.
        """
        unit = {"unit": self.unit[language]}
        kind = "margin" if self.is_of_margin else "effect"
        told: list[Message] = list(self.reasons)
        for name, size in (("told", self.told_from_nothing), ("detectable", self.detectable)):
            if math.isfinite(size) and not (kind == "margin" and name == "told"):
                told.append(Message(f"power.{kind}.{name}", {"size": size, **unit}))
        if not math.isfinite(self.told_from_nothing) and not self.reasons:
            told.append(Message("power.nothing_told"))
        if self.needed and self.high_grade < 1:
            told.append(Message("power.needed_if_graded"))
        told += [self._needed_in_words(each) for each in self.needed]
        told += self.notes
        if self.method == "formula":
            told.append(Message("power.by_formula"))
        else:
            told.append(Message("power.by_simulation", {"n": self.n_draws, "error": self._largest_error()}))
        if self.n_failed:
            told.append(Message("power.failed", {"n": self.n_failed}))
        told += [
            Message(
                "power.under_correlation",
                {
                    "correlation": each.correlation,
                    "size": each.told_from_nothing,
                    "chance": 100 * each.supported,
                    "when": Message(f"power.at.{'no_change' if self.is_of_margin else 'twice'}"),
                    **unit,
                },
            )
            for each in self.correlations
        ]
        told += self.payments_in_words()
        return tuple(message.text(language) for message in told)

    def payments_in_words(self) -> list[Message]:
        """Return the chance of a false payment, and of none for a true effect, by the contract's own rule.

        Returns
        -------
        list of Message
            Empty without a contract.
        """
        agreed = {each.multiple: each for each in self.payments if each.is_agreed}
        if not agreed:
            return []
        rule = Message(f"money.rule.{agreed[0.0].basis}")
        told = [Message("money.power.false", {"rule": rule, **_paid(agreed[0.0])})]
        told += [
            Message(
                "money.power.missed", {"multiple": multiple, "missed": 100 * (1 - agreed[multiple].chance)}
            )
            for multiple in (0.5, 1.0, 2.0)
        ]
        loose = {
            each.multiple: each for each in self.payments if each.basis == "point" and not each.is_agreed
        }
        if loose:
            told.append(Message("money.power.loose", _paid(loose[0.0])))
        return told

    def _largest_error(self) -> float:
        """Return the largest distance of a binomial limit from its share, in percentage points."""
        gaps = [
            max(share - each.limits(status)[0], each.limits(status)[1] - share)
            for each in self.chances
            for status, share in each.chances.items()
        ]
        return math.ceil(100 * max(gaps, default=0.0))

    def _needed_in_words(self, each: Needed) -> Message:
        when = Message(f"power.when.{_WHEN[each.multiple]}")
        never = "" if each.is_reachable else "_never"
        values: dict[str, MessageValue] = {
            "when": when,
            "treated": each.n_treated,
            "comparison": each.n_comparison,
            "has_treated": self.n_treated,
            "has_comparison": self.n_comparison,
            "n": each.n,
        }
        return Message(f"power.needed.{each.addition}{never}", values)


def _paid(each: PaymentChance) -> dict[str, MessageValue]:
    per_cent: MessageValue = 100 * each.chance
    if 0 < each.chance < _SEEN:
        per_cent = Message("money.power.below", {"limit": 100 * 2 * _SEEN})
    return {"chance": per_cent, "expected": each.expected}
