"""Rate cards: by hand, against numerical integration, and what must hold of any of them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from impactkit.effects.kernels.payment_curve import (
    PaymentCurve,
    chance_of_payment,
    expected_payment,
    paid,
    pays_from,
    rate_curve,
    step_curve,
)

STEPS = step_curve(np.array([2.0, 5.0, 10.0]), np.array([100.0, 400.0, 900.0]), cap=700.0)
RATE = rate_curve(50.0, threshold=2.0, cap=300.0)

curves = st.one_of(
    st.builds(
        rate_curve,
        st.floats(0.1, 1e5),
        threshold=st.floats(0.0, 20.0),
        cap=st.floats(1.0, 1e7),
    ),
    st.lists(
        st.tuples(st.integers(1, 500), st.integers(1, 10_000)),
        min_size=1,
        max_size=5,
        unique_by=lambda p: p[0],
    ).map(
        lambda pairs: step_curve(
            np.array(sorted(a for a, _ in pairs)) / 10.0,
            np.cumsum([float(b) for _, b in pairs]),
            cap=5_000.0,
        )
    ),
)


@pytest.mark.parametrize(
    ("effect", "sek"),
    [
        (-3.0, 0),
        (0.0, 0),
        (1.99, 0),
        (2.0, 100),
        (3.5, 175),
        (6.0, 300),
        (50.0, 300),
        (math.inf, 300),
        (math.nan, 0),
    ],
)
def test_a_rate_pays_for_the_whole_effect_from_the_threshold_up_to_the_cap(effect: float, sek: float) -> None:
    assert paid(RATE, np.array([effect]))[0] == sek


@pytest.mark.parametrize(
    ("effect", "sek"), [(1.9, 0), (2.0, 100), (4.9, 100), (5.0, 400), (10.0, 700), (99.0, 700)]
)
def test_steps_pay_their_amount_and_no_more_than_the_cap(effect: float, sek: float) -> None:
    assert paid(STEPS, np.array([effect]))[0] == sek


def test_a_cap_below_the_threshold_is_paid_at_once() -> None:
    curve = rate_curve(100.0, threshold=5.0, cap=300.0)
    assert paid(curve, np.array([4.99, 5.0])).tolist() == [0.0, 300.0]


def test_an_effect_within_the_edge_has_not_reached_its_threshold() -> None:
    assert paid(STEPS, np.array([5.0, 5.1, 5.2]), edge=0.1).tolist() == [100.0, 400.0, 400.0]
    # Beyond the bend the cap holds, also within the edge.
    assert paid(RATE, np.array([6.05]), edge=0.1)[0] == 300.0


@pytest.mark.parametrize(
    "curve", [RATE, STEPS, rate_curve(10.0, threshold=0.0, cap=25.0)], ids=["rate", "steps", "from 0"]
)
@pytest.mark.parametrize("df", [1.0, 1.7, 3.0, 12.0, math.inf])
@pytest.mark.parametrize("point", [-1.0, 2.0, 7.3])
def test_the_mean_payment_is_that_of_numerical_integration(
    curve: PaymentCurve, df: float, point: float
) -> None:
    law = stats.norm(point, 1.9) if math.isinf(df) else stats.t(df, point, 1.9)
    inner = sum(
        integrate.quad(lambda x: float(paid(curve, np.array([x]))[0]) * law.pdf(x), a, b, epsabs=1e-10)[0]
        for a, b in pairwise(curve.knots.tolist())
    )
    brute = inner + float(curve.amounts[-1]) * law.sf(curve.knots[-1])
    found = expected_payment(curve, np.array([point]), scale=1.9, df=df)[0]
    assert found == pytest.approx(brute, rel=1e-7)
    assert chance_of_payment(curve, np.array([point]), scale=1.9, df=df)[0] == pytest.approx(
        law.sf(pays_from(curve))
    )


def test_the_mean_payment_is_that_of_draws() -> None:
    draws = 4.0 + 3.0 * np.random.default_rng(3).standard_t(4, 400_000)
    amounts = paid(RATE, draws)
    error = amounts.std() / math.sqrt(len(draws))
    found = expected_payment(RATE, np.array([4.0]), scale=3.0, df=4.0)[0]
    assert abs(found - amounts.mean()) < 4 * error


@given(curve=curves, effects=st.lists(st.floats(-100, 1000), min_size=2, max_size=20))
def test_a_larger_effect_is_never_paid_less_nor_more_than_the_cap(
    curve: PaymentCurve, effects: list[float]
) -> None:
    amounts = paid(curve, np.sort(effects))
    assert (np.diff(amounts) >= -1e-9 * curve.amounts[-1]).all()
    assert (amounts >= 0).all()
    assert (amounts <= curve.amounts[-1]).all()


@given(curve=curves, point=st.floats(-50, 100), scale=st.floats(0.01, 50), df=st.floats(1.1, 500))
def test_the_mean_lies_between_nothing_and_what_is_paid_at_most(
    curve: PaymentCurve, point: float, scale: float, df: float
) -> None:
    most = float(curve.amounts[-1])
    mean = expected_payment(curve, np.array([point]), scale=scale, df=df)[0]
    chance = chance_of_payment(curve, np.array([point]), scale=scale, df=df)[0]
    assert -1e-9 * most <= mean <= most * chance * (1 + 1e-9) + 1e-6 * most
    higher = expected_payment(curve, np.array([point + 1]), scale=scale, df=df)[0]
    assert higher >= mean - 1e-6 * most


def test_with_little_uncertainty_the_mean_is_what_the_card_says() -> None:
    assert expected_payment(RATE, np.array([4.0]), scale=1e-6, df=8.0)[0] == pytest.approx(200.0, rel=1e-6)
