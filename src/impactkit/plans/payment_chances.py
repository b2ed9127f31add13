"""What an outcome contract can be expected to pay, before the money: by true effect and by rule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from impactkit.effects.interval import t_quantile
from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.binomial_limits import binomial_limits
from impactkit.effects.kernels.payment_curve import (
    PaymentCurve,
    chance_of_payment,
    expected_payment,
    paid,
)
from impactkit.effects.kernels.verdict_chances import standard_error_spread
from impactkit.evidence.case import Case
from impactkit.evidence.judge import GRADE_NEEDED, judge_together
from impactkit.evidence.moved_estimate import moved_estimate
from impactkit.plans.claim_power import Chances
from impactkit.plans.outcome_contract import Basis
from impactkit.plans.payment import BASES, card_of, paid_by_rule
from impactkit.plans.payment_chance import PaymentChance
from impactkit.plans.power_asked import Asked, effects_of
from impactkit.plans.power_draws import HIGHEST, examined
from impactkit.plans.power_grades import Graded, graded

MULTIPLES = (0.0, 0.5, 1.0, 2.0)
"""True effects that payments are told at, in claims."""


def payment_chances(asked: Asked, chances: Sequence[Chances]) -> tuple[PaymentChance, ...]:
    """Return what a contract can be expected to pay for a claim.

    Parameters
    ----------
    asked : Asked
        The claim, with what its chances are found from.
    chances : sequence of Chances
        Of each verdict, by true effect.

    Returns
    -------
    tuple of PaymentChance
        By rule, then by true effect; empty for a claim that no contract pays for. Of a claim in per cent by
        verdict alone.

    Notes
    -----
    By formula where the verdicts' chances are: the estimate is normal around the true effect, its standard
    error an independent chi-square, and a payment is made of straight lines, so that its mean has a closed
    form given the standard error and is summed over that by quadrature. Else each simulated follow-up is
    judged and paid. A grade that may turn out too low pays nothing: how often it is high enough is seen in
    follow-ups for which something would be paid, carried out whole at each true effect.
    """
    contract = asked.chain.plan.outcome_contract
    terms = [each for each in (contract.payments if contract else ()) if each.claim == asked.claim.id]
    if not terms:
        return ()
    card = card_of(asked.chain.plan, terms[0])
    rules: tuple[Basis, ...] = ("verdict",) if asked.claim.relative else BASES
    asked_at = [each for each in chances if each.multiple in MULTIPLES]
    grades = _graded(asked)
    found = {each.multiple: _by_rule(asked, card, each, grades) for each in asked_at}
    return tuple(
        _told(found[each.multiple][basis], each, card, basis=basis, agreed=terms[0].basis)
        for basis in rules
        for each in asked_at
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A chance and a mean, with the spread of what the mean was taken of."""

    chance: float
    mean: float
    spread: float = 0.0
    n_draws: int = 0


def _by_rule(asked: Asked, card: PaymentCurve, each: Chances, grades: Graded) -> Mapping[Basis, _Found]:
    found: dict[Basis, _Found] = {"verdict": _by_verdict(asked, card, each)}
    if asked.claim.relative:
        return found
    if not asked.has_baseline:
        return {basis: _Found(chance=0.0, mean=0.0) for basis in BASES}
    bare = _by_formula(asked, card, each) if asked.precision else _drawn(asked, card, each)
    cases = grades.cases[each.multiple]
    return {**found, **_if_graded(asked, card, bare, cases=cases, settled=grades.is_settled)}


def _by_verdict(asked: Asked, card: PaymentCurve, each: Chances) -> _Found:
    share = each.chances["supported"]
    amount = float(paid(card, np.array([float(asked.claim.minimum_effect)]))[0])
    spread = amount * math.sqrt(share * (1 - share)) if each.n_draws else 0.0
    return _Found(chance=share, mean=share * amount, spread=spread, n_draws=each.n_draws)


