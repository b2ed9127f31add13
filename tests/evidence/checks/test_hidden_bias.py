"""How strong something unmeasured must be: from studies, held against regressions written out."""

import math

import numpy as np
import pandas as pd
import pytest

from impactkit import robustness
from impactkit.data.study import Study
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    RandomisedTrial,
    SyntheticControl,
)
from impactkit.effects.kernels.hidden_bias import e_value, rank_sum_gamma, signed_rank_gamma
from impactkit.effects.worlds import CountPanel, FactorPanel, TwoGroupPanel
from impactkit.errors import EstimationError
from impactkit.evidence.checks import HiddenBias
from impactkit.wording import use_language

DIFFERENCES = DifferenceInDifferences(permutation=None)


def _arms(seed=1, n=80, effect=1.5, strata=1):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.standard_normal((n, 2)), columns=["a", "b"])
    frame["s"] = np.arange(n) % strata
    frame["d"] = np.arange(n) // strata % 2
    frame["y"] = 0.7 * frame["a"] + effect * frame["d"] + 0.3 * frame["s"] + rng.standard_normal(n)
    return frame


def _t(outcome, effect, others):
    """Return the classical t of a regressor and its degrees of freedom."""
    X = np.column_stack([effect, others])
    left = outcome - X @ np.linalg.lstsq(X, outcome, rcond=None)[0]
    df = len(outcome) - X.shape[1]
    spread = math.sqrt(left @ left / df * np.linalg.inv(X.T @ X)[0, 0])
    return np.linalg.lstsq(X, outcome, rcond=None)[0][0] / spread, df


def _value(t, df):
    f = abs(t) / math.sqrt(df)
    return (math.sqrt(f**4 + 4 * f**2) - f**2) / 2


@pytest.mark.parametrize("strata", [1, 4])
def test_a_trials_robustness_value_is_that_of_its_regression(strata):
    frame = _arms(strata=strata)
    study = Study(frame, outcome="y", treated="d", covariates=["a", "b"], stratum="s")
    found = robustness.hidden_bias(study, RandomisedTrial(adjustment="ancova").estimate(study))
    dummies = pd.get_dummies(frame["s"], dtype=float).to_numpy()
    t, df = _t(
        frame["y"].to_numpy(), frame["d"].to_numpy(float), np.column_stack([dummies, frame[["a", "b"]]])
    )
    assert found.robustness == pytest.approx(_value(t, df))
    assert 0 < found.robustness_of_limit < found.robustness
    assert np.isfinite(found.delta)


def test_a_difference_in_differences_is_asked_of_each_units_change():
    world = TwoGroupPanel(effect=2.0)
    frame = world.draw(1)
    study = world.study(frame)
    found = robustness.hidden_bias(study, DIFFERENCES.estimate(study))
    late = frame["period"] >= 6
    change = frame[late].groupby("unit")["y"].mean() - frame[~late].groupby("unit")["y"].mean()
    treated = frame.groupby("unit")["first_treated"].first() > 0
    t, df = _t(change.to_numpy(), treated.to_numpy(float), np.ones((len(change), 1)))
    assert found.robustness == pytest.approx(_value(t, df))
    gap = change[treated].mean() - change[~treated].mean()
    pooled = math.sqrt(
        sum(((part - part.mean()) ** 2).sum() for part in (change[treated], change[~treated])) / 28
    )
    assert found.standardised == pytest.approx(gap / pooled)
    assert found.e_value == pytest.approx(e_value(math.exp(0.91 * gap / pooled)))
    assert found.gamma == pytest.approx(rank_sum_gamma(change.to_numpy(), treated.to_numpy()))
    assert math.isnan(found.delta)


def test_repeated_cross_sections_are_asked_of_rows():
    world = TwoGroupPanel(effect=2.0)
    frame = world.draw(1).assign(d=lambda rows: (rows["first_treated"] > 0).astype(int))
    study = Study(frame, outcome="y", time="period", treated="d", start=6)
    found = robustness.hidden_bias(study, DIFFERENCES.estimate(study))
    periods = pd.get_dummies(frame["period"], dtype=float).to_numpy()
    effect = (frame["d"] * (frame["period"] >= 6)).to_numpy(float)
    t, df = _t(frame["y"].to_numpy(), effect, np.column_stack([periods, frame["d"]]))
    assert found.robustness == pytest.approx(_value(t, df))
    assert math.isnan(found.gamma)


