"""Likeness within groups as lme4 finds it: sleepstudy, reaction times by days of little sleep."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from impactkit.effects.kernels.nested_intercepts import independent_rows
from impactkit.effects.kernels.nested_likelihood import likeness_of

DATA = Path(__file__).parents[1] / "data" / "sleepstudy_icc"
REL = 1e-6  # golden.json asks for 1e-4; lme4 itself stops within some parts in a billion


def test_variances_coefficients_and_errors_are_those_of_lme4() -> None:
    expected = json.loads((DATA / "golden.json").read_text("utf-8"))["cases"][0]["expected"]
    frame = pd.read_csv(DATA / "sleepstudy.csv")
    subject = np.unique(frame["Subject"], return_inverse=True)[1]
    X = np.column_stack([np.ones(len(frame)), frame["Days"]])
    y = frame["Reaction"].to_numpy()
    found = likeness_of(y, X, subject)
    assert (found.between, found.rest) == pytest.approx(tuple(expected["var"]), rel=REL)
    assert found.share == pytest.approx(expected["icc"], rel=REL)
    rows = independent_rows(np.column_stack([X, y]), found, subject)
    X, y = rows[:, :2], rows[:, 2]
    spread = np.linalg.inv(X.T @ X)
    names = ("(Intercept)", "Days")
    assert spread @ X.T @ y == pytest.approx([expected["fixef"][name] for name in names], rel=REL)
    errors = np.sqrt(found.rest * np.diag(spread))
    assert errors == pytest.approx([expected["se"][name] for name in names], rel=REL)