def _graded(asked: Asked) -> Graded:
    """Return graded follow-ups at every effect told of: a few, and many where they differ."""
    every = effects_of(asked.claim, asked.size)
    effects = {multiple: every[multiple] for multiple in MULTIPLES}
    missing = {at: effect for at, effect in effects.items() if at not in asked.grades.cases}
    if not missing or asked.claim.relative:
        return asked.grades
    more = examined(asked.chain, missing, draws=asked.grades.n)
    found = Graded(cases={**asked.grades.cases, **more}, goal=asked.grades.goal)
    if found.is_settled or not asked.grades.is_settled:
        return found
    return graded(asked.chain, effects, goal=asked.grades.goal, every=True)


def _if_graded(
    asked: Asked, card: PaymentCurve, bare: Mapping[Basis, _Found], *, cases: Sequence[Case], settled: bool
) -> dict[Basis, _Found]:
    """Count in that a grade which turns out too low pays nothing."""
    amounts = [_paid_bare(asked, card, case) for case in cases]
    high = np.array([case.grade.value >= GRADE_NEEDED for case in cases])
    found = {}
    for basis, one in bare.items():
        paying = np.array([each[basis] > 0 for each in amounts])
        share = float(high[paying].mean() if paying.any() else high.mean())
        # Where the grade may turn out either way, the answer rests on no more draws than were graded.
        n = one.n_draws if settled else min(one.n_draws, len(cases)) or len(cases)
        mean = share * one.mean
        square = share * (one.spread**2 + one.mean**2) - mean**2
        spread = math.sqrt(max(square, 0.0)) if n else 0.0
        found[basis] = _Found(chance=share * one.chance, mean=mean, spread=spread, n_draws=n)
    return found


def _paid_bare(asked: Asked, card: PaymentCurve, case: Case) -> dict[Basis, float]:
    """Return what is paid for a follow-up by each rule, whatever its grade."""
    (verdict,) = judge_together([replace(case, grade=HIGHEST)], alpha=asked.alpha)
    return paid_by_rule(card, asked.claim, verdict)


def _by_formula(asked: Asked, card: PaymentCurve, each: Chances) -> dict[Basis, _Found]:
    assert asked.precision is not None
    sd, df = asked.precision.spread, asked.precision.df
    effect = asked.claim.direction * each.effect
    sizes, weights = standard_error_spread(df)
    limits = effect - t_quantile(0.5 + asked.level / 2, df) * sd * sizes

    def over(centres: Floats, masses: Floats) -> _Found:
        chance = chance_of_payment(card, centres, scale=sd, df=math.inf) @ masses
        mean = expected_payment(card, centres, scale=sd, df=math.inf) @ masses
        return _Found(chance=float(chance), mean=float(mean))

    return {"lower_limit": over(limits, weights), "point": over(np.array([effect]), np.ones(1))}


def _drawn(asked: Asked, card: PaymentCurve, each: Chances) -> dict[Basis, _Found]:
    amounts: dict[Basis, list[float]] = {"lower_limit": [], "point": []}
    for estimate in asked.drawn.estimates:
        case = Case(claim=asked.claim, estimate=moved_estimate(estimate, each.effect), grade=HIGHEST)
        rules = _paid_bare(asked, card, case)
        for basis, seen in amounts.items():
            seen.append(rules[basis])
    return {basis: _of_draws(np.array(seen)) for basis, seen in amounts.items()}


def _of_draws(amounts: Floats) -> _Found:
    n = len(amounts)
    return _Found(
        chance=float((amounts > 0).mean()),
        mean=float(amounts.mean()),
        spread=float(amounts.std(ddof=1)) if n > 1 else 0.0,
        n_draws=n,
    )


def _told(found: _Found, each: Chances, card: PaymentCurve, *, basis: Basis, agreed: Basis) -> PaymentChance:
    n, most = found.n_draws, float(card.amounts[-1])
    low, high = binomial_limits(round(found.chance * n), n) if n else (found.chance, found.chance)
    away = t_quantile(0.975, n - 1) * found.spread / math.sqrt(n) if n > 1 else 0.0
    return PaymentChance(
        basis=basis,
        is_agreed=basis == agreed,
        multiple=each.multiple,
        effect=each.effect,
        chance=found.chance,
        chance_low=low,
        chance_high=high,
        expected=found.mean,
        # Where nothing was ever paid, the largest payment may still have that chance.
        expected_low=max(found.mean - away, 0.0),
        expected_high=min(max(found.mean + away, high * most if not found.chance else 0.0), most),
        n_draws=n,
    )
