"""Exact limits of a share that was counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from impactkit.effects.kernels.binomial_limits import binomial_limits


@given(n=st.integers(1, 10_000), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_exact_limits_are_those_of_scipy(n: int, share: float, level: float) -> None:
    count = round(share * n)
    found = binomial_limits(count, n, level=level)
    peer = stats.binomtest(count, n).proportion_ci(level, method="exact")
    assert found == pytest.approx((peer.low, peer.high), rel=1e-9, abs=1e-12)


def test_a_known_published_interval() -> None:
    """Newcombe (1998), table I: 81 of 263, and 0 of 20."""
    assert binomial_limits(81, 263) == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert binomial_limits(0, 20) == pytest.approx((0.0, 0.1684), abs=5e-5)
