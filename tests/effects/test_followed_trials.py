"""A lottery measured several times: one row for each unit, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import impactkit as ik
from impactkit.effects.inference import ClusterRobust
from impactkit.errors import EstimationError
from impactkit.evidence.check import check

MEAN: Any = {"follow_up": "mean", "permutation": None}


def visits(seed: int = 3, n: int = 40) -> pd.DataFrame:
    """Two measurements before and three after the start in period 3; invented."""
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(np.repeat([0, 1], n // 2))
    person = rng.standard_normal(n)
    rows = [
        {
            "unit": f"u{i:02d}",
            "period": t,
            "drawn": drawn[i],
            "took": int(drawn[i] and t >= 3 and i % 3 > 0),
            "y": person[i] + (1 + 0.5 * (t - 3)) * (drawn[i] and t >= 3) + rng.standard_normal(),
        }
        for i in range(n)
        for t in range(1, 6)
    ]
    return pd.DataFrame(rows)


def study_of(frame: pd.DataFrame, **roles: Any) -> ik.Study:
    return ik.Study(frame, outcome="y", unit="unit", time="period", treated="drawn", start=3, **roles)


def by_hand(frame: pd.DataFrame) -> pd.DataFrame:
    before = frame[frame["period"] < 3].groupby("unit")["y"].mean()
    after = frame[frame["period"] >= 3].groupby("unit")["y"].mean()
    drawn = frame.groupby("unit")["drawn"].first()
    return pd.DataFrame({"y": after, "before": before, "drawn": drawn})


@pytest.mark.parametrize("adjustment", ["none", "ancova"])
def test_the_headline_is_the_regression_of_the_units_means(adjustment: Any) -> None:
    frame = visits()
    rows = by_hand(frame)
    X = sm.add_constant(rows[["drawn"] + (["before"] if adjustment == "ancova" else [])]).astype(float)
    fit = sm.OLS(rows["y"], X).fit(cov_type="HC3")
    settings = {**MEAN, "inference": ClusterRobust(kind="HC3"), "adjustment": adjustment}
    found = ik.RandomisedTrial(**settings).estimate(study_of(frame))
    assert found.interval.point == pytest.approx(fit.params["drawn"], rel=1e-10)
    assert found.interval.std_error == pytest.approx(fit.bse["drawn"], rel=1e-9)
    assert found.sample.n_rows == 200 and found.sample.n_units == 40 and found.start == 3.0
    assert found.adjusted_for == (("y",) if adjustment == "ancova" else ())


def test_each_period_in_which_all_were_seen_has_a_term() -> None:
    frame = visits()
    found = ik.RandomisedTrial(**MEAN).estimate(study_of(frame))
    assert [term.time for term in found.terms] == [None, 3.0, 4.0, 5.0]
    for term in found.terms[1:]:
        rows = frame[frame["period"] == term.time].groupby("drawn")["y"].mean()
        assert term.interval.point == pytest.approx(rows[1] - rows[0])
    gaps = frame[~((frame["unit"] == "u05") & (frame["period"] == 4))]
    assert [t.time for t in ik.RandomisedTrial(**MEAN).estimate(study_of(gaps)).terms] == [None, 3.0, 5.0]


def test_who_was_never_followed_up_counts_as_lost_to_the_checks() -> None:
    frame = visits()
    lost = frame.groupby("unit")["drawn"].first().loc[lambda d: d == 1].index[:8]
    frame = frame[~(frame["unit"].isin(lost) & (frame["period"] >= 3))]
    study = study_of(frame)
    estimate = ik.RandomisedTrial(**MEAN).estimate(study)
    rows = by_hand(frame).dropna().groupby("drawn")["y"].mean()
    assert estimate.interval.point == pytest.approx(rows[1] - rows[0])
    results = {one.name: one for one in check(study, estimate)}
    assert results["attrition"].passed is False
    assert results["attrition"].sentence.values["treated"] == pytest.approx(8 / 20)


def test_checks_read_what_was_measured_before_and_estimate_again() -> None:
    study = study_of(visits())
    estimate = ik.RandomisedTrial(follow_up="mean").estimate(study)
    results = {one.name: one for one in check(study, estimate)}
    assert results["balance"].passed is not None and results["randomisation"].passed is not None
    assert results["influence"].passed is True
    assert results["overlap"].sentence.code != "check.overlap.unknown"


def test_takeup_is_that_of_the_follow_up() -> None:
    found = ik.RandomisedTrial(**MEAN).estimate(study_of(visits(), takeup="took"))
    frame = visits()
    took = frame[frame["period"] >= 3].groupby("drawn")["took"].mean()
    assert found.terms[-1].name == "complier effect"
    expected = found.interval.point / (took[1] - took[0])
    assert found.terms[-1].interval.point == pytest.approx(expected)


def test_a_study_that_cannot_be_averaged_is_refused() -> None:
    frame = visits()
    with pytest.raises(EstimationError, match="this study has periods"):
        ik.RandomisedTrial().estimate(study_of(frame))
    starts = frame.assign(first=np.where(frame["drawn"] == 0, 0, np.where(frame["unit"] < "u20", 3, 4)))
    several = ik.Study(starts, outcome="y", unit="unit", time="period", first_treated="first")
    with pytest.raises(EstimationError, match="one start; this study has 2"):
        ik.RandomisedTrial(follow_up="mean").estimate(several)
    rows = ik.Study(frame, outcome="y", time="period", treated="drawn", start=3)
    with pytest.raises(EstimationError, match="followed over time"):
        ik.RandomisedTrial(follow_up="mean").estimate(rows)
    moved = frame.assign(chance=np.where(frame["period"] > 2, 0.4, 0.5))
    with pytest.raises(EstimationError, match="probability changes within a unit"):
        ik.RandomisedTrial(follow_up="mean").estimate(study_of(moved, probability="chance"))
