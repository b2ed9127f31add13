"""The chances of the verdicts: against noncentral t, brute force and published multipliers."""

import numpy as np
import pytest
from scipy.stats import binom, nct
from scipy.stats import t as student

from impactkit.effects.kernels.verdict_chances import detectable_multiple, verdict_chances

DRAWS = 200_000
DFS = [1.0, 1.7, 3.0, 8.4, 30.0, 150.0, 250.0, 2000.0, 1e5, np.inf]
RULES = {"improvement": 1.5, "no_harm": -1.5, "no_effect": 1.5}


def counted(effect, *, std_error, df, critical, m, rule, draws=DRAWS):
    """Draw estimates and standard errors, and read each verdict off the limits as the judge's page says."""
    rng = np.random.default_rng(3)
    b = effect + std_error * rng.standard_normal(draws)
    s = std_error * np.sqrt(rng.chisquare(df, draws) / df) if np.isfinite(df) else std_error
    L, U = b - critical * s, b + critical * s
    if rule == "improvement":
        verdict = np.select([m <= L, L > 0, m > U], ["supported", "partly_supported", "contradicted"], "")
    elif rule == "no_harm":
        fine = m <= L
        verdict = np.select(
            [fine & (U >= 0), fine, U < 0], ["supported", "partly_supported", "contradicted"], ""
        )
    else:
        verdict = np.select([(-m <= L) & (m >= U), (m < L) | (-m > U)], ["supported", "contradicted"], "")
    names = ("supported", "partly_supported", "", "contradicted")
    return np.array([(verdict == name).mean() for name in names])


@pytest.mark.parametrize("df", DFS)
def test_supported_is_the_tail_of_noncentral_t(df):
    effects, m, se, c = np.array([0.0, 0.4, 1.0, 2.5, 5.0]), 1.0, 0.7, student.ppf(0.975, df)
    found = verdict_chances(effects, std_error=se, df=df, critical=c, m=m)
    wanted = nct.sf(c, min(df, 1e6), (effects - m) / se)
    np.testing.assert_allclose(found.supported, wanted, atol=2e-6 if df > 1e4 else 1e-9)


@pytest.mark.parametrize("df", DFS)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("std_error", [0.2, 0.75, 3.0])
def test_agrees_with_brute_force(df, rule, std_error):
    c, m = student.ppf(0.975, df), RULES[rule]
    effects = np.array([-2.0, 0.0, 0.8, 1.5, 3.0])
    found = np.array(verdict_chances(effects, std_error=std_error, df=df, critical=c, m=m, rule=rule)).T
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-9)
    for effect, chances in zip(effects, found, strict=True):
        seen = counted(effect, std_error=std_error, df=df, critical=c, m=m, rule=rule)
        k = np.rint(seen * DRAWS)
        tail = np.minimum(binom.cdf(k, DRAWS, chances), binom.sf(k - 1, DRAWS, chances))
        assert (tail > 1e-6).all(), (effect, seen, chances)


def test_a_claim_at_its_limit_is_supported_as_often_as_the_level_says():
    for df in DFS:
        c = student.ppf(0.975, df)
        found = verdict_chances(np.array([2.0]), std_error=0.3, df=df, critical=c, m=2.0)
        assert found.supported[0] == pytest.approx(0.025, abs=1e-7)


def test_scale_changes_nothing():
    one = verdict_chances(np.array([1.0]), std_error=0.5, df=6.0, critical=2.4, m=0.8)
    other = verdict_chances(np.array([1e6]), std_error=0.5e6, df=6.0, critical=2.4, m=0.8e6)
    np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize(
    ("df", "published"), [(10, 3.11), (20, 2.95), (30, 2.90), (60, 2.85), (120, 2.82), (np.inf, 2.80)]
)
def test_multipliers_are_those_of_bloom(df, published):
    """Two-sided 5 %, power 80 %: t(.975) + t(.8), which the exact multiplier meets within .03."""
    approximate = student.ppf(0.975, df) + student.ppf(0.8, df)
    assert round(approximate, 2) == published
    exact = detectable_multiple(df=df, critical=student.ppf(0.975, df), power=0.8)
    assert exact == pytest.approx(published, abs=0.03)


@pytest.mark.parametrize("df", DFS)
def test_the_multiple_is_detected_as_often_as_asked(df):
    c = student.ppf(0.975, df)
    k = detectable_multiple(df=df, critical=c, power=0.8)
    found = verdict_chances(np.array([k]), std_error=1.0, df=df, critical=c, m=1e9)
    assert found.partly_supported[0] == pytest.approx(0.8, abs=1e-9)
