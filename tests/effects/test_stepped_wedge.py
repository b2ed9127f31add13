"""A stepped wedge by definition: a regression with period effects, and every order of crossing over."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import impactkit as ik
from impactkit.effects.inference import ClusterRobust, Neyman, Permutation
from impactkit.errors import EstimationError
from impactkit.evidence.check import check

DRAWN: Any = {"crossover": "drawn", "permutation": None}


def wards(seed: int = 1, starts: tuple[int, ...] = (2, 2, 3, 3, 4, 4), people: int = 1) -> pd.DataFrame:
    """Invented wards that all cross over in the end; the effect is 1.5."""
    rng = np.random.default_rng(seed)
    level = 0.5 * rng.standard_normal(len(starts))
    rows = [
        {"ward": f"w{g}", "month": t, "first": first, "x": x, "side": g % 2, "y": y}
        for g, first in enumerate(starts)
        for t in range(1, 5)
        for _ in range(people)
        for x in [rng.standard_normal()]
        for y in [level[g] + 0.3 * t + x + 1.5 * (t >= first) + rng.standard_normal()]
    ]
    return pd.DataFrame(rows)


def study_of(frame: pd.DataFrame, **roles: Any) -> ik.Study:
    drawn = {} if "cluster" in roles else {"unit": "ward"}
    return ik.Study(frame, outcome="y", time="month", first_treated="first", **drawn, **roles)


def regression(frame: pd.DataFrame, *, covariates: tuple[str, ...] = (), within: str | None = None) -> Any:
    cell = frame["month"].astype(str) + ("" if within is None else "-" + frame[within].astype(str))
    X = pd.get_dummies(cell).astype(float).assign(on=(frame["month"] >= frame["first"]).astype(float))
    X = X.join(frame[list(covariates)])
    return sm.OLS(frame["y"], X)


@pytest.mark.parametrize("covariates", [(), ("x",)])
def test_it_is_the_regression_with_period_effects(covariates: tuple[str, ...]) -> None:
    frame = wards(starts=(2, 2, 2, 3, 3, 4, 4, 4), people=3)
    groups = pd.factorize(frame["ward"])[0]
    fit = regression(frame, covariates=covariates).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found = ik.RandomisedTrial(
        adjustment="ancova" if covariates else "none", inference=ClusterRobust(kind="CR1"), **DRAWN
    ).estimate(study_of(frame, cluster="ward", covariates=covariates))
    assert found.interval.point == pytest.approx(fit.params["on"], rel=1e-9)
    assert found.interval.std_error == pytest.approx(fit.bse["on"], rel=1e-9)
    assert found.sample.n_treated_clusters == found.sample.n_comparison_clusters == 8


def test_strata_have_period_effects_of_their_own() -> None:
    frame = wards()
    fit = regression(frame, within="side").fit()
    found = ik.RandomisedTrial(**DRAWN).estimate(study_of(frame, stratum="side"))
    assert found.interval.point == pytest.approx(fit.params["on"], rel=1e-9)


def test_the_permutation_test_goes_through_every_order() -> None:
    frame = wards()
    found = ik.RandomisedTrial(crossover="drawn").estimate(study_of(frame))
    test = found.permutation
    assert test is not None and test.is_exact and test.n_assignments == 90
    own = abs(found.interval.point)
    wanted = sorted(set(itertools.permutations((2, 2, 3, 3, 4, 4))))
    effects = []
    for order in wanted:
        moved = frame.assign(first=frame["ward"].str[1:].astype(int).map(dict(enumerate(order))))
        effects.append(regression(moved).fit().params["on"])
    extreme = int((np.abs(effects) >= own * (1 - 1e-9)).sum())
    assert test.p_value() == pytest.approx(extreme / 90)
    assert test.law.code == "inference.law.starts_units"


def test_the_test_of_the_estimate_itself_rejects_nothing_and_limits_hold_it() -> None:
    frame = wards(starts=(2, 2, 2, 3, 3, 3, 4, 4, 4), people=2)
    study = study_of(frame, cluster="ward", covariates=["x"])
    settings: Any = {"crossover": "drawn", "adjustment": "ancova"}
    found = ik.RandomisedTrial(inference=Permutation(draws=499), **settings).estimate(study)
    assert found.permutation is not None
    assert found.interval.low < found.interval.point < found.interval.high
    assert 0 < found.permutation.p_value() < 0.05
    assert found.permutation.p_value(found.interval.point) > 0.9


def test_checks_speak_though_all_cross_over_in_the_end() -> None:
    study = study_of(wards())
    results = {one.name: one.passed for one in check(study, ik.RandomisedTrial(**DRAWN).estimate(study))}
    assert results["too_few_clusters"] is not None
    assert results["attrition"] is not False


def test_what_is_no_stepped_wedge_is_refused() -> None:
    frame = wards()
    refused = {
        "needs periods": ik.Study(
            frame[frame["month"] == 3].assign(on=lambda f: (f["first"] < 4).astype(int)),
            outcome="y",
            treated="on",
        ),
        "nothing is compared": study_of(wards(starts=(2, 2, 2))),
        "neither clusters nor units": ik.Study(frame, outcome="y", time="month", first_treated="first"),
        "without arms": study_of(frame.assign(p=0.5), probability="p"),
    }
    for words, study in refused.items():
        with pytest.raises(EstimationError, match=words):
            ik.RandomisedTrial(**DRAWN).estimate(study)
    for settings in ({"adjustment": "lin"}, {"strata": "shares"}, {"inference": Neyman()}):
        with pytest.raises(EstimationError, match="compared within periods"):
            ik.RandomisedTrial(**DRAWN, **settings).estimate(study_of(frame))
