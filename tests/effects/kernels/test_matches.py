import numpy as np
import pytest

from impactkit.effects.kernels.greedy_pairs import greedy_pairs
from impactkit.effects.kernels.match_edges import MatchEdges
from impactkit.effects.kernels.match_strata import coarsened, match_strata, stratified_effect
from impactkit.effects.kernels.matched_effect import (
    matched_effect,
    neighbour_residuals,
    reuse,
    with_reuse,
)
from impactkit.effects.kernels.neighbours import nearest
from impactkit.effects.kernels.optimal_pairs import optimal_pairs


def drawn(seed, n=60, k=2, *, decimals=None):
    rng = np.random.default_rng(seed)
    place = rng.standard_normal((n, k))
    if decimals is not None:  # many ties
        place = place.round(decimals)
    treated = np.zeros(n, dtype=bool)
    treated[rng.permutation(n)[: n // 3]] = True
    return place, treated, rng.standard_normal(n)


def plainly(place, seekers, others, *, ratio, furthest):
    """Everyone looks at everyone, one at a time."""
    free, found, still = list(others), [], list(seekers)
    for _ in range(ratio):
        kept = []
        for row in still:
            gaps = [np.linalg.norm(np.atleast_1d(place[row] - place[other])) for other in free]
            if gaps and min(gaps) <= furthest:
                found.append((row, free.pop(int(np.argmin(gaps)))))
                kept.append(row)
        still = kept
    return found


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("furthest", [np.inf, 0.3])
@pytest.mark.parametrize("decimals", [None, 1])
@pytest.mark.parametrize("k", [None, 2])
def test_greedy_pairs_are_those_of_looking_at_everyone(ratio, furthest, decimals, k):
    for seed in range(5):
        place, treated, order = drawn(seed, k=k or 1, decimals=decimals)
        if k is None:
            place = (place[:, 0] * 10).round() if decimals else place[:, 0]
            place = place / 10 if decimals is None else place  # exact in binary, so that ties are ties
        seekers = np.flatnonzero(treated)
        seekers, others = seekers[np.argsort(order[seekers])], np.flatnonzero(~treated)
        found = greedy_pairs(place, seekers, others, ratio=ratio, furthest=furthest)
        expected = plainly(place, seekers, others, ratio=ratio, furthest=furthest)
        own = [np.linalg.norm(np.atleast_1d(place[a] - place[b])) for a, b in zip(*found, strict=True)]
        others_own = [np.linalg.norm(np.atleast_1d(place[a] - place[b])) for a, b in expected]
        np.testing.assert_allclose(own, others_own, atol=1e-12)
        if k is None or decimals is None:
            assert list(zip(*(part.tolist() for part in found), strict=True)) == expected


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("decimals", [None, 0])
def test_the_nearest_are_those_of_looking_at_everyone_with_all_ties(count, decimals):
    place, treated, _ = drawn(3, decimals=decimals)
    others, seekers = np.flatnonzero(~treated), np.flatnonzero(treated)
    focal, partner = nearest(place, others, seekers, count=count, first_of_ties=False)
    first = nearest(place, others, seekers, count=count, first_of_ties=True)
    for row in seekers:
        gaps = np.linalg.norm(place[others] - place[row], axis=1)
        reach = np.sort(gaps)[count - 1] + 1e-9
        assert sorted(partner[focal == row]) == others[gaps <= reach].tolist()
        ordered = others[np.argsort(gaps.round(9), kind="stable")]
        assert sorted(first[1][first[0] == row]) == sorted(ordered[:count])


def test_a_row_is_never_its_own_neighbour():
    place, treated, _ = drawn(1, decimals=0)
    arm = np.flatnonzero(treated)
    focal, partner = nearest(place, arm, arm, count=2, first_of_ties=False)
    assert (focal != partner).all() and set(focal) == set(arm)


@pytest.mark.parametrize("furthest", [np.inf, 0.4])
def test_no_other_pairs_have_a_smaller_total_distance(furthest):
    place, treated, _ = drawn(2)
    seekers, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    focal, partner = optimal_pairs(place, seekers, others, furthest=furthest)

    def total(pairs):
        return sum(np.linalg.norm(place[a] - place[b]) for a, b in zip(*pairs, strict=True))

    assert len(set(partner.tolist())) == len(partner)
    gaps = np.linalg.norm(place[focal] - place[partner], axis=1)
    assert gaps.max() <= furthest
    rng = np.random.default_rng(1)
    for _ in range(30):
        other = greedy_pairs(place, rng.permutation(seekers), others, ratio=1, furthest=furthest)
        assert len(other[0]) < len(focal) or (
            len(other[0]) == len(focal) and total(other) >= total((focal, partner)) - 1e-12
        )


def test_the_variance_with_replacement_is_that_of_abadie_and_imbens():
    """Theorem 7 of 2006 for everyone, written out with loops."""
    place, treated, y = drawn(5, n=40)
    n, M, J = 40, 2, 2
    rows = [np.flatnonzero(treated), np.flatnonzero(~treated)]
    edges = [nearest(place, rows[1 - k], rows[k], count=M, first_of_ties=False) for k in (0, 1)]
    joined = MatchEdges.even(*edges[0]).joined(MatchEdges.even(*edges[1]))
    found = matched_effect(y, treated, np.ones(n), joined)
    residuals = neighbour_residuals(place, y, treated, needed=np.arange(n), count=J)
    found = with_reuse(found, np.ones(n), joined, own=np.ones(n, dtype=bool), residuals=residuals)
    gaps, used, sigma2 = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        apart = [j for j in range(n) if treated[j] != treated[i]]
        near = sorted(apart, key=lambda j: np.linalg.norm(place[j] - place[i]))[:M]
        gaps[i] = (1 if treated[i] else -1) * (y[i] - y[near].mean())
        used[near] += 1 / M
        alike = [j for j in range(n) if treated[j] == treated[i] and j != i]
        close = sorted(alike, key=lambda j: np.linalg.norm(place[j] - place[i]))[:J]
        sigma2[i] = J / (J + 1) * (y[i] - y[close].mean()) ** 2
    variance = ((gaps - gaps.mean()) ** 2).sum() / n**2
    squares = np.array([(used[i] * M) / M**2 for i in range(n)])  # each match weighs 1 / M
    variance += ((used**2 + 2 * used - squares) * sigma2).sum() / n**2
    assert found.point == pytest.approx(gaps.mean())
    assert (found.influence**2).sum() == pytest.approx(variance)


def test_strata_average_the_differences_within_them():
    rng = np.random.default_rng(3)
    X = rng.integers(0, 3, (80, 2)).astype(float)
    treated, y, w = rng.uniform(size=80) < 0.4, rng.standard_normal(80), rng.uniform(0.5, 2, 80)
    X[0] = 9.0  # nobody is like this one
    treated[0] = True
    strata = match_strata(X, treated)
    assert strata.codes[0] == -1
    for target in ("att", "ate"):
        effect, weights = stratified_effect(y, treated, w, strata, target=target)
        total = mass = 0.0
        for key in np.unique(X, axis=0):
            own = (key == X).all(axis=1)
            if (own & treated).any() and (own & ~treated).any():
                gap = np.average(y[own & treated], weights=w[own & treated])
                gap -= np.average(y[own & ~treated], weights=w[own & ~treated])
                share = w[own & treated].sum() if target == "att" else w[own].sum()
                total, mass = total + share * gap, mass + share
        assert effect.point == pytest.approx(total / mass)
        arms = [np.average(y[arm], weights=weights[arm]) for arm in (treated, ~treated)]
        assert effect.point == pytest.approx(arms[0] - arms[1])


def test_bins_are_of_equal_width_and_few_values_are_left():
    X = np.column_stack([np.arange(20.0), np.arange(20) % 2])
    found = coarsened(X, bins=4)
    np.testing.assert_array_equal(np.bincount(found[:, 0].astype(int)), [5, 5, 5, 5])
    np.testing.assert_array_equal(found[:, 1], X[:, 1])
    assert len(np.unique(coarsened(X, bins=None)[:, 0])) == 6  # log2(20) + 1, rounded up


@pytest.mark.parametrize("everyone", [False, True])
def test_the_variance_of_a_row_counts_only_where_it_is_used_again(everyone: bool) -> None:
    """Its residual may be anything where `reuse` is 0, and moves the error elsewhere."""
    place, treated, y = drawn(7, n=90)
    seekers, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    edges = MatchEdges.even(*nearest(place, others, seekers, count=1, first_of_ties=False))
    if everyone:
        edges = edges.joined(MatchEdges.even(*nearest(place, seekers, others, count=1, first_of_ties=False)))
    weights = np.random.default_rng(1).uniform(0.5, 2, len(y))
    own = np.zeros(len(y), dtype=bool)
    own[edges.matched] = True
    counts = reuse(weights, edges, own=own) > 0
    used = np.bincount(edges.partner, minlength=len(y))
    np.testing.assert_array_equal(counts, used > (0 if everyone else 1))
    effect = matched_effect(y, treated, weights, edges)
    residuals = np.ones(len(y))
    known = with_reuse(effect, weights, edges, own=own, residuals=residuals).influence
    for row in range(len(y)):
        other = np.where(np.arange(len(y)) == row, 9.0, residuals)
        moved = with_reuse(effect, weights, edges, own=own, residuals=other).influence
        assert np.allclose(moved, known) != counts[row]
