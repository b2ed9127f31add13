"""Leave-one-out, specifications, placebo and ring: each is a study made anew, told in both languages."""

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.worlds import RandomisedArms, StaggeredPanel, TwoGroupPanel
from impactkit.errors import EstimationError, UsageError
from impactkit.evidence.claim import Claim

robust = ik.robustness
DID, STAGGERED = ik.DifferenceInDifferences(), ik.StaggeredDifferenceInDifferences()


def two_groups(**settings):
    world = TwoGroupPanel(**{"n_units": 16, "n_treated": 5, "n_periods": 6, "start": 4, **settings})
    return world.draw(1), world


def staggered(**settings):
    world = StaggeredPanel(**{"n_units": 24, "n_treated": 9, **settings})
    return world.draw(1), world


def start_column(world, frame):
    return world.study(frame).first_treated


def same(answer, estimate):
    found, expected = answer.interval, estimate.interval
    assert (found.point, found.low, found.high) == pytest.approx(
        (expected.point, expected.low, expected.high), rel=1e-10, nan_ok=True
    )


def spoken(result):
    sentences = {language: " ".join(m.text(language) for m in result.in_words()) for language in ("en", "sv")}
    assert sentences["en"] != sentences["sv"]
    assert "<table" in result._repr_html_()
    return sentences["en"], sentences["sv"]


CASES = [
    (two_groups, DID),
    (two_groups, ik.DifferenceInDifferences(inference=ik.inference.WildClusterBootstrap(draws=99, seed=1))),
    (staggered, STAGGERED),
    (staggered, ik.StaggeredDifferenceInDifferences(control="not_yet")),
    (staggered, ik.Imputation()),
    (staggered, ik.SunAbraham()),
    (lambda: staggered(slope=0.5), STAGGERED),
    (lambda: staggered(slope=0.5), ik.ExtendedTwoWayFixedEffects()),
]


@pytest.mark.parametrize(("made", "estimator"), CASES)
@pytest.mark.parametrize("gaps", [False, True])
def test_leaving_out_is_estimating_on_the_table_without_the_unit(made, estimator, gaps):
    frame, world = made()
    if gaps:
        frame = frame[np.random.default_rng(2).random(len(frame)) > 0.06]
    found = robust.leave_one_out(world.study(frame), estimator, comparison=True)
    assert len(found.without) == frame["unit"].nunique()
    for item in found.without[::5]:
        rest = frame[frame["unit"].astype(str) != item.name]
        same(item.answer, estimator.estimate(world.study(rest)))


def test_leaving_out_by_cohort_and_cluster():
    frame, world = staggered()
    study = world.study(frame)
    found = robust.leave_one_out(study, STAGGERED, by="cohort")
    start = start_column(world, frame)
    assert [item.name for item in found.without] == ["4", "5", "7"]
    for item in found.without:
        same(item.answer, STAGGERED.estimate(world.study(frame[frame[start] != float(item.name)])))
    frame = frame.assign(district=[f"d{int(u) % 6}" for u in pd.factorize(frame["unit"])[0]])
    roles = {"outcome": "y", "unit": "unit", "time": "period", "first_treated": start, "cluster": "district"}
    clustered = ik.Study(frame, **roles)
    for item in robust.leave_one_out(clustered, STAGGERED, by="cluster").without:
        same(item.answer, STAGGERED.estimate(ik.Study(frame[frame["district"] != item.name], **roles)))


def test_without_the_only_cohort_nothing_can_be_estimated_and_it_is_counted():
    frame, world = two_groups()
    found = robust.leave_one_out(world.study(frame), DID, by="cohort")
    assert len(found.refused) == 1
    row = found.tidy().iloc[0]
    assert np.isnan(row["estimate"]) and "Nobody is treated" in row["reason"]
    english, swedish = spoken(found)
    assert "nothing can be estimated" in english and "går inget att skatta" in swedish


def test_it_says_when_the_answer_rests_on_one_unit():
    frame, world = two_groups(effect=0.0, noise=0.1)
    one = frame["unit"] == robust.leave_one_out(world.study(frame), DID).without[0].name
    frame.loc[one & (frame["period"] >= 4), "y"] += 40
    frame.loc[~one & (frame[start_column(world, frame)] > 0) & (frame["period"] >= 4), "y"] -= 1.0
    found = robust.leave_one_out(world.study(frame), DID)
    assert found.most_influential.name == found.without[0].name
    assert [item.name for item in found.sign_changes] == [found.without[0].name]
    english, swedish = spoken(found)
    assert "points the other way" in english and "pekar effekten åt andra hållet" in swedish


def test_a_claim_has_a_side_of_its_own():
    frame, world = two_groups(effect=3.0, noise=0.4)
    point = DID.estimate(world.study(frame)).interval.low
    claim = Claim(
        id="C1",
        indicator="x/y",
        role="primary",
        change="increase",
        minimum_effect=f"{point - 0.02:.3f}",
        by=2026,
    )
    found = robust.leave_one_out(world.study(frame), DID, claim=claim)
    assert found.claim_changes and not found.side_changes
    english, swedish = spoken(found)
    assert "what is claimed" in english and "det som utlovats" in swedish


