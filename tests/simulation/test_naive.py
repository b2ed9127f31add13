"""What others would have said is what statsmodels and scipy say."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.linalg import toeplitz
from statsmodels.sandbox.regression.gmm import IV2SLS

from impactkit.data.study import Study
from impactkit.effects.worlds import (
    ComparedSeries,
    InterruptedSeries,
    InvitedByLot,
    RandomisedArms,
    StaggeredPanel,
    ThresholdScores,
    TwoGroupPanel,
    UnequalLots,
)
from impactkit.simulation import naive
from impactkit.simulation.cell import promise
from impactkit.simulation.grid import cells_named
from impactkit.simulation.pipeline import lazily
from impactkit.simulation.worlds import DroppedOut, SelfSelected, TwoWaves


def changes(frame: pd.DataFrame, start: int) -> tuple[np.ndarray, np.ndarray]:
    wide = frame.pivot(index="unit", columns="period", values="y")
    change = wide.loc[:, start:].mean(axis=1) - wide.loc[:, : start - 1].mean(axis=1)
    treated = frame.groupby("unit")["first_treated"].first() > 0
    return change[treated].to_numpy(), change[~treated].to_numpy()


def test_t_tests_are_those_of_scipy() -> None:
    world = TwoGroupPanel()
    frame = world.draw(3)
    treated, comparison = changes(frame, 6)
    study = world.study(frame)
    for found, peer in (
        (naive._before_after(study), stats.ttest_1samp(treated, 0)),
        (naive._pooled_changes(study), stats.ttest_ind(treated, comparison)),
        (naive._welch_changes(study), stats.ttest_ind(treated, comparison, equal_var=False)),
    ):
        assert found is not None
        assert found.point / found.std_error == pytest.approx(peer.statistic, rel=1e-10)
        assert found.df == pytest.approx(peer.df, rel=1e-10)


def test_one_treated_unit_is_compared_with_its_own_periods() -> None:
    world = TwoGroupPanel(n_treated=1)
    frame = world.draw(1)
    own = frame[frame["first_treated"] > 0]
    after, before = own[own["period"] >= 6]["y"], own[own["period"] < 6]["y"]
    found = naive._before_after(world.study(frame))
    assert found.point / found.std_error == pytest.approx(stats.ttest_ind(after, before).statistic)


@pytest.mark.parametrize("world", [TwoGroupPanel(), StaggeredPanel(growth=0.3)])
def test_two_way_fixed_effects_are_those_of_statsmodels(world: TwoGroupPanel) -> None:
    frame = world.draw(2)
    starts = frame["first_treated"]
    D = ((starts > 0) & (frame["period"] >= starts)).astype(float).rename("D")
    dummies = pd.get_dummies(frame[["unit", "period"]].astype("category"), drop_first=True, dtype=float)
    fit = sm.OLS(frame["y"], sm.add_constant(pd.concat([D, dummies], axis=1)))
    peer = fit.fit(cov_type="cluster", cov_kwds={"groups": frame["unit"]})
    n, k = len(frame), dummies.shape[1] + 2
    periods = frame["period"].nunique()
    # statsmodels counts unit effects as parameters; nested in clusters they are not.
    rescaled = peer.bse["D"] * np.sqrt((n - k) / (n - periods - 1))
    found = naive._two_way(world.study(frame))
    assert found.point == pytest.approx(peer.params["D"], rel=1e-8)
    assert found.std_error == pytest.approx(rescaled, rel=1e-8)


def test_regressions_of_arms_are_those_of_statsmodels() -> None:
    world = SelfSelected(follow_up_only=True)
    frame = world.draw(1)
    peer = sm.OLS(frame["y"], sm.add_constant(frame[["arm", "x"]])).fit()
    found = naive._analysis_of_covariance(world.study(frame))
    assert found == pytest.approx((peer.params["arm"], peer.bse["arm"], peer.df_resid))
    trial = DroppedOut()
    kept = trial.draw(1).dropna()
    t = stats.ttest_ind(kept[kept["arm"] == 1]["y"], kept[kept["arm"] == 0]["y"])
    found = naive._pooled_arms(trial.study(trial.draw(1)))
    assert found.point / found.std_error == pytest.approx(t.statistic)


@pytest.mark.parametrize("world", [InterruptedSeries(persistence=0.6), ComparedSeries(persistence=0.6)])
def test_segmented_regressions_are_those_of_statsmodels(world: InterruptedSeries) -> None:
    frame = world.draw(4)
    wide = frame.pivot(index="period", columns="unit", values="y")
    y = wide[0] - wide.get(1, 0)
    t = np.arange(len(y))
    after = t >= 96
    X = np.column_stack([np.ones(len(y)), t, after, after * (t - 96)])
    effect = np.array([0, 0, 1, (t[after] - 96).mean()])
    peer = sm.OLS(y.to_numpy(), X).fit().t_test(effect)
    found = naive._ordinary_series(world.study(frame))
    assert found[:2] == pytest.approx((peer.effect[0], peer.sd.item()), rel=1e-8)
    rho = 0.0
    for _ in range(8):
        residuals = sm.GLS(y.to_numpy(), X, sigma=toeplitz(rho**t)).fit().resid
        rho = residuals[1:] @ residuals[:-1] / (residuals @ residuals)
    assert rho > 0.3
    peer = sm.GLS(y.to_numpy(), X, sigma=toeplitz(rho**t) / (1 - rho**2)).fit().t_test(effect)
    own = naive._autoregressive_series(world.study(frame))
    assert own[:2] == pytest.approx((peer.effect[0], peer.sd.item()), rel=1e-8)
    assert own.df == len(y) - 5


def test_a_level_for_each_stratum_is_the_paired_t_test_in_pairs() -> None:
    world = RandomisedArms(n_lots=30, n_strata=15)
    frame = world.draw(2)
    wide = frame.pivot(index="stratum", columns="arm", values="y")
    peer = stats.ttest_rel(wide[1], wide[0])
    found = naive._within_strata(world.study(frame))
    assert found.point == pytest.approx((wide[1] - wide[0]).mean())
    assert found.point / found.std_error == pytest.approx(peer.statistic)
    assert found.df == 14


def test_the_regression_on_arm_and_chance_is_that_of_statsmodels() -> None:
    world = UnequalLots()
    frame = world.draw(5)
    peer = sm.OLS(frame["y"], sm.add_constant(frame[["arm", "chance"]])).fit()
    found = naive._arm_and_chance(world.study(frame))
    assert found == pytest.approx((peer.params["arm"], peer.bse["arm"], peer.df_resid))


def test_a_line_on_each_side_is_two_regressions() -> None:
    world = ThresholdScores(n=300)
    frame = world.draw(1)
    below, above = (
        sm.OLS(part["y"], sm.add_constant(part["score"])).fit()
        for part in (frame[frame["score"] < 0], frame[frame["score"] >= 0])
    )
    found = naive._lines_at_threshold(world.study(frame))
    assert found.point == pytest.approx(above.params["const"] - below.params["const"])
    assert found.df == 296


def test_two_stages_are_the_ratio_of_two_differences_with_one_lot() -> None:
    world = InvitedByLot(n_people=200)
    frame = world.draw(3)
    means = frame.groupby("invited")[["y", "took_part"]].mean()
    ratio = (means["y"][1] - means["y"][0]) / (means["took_part"][1] - means["took_part"][0])
    found = naive._two_stages(world.study(frame))
    peer = IV2SLS(frame["y"], sm.add_constant(frame["took_part"]), sm.add_constant(frame["invited"])).fit()
    assert found.point == pytest.approx(ratio)
    assert found.point == pytest.approx(peer.params["took_part"])
    assert found.std_error == pytest.approx(peer.bse["took_part"])


def test_two_stages_say_nothing_where_nobody_is_moved() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 3, 5], "z": [0, 1, 0, 1], "d": [0.0, 0, 1, 1]})
    study = Study(frame, outcome="y", takeup="d", instruments=["z"])
    assert naive._two_stages(study) is None
    taken = naive._takers(study)
    assert taken.point == pytest.approx(4 - 1.5)


def test_ordinary_practice_wants_the_point_above_the_claim_and_rivals_the_limit() -> None:
    cell = cells_named(["shock-did"])[0]
    world = TwoWaves(effect=1.0, n_treated=100, n_comparison=100)
    frame = world.draw(1)
    point, std_error, _ = naive._pooled_changes(world.study(frame))

    def said(rule: naive.Rule, claim: float) -> bool:
        attempt = cell.attempts(frame)[0][0]._replace(claim=promise(f"{claim:.4f}"))
        return rule.supports(lazily(cell, [attempt])[0])

    assert said(naive.POOLED, point - 0.01)
    assert not said(naive.POOLED, point + 0.01)
    assert not said(naive.POOLED_T, point - 0.01)
    assert said(naive.POOLED_T, point - 2.1 * std_error)


def test_the_permutation_rule_is_the_one_of_the_verdict() -> None:
    for cell in cells_named(["did-8-once", "trial-50-twice"]):
        for k in range(6):
            (judged,) = lazily(cell, cell.attempts(cell.world.draw(k))[0])
            p = judged.estimate.permutation.p_value(
                float(cell.claims[0].minimum_effect), alternative="greater"
            )
            assert naive.PERMUTATION.supports(judged) == (p <= 0.025)
