"""Each cell draws what it says: the truth is known, and the illness is there."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from impactkit.effects.worlds import InvitedByLot, ThresholdScores, TwoGroupPanel
from impactkit.simulation.cell import Cell
from impactkit.simulation.grid import cells_named, every_cell
from impactkit.simulation.naive import _panel
from impactkit.simulation.worlds import (
    ALL,
    ChosenWorst,
    DroppedOut,
    HiddenNeed,
    InvitedAndHelped,
    LookedAtOften,
    ManyOutcomes,
    Moved,
    MovedScores,
    SelfSelected,
    TwoWaves,
)

PANEL = TwoGroupPanel(effect=0.5)
WORLDS = (
    ChosenWorst(effect=0.5),
    DroppedOut(effect=0.5),
    HiddenNeed(effect=0.5),
    InvitedAndHelped(people=InvitedByLot(effect=0.5)),
    LookedAtOften(panel=PANEL),
    ManyOutcomes(effect=0.5),
    Moved(panel=PANEL),
    MovedScores(scores=ThresholdScores(effect=0.5), lifted=0.5),
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
    study = world.study(one)
    by_rule_or_lot = study.columns.running is not None or study.columns.instruments is not None
    assert (study.n_treated == 0) == by_rule_or_lot


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
        ("trial-strata-twice", 1.0),
        ("trial-pairs-once", 0.5),
        ("trial-chances-half", 0.25),
        ("alike-doubly-robust-once", 0.5),
        ("alike-regression-null", 0.0),
        ("instrument-twice", 2.0),
        ("mixed-twice", 1.2),
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


def test_a_trait_that_nobody_measured_tells_who_got_it_and_how_they_fare() -> None:
    frame = pd.concat([HiddenNeed().draw(k) for k in range(40)])
    # What is left of the outcome once what is measured is taken away, at the values it was drawn with.
    left = frame["y"] - 0.5 * frame["baseline"] - 0.3 * (frame["age"] - 4)
    gap = left[frame["arm"] == 1].mean() - left[frame["arm"] == 0].mean()
    assert frame["arm"].mean() == pytest.approx(1 / 3, abs=0.03)
    assert gap > 0.5
    known, unknown = HiddenNeed(), HiddenNeed(has_baseline=False)
    assert known.study(known.draw(1)).columns.pre_outcome is not None
    assert unknown.study(unknown.draw(1)).columns.pre_outcome is None


def test_those_just_short_are_lifted_as_far_past_and_fare_better() -> None:
    fell = ThresholdScores(n=2000, effect=0.0)
    before, after = fell.draw(3), MovedScores(scores=fell, lifted=0.6).draw(3)
    moved = before["score"] != after["score"]
    short = (before["score"] < 0) & (before["score"] > -0.15)
    assert (moved & ~short).sum() == 0
    assert moved[short].mean() == pytest.approx(0.6, abs=0.1)
    assert (after["score"][moved] == -before["score"][moved]).all()
    assert (after["received"] == (after["score"] >= 0)).all()
    assert (after["y"] - before["y"])[moved].to_numpy() == pytest.approx(0.7)
    assert (after["y"] - before["y"])[~moved].abs().max() == 0


def test_whoever_is_lifted_gets_the_effect_too() -> None:
    fell = ThresholdScores(n=500, effect=2.0)
    before, after = fell.draw(3), MovedScores(scores=fell, lifted=0.6, better=0.0).draw(3)
    gained = (after["y"] - before["y"]).to_numpy()
    assert gained == pytest.approx(2.0 * (after["received"] - before["received"]).to_numpy())
    assert gained.max() == pytest.approx(2.0)


def test_heaped_scores_are_written_as_just_at_the_threshold() -> None:
    fell = ThresholdScores(n=1000, effect=0.0)
    before, after = fell.draw(2), MovedScores(scores=fell, heaped=0.6).draw(2)
    heap = after["score"] == 0
    assert (before["score"][heap].abs() < 0.1).all()
    assert heap.sum() == pytest.approx(0.6 * (before["score"].abs() < 0.1).sum(), rel=0.2)
    assert (after["received"][heap] == 1).all()


def test_an_invitation_that_helps_adds_the_same_to_all_who_got_it() -> None:
    people = InvitedByLot(n_people=200, effect=0.0)
    before, after = people.draw(4), InvitedAndHelped(people=people).draw(4)
    gained = (after["y"] - before["y"]).to_numpy()
    assert gained == pytest.approx(0.5 * before["invited"].to_numpy())
    assert (after["took_part"] == before["took_part"]).all()


def test_what_an_invitation_does_by_itself_is_taken_for_what_taking_part_does() -> None:
    def takes_part(keen: float, invited: int) -> float:
        return float(np.clip(0.3 + 0.2 * np.tanh(keen) + 0.5 * (invited - 0.5), 0, 1))

    moved = quad(lambda k: norm.pdf(k) * (takes_part(k, 1) - takes_part(k, 0)), -8, 8)[0]
    found = points(cells_named(["instrument-helps-alone"])[0], draws=200)
    assert found.mean() == pytest.approx(0.5 / moved, abs=4 * found.std(ddof=1) / np.sqrt(200))
    assert 0.5 / moved > 1
