"""Lotteries with several arms, with chances, with takeup: from a plan to a verified bundle."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from plans.test_every_estimator import as_toml


def people(n: int = 240) -> pd.DataFrame:
    """Invented: half of each area is drawn, a third to each arm, and a quarter stay away."""
    rng = np.random.default_rng(3)
    arm = np.concatenate([rng.permutation(["none", "calls", "visits"] * (n // 12)) for _ in range(4)])
    drawn = (arm != "none").astype(int)
    return pd.DataFrame(
        {
            "person": [f"p{k:03d}" for k in range(n)],
            "area": np.repeat(["a", "b", "c", "d"], n // 4),
            "arm": arm,
            "drawn": drawn,
            "chance": np.where(np.arange(n) % 2, 0.6, 0.7),
            "took": drawn * (rng.uniform(size=n) > 0.25),
            "y": (50 + 4 * drawn + 3 * (arm == "visits") + 5 * rng.standard_normal(n)).round(3),
        }
    )


PLANS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "arms": (
        {"arm": "arm", "control": "none", "stratum": "area"},
        {"arm": "visits"},
        ["visits", "calls"],
    ),
    "takeup": ({"treated": "drawn", "takeup": "took"}, {}, ["ate", "complier effect"]),
    "the lot's own errors": (
        {"treated": "drawn", "stratum": "area"},
        {"inference": {"method": "neyman"}},
        ["ate"],
    ),
    "shares of strata": ({"treated": "drawn", "stratum": "area"}, {"strata": "shares"}, ["ate"]),
    "chances": ({"treated": "drawn", "probability": "chance", "stratum": "area"}, {}, ["ate"]),
}


def followed() -> pd.DataFrame:
    """Invented: the same people a year before the start and in two years after it."""
    once = people(120)
    rng = np.random.default_rng(4)
    years = [
        once.assign(year=year, y=once["y"] - 4 * once["drawn"] * (year < 2020)) for year in (2019, 2020, 2021)
    ]
    return pd.concat(years).assign(y=lambda f: (f["y"] + rng.standard_normal(len(f))).round(3))


def test_a_lottery_followed_for_years_goes_the_same_way(sound, tmp_path):
    roles = {"time": "year", "treated": "drawn", "start": 2020, "stratum": "area"}
    settings = {"follow_up": "mean", "adjustment": "ancova"}
    sound["claims"][0]["by"] = 2021
    sound["claims"][0]["accept"] = {"definition_break": "All of it is invented, for a test of the chain."}
    sound["project"]["investment_start"] = "2020-01-01"
    result = carried_through(sound, tmp_path, followed(), roles=roles, settings=settings)
    assert [term.time for term in result.estimate.terms] == [None, 2020.0, 2021.0]
    assert result.estimate.interval.point > 2


def wards() -> pd.DataFrame:
    """Invented: twelve wards that cross over in 2020, 2021 and 2022."""
    rng = np.random.default_rng(5)
    first = rng.permutation(np.repeat([2020, 2021, 2022], 4))
    frame = pd.DataFrame(
        [(f"w{g:02d}", year, first[g]) for g in range(12) for year in range(2019, 2023)],
        columns=["ward", "year", "first"],
    )
    y = 50 + 4.0 * (frame["year"] >= frame["first"]) + rng.standard_normal(len(frame))
    return frame.assign(y=y.round(3))


def test_a_stepped_wedge_goes_the_same_way(sound, tmp_path):
    roles = {"unit": "ward", "time": "year", "first_treated": "first"}
    sound["claims"][0]["by"] = 2022
    sound["claims"][0]["accept"] = {"definition_break": "All of it is invented, for a test of the chain."}
    sound["project"]["investment_start"] = "2020-01-01"
    result = carried_through(sound, tmp_path, wards(), roles=roles, settings={"crossover": "drawn"})
    assert result.estimate.interval.point == pytest.approx(4, abs=1.5)
    assert result.estimate.permutation.law.code == "inference.law.starts_units"


@pytest.mark.parametrize(("roles", "settings", "terms"), PLANS.values(), ids=PLANS)
def test_a_lottery_goes_from_plan_to_verified_bundle(sound, tmp_path, roles, settings, terms):
    result = carried_through(sound, tmp_path, people(), roles=roles, settings=settings)
    assert [term.name for term in result.estimate.terms] == terms
    assert result.estimate.interval.point > 2


def carried_through(sound, tmp_path, rows, *, roles, settings):
    """Write the plan, evaluate it, tell it, seal it and verify the bundle."""
    sound["estimator"] = {"method": "randomised_trial", **settings}
    sound["claims"][0] |= {"minimum_effect": "1", "change": "increase"}
    sound["data"] = {"file": "data.csv", "outcome": "y", "unit": "person", **roles}
    sound["data"]["follow_up_collected"] = "2025-10-01"
    rows.to_csv(tmp_path / "data.csv", index=False)
    page = tmp_path / "plan.toml"
    page.write_text("".join(f"{key} = {as_toml(value)}\n" for key, value in sound.items()), "utf-8")
    evaluation = ik.evaluate(page)
    (result,) = evaluation.results
    for language in ("sv", "en"):
        assert evaluation.report(language=language).claims
    ik.render(evaluation.report(language="sv"), tmp_path / "rapport.html")
    found = verify(seal(evaluation, tmp_path / "bundle.zip"))
    assert [step for step in found.steps if step.state == "fail"] == []
    return result
