"""How often does a synthetic control find an effect, and a claim support: where there is none, and one?

    python -m pytest -m slow tests/coverage/test_synthetic_control_coverage.py

writes docs/results/synthetic-control.md; a short version runs with the other tests.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

import impactkit as ik
from impactkit.effects.worlds import FactorPanel

PAGE = Path(__file__).parents[2] / "docs" / "results" / "synthetic-control.md"
LONG, OTHERS, SHORT = 300, 100, 60
NOMINAL = 0.025
EFFECT, CLAIMED = 2.0, 1.0  # four and two standard deviations of a unit's own noise
DONORS, RHOS = (12, 20, 39, 60), (0.0, 0.3, 0.6, 0.8)
CHOSEN = ("too_few_donors", "outside_donors", "poor_fit", "regression_to_the_mean")


@dataclass(frozen=True)
class Found:
    """What one draw says: of ranks, of checks and of the claim."""

    up: bool
    down: bool
    lowered: bool
    supported: bool


def asked(study, estimator):
    estimate = estimator.estimate(study)
    checks = ik.check(study, estimate)
    claim = ik.Claim(
        id="C1",
        indicator="safety/feels-safe-after-dark",
        role="primary",
        change="increase",
        minimum_effect=f"{CLAIMED:g}",
        by=2024,
    )
    verdict = ik.judge(claim, estimate, ik.grade(estimate, checks))
    p = [estimate.permutation.p_value(0.0, alternative=side) for side in ("greater", "less")]
    return Found(
        up=p[0] <= NOMINAL + 1e-12,
        down=p[1] <= NOMINAL + 1e-12,
        lowered=any(check.passed is False for check in checks if check.name in CHOSEN),
        supported=verdict.status == "supported",
    )


def rates(draws, estimator=None, **world):
    """Shares of draws: found upwards, downwards, some check lowers the grade, claim supported."""
    made = FactorPanel(**world)
    found = [asked(made.study(made.draw(seed)), estimator or ik.SyntheticControl()) for seed in range(draws)]
    return {name: np.mean([getattr(one, name) for one in found]) for name in Found.__dataclass_fields__}


def at_most(share, level, draws):
    """Whether a share of draws is no evidence that its rate is above a level."""
    return binom.sf(round(share * draws) - 1, draws, level) > 1e-4


@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_ranks_keep_their_level_in_short(rho):
    found = rates(SHORT, n_donors=39, effect=0.0, persistence=rho)
    assert at_most(found["up"], NOMINAL, SHORT) and at_most(found["down"], NOMINAL, SHORT)


def test_with_few_donors_nothing_is_ever_found_in_short():
    found = rates(SHORT, n_donors=12, effect=5.0)
    assert found["up"] == found["supported"] == 0 and found["lowered"] == 1


@pytest.mark.parametrize("selected", ["lowest", "fallen"])
def test_a_chosen_unit_finds_no_support_in_short(selected):
    found = rates(SHORT, n_donors=39, effect=0.0, selected=selected, persistence=0.3)
    assert at_most(found["supported"], NOMINAL, SHORT)


INTRODUCTION = f"""# How often a synthetic control misleads

How often `SyntheticControl()` with its default placebo ranks finds an effect where there is none, and how
often it finds one of {EFFECT:g} where there is one, in per cent. Units are moved by two hidden factors that
wander; each has noise of its own with standard deviation 0.5 and the autocorrelation of the row; 16 periods
lie before the start and 8 after (the world `FactorPanel`). *Up* and *down* are one-sided tests at 2.5 %.
*Supported* is the verdict of the whole chain, checks included, on a claim of at least {CLAIMED:g};
*lowered* is how often some check of donors fails. Every number is from {LONG} draws, so that 2.5 means
1.1 to 5.0 ({OTHERS} for the other methods: 0.5 to 7). Made by
`python -m pytest -m slow tests/coverage/test_synthetic_control_coverage.py`.

All rows share their draws. With 39 donors and no autocorrelation, 7,961 draws of their own gave 2.7 up and
2.6 down (standard error 0.2).

Fewer than 39 donors can never give a p-value of 2.5 %: nothing is found and nothing is supported, whatever
the effect.
"""
HEAD = (
    "| donors | autocorrelation | up | down | lowered | supported | found, effect 2 | supported, effect 2 |",
    "|---|---|---|---|---|---|---|---|",
)


def row(label, null, real):
    told = [null["up"], null["down"], null["lowered"], null["supported"]]
    cells = [f"{100 * share:.1f}" for share in told]
    cells += [f"{100 * share:.0f}" for share in (real["up"], real["supported"])]
    return "| " + " | ".join([*label, *cells]) + " |"


def both(draws, estimator=None, **world):
    return rates(draws, estimator, effect=0.0, **world), rates(draws, estimator, effect=EFFECT, **world)


@pytest.mark.slow
def test_long():
    lines, worst, chosen = [INTRODUCTION, "## The treated unit drawn by lot", "", *HEAD], [], []
    others_worst = []
    for donors in DONORS:
        for rho in RHOS:
            null, real = both(LONG, n_donors=donors, persistence=rho)
            lines.append(row([f"{donors}", f"{rho:g}"], null, real))
            worst += [null["up"], null["down"], null["supported"]]
    for selected, title in (
        ("lowest", "The unit whose last outcome before the start was lowest of all"),
        ("fallen", "The unit furthest below its own earlier mean just before the start"),
    ):
        lines += ["", f"## {title}", "", *HEAD]
        for donors, rho in ((39, 0.0), (39, 0.3), (39, 0.6), (39, 0.8), (60, 0.3)):
            null, real = both(LONG, n_donors=donors, persistence=rho, selected=selected)
            lines.append(row([f"{donors}", f"{rho:g}"], null, real))
            chosen.append(null["supported"])
    lines += [
        "",
        "## Other methods, 39 donors, drawn by lot",
        "",
        HEAD[0].replace("donors", "method"),
        HEAD[1],
    ]
    others = {
        "`PenalisedSyntheticControl()`": ik.PenalisedSyntheticControl(),
        "`AugmentedSyntheticControl()`": ik.AugmentedSyntheticControl(),
    }
    for name, estimator in others.items():
        for rho in (0.0, 0.6):
            null, real = both(OTHERS, estimator, n_donors=39, persistence=rho)
            lines.append(row([name, f"{rho:g}"], null, real))
            others_worst += [null["up"], null["down"], null["supported"]]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    assert all(at_most(share, NOMINAL, LONG) for share in [*worst, *chosen])
    assert all(at_most(share, NOMINAL, OTHERS) for share in others_worst)