def test_leaving_out_what_is_not_there_is_refused():
    frame, world = two_groups()
    with pytest.raises(UsageError, match=r"(?s)by='cluster'.*unit="):
        robust.leave_one_out(world.study(frame), DID, by="cluster")
    arms = RandomisedArms()
    with pytest.raises(UsageError, match="by='cohort'"):
        robust.leave_one_out(arms.study(arms.draw(1)), ik.RandomisedTrial(), by="cohort")


def test_the_specification_table_marks_the_plans_one_and_hides_no_refusal():
    frame, world = staggered()
    study = world.study(frame)
    found = robust.specifications(
        study,
        STAGGERED,
        others=[ik.Imputation(), DID],
        grid={"control": ["never", "not_yet"], "base": ["varying", "universal"]},
    )
    table = found.tidy()
    assert table["planned"].tolist() == [True] + [False] * 5
    assert table["settings"].tolist()[1:4] == [
        "base=universal",
        "control=not_yet",
        "control=not_yet, base=universal",
    ]
    assert "start in 3 different periods" in table["reason"].iloc[-1]
    for row, estimator in zip(found.rows, (STAGGERED, None, None, None, ik.Imputation()), strict=False):
        if estimator is not None:
            same(row.answer, estimator.estimate(study))
    english, swedish = spoken(found)
    assert "The plan’s one counts" in english and "Planens räknas" in swedish
    assert "none may be chosen" in english and "difference_in_differences" in swedish


def test_a_planned_one_that_refuses_still_counts():
    frame, world = staggered()
    english, swedish = spoken(robust.specifications(world.study(frame), DID, others=[STAGGERED]))
    assert "No other may take its place" in english and "Ingen annan får ta dess plats" in swedish


def test_a_grid_of_unknown_settings_is_refused():
    frame, world = staggered()
    for grid in ({"colour": ["red"]}, {"control": ["always"]}):
        with pytest.raises(UsageError, match=r"(?s)has no setting.*planned estimator"):
            robust.specifications(world.study(frame), STAGGERED, grid=grid)


def test_nested_settings_that_differ_are_named():
    frame, world = two_groups()
    other = ik.DifferenceInDifferences(inference=ik.inference.ClusterRobust(kind="CR1"))
    found = robust.specifications(world.study(frame), DID, others=[other])
    assert found.rows[1].settings == "inference.kind=CR1"


def test_a_placebo_is_the_estimate_of_the_early_rows_with_an_early_start():
    frame, world = two_groups()
    start = start_column(world, frame)
    found = robust.placebo_in_time(world.study(frame), DID)
    assert [placebo.start for placebo in found.placebos] == ["3", "2"]
    for placebo in found.placebos:
        early = frame[frame["period"] < 4].copy()
        early.loc[early[start] > 0, start] = int(placebo.start)
        same(placebo.answer, DID.estimate(world.study(early)))
    chosen = robust.placebo_in_time(world.study(frame), DID, start=2)
    assert chosen.placebos[0] == found.placebos[1]


@pytest.mark.parametrize("estimator", [STAGGERED, ik.Imputation(), ik.SunAbraham()])
def test_a_staggered_placebo_moves_every_start(estimator):
    frame, world = staggered()
    start = start_column(world, frame)
    found = robust.placebo_in_time(world.study(frame), estimator, earlier=(1, 4))
    real = frame[start].replace(0, np.nan)
    for placebo in found.placebos:
        kept = real.isna() | ((real - placebo.earlier >= 2) & (frame["period"] < real))
        early = frame[kept & (frame["period"] < 7)].copy()
        early[start] = (real[early.index] - placebo.earlier).fillna(0)
        same(placebo.answer, estimator.estimate(world.study(early)))
    assert [placebo.left_out for placebo in found.placebos] == [0, 6]
    english, swedish = spoken(found)
    assert "at most 6" in english and "högst 6" in swedish


def test_a_placebo_sees_trends_that_differ():
    frame, world = two_groups(noise=0.2)
    frame["y"] += np.where(frame[start_column(world, frame)] > 0, 1.5 * frame["period"], 0)
    english, swedish = spoken(robust.placebo_in_time(world.study(frame), DID))
    assert "already differed before the start" in english and "redan före starten" in swedish


def test_a_placebo_needs_two_periods_before_the_start():
    frame, world = two_groups(start=2)
    with pytest.raises(EstimationError, match=r"(?s)two periods before the start; there is 1.*earlier"):
        robust.placebo_in_time(world.study(frame), DID)
    frame, world = two_groups()
    for wrong in ({"start": 4}, {"earlier": 3}, {"start": 1}):
        with pytest.raises(EstimationError, match="Pretend 1 to 2 periods earlier"):
            robust.placebo_in_time(world.study(frame), DID, **wrong)
    frame, world = staggered()
    with pytest.raises(UsageError, match=r"(?s)3 real ones.*earlier="):
        robust.placebo_in_time(world.study(frame), STAGGERED, start=2)


