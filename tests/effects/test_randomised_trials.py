"""Randomised trials by definition: strata by shares, chances, Neyman, ratios, takeup and several arms."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import impactkit as ik
from impactkit.effects.inference import ClusterRobust, Neyman, Permutation
from impactkit.effects.worlds import RandomisedArms
from impactkit.errors import EstimationError

PLAIN: Any = {"permutation": None}


def unlike_strata(seed: int = 1, n: int = 400) -> pd.DataFrame:
    """Half are in each stratum; 80 % are drawn in one, 30 % in the other, and the effects differ."""
    rng = np.random.default_rng(seed)
    stratum = np.repeat(["north", "south"], n // 2)
    chance = np.where(stratum == "north", 0.8, 0.3)
    drawn = np.zeros(n, dtype=int)
    for name, share in (("north", 0.8), ("south", 0.3)):
        members = np.flatnonzero(stratum == name)
        drawn[rng.permutation(members)[: round(share * len(members))]] = 1
    y = 3.0 * (stratum == "north") + drawn * np.where(stratum == "north", 2.0, 5.0) + rng.standard_normal(n)
    return pd.DataFrame({"y": y, "drawn": drawn, "stratum": stratum, "chance": chance})


def study_of(frame: pd.DataFrame, **roles: Any) -> ik.Study:
    return ik.Study(frame, outcome="y", treated="drawn", **roles)


def by_stratum(frame: pd.DataFrame) -> pd.DataFrame:
    cells = frame.groupby(["stratum", "drawn"])["y"].agg(["mean", "var", "size"]).unstack()
    return pd.DataFrame(
        {
            "gap": cells["mean"][1] - cells["mean"][0],
            "variance": cells["var"][1] / cells["size"][1] + cells["var"][0] / cells["size"][0],
            "n": cells["size"].sum(axis=1),
        }
    )


class TestStrataByShares:
    def test_each_stratum_weighs_its_share_with_neymans_variance(self) -> None:
        frame = unlike_strata()
        cells = by_stratum(frame)
        share = cells["n"] / cells["n"].sum()
        study = study_of(frame, stratum="stratum")
        found = ik.RandomisedTrial(inference=Neyman(), **PLAIN).estimate(study).interval
        assert found.point == pytest.approx((share * cells["gap"]).sum(), rel=1e-12)
        assert found.std_error == pytest.approx(math.sqrt((share**2 * cells["variance"]).sum()), rel=1e-12)

    def test_cr2_of_the_saturated_regression_is_neymans_standard_error(self) -> None:
        study = study_of(unlike_strata(), stratum="stratum")
        lot, rows = (
            ik.RandomisedTrial(strata="shares", inference=how, **PLAIN).estimate(study).interval
            for how in (Neyman(), ClusterRobust())
        )
        assert rows.point == pytest.approx(lot.point, rel=1e-12)
        assert rows.std_error == pytest.approx(lot.std_error, rel=1e-10)

    def test_intercepts_of_strata_weigh_by_precision_and_the_other_answer_is_told(self) -> None:
        frame = unlike_strata()
        cells = by_stratum(frame)
        drawn = frame.groupby("stratum")["drawn"].mean()
        precision = cells["n"] * drawn * (1 - drawn)
        found = ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, stratum="stratum"))
        expected = (precision * cells["gap"]).sum() / precision.sum()
        assert found.interval.point == pytest.approx(expected, rel=1e-12)
        told = {message.code: message.values for message in found.warnings}["estimate.shares_differ"]
        assert told["low"] == pytest.approx(0.3) and told["high"] == pytest.approx(0.8)
        assert told["other"] == pytest.approx(cells["gap"].mean(), rel=1e-12)

    def test_equal_shares_make_both_weightings_the_same(self) -> None:
        world = RandomisedArms(n_lots=48, n_strata=3)
        study = world.study(world.draw(3))
        one, two = (
            ik.RandomisedTrial(strata=strata, **PLAIN).estimate(study) for strata in ("effects", "shares")
        )
        assert one.interval.point == pytest.approx(two.interval.point, rel=1e-12)
        assert "estimate.shares_differ" not in [message.code for message in one.warnings]

    def test_a_stratum_without_both_arms_is_named(self) -> None:
        frame = unlike_strata()
        frame.loc[frame["stratum"] == "south", "drawn"] = 0
        study = study_of(frame, stratum="stratum")
        with pytest.raises(EstimationError, match="south"):
            ik.RandomisedTrial(strata="shares").estimate(study)
        told = [message.code for message in ik.RandomisedTrial(**PLAIN).estimate(study).warnings]
        assert "estimate.one_arm_strata" in told

    def test_neyman_refuses_to_weigh_by_precision_and_to_adjust(self) -> None:
        frame = unlike_strata().assign(age=np.arange(400.0))
        study = study_of(frame, stratum="stratum", covariates=["age"])
        with pytest.raises(EstimationError, match="by their shares"):
            ik.RandomisedTrial(strata="effects", inference=Neyman()).estimate(study)
        with pytest.raises(EstimationError, match="nothing is adjusted for"):
            ik.RandomisedTrial(adjustment="ancova", inference=Neyman()).estimate(study)

    def test_the_test_that_stands_beside_has_the_estimate_in_its_middle(self) -> None:
        frame = unlike_strata(n=24)
        found = ik.RandomisedTrial(inference=Permutation(draws=999), strata="shares").estimate(
            study_of(frame, stratum="stratum")
        )
        assert found.interval.low < found.interval.point < found.interval.high
        assert found.permutation is not None
        assert found.permutation.p_value(found.interval.point) > 0.9


class TestChances:
    def test_rows_weigh_one_over_the_chance_of_their_own_arm(self) -> None:
        frame = unlike_strata()
        drawn = frame["drawn"] == 1
        weight = 1 / np.where(drawn, frame["chance"], 1 - frame["chance"])
        expected = np.average(frame["y"][drawn], weights=weight[drawn]) - np.average(
            frame["y"][~drawn], weights=weight[~drawn]
        )
        fit = sm.WLS(frame["y"], sm.add_constant(frame["drawn"]), weights=weight).fit(cov_type="HC2")
        study = study_of(frame, probability="chance")
        found = ik.RandomisedTrial(inference=ClusterRobust(kind="HC2"), **PLAIN).estimate(study).interval
        assert found.point == pytest.approx(expected, rel=1e-12)
        assert found.std_error == pytest.approx(fit.bse["drawn"], rel=1e-9)

    def test_one_chance_for_all_changes_nothing(self) -> None:
        frame = unlike_strata().assign(half=0.5)
        one, two = (
            ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, probability=role)).interval
            for role in (None, "half")
        )
        assert two.point == pytest.approx(one.point, rel=1e-12)
        assert two.std_error == pytest.approx(one.std_error, rel=1e-10)

    def test_people_drawn_one_by_one_are_drawn_again_with_their_chances(self) -> None:
        rng = np.random.default_rng(5)
        chance = rng.uniform(0.2, 0.8, 60)
        drawn = (rng.uniform(size=60) < chance).astype(int)
        frame = pd.DataFrame({"y": rng.standard_normal(60) + 4 * drawn, "drawn": drawn, "chance": chance})
        found = ik.RandomisedTrial(permutation=Permutation(draws=499)).estimate(
            study_of(frame, probability="chance")
        )
        test = found.permutation
        assert test is not None and test.law.code == "inference.law.chances"
        assert test.p_value() == pytest.approx(1 / 500)
        low, high = test.limits(0.95)
        assert low < found.interval.point < high

    def test_effects_of_strata_are_refused_beside_chances(self) -> None:
        study = study_of(unlike_strata(), probability="chance", stratum="stratum")
        with pytest.raises(EstimationError, match="by their shares"):
            ik.RandomisedTrial(strata="effects").estimate(study)


def cured(table: tuple[int, int, int, int], **columns: Any) -> ik.Study:
    """Cured and not among the drawn, cured and not among the others."""
    a, b, c, d = table
    y = np.repeat([1.0, 0.0, 1.0, 0.0], table)
    return study_of(pd.DataFrame({"y": y, "drawn": np.repeat([1, 0], [a + b, c + d]), **columns}))


class TestShares:
    def test_ratios_have_the_limits_of_the_delta_method(self) -> None:
        a, b, c, d = 30, 70, 20, 80
        found = ik.RandomisedTrial(**PLAIN).estimate(cured((a, b, c, d)))
        terms = {term.name: term.interval for term in found.terms}
        assert found.interval.point == pytest.approx(0.1)
        assert terms["risk ratio"].point == pytest.approx(1.5)
        assert terms["odds ratio"].point == pytest.approx((30 / 70) / (20 / 80))
        # Log ratios' variances, with the n/(n-1) of arms of 100 that Neyman's variance has.
        factor = 100 / 99
        risk = math.sqrt(factor * ((1 - 0.3) / (0.3 * 100) + (1 - 0.2) / (0.2 * 100)))
        odds = math.sqrt(factor * (1 / (0.3 * 0.7 * 100) + 1 / (0.2 * 0.8 * 100)))
        for name, error in (("risk ratio", risk), ("odds ratio", odds)):
            one = terms[name]
            assert math.log(one.high / one.low) / 2 / error == pytest.approx(
                stats.t.ppf(0.975, 197), rel=0.002
            )
            assert math.sqrt(one.low * one.high) == pytest.approx(one.point, rel=1e-12)

    def test_ratios_are_not_made_where_an_arm_has_none(self) -> None:
        found = ik.RandomisedTrial(**PLAIN).estimate(cured((5, 45, 0, 50)))
        ratio = found.terms[1].interval
        assert math.isnan(ratio.point) and ratio.reason is not None
        assert ratio.reason.code == "estimate.no_ratio"

    def test_tiny_cells_are_told_with_newcombes_limits(self) -> None:
        found = ik.RandomisedTrial(**PLAIN).estimate(cured((9, 41, 3, 47)))
        told = {message.code: message.values for message in found.warnings}["estimate.tiny_cells"]
        expected = sm.stats.confint_proportions_2indep(9, 50, 3, 50, method="newcomb", compare="diff")
        assert (told["low"], told["high"]) == pytest.approx(expected, abs=1e-9)
        assert told["n"] == 3
        assert not [m for m in ik.RandomisedTrial(**PLAIN).estimate(cured((9, 41, 8, 42))).warnings
                    if m.code.startswith("estimate.tiny")]  # fmt: skip

    def test_rates_have_a_ratio_of_rates(self) -> None:
        frame = pd.DataFrame(
            {"y": [4.0, 6, 2, 8, 3, 1], "time": [2.0, 2, 1, 8, 1, 1], "drawn": [1, 1, 1, 0, 0, 0]}
        )
        study = study_of(frame, exposure="time", rates="weighted")
        found = ik.RandomisedTrial(**PLAIN).estimate(study)
        assert found.terms[1].name == "rate ratio"
        assert found.terms[1].interval.point == pytest.approx((12 / 5) / (12 / 10))

    def test_other_outcomes_have_no_ratio_and_bands_are_of_the_difference(self) -> None:
        assert len(ik.RandomisedTrial(**PLAIN).estimate(study_of(unlike_strata())).terms) == 1
        table = ik.RandomisedTrial(**PLAIN).estimate(cured((30, 70, 20, 80))).bands()
        assert list(table["term"]) == ["ate"]
        assert table["band_low"][0] == pytest.approx(table["conf_low"][0])


def moved(strength: float, n: int = 300, effect: float = 2.0) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    drawn = rng.permutation(np.repeat([0, 1], n // 2))
    eager = rng.standard_normal(n)
    took = (eager + strength * drawn > 1).astype(int)
    y = effect * took + eager + rng.standard_normal(n)
    return pd.DataFrame({"y": y, "drawn": drawn, "took": took})


def two_stage(frame: pd.DataFrame) -> float:
    """Two-stage least squares by its formula."""
    X, Z = (sm.add_constant(frame[[name]]).to_numpy(float) for name in ("took", "drawn"))
    return float(np.linalg.solve(Z.T @ X, Z.T @ frame["y"].to_numpy())[1])


class TestTakeup:
    def test_the_effect_on_those_moved_is_two_stage_least_squares(self) -> None:
        frame = moved(2.0)
        found = ik.RandomisedTrial(inference=ClusterRobust(kind="HC1"), **PLAIN).estimate(
            study_of(frame, takeup="took")
        )
        compliers = found.terms[-1]
        assert compliers.name == "complier effect"
        assert compliers.interval.point == pytest.approx(two_stage(frame), rel=1e-10)
        assert math.isnan(compliers.interval.std_error)
        assert compliers.interval.p_value == found.interval.p_value
        assert found.interval.point == ik.RandomisedTrial(**PLAIN).estimate(study_of(frame)).interval.point

    @pytest.mark.parametrize("strength", [2.0, 0.6])
    def test_limits_are_the_effects_that_anderson_and_rubin_do_not_reject(self, strength: float) -> None:
        frame = moved(strength)
        interval = ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, takeup="took")).terms[-1].interval
        tried = np.linspace(interval.point - 20, interval.point + 20, 401)
        for b in tried:
            left = frame.assign(y=frame["y"] - b * frame["took"])
            p = ik.RandomisedTrial(**PLAIN).estimate(study_of(left)).interval.p_value
            assert (p >= 0.05) == (interval.low <= b <= interval.high), b

    def test_limits_without_end_are_said_in_words(self) -> None:
        frame = moved(0.4)
        found = ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, takeup="took"))
        interval = found.terms[-1].interval
        assert (interval.low, interval.high) == (-math.inf, math.inf)
        told = {message.code: message.values for message in found.warnings}["estimate.compliers.outside"]
        for end in (float(told["low"]), float(told["high"])):
            left = study_of(frame.assign(y=frame["y"] - end * frame["took"]))
            assert ik.RandomisedTrial(**PLAIN).estimate(left).interval.p_value == pytest.approx(0.05)

    def test_how_many_the_lot_moved_is_told(self) -> None:
        frame = moved(2.0)
        found = ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, takeup="took"))
        told = {m.code: m.values for m in found.warnings}["estimate.first_stage.share_limits"]
        shares = frame.groupby("drawn")["took"].mean()
        assert told["treated"] == pytest.approx(shares[1])
        assert told["more"] == pytest.approx(100 * (shares[1] - shares[0]))

    def test_nothing_is_said_of_compliers_where_nobody_was_moved(self) -> None:
        frame = moved(2.0).assign(took=1)
        found = ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, takeup="took"))
        assert [term.name for term in found.terms] == ["ate"]
        assert "estimate.nobody_moved" in [message.code for message in found.warnings]

    def test_where_all_do_as_drawn_the_two_effects_are_one(self) -> None:
        frame = moved(2.0).assign(took=lambda f: f["drawn"])
        found = ik.RandomisedTrial(**PLAIN).estimate(study_of(frame, takeup="took"))
        one, two = found.interval, found.terms[-1].interval
        assert (two.point, two.low, two.high) == pytest.approx((one.point, one.low, one.high), rel=1e-9)


def three_arms(seed: int = 4, n: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm = np.concatenate([rng.permutation(["usual", "calls", "visits"] * (n // 12)) for _ in range(4)])
    x = rng.standard_normal(n)
    y = (
        x
        + pd.Series(arm).map({"usual": 0.0, "calls": 0.4, "visits": 1.0}).to_numpy()
        + rng.standard_normal(n)
    )
    return pd.DataFrame({"y": y, "arm": arm, "x": x, "area": np.arange(n) // (n // 4)})


def arms_study(frame: pd.DataFrame, **roles: Any) -> ik.Study:
    return ik.Study(frame, outcome="y", arm="arm", control="usual", **roles)


class TestArms:
    @pytest.mark.parametrize("adjustment", ["none", "ancova", "lin"])
    def test_each_arm_is_a_column_of_one_regression(self, adjustment: Any) -> None:
        frame = three_arms()
        found = ik.RandomisedTrial(
            arm="visits", adjustment=adjustment, inference=ClusterRobust(kind="HC3"), **PLAIN
        ).estimate(arms_study(frame, covariates=["x"], stratum="area"))
        X = pd.get_dummies(frame["area"], prefix="a").astype(float)
        x = frame["x"] - frame["x"].mean()
        for name in ("visits", "calls"):
            X[name] = (frame["arm"] == name).astype(float)
            if adjustment == "lin":
                X[f"{name} x"] = X[name] * x
        if adjustment != "none":
            X["x"] = x
        fit = sm.OLS(frame["y"], X).fit(cov_type="HC3")
        assert [term.name for term in found.terms] == ["visits", "calls"]
        for term in found.terms:
            assert term.interval.point == pytest.approx(fit.params[term.name], rel=1e-9)
            assert term.interval.std_error == pytest.approx(fit.bse[term.name], rel=1e-9)
        joint = fit.cov_params().loc["visits", "calls"]
        assert found.covariance[0, 1] == pytest.approx(joint, rel=1e-8)

    def test_limits_of_all_at_once_are_dunnetts(self) -> None:
        frame = three_arms(n=60)
        arms = [frame["y"][frame["arm"] == name] for name in ("visits", "calls", "usual")]
        found = ik.RandomisedTrial(arm="visits", **PLAIN).estimate(arms_study(frame))
        told = {m.code: m.values for m in found.warnings}["estimate.arms_at_once"]
        limits = stats.dunnett(*arms[:2], control=arms[2], random_state=1).confidence_interval(0.95)
        width = (limits.high[0] - limits.low[0]) / 2  # of the pooled variance; ours lets variances differ
        ours = (float(told["high"]) - float(told["low"])) / 2
        assert ours == pytest.approx(width, rel=0.1)
        assert ours > found.interval.high - found.interval.point

    def test_the_permutation_test_compares_two_arms(self) -> None:
        frame = three_arms(n=12)
        found = ik.RandomisedTrial(arm="visits").estimate(arms_study(frame))
        pair = frame[frame["arm"] != "calls"].assign(drawn=lambda f: (f["arm"] == "visits").astype(int))
        alone = ik.RandomisedTrial().estimate(study_of(pair))
        assert found.permutation is not None and alone.permutation is not None
        assert found.permutation.is_exact
        assert found.permutation.p_value() == alone.permutation.p_value()
        assert [mean.n for mean in found.means] == [4, 4]

    def test_neymans_errors_are_those_of_each_pair_of_arms(self) -> None:
        frame = three_arms(n=60)
        found = ik.RandomisedTrial(arm="calls", inference=Neyman(), **PLAIN).estimate(
            arms_study(frame, stratum="area")
        )
        for term in found.terms:
            pair = frame[frame["arm"].isin(["usual", term.name])]
            pair = pair.assign(drawn=(pair["arm"] == term.name).astype(int))
            alone = ik.RandomisedTrial(inference=Neyman(), **PLAIN).estimate(study_of(pair, stratum="area"))
            assert term.interval.std_error == pytest.approx(alone.interval.std_error, rel=1e-12)

    def test_the_promised_arm_must_be_named_among_those_given(self) -> None:
        study = arms_study(three_arms())
        with pytest.raises(EstimationError, match="which of them is promised"):
            ik.RandomisedTrial().estimate(study)
        with pytest.raises(EstimationError, match="visits"):
            ik.RandomisedTrial(arm="visit").estimate(study)
        with pytest.raises(EstimationError, match="does not say who is in which"):
            ik.RandomisedTrial(arm="visits").estimate(study_of(unlike_strata()))
        with pytest.raises(EstimationError, match="One chance a row"):
            ik.RandomisedTrial(arm="visits").estimate(arms_study(three_arms().assign(p=0.3), probability="p"))

    def test_one_arm_beside_that_compared_with_is_a_plain_trial(self) -> None:
        frame = three_arms()
        frame = frame[frame["arm"] != "calls"]
        found = ik.RandomisedTrial(**PLAIN).estimate(arms_study(frame))
        assert [term.name for term in found.terms] == ["ate"]
