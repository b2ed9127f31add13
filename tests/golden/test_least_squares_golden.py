"""NIST StRD reference data: digits that agree with the certified values."""

import json
from pathlib import Path

import numpy as np
import pytest

from impactkit.effects.kernels.cluster_robust import classical_covariance
from impactkit.effects.kernels.least_squares import Block, least_squares

DATA = Path(__file__).parents[1] / "data"
LONGLEY = json.loads((DATA / "nist_longley/golden.json").read_text(encoding="utf-8"))["cases"][0]["expected"]
WAMPLER = json.loads((DATA / "nist_wampler/golden.json").read_text(encoding="utf-8"))["cases"]


def digits(found, certified):
    """Log relative error (absolute where the certified value is 0), at most 15."""
    found, certified = np.asarray(found), np.asarray(certified, dtype=float)
    size = np.where(certified == 0, 1.0, np.abs(certified))
    error = np.maximum(np.abs(found - certified) / size, 1e-15)
    return float(np.min(-np.log10(error)))


def fitted(X, y):
    fit = least_squares([Block(X=X, y=y, clusters=np.arange(len(y)))])
    return fit, np.sqrt(np.diag(classical_covariance(fit).covariance))


def test_longley():
    data = np.loadtxt(DATA / "nist_longley/longley.csv", delimiter=",", skiprows=1)
    fit, sd = fitted(np.column_stack([np.ones(16), data[:, 1:]]), data[:, 0])
    assert digits(fit.coefficients, LONGLEY["coef"]) >= 13
    assert digits(sd, LONGLEY["sd"]) >= 12
    assert digits(np.sqrt(fit.residual_sum_of_squares / 9), LONGLEY["rsd"]) >= 13


# Wampler2 has outcomes such as 1.11111 that binary numbers round: 13 digits are what the rounded data allow.
@pytest.mark.parametrize(("case", "least"), list(zip(WAMPLER, [14, 12.5, 14], strict=True)))
def test_wampler(case, least):
    data = np.loadtxt(DATA / f"nist_wampler/{case['id']}.csv", delimiter=",", skiprows=1)
    # Whole powers by multiplication are exact; some versions of numpy raise to a power with an error.
    powers = np.cumprod(np.hstack([np.ones((len(data), 1)), np.repeat(data[:, [1]], 5, axis=1)]), axis=1)
    fit, sd = fitted(powers, data[:, 0])
    assert digits(fit.coefficients, case["expected"]["coef"]) >= least
    assert digits(sd, case["expected"]["sd"]) >= 12
