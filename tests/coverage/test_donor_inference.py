"""How often does each inference beside donors find an effect: where there is none, and where there is one?

    python -m pytest -m slow tests/coverage/test_donor_inference.py

writes docs/results/donor-inference.md; a short version runs with the other tests.
"""

from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy.stats import binom

import impactkit as ik
from impactkit.effects.inference import Conformal, PlaceboInSpace, PredictionInterval
from impactkit.effects.worlds import FactorPanel

PAGE = Path(__file__).parents[2] / "docs" / "results" / "donor-inference.md"
LONG, SHORT = 200, 40
DONORS, TREATED = 20, 8
EFFECT = 1.0  # two standard deviations of a unit's own noise
BEFORE, RHOS = (24,), (0.0, 0.3, 0.6, 0.8)
CELLS = [(before, rho) for before in BEFORE for rho in RHOS]
NOMINAL = 0.05 + 1e-12


def found(before, rho, effect, seed):
    """What one draw finds at 5 %, in the order of the columns."""
    world = FactorPanel(
        n_donors=DONORS, n_periods=before + TREATED, start=before + 1, effect=effect, persistence=rho
    )
    frame = world.draw(seed)
    study = world.study(frame)
    gap = ik.SyntheticControl(inference=PlaceboInSpace()).estimate(study).permutation
    ratio = ik.SyntheticControl(inference=PlaceboInSpace(statistic="rmspe_ratio")).estimate(study).permutation
    conformal = ik.SyntheticControl(inference=Conformal(), permutation=None).estimate(study)
    bounds = ik.SyntheticControl(inference=PredictionInterval(draws=99), permutation=None)
    values = (
        gap.p_value(0.0, alternative="greater"),
        gap.p_value(0.0),
        ratio.p_value(0.0),
        conformal.interval.p_value,
        bounds.estimate(world.study(at_once(frame, before))).interval.p_value,
    )
    return [p <= NOMINAL for p in values]


def at_once(frame, before):
    """The treated periods as one, their mean: what is said of the average is the same, and soon said."""
    frame = frame.assign(period=np.minimum(frame["period"], before + 1))
    return frame.groupby(["unit", "period", "first_treated"], as_index=False)["y"].mean()


def rates(before, rho, effect, draws):
    return np.mean([found(before, rho, effect, seed) for seed in range(draws)], axis=0)


def test_ranks_of_placebos_keep_their_level_in_short():
    up, both, ratio, *_ = rates(16, 0.6, 0.0, SHORT)
    for share in (up, both, ratio):
        assert binom.sf(round(share * SHORT) - 1, SHORT, 0.05) > 1e-4


def test_with_nineteen_donors_no_rank_beside_them_is_below_one_in_twenty():
    world = FactorPanel(n_donors=19, n_periods=32, start=25, effect=20.0)
    found = ik.SyntheticControl().estimate(world.study(world.draw(1)))
    assert found.permutation.p_value(0.0) == pytest.approx(1 / 20)
    assert np.isinf([found.interval.low, found.interval.high]).all()


INTRODUCTION = f"""# How often inference beside donors finds an effect

How often each inference of the default `SyntheticControl` has a p-value of at most 5 %, in per cent: where
there is no effect, and where there is one of {EFFECT:g}, two standard deviations of a unit's own noise. One
treated unit, drawn at random, beside {DONORS} donors; {TREATED} treated periods; two hidden factors that
wander (the world `FactorPanel`). {LONG} draws a row, so that 5.0 means 2.4 to 9.0. Made by
`python -m pytest -m slow tests/coverage/test_donor_inference.py`; do not edit.

*Mean gap, up* is the one-sided placebo rank of the mean gap; *mean gap* the rank of its size; neither can be
below 1 / {DONORS + 1}. *RMSPE ratio* has no direction; *conformal* is `Conformal()`, the
mean in blocks of neighbouring periods; *prediction* is `PredictionInterval(draws=99)`, asked of the treated
periods as one, their mean, which says the same of the average. All rows share their draws.
"""
HEAD = (
    "| periods before | autocorrelation | mean gap, up | mean gap | RMSPE ratio | conformal | prediction "
    "| effect: mean gap, up | mean gap | RMSPE ratio | conformal | prediction |",
    "|" + "---|" * 12,
)


def page(shares):
    """The page, from shares of shape (cells, 10)."""
    rows = [
        f"| {before} | {rho:g} | " + " | ".join(f"{100 * share:.1f}" for share in row) + " |"
        for (before, rho), row in zip(CELLS, shares, strict=True)
    ]
    return "\n".join([INTRODUCTION, *HEAD, *rows, ""])


@pytest.mark.slow
def test_the_whole_table_and_the_page_that_shows_it():
    jobs = [delayed(rates)(*cell, effect, LONG) for cell in CELLS for effect in (0.0, EFFECT)]
    shares = np.reshape(Parallel(n_jobs=-1)(jobs), (len(CELLS), 10))
    PAGE.write_text(page(shares), encoding="utf-8")
    for share in shares[:, [0, 1, 2, 4]].ravel():
        assert binom.sf(round(share * LONG) - 1, LONG, 0.05) > 1e-4
