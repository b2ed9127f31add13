"""What an interval and a permutation test allow to be said: one rule for each kind of claim."""

from __future__ import annotations

import math
from collections.abc import Callable

from impactkit.evidence.bar import Bar
from impactkit.evidence.signed import SignedEffect
from impactkit.evidence.verdict import Status
from impactkit.wording import Message

Told = tuple[Status, tuple[Message, ...]]
Rule = Callable[[SignedEffect, tuple[Bar, ...]], Told]


def improvement(effect: SignedEffect, bars: tuple[Bar, ...]) -> Told:
    """Judge a claim of a change of at least m.

    Parameters
    ----------
    effect : SignedEffect
        The effect, plus is good.
    bars : tuple of Bar
        The claimed effect.

    Returns
    -------
    tuple of str and tuple of Message
        The status, and why.
    """
    (bar,) = bars
    if bar.is_cleared:
        return "supported", (Message("verdict.reason.reaches_claim"), _agrees(bar))
    if effect.lies_above(0.0):
        if not effect.permutation_rejects(0.0):
            return "inconclusive", (_chance(effect),)
        if bar.lies_above:
            why = Message("verdict.reason.permutation_disagrees", {"p": bar.permutation_p})
            return "partly_supported", (why,)
        below = "below_claim" if bar.lies_below else "may_be_below_claim"
        return "partly_supported", (
            Message(f"verdict.reason.{below}"),
            Message("verdict.reason.permutation_agrees", {"p": effect.permutation_p(0.0)}),
        )
    if bar.lies_below:
        why = Message(f"verdict.reason.{'harm' if effect.lies_below(0.0) else 'too_small'}")
        return "contradicted", (why,)
    return "inconclusive", (Message("verdict.reason.wide"), *_few(effect))


def no_harm(effect: SignedEffect, bars: tuple[Bar, ...]) -> Told:
    """Judge a claim of no harm beyond a margin (non-inferiority).

    Parameters
    ----------
    effect : SignedEffect
        The effect, plus is good.
    bars : tuple of Bar
        Minus the margin.

    Returns
    -------
    tuple of str and tuple of Message
        The status, and why.
    """
    (bar,) = bars
    if bar.lies_below:
        return "contradicted", (Message("verdict.reason.harm_beyond_margin"),)
    if bar.is_cleared:
        if effect.lies_below(0.0):
            return "partly_supported", (Message("verdict.reason.harm_within_margin"),)
        return "supported", (Message("verdict.reason.no_harm"), _agrees(bar))
    if effect.lies_below(0.0):
        return "contradicted", (Message("verdict.reason.harm_perhaps_beyond_margin"),)
    return "inconclusive", (Message("verdict.reason.harm_cannot_be_excluded"), *_few(effect))


def no_effect(effect: SignedEffect, bars: tuple[Bar, ...]) -> Told:
    """Judge a claim of no effect beyond a margin either way (equivalence, by two one-sided tests).

    Parameters
    ----------
    effect : SignedEffect
        The effect.
    bars : tuple of Bar
        Minus the margin from below, and the margin from above.

    Returns
    -------
    tuple of str and tuple of Message
        The status, and why. An effect that is shown, but within the margin, is told and changes nothing.

    References
    ----------
    .. [1] Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach
       for assessing the equivalence of average bioavailability. *Journal of Pharmacokinetics and
       Biopharmaceutics*, 15(6).
    """
    if any(bar.lies_below for bar in bars):
        return "contradicted", (Message("verdict.reason.effect_beyond_margin"),)
    if all(bar.is_cleared for bar in bars):
        weakest = max(bars, key=lambda bar: bar.permutation_p)
        shown = effect.lies_above(0.0) or effect.lies_below(0.0)
        within = (Message("verdict.reason.effect_within_margin"),) if shown else ()
        return "supported", (Message("verdict.reason.no_effect"), *within, _agrees(weakest))
    if all(bar.lies_above for bar in bars):
        return "inconclusive", (_chance(effect, max(bars, key=_doubt)),)
    return "inconclusive", (Message("verdict.reason.effect_cannot_be_excluded"), *_few(effect))


def _doubt(bar: Bar) -> float:
    return math.inf if math.isnan(bar.permutation_p) else bar.permutation_p


def _agrees(bar: Bar) -> Message:
    return Message("verdict.reason.permutation_agrees", {"p": bar.permutation_p})


def _chance(effect: SignedEffect, bar: Bar | None = None) -> Message:
    """Say why chance cannot be excluded: no test, too few assignments, or a p-value too large."""
    few = _few(effect)
    if few:
        return few[0]
    if effect.estimate.permutation is None:
        return Message("verdict.reason.no_permutation")
    p = effect.permutation_p(0.0) if bar is None else bar.permutation_p
    return Message("verdict.reason.permutation_sees_chance", {"p": p})


def _few(effect: SignedEffect) -> tuple[Message, ...]:
    """Say it when so few assignments are possible that no data could have excluded chance."""
    test = effect.estimate.permutation
    needed = (1 - effect.level) / 2
    if test is None or test.smallest_p <= needed:
        return ()
    values = {"n": test.n_assignments, "smallest": test.smallest_p, "needed": needed}
    return (Message("verdict.reason.too_few_assignments", values),)


RULES: dict[str, Rule] = {
    "increase": improvement,
    "decrease": improvement,
    "no_harm": no_harm,
    "no_effect": no_effect,
}
"""The rule of each kind of claim."""
