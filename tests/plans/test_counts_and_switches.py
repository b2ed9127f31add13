"""Plans whose outcome is a count over an exposure, or whose treatment switches, from file to report."""

import pytest

import impactkit as ik
from impactkit.effects.worlds import CountPanel, SwitchingPanel

PLANS = {
    "counts": (
        CountPanel(effect=-2.0, rate=8.0, population=2.0, spread=0.3),
        {"time": "period", "first_treated": "first_treated", "exposure": "people"},
        {"method": "extended_two_way_fixed_effects", "family": "poisson"},
        ["first_treated", "people"],
    ),
    "rates": (
        CountPanel(effect=-2.0, rate=8.0, population=2.0, spread=0.3),
        {"time": "period", "first_treated": "first_treated", "exposure": "people", "rates": "weighted"},
        {"method": "imputation"},
        ["first_treated", "people"],
    ),
    "switches": (
        SwitchingPanel(),
        {"time": "period", "treated": "on", "switching": True},
        {"method": "switching_difference_in_differences"},
        ["on"],
    ),
}


@pytest.mark.parametrize(("world", "roles", "estimator", "kept"), PLANS.values(), ids=PLANS)
def test_a_plan_goes_from_file_to_report(make, sound, tmp_path, world, roles, estimator, kept):
    frame = world.draw(1).assign(period=lambda f: f["period"] + 2000)
    if "first_treated" in frame:
        frame["first_treated"] = frame["first_treated"].where(
            frame["first_treated"] == 0, frame["first_treated"] + 2000
        )
    frame["unit"] = [f"u{unit:02d}" for unit in frame["unit"]]
    frame["y"] += 50.0 * ("on" in frame)  # the indicator is a share in per cent
    rows = frame[["unit", "period", *kept, "y"]].to_csv(index=False)
    sound["estimator"] = estimator
    sound["project"]["investment_start"] = "2004-01-01"
    sound["claims"][0] |= {"minimum_effect": "1", "by": 2008 if "first_treated" in frame else 2006}
    sound["data"] = {"file": "data.csv", "outcome": "y", "unit": "unit", **roles}
    plan = make(rows=rows)
    found = ik.evaluate(plan)
    estimate = found.results[0].estimate
    assert estimate.method == estimator["method"]
    assert abs(estimate.interval.point - world.effect) < 3 * estimate.interval.std_error
    for language in ("sv", "en"):
        assert found.report(language=language)
    ik.render(found.report(language="sv"), tmp_path / "rapport.html")
    assert (tmp_path / "rapport.html").stat().st_size > 1000
