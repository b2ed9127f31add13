"""Segmented regressions against the answers that StatsPAI gave, stored with the script that asked."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.inference import NeweyWest

FOLDER = Path(__file__).parents[1] / "data" / "series_peers"
sys.path[:0] = [str(FOLDER)]

from drawn_series import drawn  # noqa: E402

ANSWERS = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))["answers"]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: f"{a['seed']} {a['small_sample']}")
def test_level_slope_and_newey_west_are_those_of_statspai(answer):
    y, start, lags, has_season = drawn(answer["seed"])
    study = ik.Study(pd.DataFrame({"y": y, "t": range(len(y))}), outcome="y", time="t", start=float(start))
    season = {"season": "fourier", "season_length": 12} if has_season else {}
    part = NeweyWest(lags=lags, small_sample=answer["small_sample"])
    found = ik.InterruptedTimeSeries(**season, inference=part).estimate(study)
    for name, b, error in (("level", "level_change", "se_level"), ("slope", "slope_change", "se_slope")):
        own = next(term.interval for term in found.terms if term.name == f"{name} change")
        assert own.point == pytest.approx(answer[b], rel=1e-8, abs=1e-8 * answer[error])
        assert own.std_error == pytest.approx(answer[error], rel=1e-8)
