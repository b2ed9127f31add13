"""A plan whose periods are months: read, judged, sealed and verified."""

import numpy as np
import pandas as pd
import pytest

from impactkit import evaluate, seal, verify
from impactkit.errors import DataError
from impactkit.plans import Plan


@pytest.fixture
def monthly(sound, tmp_path):
    """Return a function that writes a plan of a monthly series and its rows."""

    def made(write=lambda day: f"{day:%Y-%m-%d}", **data):
        months = pd.date_range("2014-01-01", "2023-12-01", freq="MS")
        noise = np.random.default_rng(2).standard_normal(len(months))
        season = 4 * np.sin(2 * np.pi * months.month.to_numpy() / 12)
        y = 50 + season + noise + 9 * (months >= "2020-07-01")
        frame = pd.DataFrame({"månad": [write(day) for day in months], "y": y.round(2)})
        frame.to_csv(tmp_path / "data.csv", index=False)
        rows = {"file": "data.csv", "outcome": "y", "time": "månad", "start": "2020-07-01"}
        content = {
            **sound,
            "project": {**sound["project"], "investment_start": "2020-01-15"},
            "claims": [{**sound["claims"][0], "accept": {"definition_break": "Invented, for a test."}}],
            "data": {**rows, "follow_up_collected": "2024-02-01", **data},
            "estimator": {"method": "interrupted_time_series", "season": "fourier"},
        }
        page = tmp_path / "plan.toml"
        dated = str(content["data"].pop("start"))
        page.write_text(
            "".join(f"{key} = {as_toml(value)}\n" for key, value in content.items() if key != "data")
            + f"[data]\nstart = {dated}\n"
            + "".join(f"{as_toml(key)} = {as_toml(value)}\n" for key, value in content["data"].items()),
            "utf-8",
        )
        return Plan.read(page)

    return made


def as_toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.mark.parametrize("write", ["%Y-%m-%d", "%Y-%m", "%YM%m"])
def test_a_monthly_series_goes_the_whole_way(monthly, tmp_path, write):
    evaluation = evaluate(monthly(lambda day: day.strftime(write)))
    (result,) = evaluation.results
    assert result.estimate.counterfactual.period_names[-1] == "2023-12-01"
    assert result.estimate.sample.n_rows == 120
    assert 8 < result.estimate.interval.point < 10
    assert result.verdict.status == "not_assessable"  # one series alone: at most grade 2
    assert "2020-07-01" in result.estimate.estimand.text("sv")
    assert evaluation.report(language="sv").claims
    found = verify(seal(evaluation, tmp_path / "bundle.zip"))
    assert all(step.state != "fail" for step in found.steps)


def test_a_month_written_otherwise_is_told_by_cell(monthly):
    plan = monthly(lambda d: f"{d:%Y-%m}" if d.month != 5 else f"maj {d:%y}")
    with pytest.raises(DataError, match="maj 14 in column månad is not written like the dates above it"):
        plan.rows()
