"""Adjusted p-values: by definition, in closed cases, with draws shared by cluster, and their error rate."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.inference import FermanPinto, Permutation
from impactkit.effects.kernels.multiplicity import benjamini_hochberg, holm
from impactkit.effects.kernels.multiplier_bootstrap import correlation_of
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.errors import EstimationError
from impactkit.evidence.multiplicity import Effect, joint_correlation

ROLES = {"unit": "area", "time": "year", "first_treated": "start"}


def areas(seed, *, n=24, treated=8, outcomes=3, together=0.0, effect=0.0):
    """Outcomes of the same areas that move together; none, or all, are affected."""
    rng = np.random.default_rng(seed)
    base = rng.standard_normal((n, 2))
    frame = pd.DataFrame({"area": np.repeat([f"a{i:02}" for i in range(n)], 2), "year": [2020, 2021] * n})
    is_treated = np.repeat(np.arange(n) < treated, 2)
    frame["start"] = np.where(is_treated, 2021, 0)
    for k in range(outcomes):
        own = np.sqrt(together) * base + np.sqrt(1 - together) * rng.standard_normal((n, 2))
        frame[f"y{k}"] = own.ravel() + effect * (is_treated & (frame["year"] == 2021))
    return frame


def estimates(frame, **settings):
    outcomes = [name for name in frame if name.startswith("y") and name != "year"]
    estimator = ik.DifferenceInDifferences(**settings)
    return {name: estimator.estimate(ik.Study(frame, outcome=name, **ROLES)) for name in outcomes}


@pytest.mark.parametrize("seed", range(20))
def test_holm_and_benjamini_hochberg_are_their_definitions(seed):
    rng = np.random.default_rng(seed)
    p = rng.uniform(0, 0.3, rng.integers(1, 6)).round(2)
    K = len(p)
    closed = [
        max(
            min(1, len(some) * min(p[i] for i in some))
            for size in range(1, K + 1)
            for some in itertools.combinations(range(K), size)
            if k in some
        )
        for k in range(K)
    ]
    np.testing.assert_allclose(holm(p), closed)
    ranked = np.sort(p)
    by_rank = [min(1.0, min(ranked[j] * K / (j + 1) for j in range(i, K))) for i in range(K)]
    np.testing.assert_allclose(np.sort(benjamini_hochberg(p)), by_rank)


def test_one_effect_is_not_adjusted():
    one = dict([next(iter(estimates(areas(1)).items()))])
    for method in ("holm", "benjamini_hochberg", "romano_wolf"):
        (row,) = ik.adjust(one, method=method).to_dict("records")
        assert row["adjusted_p"] == row["p_value"]


def test_effects_that_are_the_same_need_no_adjustment():
    frame = areas(2, outcomes=1, effect=0.6)
    frame["y1"], frame["y2"] = 3 * frame["y0"] + 1, -frame["y0"]
    found = ik.adjust(estimates(frame), method="romano_wolf", draws=99_999)
    np.testing.assert_allclose(found["adjusted_p"], found["p_value"], atol=0.005)
    assert (ik.adjust(estimates(frame)).adjusted_p >= 2.9 * found["p_value"]).all()


def test_effects_that_are_independent_need_sidaks():
    frame = areas(3, n=400, treated=200, outcomes=4)
    found = ik.adjust(estimates(frame), method="romano_wolf", draws=99_999).sort_values("p_value")
    stepped = np.maximum.accumulate(1 - (1 - found["p_value"].to_numpy()) ** np.arange(4, 0, -1))
    np.testing.assert_allclose(found["adjusted_p"], stepped, atol=0.02)


@pytest.mark.parametrize("together", [0.0, 0.5, 0.9])
def test_romano_wolf_lies_between_the_p_value_and_holms(together):
    found = estimates(areas(5, together=together, effect=0.8))
    stepped, holms = ik.adjust(found, method="romano_wolf"), ik.adjust(found)
    assert (stepped["adjusted_p"] >= stepped["p_value"]).all()
    assert (stepped["adjusted_p"] <= holms["adjusted_p"] + 1e-12).all()


def test_clusters_are_joined_by_name_when_outcomes_are_missing_for_some():
    frame = areas(6, together=0.9)
    frame.loc[frame["area"].isin(["a03", "a15", "a20"]), "y1"] = np.nan
    found = estimates(frame)
    effects = [Effect(name, estimate, 0) for name, estimate in found.items()]
    names = [found[name].cluster_names() for name in found]
    assert len(names[1]) == len(names[0]) - 3
    parts = [
        pd.Series(found[name].influence[:, 0], index=own) for name, own in zip(found, names, strict=True)
    ]
    joined = pd.concat(parts, axis=1).fillna(0.0).to_numpy()
    np.testing.assert_allclose(joint_correlation(effects), correlation_of(joined.T @ joined))


def test_the_same_clusters_in_another_order_share_their_draws():
    frame = areas(7, together=0.8)
    renamed = {area: f"b{99 - int(area[1:])}" for area in frame["area"]}
    turned = frame.assign(area=frame["area"].map(renamed)).sort_values(["area", "year"])
    one, two = (ik.adjust(estimates(f), method="romano_wolf") for f in (frame, turned))
    np.testing.assert_allclose(one["adjusted_p"], two["adjusted_p"], rtol=1e-6)


def test_permutations_of_one_assignment_are_stepped_down_together():
    frame = areas(8, n=9, treated=3, together=0.7, effect=1.0)
    found = estimates(frame, inference=Permutation())
    changes = frame.pivot(index="area", columns="year")
    wide = np.column_stack([(changes[y][2021] - changes[y][2020]).to_numpy() for y in found])
    sizes = []
    for chosen in itertools.combinations(range(9), 3):
        mask = np.isin(np.arange(9), chosen)
        sizes.append(np.abs(wide[mask].mean(axis=0) - wide[~mask].mean(axis=0)))
    sizes = np.array(sizes)
    ranks = (sizes[None] >= sizes[:, None] - 1e-10).mean(axis=1)
    own = ranks[0]  # areas a00 to a02 are the treated
    left, floor, expected = [0, 1, 2], 0.0, {}
    while left:
        j = min(left, key=lambda k: own[k])
        floor = expected[j] = max(floor, float(np.mean(ranks[:, left].min(axis=1) <= own[j] + 1e-12)))
        left.remove(j)
    adjusted = ik.adjust(found, method="romano_wolf")
    np.testing.assert_allclose(adjusted["p_value"], own)
    np.testing.assert_allclose(adjusted["adjusted_p"], [expected[k] for k in range(3)])


def test_effects_without_shared_draws_are_refused_and_holm_still_stands():
    frame = areas(9, treated=1)
    found = estimates(frame, inference=FermanPinto())
    with pytest.raises(EstimationError, match=r"(?s)share no draws.*holm"):
        ik.adjust(found, method="romano_wolf")
    assert ik.adjust(found)["adjusted_p"].notna().all()
    with pytest.raises(EstimationError, match="no estimate"):
        ik.adjust([])
    mixed = estimates(areas(9), inference=Permutation(seed=1)) | {
        "other": estimates(areas(9, n=22), inference=Permutation(seed=1))["y0"]
    }
    with pytest.raises(EstimationError, match="different assignments"):
        ik.adjust(mixed, method="romano_wolf")


def test_an_unknown_p_value_counts_and_stays_unknown():
    frame = areas(10)
    frame["y3"] = 5.0
    found = ik.adjust(list(estimates(frame).values()))
    assert math.isnan(found["adjusted_p"].iloc[3]) and found.attrs["n_unknown"] == 1
    assert found["adjusted_p"].min() == pytest.approx(min(1.0, 4 * found["p_value"].min()))
    assert ik.adjust(estimates(frame), method="romano_wolf")["adjusted_p"].notna().sum() == 3


def test_every_term_may_belong_to_the_family():
    world = TwoGroupPanel(n_periods=5, start=4)
    found = ik.DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))
    table = ik.adjust([found], method="romano_wolf", every_effect=True)
    assert table["term"].tolist() == [term.name for term in found.terms]


@pytest.mark.parametrize("together", [0.0, 0.9])
def test_no_more_than_the_level_of_families_without_effects_has_a_finding(together):
    runs, alpha = 250, 0.1
    lowest = np.empty((runs, 2))
    for seed in range(runs):
        found = estimates(areas(seed, n=30, treated=10, together=together), permutation=None)
        stepped = ik.adjust(found, method="romano_wolf", draws=999)
        lowest[seed] = stepped["adjusted_p"].min(), stepped["p_value"].min()
    adjusted, alone = (lowest <= alpha).mean(axis=0)
    assert adjusted <= alpha + 2.6 * math.sqrt(alpha * (1 - alpha) / runs)
    assert alone > adjusted


def robust_t(changes, treated):
    """Difference in mean changes over its standard error with each group's own variance."""
    one, two = changes[..., treated, :], changes[..., ~treated, :]
    variance = one.var(axis=-2, ddof=1) / one.shape[-2] + two.var(axis=-2, ddof=1) / two.shape[-2]
    return (one.mean(axis=-2) - two.mean(axis=-2)) / np.sqrt(variance)


