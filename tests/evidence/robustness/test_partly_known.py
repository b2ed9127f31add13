"""Bounds when outcomes are missing: by definition, and their errors by drawing the rows again."""

import math

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.kernels.lee_uncertainty import lee_bounds_with_errors
from impactkit.errors import EstimationError

robust = ik.robustness


def lottery(seed: int = 2, n: int = 200) -> pd.DataFrame:
    """Of those drawn a tenth are lost, of the others a quarter; the outcome is 0 or 1."""
    rng = np.random.default_rng(seed)
    drawn = np.repeat([1, 0], n // 2)
    y = (rng.uniform(size=n) < np.where(drawn, 0.6, 0.4)).astype(float)
    y[: n // 20] = np.nan
    y[n // 2 : n // 2 + n // 8] = np.nan
    return pd.DataFrame({"y": y, "drawn": drawn})


def study_of(frame: pd.DataFrame, **roles: str) -> ik.Study:
    return ik.Study(frame, outcome="y", treated="drawn", **roles)


def test_manskis_bounds_fill_in_the_worst_and_the_best() -> None:
    frame = lottery()
    found = robust.manski_bounds(study_of(frame))
    drawn = frame["drawn"] == 1
    for bound, values in ((found.low, (0.0, 1.0)), (found.high, (1.0, 0.0))):
        filled = frame["y"].fillna(pd.Series(np.where(drawn, *values)))
        assert bound == pytest.approx(filled[drawn].mean() - filled[~drawn].mean(), abs=1e-12)
    assert found.limit_low < found.low < found.difference < found.high < found.limit_high
    assert (found.lost_treated, found.lost_comparison) == (pytest.approx(0.1), pytest.approx(0.25))


def test_lees_bounds_cut_the_excess_of_the_arm_that_lost_less() -> None:
    rng = np.random.default_rng(5)
    frame = lottery().assign(y=lambda f: f["y"].where(f["y"].isna(), rng.standard_normal(len(f))))
    found = robust.lee_bounds(study_of(frame))
    treated = np.sort(frame["y"][frame["drawn"] == 1].dropna())
    other = frame["y"][frame["drawn"] == 0].dropna().mean()
    kept = round(len(treated) * 0.75 / 0.9)
    assert found.low == pytest.approx(treated[:kept].mean() - other)
    assert found.high == pytest.approx(treated[-kept:].mean() - other)


def test_errors_of_lees_bounds_are_those_of_drawing_the_rows_again() -> None:
    rng = np.random.default_rng(7)
    n, stayed = 1500, (0.9, 0.7)
    outcomes = [np.where(rng.uniform(size=n) < q, rng.gamma(2.0, size=n), np.nan) for q in stayed]
    found = []
    for _ in range(600):
        again = [rng.choice(values, n) for values in outcomes]
        kept = [values[np.isfinite(values)] for values in again]
        bounds = lee_bounds_with_errors(*kept, drawn=(n, n))
        found.append((bounds.low, bounds.high))
    kept = [values[np.isfinite(values)] for values in outcomes]
    bounds = lee_bounds_with_errors(*kept, drawn=(n, n))
    spread = np.std(found, axis=0, ddof=1)
    assert bounds.low_error == pytest.approx(spread[0], rel=0.1)
    assert bounds.high_error == pytest.approx(spread[1], rel=0.1)


def test_turning_outcome_and_arms_round_turns_the_bounds_round() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.standard_normal(40), rng.standard_normal(30)
    there = lee_bounds_with_errors(one, two, drawn=(50, 50))
    back = lee_bounds_with_errors(two, one, drawn=(50, 50))
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert (back.low_error, back.high_error) == pytest.approx((there.high_error, there.low_error))


def test_with_nobody_lost_the_bounds_are_the_effect() -> None:
    frame = lottery().dropna()
    estimate = ik.RandomisedTrial(permutation=None).estimate(study_of(frame))
    for found in (robust.lee_bounds(study_of(frame)), robust.manski_bounds(study_of(frame))):
        assert found.low == found.high == pytest.approx(estimate.interval.point)
        assert found.limit_high - found.limit_low == pytest.approx(
            estimate.interval.high - estimate.interval.low, rel=0.03
        )


def test_people_in_clusters_get_bounds_without_limits() -> None:
    found = robust.manski_bounds(study_of(lottery().assign(school=np.arange(200) // 10), cluster="school"))
    assert math.isnan(found.limit_low) and math.isfinite(found.low)
    assert "Chance is not allowed for" in " ".join(m.text("en") for m in found.in_words())


def test_the_sentences_are_whole_in_both_languages() -> None:
    frame = lottery()
    for found in (robust.lee_bounds(study_of(frame)), robust.manski_bounds(study_of(frame))):
        told = {language: [m.text(language) for m in found.in_words()] for language in ("en", "sv")}
        assert len(told["en"]) == 4 and told["en"] != told["sv"]
        assert "<table" in found._repr_html_()
        assert list(found.tidy()["low"]) == [found.low]


def test_bounds_are_refused_where_they_do_not_hold() -> None:
    frame = lottery()
    scores = frame.assign(y=frame["y"] * 10)
    with pytest.raises(EstimationError, match="smallest and a largest"):
        robust.manski_bounds(study_of(scores))
    with pytest.raises(EstimationError, match="outside the range"):
        robust.manski_bounds(study_of(scores), least=0.0, most=5.0)
    with pytest.raises(EstimationError, match="weights"):
        robust.lee_bounds(study_of(frame.assign(w=2.0), weight="w"))
    with pytest.raises(EstimationError, match="one row for each person"):
        robust.lee_bounds(study_of(frame.assign(drawn=1)))


@pytest.mark.parametrize("bounds", [robust.lee_bounds, robust.manski_bounds])
def test_strata_that_drew_different_shares_are_refused_and_others_change_nothing(bounds) -> None:
    frame = lottery()
    frame["place"] = np.where(np.arange(len(frame)) % 2, "north", "south")
    assert bounds(study_of(frame, stratum="place")) == bounds(study_of(frame))
    frame["place"] = np.where(
        (frame["drawn"] == 1) & (np.arange(len(frame)) % 3 > 0), "north", frame["place"]
    )
    with pytest.raises(EstimationError, match="strata drew different shares: 25 to 62 per cent"):
        bounds(study_of(frame, stratum="place"))


def test_strata_of_few_people_may_miss_the_share_by_one() -> None:
    frame = lottery(n=60).assign(place="large")
    small = [0, 1, 30]  # two of three, where the others drew half
    frame.loc[small, "place"] = "small"
    frame.loc[[2, 31], "place"] = "one of two"
    assert robust.lee_bounds(study_of(frame, stratum="place")) == robust.lee_bounds(study_of(frame))
