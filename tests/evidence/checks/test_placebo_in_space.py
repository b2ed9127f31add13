"""How large an effect do those show who got nothing."""

import itertools

import numpy as np
import pytest

import impactkit as ik
from impactkit.effects.worlds import FactorPanel, StaggeredPanel, TwoGroupPanel
from impactkit.evidence.checks import PlaceboInSpace

DID = ik.DifferenceInDifferences(permutation=None)


def asked(study, estimator=DID):
    estimate = estimator.estimate(study)
    return PlaceboInSpace().check(study, estimate), estimate


@pytest.mark.parametrize("seed", range(4))
def test_every_group_as_large_as_the_treated_is_tried(seed):
    world = TwoGroupPanel(n_units=12, n_treated=3, effect=0.5)
    frame = world.draw(seed)
    late = frame[frame["period"] >= 6].groupby("unit")["y"].mean()
    change = (late - frame[frame["period"] < 6].groupby("unit")["y"].mean()).to_numpy()
    effect, others = change[:3].mean() - change[3:].mean(), change[3:]
    placebos = [
        others[list(group)].mean() - np.delete(others, list(group)).mean()
        for group in itertools.combinations(range(9), 3)
    ]
    found, estimate = asked(world.study(frame))
    assert found.statistic == pytest.approx(np.mean(np.abs(placebos) >= abs(effect)))
    assert found.sentence.values["usual"] == pytest.approx(np.median(np.abs(placebos)))
    assert found.sentence.values["effect"] == pytest.approx(estimate.interval.point)
    assert found.passed is None


def test_an_effect_makes_placebos_no_larger():
    with_effect, without = TwoGroupPanel(effect=9.0), TwoGroupPanel(effect=0.0)
    first, second = (asked(world.study(world.draw(1)))[0] for world in (with_effect, without))
    assert first.sentence.values["usual"] == pytest.approx(second.sentence.values["usual"])
    assert first.statistic == 0.0


def test_the_share_is_even_when_there_is_no_effect():
    world = TwoGroupPanel(effect=0.0)
    shares = [asked(world.study(world.draw(seed)))[0].statistic for seed in range(100)]
    assert np.mean(np.array(shares) <= 0.5) == pytest.approx(0.5, abs=0.15)


def test_donors_are_ranked_by_the_ratio_of_gaps():
    world = FactorPanel(n_donors=20, effect=6.0)
    found, estimate = asked(world.study(world.draw(1)), ik.SyntheticControl())
    built = estimate.counterfactual
    after = [np.sqrt(np.mean(np.square(one.gaps[16:]))) / one.pre_rmspe for one in built.placebos]
    own = np.sqrt(np.mean(np.square(built.gaps[16:]))) / built.pre_rmspe
    assert found.sentence.values["ratio"] == pytest.approx(own)
    assert found.sentence.values["rank"] == 1 + sum(ratio >= own for ratio in after)
    assert found.passed is None and found.sentence.values["total"] == 21


def test_neither_rows_names_scale_nor_sign_matter():
    world = TwoGroupPanel()
    frame = world.draw(3)
    first, _ = asked(world.study(frame))
    mixed = frame.sample(frac=1, random_state=1).assign(unit=lambda d: (97 * d["unit"] + 11) % 101)
    assert asked(world.study(mixed))[0].statistic == first.statistic
    turned = asked(world.study(frame.assign(y=-1000 * frame["y"])))[0]
    assert turned.statistic == first.statistic


def test_what_cannot_be_asked_informs():
    several = StaggeredPanel()
    found, _ = asked(several.study(several.draw(1)), ik.Imputation())
    assert found.sentence.code.endswith("several_starts")
    many = TwoGroupPanel(n_units=10, n_treated=6)
    assert asked(many.study(many.draw(1)))[0].sentence.code.endswith("few")
    donors = FactorPanel(n_donors=6)
    alone = ik.SyntheticControl(permutation=None, inference={"method": "conformal"})
    assert asked(donors.study(donors.draw(1)), alone)[0].sentence.code.endswith("no_placebos")


def test_it_is_told_in_both_languages_and_never_lowers():
    world = TwoGroupPanel(n_treated=1)
    found, estimate = asked(world.study(world.draw(1)))
    assert "1 taken for treated shows" in found.sentence.text("en")
    assert "1 som låtsas ha haft den" in found.sentence.text("sv")
    assert ik.grade(estimate, (found,)).value == 3