@pytest.mark.parametrize("together", [0.0, 0.5, 0.9])
def test_romano_wolf_is_the_studentised_bootstrap_of_many_clusters(together):
    """The step-down as published: signs drawn for each cluster, each draw studentised anew."""
    frame = areas(4, n=200, treated=80, outcomes=4, together=together, effect=0.3)
    found = estimates(frame)
    wide = frame.pivot(index="area", columns="year")
    changes = np.column_stack([(wide[y][2021] - wide[y][2020]).to_numpy() for y in found])
    treated = (wide["start"][2021] > 0).to_numpy()
    left = changes - np.where(treated[:, None], changes[treated].mean(axis=0), changes[~treated].mean(axis=0))
    signs = 1.0 - 2.0 * np.random.default_rng(1).integers(0, 2, (4000, 200, 1))
    drawn, observed = np.abs(robust_t(signs * left, treated)), np.abs(robust_t(changes, treated))
    order, floor, expected = np.argsort(-observed), 0.0, np.empty(4)
    for step, j in enumerate(order):
        floor = expected[j] = max(floor, np.mean(drawn[:, order[step:]].max(axis=1) >= observed[j]))
    adjusted = ik.adjust(found, method="romano_wolf")["adjusted_p"]
    np.testing.assert_allclose(adjusted, expected, atol=0.03)
