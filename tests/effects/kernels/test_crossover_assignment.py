"""The order of crossing over drawn again: against the coefficient worked out for each order."""

import itertools

import numpy as np
import pytest

from impactkit.effects.kernels.crossover_assignment import CrossoverReduction


def coefficient(values: np.ndarray, masses: np.ndarray, on: np.ndarray) -> float:
    """Weighted least squares of cells on being treated and periods, as one regression."""
    G, T = masses.shape
    X = np.column_stack([on.ravel(), np.tile(np.eye(T), (G, 1))])
    root = np.sqrt(masses.ravel())
    means = np.where(masses > 0, values / np.where(masses > 0, masses, 1.0), 0.0).ravel()
    return float(np.linalg.lstsq(X * root[:, None], means * root)[0][0])


@pytest.mark.parametrize("seed", range(3))
def test_each_order_has_the_coefficient_of_its_own_regression(seed: int) -> None:
    rng = np.random.default_rng(seed)
    masses = rng.integers(0, 4, (5, 4)).astype(float)
    sums = masses * rng.standard_normal((5, 4))
    steps, observed = np.array([1, 2, 4]), np.array([0, 1, 2, 0, 1])
    on = (steps[observed][:, None] <= np.arange(4)).astype(float)
    part = CrossoverReduction(
        sums=sums,
        exposures=masses * on,
        masses=masses,
        steps=steps,
        observed=observed,
        strata=np.zeros(5, dtype=np.int64),
    )
    found = part.statistics(draws=99, seed=1)
    orders = sorted(set(itertools.permutations(observed.tolist())))
    assert found.is_exact and found.n_assignments == len(orders) == 30
    expected = []
    for order in orders:
        moved = (steps[list(order)][:, None] <= np.arange(4)).astype(float)
        expected.append(coefficient(sums, masses, moved))
    ours = found.numerators / found.denominators
    np.testing.assert_allclose(np.sort(ours), np.sort(expected), atol=1e-9)
    own = found.observed_numerator / found.observed_denominator
    assert own == pytest.approx(coefficient(sums, masses, on))


def test_strata_keep_their_own_steps_and_means() -> None:
    rng = np.random.default_rng(9)
    part = CrossoverReduction(
        sums=rng.standard_normal((4, 3)),
        exposures=np.zeros((4, 3)),
        masses=np.ones((4, 3)),
        steps=np.array([1, 2]),
        observed=np.array([0, 1, 1, 0]),
        strata=np.array([0, 0, 1, 1]),
    )
    assert part.n_assignments == 4
    again = CrossoverReduction(
        sums=part.sums + np.array([5.0, 5.0, -3.0, -3.0])[:, None],
        exposures=part.exposures,
        masses=part.masses,
        steps=part.steps,
        observed=part.observed,
        strata=part.strata,
    )
    one, two = (each.statistics(draws=99, seed=1).numerators for each in (part, again))
    np.testing.assert_allclose(one, two, atol=1e-12)
