"""How alike two groups are, from one pass over the rows."""

import numpy as np
import pytest

from impactkit.effects.comparability import comparability

NAMES = ("age", "income")


def drawn(n: int):
    rng = np.random.default_rng(4)
    values = np.column_stack([40 + 10 * rng.standard_normal(n), 1e6 + 300 * rng.standard_normal(n)])
    values = values[np.argsort(values[:, 0])]  # in order, so that the first rows are like no others
    treated = rng.uniform(size=n) < 0.4
    return values, treated, rng.uniform(0.5, 2, n), rng.uniform(0, 3, n)


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("n", [30, 10_000])
def test_gaps_and_sizes_are_those_of_their_definitions(n: int, layout: str) -> None:
    values, treated, before, after = drawn(n)
    found = comparability(np.array(values, order=layout), NAMES, treated, before=before, after=after)
    for k, gap in enumerate(found.covariates):
        x = values[:, k]
        spreads = [np.cov(x[arm], aweights=before[arm], ddof=0) for arm in (treated, ~treated)]
        for weights, told in ((before, gap.before), (after, gap.after)):
            means = [np.average(x[arm], weights=weights[arm]) for arm in (treated, ~treated)]
            assert told == pytest.approx((means[0] - means[1]) / np.sqrt(np.mean(spreads)), rel=1e-7)
    shares = [after[arm] / after[arm].sum() for arm in (treated, ~treated)]
    assert found.effective_treated == pytest.approx(1 / (shares[0] ** 2).sum())
    assert found.effective_comparison == pytest.approx(1 / (shares[1] ** 2).sum())
    assert found.largest_share == pytest.approx(max(share.max() for share in shares))


def test_without_weights_there_is_no_gap_after_and_sizes_are_those_before() -> None:
    values, treated, before, _ = drawn(10_000)
    found = comparability(values, NAMES, treated, before=before, after=None)
    assert all(np.isnan(gap.after) and np.isfinite(gap.before) for gap in found.covariates)
    assert found.effective_treated == pytest.approx(before[treated].sum() ** 2 / (before[treated] ** 2).sum())


@pytest.mark.parametrize("n", [30, 10_000])
def test_what_varies_between_groups_alone_is_endlessly_far_apart(n: int) -> None:
    treated = np.arange(n) % 3 == 0
    values = np.column_stack([np.where(treated, 0.3, 0.1), np.full(n, 0.1)])
    found = comparability(values, NAMES, treated, before=np.ones(n), after=np.ones(n))
    assert [gap.before for gap in found.covariates] == [np.inf, 0.0]
