"""Does the answer rest on one unit that is unlike the others."""

import math
from dataclasses import replace

import numpy as np
import pytest

import impactkit as ik
from impactkit.effects.inference import Permutation
from impactkit.effects.worlds import RandomisedArms, StaggeredPanel, TwoGroupPanel
from impactkit.evidence.checks import Influence
from impactkit.evidence.checks.influence import _grubbs
from impactkit.evidence.circumstances import Circumstances, Declared

DID = ik.DifferenceInDifferences()


def asked(study, estimator=DID):
    estimate = estimator.estimate(study)
    return Influence().check(study, estimate), estimate


def with_outlier(unit, size, **world):
    made = TwoGroupPanel(**world)
    frame = made.draw(1)
    frame.loc[(frame["unit"] == unit) & (frame["period"] >= made.start), "y"] += size
    return made.study(frame)


def changes(frame, start):
    late = frame[frame["period"] >= start].groupby("unit")["y"].mean()
    return (late - frame[frame["period"] < start].groupby("unit")["y"].mean()).to_numpy()


def test_the_unit_and_the_change_are_those_of_leaving_out_each_in_turn():
    for seed in range(6):
        world = TwoGroupPanel(n_units=14, n_treated=5)
        frame = world.draw(seed)
        change = changes(frame, world.start)
        full = change[:5].mean() - change[5:].mean()
        moved = {}
        for left in range(14):
            kept = np.arange(14) != left
            own, others = change[kept & (np.arange(14) < 5)], change[kept & (np.arange(14) >= 5)]
            error = np.sqrt(own.var(ddof=1) / len(own) + others.var(ddof=1) / len(others))
            without = own.mean() - others.mean()
            moved[left] = (abs(without - full) / error, without)
        found, _ = asked(world.study(frame))
        name = int(found.sentence.values["name"])
        assert found.sentence.values["without"] == pytest.approx(moved[name][1])
        assert found.statistic == pytest.approx(moved[name][0])
        pulls = np.abs(change - np.where(np.arange(14) < 5, change[:5].mean(), change[5:].mean()))
        most = {int(np.argmax(pulls[:5])), 5 + int(np.argmax(pulls[5:]))}
        assert name == max(most, key=lambda left: moved[left][0])


def test_grubbs_is_the_published_table():
    """The largest of 10 normal values has a two-sided 5 % point of 2.290 (Grubbs & Beck 1972)."""
    rest = np.linspace(-1, 1, 9)
    low, high = 1.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        values = np.append(rest, middle)
        low, high = (middle, high) if _grubbs(values) > 0.05 else (low, middle)
    values = np.append(rest, high)
    assert np.abs(values - values.mean()).max() / values.std(ddof=1) == pytest.approx(2.290, abs=0.001)


@pytest.mark.parametrize("unit", [2, 20])
def test_one_unit_that_makes_or_hides_the_effect_lowers_the_grade(unit):
    found, estimate = asked(with_outlier(unit, 60.0))
    assert found.passed is False and found.sentence.values["name"] == str(unit)
    assert ik.grade(estimate, (found,)).value == 2
    assert found.sentence.text("sv") != found.sentence.text("en")


def test_an_unlike_unit_that_changes_little_is_named_only():
    found, _ = asked(with_outlier(20, 8.0, n_units=400, n_treated=15))
    assert found.passed is True and found.statistic < 1


@pytest.mark.parametrize(
    ("world", "estimator"),
    [
        (TwoGroupPanel(), DID),
        (TwoGroupPanel(n_treated=5), DID),
        (TwoGroupPanel(effect=0.0, n_treated=5), DID),
        (RandomisedArms(), ik.RandomisedTrial()),
        (StaggeredPanel(), ik.StaggeredDifferenceInDifferences()),
    ],
    ids=str,
)
def test_sound_studies_seldom_fail(world, estimator):
    found = [asked(world.study(world.draw(seed)), estimator)[0].passed for seed in range(100)]
    assert None not in found and found.count(False) <= 3


def test_neither_rows_names_scale_nor_sign_matter():
    frame = TwoGroupPanel().draw(1)
    frame.loc[(frame["unit"] == 20) & (frame["period"] >= 6), "y"] += 30
    study = TwoGroupPanel().study
    first, _ = asked(study(frame))
    mixed = frame.sample(frac=1, random_state=1).assign(unit=lambda d: (97 * d["unit"] + 11) % 101)
    for other in (mixed, frame.assign(y=-1000 * frame["y"])):
        found, _ = asked(study(other))
        assert found.passed is first.passed and found.statistic == pytest.approx(first.statistic)


@pytest.mark.parametrize(("treated", "code"), [(1, "refused"), (2, "few"), (4, "few")])
def test_few_treated_cannot_be_told_apart(treated, code):
    found, _ = asked(TwoGroupPanel(n_treated=treated).study(TwoGroupPanel(n_treated=treated).draw(1)))
    assert found.passed is None and found.sentence.code == f"check.influence.{code}"


def test_limits_without_contributions_inform():
    study = TwoGroupPanel().study(TwoGroupPanel().draw(1))
    assert asked(study, ik.DifferenceInDifferences(inference=Permutation()))[0].passed is None


def test_thousands_are_not_estimated_again():
    world = RandomisedArms(n_lots=1500)
    found, estimate = asked(world.study(world.draw(1)), ik.RandomisedTrial())
    assert found.passed is True
    assert found.statistic == pytest.approx(np.abs(estimate.influence).max() / estimate.interval.std_error)


def test_an_outcome_that_never_varies_has_nothing_unlike():
    frame = TwoGroupPanel().draw(1).assign(y=0.1)
    frame.loc[frame["unit"] == 3, "y"] += 1e-14
    found, _ = asked(TwoGroupPanel().study(frame))
    assert found.passed is not False


def test_rows_that_may_not_be_shown_are_not_told_of():
    """A name, or what the effect is without it, would give one unit's outcome away."""
    world = TwoGroupPanel()
    study = world.study(world.draw(1))
    estimate = DID.estimate(study)
    said = Declared(circumstances=Circumstances(), direction=1, minimum_effect=1.0)
    shown = Influence().check(study, estimate, declared=said)
    hidden = Influence().check(study, estimate, declared=replace(said, is_public=False))
    assert shown.sentence.values and hidden.sentence.values == {}
    assert math.isnan(hidden.statistic) and hidden.passed is shown.passed
    assert hidden.sentence.text("sv") != hidden.sentence.text("en")
