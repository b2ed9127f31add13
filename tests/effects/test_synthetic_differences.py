"""What synthetic difference-in-differences says of its uncertainty, and when it says nothing."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimators import AugmentedSyntheticControl, SyntheticDifferenceInDifferences
from impactkit.effects.inference import PlaceboInSpace, SyntheticVariance
from impactkit.errors import EstimationError

FEW = PlaceboInSpace(draws=99)


def panel(seed=1, n_treated=1, n_donors=20, starts=(9,), effect=0.0, T=12):
    """A factor model with a constant effect."""
    rng = np.random.default_rng(seed)
    N = n_treated + n_donors
    start = np.append(np.resize(starts, n_treated), np.zeros(n_donors, dtype=int))
    y = rng.standard_normal((N, 2)) @ rng.standard_normal((2, T)).cumsum(axis=1) / 2
    y += rng.standard_normal((N, 1)) + rng.standard_normal(T) + 0.5 * rng.standard_normal((N, T))
    y += effect * ((start[:, None] > 0) & (np.arange(T) >= start[:, None]))
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in range(N)], T),
            "time": np.tile(np.arange(T), N),
            "start": np.repeat(start, T),
            "y": y.ravel(),
            "x": rng.standard_normal(N * T),
            "pair": np.repeat(np.arange(N) // 2, T),
            "size": np.repeat(rng.uniform(1, 9, N), T),
        }
    )


def study(frame, **roles):
    return Study(frame, outcome="y", unit="unit", time="time", first_treated="start", **roles)


def estimate(frame, of=None, permutation=None, **roles):
    inference = None if of is None else SyntheticVariance(of=of, draws=99)
    return SyntheticDifferenceInDifferences(inference=inference, permutation=permutation).estimate(
        study(frame, **roles)
    )


@pytest.mark.parametrize(
    ("n_treated", "starts", "chosen"),
    [(1, (9,), "few"), (4, (9,), "few"), (5, (9,), None), (5, (6, 7, 8, 9), "alone"), (6, (6, 9), None)],
)
def test_ranks_are_chosen_where_the_treated_say_too_little_of_themselves(n_treated, starts, chosen):
    found = estimate(panel(n_treated=n_treated, starts=starts), permutation=FEW)
    codes = [note.code for note in found.warnings]
    if chosen is None:
        assert found.inference.code == "inference.synthetic_variance.jackknife"
        assert found.interval.std_error > 0
    else:
        assert f"inference.ranks_chosen.{chosen}" in codes
        assert found.inference.code == "inference.placebo_in_space.mean_gap"
    for message in (found.inference, found.estimand, *found.warnings):
        assert message.text("sv") != message.text("en")
    assert found.permutation is not None


@pytest.mark.parametrize("of", ["jackknife", "bootstrap"])
def test_one_treated_unit_tells_nothing_of_its_own_variation(of):
    found = estimate(panel(), of)
    assert math.isnan(found.interval.std_error) and math.isnan(found.interval.p_value)
    assert found.interval.reason.code == "inference.synthetic_variance.one_treated"
    assert all(math.isnan(term.interval.high) for term in found.terms)


def test_placebos_of_one_treated_unit_are_all_donors():
    frame = panel()
    one, other = (
        SyntheticDifferenceInDifferences(
            inference=SyntheticVariance(of="placebo", seed=seed), permutation=None
        ).estimate(study(frame))
        for seed in (1, 2)
    )
    assert one.interval.std_error == other.interval.std_error
    assert math.isinf(one.interval.df)


def test_too_few_donors_for_placebos():
    found = estimate(panel(n_treated=3, n_donors=4), "placebo")
    assert found.interval.reason.code == "inference.synthetic_variance.too_few_donors"


def test_placebos_need_units_that_stand_alone():
    with pytest.raises(EstimationError, match="one by one"):
        estimate(panel(n_treated=4), "placebo", cluster="pair")


def test_clusters_are_left_out_whole():
    frame = panel(n_treated=6, n_donors=20)
    by_unit, by_pair = estimate(frame, "jackknife"), estimate(frame, "jackknife", cluster="pair")
    assert by_unit.interval.point == pytest.approx(by_pair.interval.point, abs=1e-12)
    assert (by_unit.interval.df, by_pair.interval.df) == (5, 2)
    assert len(by_pair.influence) == 13
    assert by_unit.interval.std_error != by_pair.interval.std_error


@pytest.mark.parametrize("of", ["placebo", "bootstrap"])
def test_the_same_seed_gives_the_same_draws(of):
    frame = panel(n_treated=5)
    found = [
        SyntheticDifferenceInDifferences(
            inference=SyntheticVariance(of=of, draws=99, seed=seed), permutation=None
        )
        .estimate(study(frame))
        .interval.std_error
        for seed in (1, 1, 2)
    ]
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("pool", ["all", "untreated"])
@pytest.mark.parametrize("n_treated", [1, 3])
def test_a_constant_effect_moves_the_average_and_the_test_by_as_much(n_treated, pool):
    estimator = SyntheticDifferenceInDifferences(
        inference=PlaceboInSpace(pool=pool, draws=199, level=0.8), permutation=None
    )
    plain = estimator.estimate(study(panel(n_treated=n_treated)))
    moved = estimator.estimate(study(panel(n_treated=n_treated, effect=3.0)))
    assert moved.interval.point == pytest.approx(plain.interval.point + 3, abs=1e-9)
    for m in (-1.0, 0.0, 0.7):
        expected = plain.permutation.p_value(m, alternative="greater")
        assert moved.permutation.p_value(m + 3, alternative="greater") == expected
    assert moved.interval.low == pytest.approx(plain.interval.low + 3, abs=1e-6)
    assert moved.interval.high == pytest.approx(plain.interval.high + 3, abs=1e-6)


def test_with_few_donors_ranks_say_how_many_are_needed():
    found = estimate(panel(n_donors=15))
    assert math.isinf(found.interval.high)
    assert "inference.too_few_donors" in [note.code for note in found.warnings]
    assert found.permutation.smallest_p == pytest.approx(1 / 16)


def test_ranks_of_several_starts_are_of_the_average_over_treated_cells():
    found = estimate(panel(n_treated=4, starts=(5, 9)), permutation=FEW)
    assert found.permutation.statistics.observed == pytest.approx(found.interval.point, abs=1e-12)
    assert found.counterfactual.period_weights == ()
    assert [term.event_time for term in found.terms[1:]] == [0.0, 1.0, 2.0]


def test_weights_of_the_treated_count_in_the_average():
    frame = panel(n_treated=5)
    plain, weighted = estimate(frame, "jackknife"), estimate(frame, "jackknife", weight="size")
    assert plain.interval.point != weighted.interval.point


def test_everything_is_written_down_and_read_again():
    found = estimate(panel(n_treated=5), permutation=FEW)
    record = json.loads(json.dumps(found.to_record()))
    again = Estimate.from_record(record)
    assert again.to_record()["counterfactual"] == found.to_record()["counterfactual"]
    assert again.terms == found.terms
    assert sum(found.counterfactual.period_weights) == pytest.approx(1)
    settings = SyntheticDifferenceInDifferences.model_validate(record["settings"])
    assert settings.estimate(study(panel(n_treated=5))).terms == found.terms


def test_bands_of_the_jackknife():
    table = estimate(panel(n_treated=6), "jackknife").bands(draws=999)
    assert (table["band_high"] - table["band_low"] >= table["conf_high"] - table["conf_low"]).all()


@pytest.mark.parametrize("estimator", [SyntheticDifferenceInDifferences(), AugmentedSyntheticControl()])
class TestBadInput:
    def test_an_outcome_that_never_changes_is_refused(self, estimator):
        with pytest.raises(EstimationError, match="outcome changes over time"):
            estimator.estimate(study(panel().assign(y=4.0)))

    def test_one_period_before_is_refused(self, estimator):
        with pytest.raises(EstimationError, match="fewer than 2 periods"):
            estimator.estimate(study(panel(starts=(1,))))

    def test_a_gap_of_the_treated_is_refused(self, estimator):
        frame = panel()
        with pytest.raises(EstimationError, match="without a value in some periods"):
            estimator.estimate(study(frame.drop(index=3)))

    def test_a_donor_with_a_gap_is_left_out_by_name(self, estimator):
        found = estimator.estimate(study(panel().drop(index=30)))
        note = next(note for note in found.warnings if note.code == "donors.gaps")
        assert "u02" in note.text("en")

    def test_no_panel_is_refused(self, estimator):
        frame = panel().assign(treated=lambda f: f["start"] > 0)
        with pytest.raises(EstimationError, match="units followed over"):
            estimator.estimate(Study(frame, outcome="y", treated="treated"))

    @pytest.mark.parametrize("T", [3, 5])
    def test_two_periods_before_are_answered_or_told(self, estimator, T):
        found = estimator.estimate(study(panel(starts=(2,), T=T)))
        assert math.isfinite(found.interval.point)

    def test_outcomes_of_great_size_keep_their_digits(self, estimator):
        estimator = estimator.model_copy(update={"permutation": None})
        plain = estimator.estimate(study(panel()))
        large = estimator.estimate(study(panel().assign(y=lambda f: 1e6 * f["y"] + 1e9)))
        assert large.interval.point == pytest.approx(1e6 * plain.interval.point, rel=1e-5)


def test_a_covariate_that_is_a_description_is_refused_by_name():
    with pytest.raises(EstimationError, match="size"):
        estimate(panel(), covariates=["x", "size"])


def test_a_covariate_of_the_calendar_is_refused_by_name():
    with pytest.raises(EstimationError, match="year"):
        estimate(panel().assign(year=lambda f: f["time"] ** 2.0), covariates=["year"])


def test_a_covariate_alike_for_all_donors_is_refused_by_name():
    with pytest.raises(EstimationError, match="alike"):
        AugmentedSyntheticControl().estimate(study(panel().assign(alike=3.0), covariates=["alike"]))


def test_negative_weights_are_told():
    frame = panel(seed=3)
    frame.loc[frame["start"] > 0, "y"] += 4  # above all donors
    found = AugmentedSyntheticControl(ridge=0.1, permutation=None).estimate(study(frame))
    note = next(note for note in found.warnings if note.code == "donors.negative")
    negative = [donor.weight for donor in found.counterfactual.weights if donor.weight < 0]
    assert note.values["n"] == len(negative)
    assert note.values["share"] == pytest.approx(-sum(negative), abs=1e-6)
    assert sum(donor.weight for donor in found.counterfactual.weights) == pytest.approx(1, abs=1e-8)


def test_the_ridge_is_one_that_leaving_periods_out_chooses():
    """By the slow way: every ridge, every period, every weight found anew."""
    from impactkit.effects.kernels.augmented_weights import chosen_ridge, ridge_path
    from impactkit.effects.kernels.simplex import nearest_in_hull

    for seed, (D, k) in enumerate([(20, 8), (8, 20), (30, 30), (5, 3), (40, 12)] * 3):
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((D, 3)) @ rng.standard_normal((3, k)) + 0.4 * rng.standard_normal((D, k))
        x = X[:3].mean(axis=0) + 0.5 * rng.standard_normal(k) - X.mean(axis=0)
        X = X - X.mean(axis=0)
        ridges, errors = ridge_path(X), []
        for period in range(k - 1):
            rest, target = np.delete(X, period, axis=1), np.delete(x, period)
            simplex = nearest_in_hull(rest, target).weights
            row = []
            for ridge in ridges:
                inverse = np.linalg.inv(rest.T @ rest + ridge * np.eye(k - 1))
                w = simplex + rest @ inverse @ (target - simplex @ rest)
                row.append((x[period] - w @ X[:, period]) ** 2)
            errors.append(row)
        means = np.mean(errors, axis=0)
        spread = np.std(np.array(errors)[:, means.argmin()], ddof=1) / math.sqrt(k - 1)
        expected = ridges[means <= means.min() + spread].max()
        assert chosen_ridge(X, x, nearest_in_hull(X, x)) == pytest.approx(expected)


def test_a_ridge_of_its_own_for_each_placebo():
    """Each donor's gaps are those it would have were it the treated unit."""
    frame = panel(n_donors=8)
    found = AugmentedSyntheticControl(inference=PlaceboInSpace(pool="untreated")).estimate(study(frame))
    rest = frame[frame["unit"] != "u00"].assign(start=lambda f: np.where(f["unit"] == "u03", 9, 0))
    alone = AugmentedSyntheticControl(inference=PlaceboInSpace(pool="untreated")).estimate(study(rest))
    placebo = next(placebo for placebo in found.counterfactual.placebos if placebo.unit == "u03")
    np.testing.assert_allclose(placebo.gaps, alone.counterfactual.gaps, atol=1e-12)