def test_pairs_are_asked_by_signed_ranks_and_other_strata_not():
    frame = _arms(strata=40)
    frame["d"] = (np.arange(80) >= 40).astype(int)
    study = Study(frame, outcome="y", treated="d", stratum="s")
    found = robustness.hidden_bias(study, RandomisedTrial(permutation=None).estimate(study))
    pairs = frame["y"].to_numpy()[40:] - frame["y"].to_numpy()[:40]
    assert found.gamma == pytest.approx(signed_rank_gamma(pairs))
    other = Study(_arms(strata=4), outcome="y", treated="d", stratum="s")
    assert math.isnan(robustness.hidden_bias(other, RandomisedTrial(permutation=None).estimate(other)).gamma)


def test_clusters_that_got_it_as_a_whole_count_as_one():
    frame = _arms(n=120)
    frame["c"] = np.arange(120) // 6
    frame["d"] = frame["c"] % 2
    frame["y"] += frame["d"]
    study = Study(frame, outcome="y", treated="d", cluster="c")
    found = robustness.hidden_bias(study, RandomisedTrial(permutation=None).estimate(study))
    means = frame.groupby("c")[["y", "d"]].mean()
    assert found.gamma == pytest.approx(rank_sum_gamma(means["y"].to_numpy(), means["d"].to_numpy() == 1))


def test_limits_that_hold_no_effect_need_nothing():
    world = TwoGroupPanel(effect=0.0)
    study = world.study(world.draw(3))
    estimate = DIFFERENCES.estimate(study)
    found = robustness.hidden_bias(study, estimate)
    assert (found.e_value_of_limit, found.robustness_of_limit) == (1.0, 0.0)
    told = HiddenBias().check(study, estimate)
    assert told.passed is None and told.sentence.code == "check.hidden_bias.nothing_needed"


def test_a_ratio_of_counts_has_an_e_value():
    world = CountPanel(n_units=60, n_treated=30, starts=(5,))
    study = world.study(world.draw(1))
    estimate = ExtendedTwoWayFixedEffects(family="poisson", permutation=None).estimate(study)
    ratio = next(term.interval for term in estimate.terms if term.measure == "ratio")
    found = robustness.hidden_bias(study, estimate)
    assert found.e_value == pytest.approx(e_value(ratio.point))
    assert HiddenBias().check(study, estimate).sentence.code == "check.hidden_bias.ratio"


@pytest.mark.parametrize("scale", [-1.0, 1e-4, -1e4])
def test_sign_scale_and_order_change_nothing(scale):
    world = TwoGroupPanel(effect=2.0, slope=1.0)
    frame = world.draw(1)
    other = frame.assign(y=scale * frame["y"]).sample(frac=1.0, random_state=1)
    found, same = (
        robustness.hidden_bias(study, DIFFERENCES.estimate(study))
        for study in (world.study(frame), world.study(other))
    )
    for name in ("e_value", "e_value_of_limit", "gamma", "delta", "robustness", "robustness_of_limit"):
        assert getattr(same, name) == pytest.approx(getattr(found, name), rel=1e-6), name


@pytest.mark.parametrize("language", ["en", "sv"])
def test_each_number_is_said_in_words(language):
    world = TwoGroupPanel(effect=2.0, slope=1.0)
    study = world.study(world.draw(1))
    estimate = DIFFERENCES.estimate(study)
    found = robustness.hidden_bias(study, estimate)
    assert list(found.tidy().columns) == ["measure", "of_effect", "of_limit"]
    assert len(found.in_words()) == 5
    use_language(language)
    try:
        assert all(
            str(sentence) in found._repr_html_().replace("&#x27;", "'") for sentence in found.in_words()
        )
    finally:
        use_language("en")
    for part in (*found.in_words(), HiddenBias().check(study, estimate).sentence):
        assert "{" not in part.text(language) and "–" not in part.text(language)


def test_a_method_it_does_not_speak_to_is_refused():
    world = FactorPanel()
    study = world.study(world.draw(1))
    with pytest.raises(EstimationError, match="how strong something unmeasured"):
        robustness.hidden_bias(study, SyntheticControl().estimate(study))
    assert SyntheticControl().method not in HiddenBias().designs


def test_one_treated_unit_has_no_limit_to_explain_away():
    world = TwoGroupPanel(n_treated=1, effect=2.0)
    study = world.study(world.draw(1))
    found = HiddenBias().check(study, DIFFERENCES.estimate(study))
    assert found.passed is None and found.sentence.code == "check.hidden_bias.unknown"


def test_groups_without_any_spread_do_not_break_it():
    rows = [
        {"u": u, "t": t, "s": 2 * (u < 5), "y": float(u + 3 * (u < 5) * (t > 1))}
        for u in range(20)
        for t in (1, 2)
    ]
    study = Study(pd.DataFrame(rows), outcome="y", unit="u", time="t", first_treated="s")
    found = HiddenBias().check(study, DIFFERENCES.estimate(study))
    assert found.passed is None
