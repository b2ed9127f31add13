"""The penalised synthetic control against its definition, written out the slow way with a general solver."""

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.differential.test_synthetic_by_definition import panel, study, wide

import impactkit as ik
from impactkit.effects.kernels.penalised_simplex import PENALTIES

SEEDS = range(24)


def slow(points, target, penalty):
    """Weights by sequential quadratic programming on the objective as it is written."""
    scale = np.sqrt(((points - target) ** 2).sum(axis=1).mean())
    P, D = (points - target) / scale, len(points)
    found = minimize(
        lambda w: ((w @ P) ** 2).sum() + penalty * sum(w[j] * (P[j] ** 2).sum() for j in range(D)),
        np.full(D, 1 / D),
        jac=lambda w: 2 * P @ (w @ P) + penalty * (P**2).sum(axis=1),
        bounds=[(0, 1)] * D,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
        options={"maxiter": 2000, "ftol": 1e-15},
    ).x
    return np.maximum(found, 0) / np.maximum(found, 0).sum()


def average(y, start, mass, penalty):
    """Each treated unit's gap over the periods after its start that all have, by their share."""
    donors, after = y[start == 0], y.shape[1] - start.max()
    total = 0.0
    for i in np.flatnonzero(start > 0):
        g = start[i]
        w = slow(donors[:, :g], y[i, :g], penalty(y, i, donors, g))
        total += mass[i] * (y[i] - w @ donors)[g : g + after].mean()
    return total / mass[start > 0].sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_given_penalty(seed):
    frame = panel(seed)
    y, start, mass = wide(frame)
    for size in (0.01, 0.3, 3.0):
        found = ik.PenalisedSyntheticControl(penalty=size, permutation=None).estimate(
            study(frame, weight="weight")
        )
        expected = average(y, start, mass, lambda *_, size=size: size)
        assert found.interval.point == pytest.approx(expected, abs=2e-4)


def held_out(y, i, donors, g):
    half = g // 2
    errors = []
    for size in PENALTIES:
        w = slow(donors[:, :half], y[i, :half], size)
        errors.append(sum((y[i, t] - w @ donors[:, t]) ** 2 for t in range(half, g)))
    return PENALTIES[int(np.argmin(np.round(errors, 7)))]


def left_out(y, i, donors, g):
    errors = np.zeros(len(PENALTIES))
    for j in range(len(donors)):
        others = np.delete(donors, j, axis=0)
        for k, size in enumerate(PENALTIES):
            w = slow(others[:, :g], donors[j, :g], size)
            errors[k] += ((donors[j, g:] - w @ others[:, g:]) ** 2).sum()
    return PENALTIES[int(np.argmin(np.round(errors, 7)))]


@pytest.mark.parametrize(("how", "chosen"), [("holdout", held_out), ("leave_one_out", left_out)])
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_chosen_penalty(seed, how, chosen):
    frame = panel(seed)
    y, start, mass = wide(frame)
    found = ik.PenalisedSyntheticControl(penalty=how, permutation=None).estimate(
        study(frame, weight="weight")
    )
    assert found.interval.point == pytest.approx(average(y, start, mass, chosen), abs=1e-3)
    assert found.warnings[0].code.startswith(f"donors.penalty.{how}")


def test_placebos_choose_their_own_penalty_before_the_start():
    frame = panel(4)
    y, start, _ = wide(frame)
    if (start > 0).sum() > 1:
        frame = frame[~frame["unit"].isin(sorted(frame.loc[frame["start"] > 0, "unit"].unique())[1:])]
        y, start, _ = wide(frame)
    g = start[0]
    found = ik.PenalisedSyntheticControl().estimate(study(frame))
    for j in range(1, len(y)):
        others = np.delete(y, j, axis=0)
        w = slow(others[:, :g], y[j, :g], held_out(y, j, others, g))
        gap = y[j] - w @ others
        np.testing.assert_allclose(found.counterfactual.placebos[j - 1].gaps, gap, atol=1e-3)


@pytest.mark.parametrize("penalty", [0.0, -1.0, "best"])
def test_other_penalties_are_refused(penalty):
    with pytest.raises(ValueError, match="penalty"):
        ik.PenalisedSyntheticControl(penalty=penalty)
