"""Residuals from nearest rows, by definition, of all rows and of some."""

import numpy as np
import pytest

from impactkit.effects.kernels.nearest_values import nearest_residuals


def by_definition(x, y, matches):
    """Take the nearest others one distinct distance after the other until there are enough."""
    found = []
    for i in range(len(x)):
        others = np.delete(np.arange(len(x)), i)
        distances = np.round(np.abs(x[others] - x[i]), 9)
        wanted = np.sort(distances)[min(matches, len(others)) - 1]
        near = others[distances <= wanted]
        J = len(near)
        found.append(np.sqrt(J / (J + 1)) * (y[i] - y[near].mean(axis=0)))
    return np.array(found)


def scores(kind):
    rng = np.random.default_rng(3)
    x = np.sort(rng.random(60))
    if kind == "rounded":
        x = np.round(x * 12) / 12
    if kind == "even":
        x = np.arange(60.0)
    return x, rng.standard_normal((60, 2))


@pytest.mark.parametrize("kind", ["apart", "rounded", "even"])
@pytest.mark.parametrize("matches", [1, 3])
@pytest.mark.parametrize("part", [(0, 60), (0, 25), (31, 60), (20, 27), (10, 12)], ids=str)
def test_rows_are_compared_with_the_nearest_there_are(kind, matches, part):
    x, y = scores(kind)
    start, stop = part
    if kind == "rounded":
        start, stop = (int(np.searchsorted(x, x[min(end, 59)])) if end < 60 else 60 for end in part)
        stop = max(stop, int(np.searchsorted(x, x[start], side="right")))
    found = nearest_residuals(x, y, matches=matches).part(start, stop)
    expected = by_definition(x[start:stop], y[start:stop], matches)
    s = np.array([1.0, -0.4])
    np.testing.assert_allclose(found.combined(s), expected @ s, rtol=1e-9, atol=1e-12)