def neighbours_of(frame, start, n=3):
    return sorted(frame.loc[frame[start] == 0, "unit"].unique())[:n]


@pytest.mark.parametrize("told", ["names", "pairs", "flag", "distance"])
def test_the_ring_is_two_estimates_however_neighbours_are_told(told):
    frame, world = two_groups()
    start = start_column(world, frame)
    near = neighbours_of(frame, start)
    treated = sorted(frame.loc[frame[start] > 0, "unit"].unique())[0]
    frame["near"] = frame["unit"].isin(near).astype(int)
    frame["metres"] = np.where(frame["near"] == 1, 300.0, 2500.0)
    given = {
        "names": {"neighbours": near},
        "pairs": {"neighbours": [(treated, other) for other in near]},
        "flag": {"neighbours": "near"},
        "distance": {"neighbours": "metres", "cut": 500},
    }[told]
    found = robust.spillover_ring(world.study(frame), DID, how="model", **given)
    far = frame[frame["near"] == 0]
    same(found.without_neighbours, DID.estimate(world.study(far)))
    ring = frame[frame[start] == 0].copy()
    ring.loc[ring["near"] == 1, start] = 4
    same(found.ring, DID.estimate(world.study(ring)))
    assert (found.n_neighbours, found.n_left) == (3, 8)


def test_the_ring_is_the_second_term_of_one_regression():
    frame, world = two_groups()
    start = start_column(world, frame)
    near = neighbours_of(frame, start)
    found = robust.spillover_ring(world.study(frame), DID, neighbours=near, how="model")
    after = frame["period"] >= 4
    terms = np.column_stack([(frame[start] > 0) & after, frame["unit"].isin(near) & after]).astype(float)
    fixed = pd.get_dummies(frame[["unit", "period"]].astype(str), dtype=float).to_numpy()
    both = np.linalg.lstsq(np.column_stack([terms, fixed]), frame["y"].to_numpy(), rcond=None)[0][:2]
    assert [found.without_neighbours.point, found.ring.point] == pytest.approx(both.tolist(), abs=1e-9)


def test_each_neighbour_has_the_start_of_the_place_it_adjoins():
    frame, world = staggered()
    start = start_column(world, frame)
    near = neighbours_of(frame, start, 2)
    firsts = frame.drop_duplicates("unit").set_index("unit")[start]
    late, early = firsts[firsts == 7].index[0], firsts[firsts == 4].index[0]
    pairs = [(late, near[0]), (early, near[1]), (late, near[1]), (early, late)]
    study = world.study(frame)
    found = robust.spillover_ring(study, STAGGERED, neighbours=pairs, how="model")
    ring = frame[frame[start] == 0].copy()
    ring.loc[ring["unit"] == near[0], start] = 7
    ring.loc[ring["unit"] == near[1], start] = 4
    same(found.ring, STAGGERED.estimate(world.study(ring)))
    assert found.n_treated_neighbours == 1
    english, swedish = spoken(found)
    assert "not seen" in english and "syns inte" in swedish
    with pytest.raises(UsageError, match=r"(?s)3 different periods.*pairs"):
        robust.spillover_ring(study, STAGGERED, neighbours=near, how="model")


def test_a_ring_that_cannot_be_is_refused():
    frame, world = two_groups()
    frame["metres"] = 400.0
    study, comparison = world.study(frame), neighbours_of(frame, start_column(world, frame), 99)
    wrong = [
        ({"neighbours": ["Nowhere"]}, UsageError, "not in the study"),
        ({"neighbours": "nothing"}, UsageError, "not in the data"),
        ({"neighbours": "metres"}, UsageError, "0 or 1, or a distance"),
        ({"neighbours": comparison}, EstimationError, "Every comparison place"),
        ({"neighbours": []}, EstimationError, "No comparison place"),
    ]
    for given, error, words in wrong:
        with pytest.raises(error, match=words):
            robust.spillover_ring(study, DID, **given)


def test_an_answer_without_uncertainty_says_why():
    frame, world = two_groups(n_treated=2)
    found = robust.leave_one_out(world.study(frame), DID)
    assert found.tidy()["p_value"].isna().all()
    assert found.tidy()["reason"].str.contains("at least two of each").all()


def test_a_study_is_not_changed_by_being_asked():
    frame, world = staggered()
    study = world.study(frame)
    before = STAGGERED.estimate(study).interval
    robust.placebo_in_time(study, STAGGERED)
    robust.leave_one_out(study, STAGGERED)
    assert STAGGERED.estimate(study).interval == before
