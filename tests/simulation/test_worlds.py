"""Each cell draws what it says: the truth is known, and the illness is there."""

import numpy as np
import pandas as pd
import pytest

from impactkit.effects.worlds import TwoGroupPanel
from impactkit.simulation.cell import Cell
from impactkit.simulation.grid import cells_named, every_cell
from impactkit.simulation.naive import _panel
from impactkit.simulation.worlds import (
    ALL,
    ChosenWorst,
    DroppedOut,
    LookedAtOften,
    ManyOutcomes,
    Moved,
    SelfSelected,
    TwoWaves,
)

PANEL = TwoGroupPanel(effect=0.5)
WORLDS = (
    ChosenWorst(effect=0.5),
    DroppedOut(effect=0.5),
    LookedAtOften(panel=PANEL),
    ManyOutcomes(effect=0.5),
    Moved(panel=PANEL),
    SelfSelected(effect=0.5),
    TwoWaves(effect=0.5),
)


def points(cell: Cell, *, draws: int) -> np.ndarray:
    studies = (cell.attempts(cell.world.draw(k))[0][0].study for k in range(draws))
    settings = {"permutation": None} if cell.estimator.method != "synthetic_control" else {}
    estimator = cell.estimator.model_copy(update=settings)
    return np.array([estimator.estimate(study).interval.point for study in studies])


def test_every_ill_world_is_tested() -> None:
    assert {type(world) for world in WORLDS} == set(ALL)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: type(world).__name__)
def test_the_same_seed_gives_the_same_table(world: ChosenWorst) -> None:
    one, same, other = world.draw(1), world.draw(1), world.draw(2)
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)
    assert world.effect == 0.5
    assert world.study(one).n_treated > 0


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("did-8-twice", 2.0),
        ("did-5-sd-2", 0.0),
        ("staggered-half", 0.4),
        ("staggered-growing", 0.0),
        ("trial-50-twice", 0.6),
        ("trial-clusters-once", 0.6),
        ("worst-0.5-did-earlier", 0.0),
        ("volunteers-did", 0.0),
        ("shock-did", 0.0),
        ("season-did", 0.0),
        ("best-of-5", 0.0),
        ("moved-baseline", 0.0),
        ("looks-one", 0.0),
        # What is estimated where an assumption breaks, worked out by hand.
        ("worst-0.5-did-undeclared", 0.5 * 1.755 / 0.9),
        ("worst-0.8-did-undeclared", 0.2 * 1.755 / 0.9),
        ("trend-0.1-five-before", 0.5),
        ("trend-0.2-one-baseline", 0.6),
        ("season-before-after", 0.3),
        ("season-did-treated-alone", 0.6),
        ("moved-declared-unlikely", 0.8),
        ("trial-dropout", 0.248),
    ],
)
def test_the_mean_of_the_estimates_is_what_the_cell_says(name: str, truth: float) -> None:
    found = points(cells_named([name])[0], draws=80)
    margin = 4 * found.std(ddof=1) / np.sqrt(len(found))
    assert found.mean() == pytest.approx(truth, abs=margin)


def test_where_the_assumption_holds_the_truth_is_that_of_the_world() -> None:
    for cell in every_cell():
        claimed = float(cell.claims[0].minimum_effect)
        if "harm" in cell.name:
            assert cell.world.effect < 0
        else:
            assert cell.world.effect == pytest.approx(cell.times * claimed), cell.name


def test_the_worst_are_chosen_and_return() -> None:
    frame = ChosenWorst(n_earlier=3, baseline="all").draw(1)
    panel = _panel(ChosenWorst().study(frame))
    chosen = panel.outcomes[panel.treated]
    assert chosen[:, 3].max() < panel.outcomes[~panel.treated, 3].min()
    assert chosen[:, -1].mean() > chosen[:, 3].mean() + 0.5
    assert panel.treated.sum() == 20


@pytest.mark.parametrize(("baseline", "periods"), [("selection", [2, 3]), ("earlier", [1, 3])])
def test_the_analyst_has_the_baseline_that_the_cell_says(baseline: str, periods: list[int]) -> None:
    world = ChosenWorst(baseline=baseline)
    assert sorted(world.draw(1)["period"].unique()) == periods
    assert world.selection_period == 2


def test_bad_cases_leave_the_treated_arm() -> None:
    frame = pd.concat([DroppedOut().draw(k) for k in range(40)])
    lost = frame["y"].isna().groupby(frame["arm"]).mean()
    assert lost[1] == pytest.approx(0.22, abs=0.01)
    assert lost[0] == pytest.approx(0.16, abs=0.01)
    even = DroppedOut(treated_bad=0.45, treated_good=0.03)
    frame = pd.concat([even.draw(k) for k in range(40)])
    assert frame["y"].isna().groupby(frame["arm"]).mean().to_list() == pytest.approx([0.16, 0.16], abs=0.01)


def test_volunteers_would_have_done_better_anyway() -> None:
    frame = pd.concat([SelfSelected(follow_up_only=True).draw(k) for k in range(20)])
    means = frame.groupby("arm")[["x", "y"]].mean()
    assert (means.loc[1] > means.loc[0] + 0.3).all()


def test_indicators_go_together_as_much_as_they_say() -> None:
    world = ManyOutcomes(n_outcomes=3, correlation=0.3, n_units=400, n_periods=8)
    frame = world.draw(1)
    y = frame[list(world.names)].to_numpy().reshape(400, 8, 3)
    noise = y - y.mean(axis=1, keepdims=True)
    noise -= noise.mean(axis=0)
    found = np.corrcoef(noise.reshape(-1, 3).T)[np.triu_indices(3, 1)]
    assert found == pytest.approx([0.3] * 3, abs=0.06)


def test_each_look_has_one_more_period() -> None:
    world = LookedAtOften(panel=TwoGroupPanel(n_periods=12, start=5))
    assert [len(study.columns.periods) for study in world.looks(world.draw(1))] == list(range(5, 13))
