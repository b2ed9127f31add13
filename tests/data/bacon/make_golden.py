"""The Goodman-Bacon decomposition of a small panel by diff-diff; writes panel.csv and golden.json.

Run with diff-diff 3.13.0 installed: ``python make_golden.py``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from diff_diff import bacon_decompose

HERE = Path(__file__).parent


def panel():
    rng = np.random.default_rng(5)
    starts = np.repeat([0, 2013, 2015, 2016], [7, 4, 3, 5])
    rows = [
        (unit, year, start, round(float(rng.normal() + unit / 9 + (start > 0) * max(year - start + 1, 0)), 6))
        for unit, start in enumerate(starts)
        for year in range(2010, 2019)
    ]
    return pd.DataFrame(rows, columns=["unit", "year", "start", "y"])


if __name__ == "__main__":
    frame = panel()
    frame.to_csv(HERE / "panel.csv", index=False)
    found = bacon_decompose(
        frame, outcome="y", unit="unit", time="year", first_treat="start", weights="exact"
    )
    comparisons = [
        {
            "treated": float(c.treated_group),
            "compared": 0.0 if c.control_group == "never_treated" else float(c.control_group),
            "kind": c.comparison_type,
            "weight": float(c.weight),
            "estimate": float(c.estimate),
        }
        for c in found.comparisons
    ]
    text = json.dumps({"coefficient": float(found.twfe_estimate), "comparisons": comparisons}, indent=1)
    (HERE / "golden.json").write_text(text + "\n", "utf-8")
