"""Ask StatsPAI's segmented regression for every series of drawn_series.py; write answers.json."""

import json
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import statspai as sp
from drawn_series import N_SERIES, drawn

answers = []
for seed in range(N_SERIES):
    y, start, lags, season = drawn(seed)
    own = {"seasonality_period": 12} if season else {}
    frame = pd.DataFrame({"y": y, "t": range(len(y))})
    for small_sample in (False, True):
        found = sp.its(
            frame, y="y", time="t", intervention=start, hac_lag=lags, hac_small_sample=small_sample, **own
        )
        numbers = {
            name: float(getattr(found, name))
            for name in ("level_change", "se_level", "slope_change", "se_slope")
        }
        answers.append({"seed": seed, "small_sample": small_sample, **numbers})
versions = {name: version(name) for name in ("StatsPAI", "numpy", "pandas")}
record = {"versions": versions, "answers": answers}
Path(__file__).with_name("answers.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
