"""A monthly series with a season goes from a plan in TOML, months as dates, to a verified bundle."""

import json

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.errors import StudyError
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

START = pd.Timestamp("2023-04-01")
MONTHS = pd.date_range("2018-01-01", "2024-03-01", freq="MS")
EFFECT = 9.0


def rows(*, compared, writing):
    """Draw shares with a trend, a yearly season, errors that carry over and, for one area, an effect."""
    rng = np.random.default_rng(3)
    t = np.arange(len(MONTHS))
    shared = 50 + 0.03 * t + 3 * np.sin(2 * np.pi * t / 12)
    tables = []
    for area in ("01", "02") if compared else ("01",):
        errors = rng.normal(0, 1, len(t))
        for k in t[1:]:
            errors[k] += 0.4 * errors[k - 1]
        effect = EFFECT * (MONTHS >= START) * (area == "01")
        tables.append(
            pd.DataFrame(
                {
                    "område": area,
                    "månad": MONTHS.strftime(writing),
                    "insats": int(area == "01"),
                    "påbörjad": np.where(area == "01", START.strftime(writing), "0"),
                    "trygga": np.round(shared + errors + effect, 2),
                }
            )
        )
    return pd.concat(tables)


DAY, NUMBER = "%Y-%m-%d", "%Y%m"
CASES = {
    "one series, start in the estimator": (False, DAY, {}, {"start": "2023-04-01"}),
    "one series, months as numbers": (False, NUMBER, {"start": 202304}, {}),
    "compared, start in the estimator": (
        True,
        DAY,
        {"unit": "område", "treated": "insats"},
        {"start": "2023-04-01"},
    ),
    "compared, months as numbers": (
        True,
        NUMBER,
        {"unit": "område", "treated": "insats", "start": 202304},
        {},
    ),
}
METHODS = ("interrupted_time_series", "structural_time_series")


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


ACCEPTED = {"definition_break": "All of it is invented, for a test of the chain."}


def evaluated(sound, folder, case, method, accept=ACCEPTED):
    compared, writing, roles, settings = CASES[case]
    rows(compared=compared, writing=writing).to_csv(folder / "data.csv", index=False, sep=";")
    content = sound | {
        "claims": [sound["claims"][0] | {"by": 2024, "accept": accept or {}}],
        "data": {
            "file": "data.csv",
            "outcome": "trygga",
            "time": "månad",
            "baseline_collected": "2023-03-31",
            "follow_up_collected": "2024-04-01",
            **roles,
        },
        "estimator": {"method": method, "season": "fourier", **settings},
    }
    page = folder / "plan.toml"
    page.write_text("".join(f"{key} = {toml(value)}\n" for key, value in content.items()), "utf-8")
    return ik.evaluate(page)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CASES)
def test_months_with_a_season_go_from_plan_to_a_verified_bundle(sound, tmp_path, case, method):
    found = evaluated(sound, tmp_path, case, method)
    estimate = found.results[0].estimate
    assert estimate.interval.low < EFFECT < estimate.interval.high
    assert len(estimate.counterfactual.season) == len(MONTHS)
    (verdict,) = found.verdicts
    # Nothing in a single series tells an effect from what else happened at the start.
    assert (verdict.status == "not_assessable") == (not CASES[case][0])
    for language in ("sv", "en"):
        assert found.report(language=language).claims
    ik.render(found.report(language="sv"), tmp_path / "rapport.html")
    steps = verify(seal(found, tmp_path / "bundle.zip")).steps
    assert all(step.state != "fail" for step in steps)


def test_the_table_has_each_month_and_the_average(sound, tmp_path):
    found = evaluated(sound, tmp_path, "compared, start in the estimator", METHODS[0])
    table = found.results[0].estimate.tidy().set_index("term")
    months = table[table["event_time"].notna()]
    assert len(months) == 12
    assert {"average", "cumulative", "relative"} <= set(table.index)
    average = table.loc["average", "estimate"]
    assert months["estimate"].mean() == pytest.approx(average)
    assert table.loc["cumulative", "estimate"] == pytest.approx(12 * average)


@pytest.mark.parametrize("case", CASES)
def test_years_of_months_are_held_against_breaks_in_the_indicator(sound, tmp_path, case):
    with pytest.raises(StudyError, match="changed definition in 2021; 2018 and 2024"):
        evaluated(sound, tmp_path, case, METHODS[0], accept=None)
