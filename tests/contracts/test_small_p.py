"""Nothing returns a small p-value where it cannot be known: every estimator, inference and thin design."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pydantic
import pytest

from impactkit.data.study import Study
from impactkit.effects import estimators, inference
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.errors import EstimationError

MANY, PERIODS, START, CLUSTER = 12, 6, 4, 3


@dataclass(frozen=True)
class Thin:
    """How many treated and comparison units, or clusters of some, and whether anything varies."""

    treated: int
    comparison: int
    cluster: int = 1
    constant: bool = False
    starts: tuple[int, ...] = (START,)

    @property
    def n_choices(self):
        """How many ways there are to give as many units each start."""
        lots = math.comb(self.treated + self.comparison, self.treated)
        return lots if len(self.starts) == 1 else lots * math.factorial(self.treated)

    @property
    def fewest(self):
        return min(self.treated, self.comparison)


THIN = {
    "one treated, many comparison": Thin(1, MANY),
    "many treated, one comparison": Thin(MANY, 1),
    "one and one": Thin(1, 1),
    "two and two": Thin(2, 2),
    "two starts of one unit, two comparison": Thin(2, 2, starts=(START, START + 1)),
    "two clusters in all": Thin(1, 1, cluster=CLUSTER),
    "one treated cluster, many comparison": Thin(1, MANY, cluster=CLUSTER),
    "two treated, many comparison": Thin(2, MANY),
    "an outcome that never varies": Thin(4, 8, constant=True),
    "one treated, an outcome that never varies": Thin(1, MANY, constant=True),
}


def huge_effect(thin, seed):
    """Draw a panel whose effect no reader could miss, so that a p-value is as small as it can be."""
    rng = np.random.default_rng(seed)
    G = thin.treated + thin.comparison
    n = G * thin.cluster
    cluster = np.repeat(np.arange(G), thin.cluster)
    treated = cluster < thin.treated
    start = np.where(treated, np.resize(thin.starts, G)[cluster], 0)
    period = np.arange(1, PERIODS + 1)
    y = rng.standard_normal((n, 1)) + rng.standard_normal(PERIODS) + 0.1 * rng.standard_normal((n, PERIODS))
    y += 1000.0 * (treated[:, None] & (period >= start[:, None]))
    frame = {
        "unit": np.repeat(np.arange(n), PERIODS),
        "cluster": np.repeat(cluster, PERIODS),
        "period": np.tile(period, n),
        "start": np.repeat(start, PERIODS),
        "treated": np.repeat(treated.astype(int), PERIODS),
        "y": np.full(n * PERIODS, 7.0) if thin.constant else y.ravel(),
        "error": np.ones(n * PERIODS),
    }
    return pd.DataFrame(frame)


def studies(thin, frame):
    """Go through the shapes that estimators take: a panel, one row a unit, and a panel before and after."""
    own = {"unit": "unit", "outcome": "y", "std_error": "error"}
    own |= {"cluster": "cluster"} if thin.cluster > 1 else {}
    yield Study(frame, time="period", first_treated="start", **own)
    if len(thin.starts) == 1:
        yield Study(frame[frame["period"] == PERIODS], treated="treated", **own)
        two = frame[frame["period"].isin([START - 1, START])]
        yield Study(two, time="period", first_treated="start", **own)


def estimates(estimator, part, thin):
    """Go through every estimate that the design allows; a refusal says what to do instead."""
    for study in studies(thin, huge_effect(thin, seed=1)):
        try:
            found = estimator(inference=part).estimate(study)
            yield found
            yield found.aggregate("dynamic")
        except EstimationError as refusal:
            assert "Mend:" in str(refusal)


def smallest_known(part, thin, found):
    """Return the smallest p-value that the design and inference can give."""
    rank = 1 / thin.n_choices
    if part.method == "permutation":
        return max(rank, 1 / (1 + part.draws))
    if part.method == "ferman_pinto":
        return 1 / (thin.comparison + 1)
    if part.method == "placebo_in_space":
        choices = math.comb if len(thin.starts) == 1 else math.perm
        return 1 / (choices(thin.comparison, thin.treated) + 1)
    if part.method == "conformal":
        return 1 / PERIODS
    if part.method == "wild_cluster_bootstrap":
        return 2 / 2.0**found.sample.n_clusters
    return 0.0


def accepted():
    for estimator in estimators.ALL:
        for part in inference.ALL:
            try:
                estimator(inference=part())
            except pydantic.ValidationError:
                continue
            few = {"draws": 999} if "draws" in part.model_fields else {}
            yield pytest.param(estimator, part(**few), id=f"{estimator.__name__}-{part().method}")


@pytest.mark.parametrize("thin", THIN.values(), ids=THIN)
@pytest.mark.parametrize(("estimator", "part"), list(accepted()))
def test_a_p_value_is_unknown_or_no_smaller_than_the_design_can_give(estimator, part, thin):
    for found in estimates(estimator, part, thin):
        for term in found.terms:
            own = term.interval
            if math.isnan(own.p_value):
                assert own.reason is not None and math.isnan(own.low) and math.isnan(own.high)
                continue
            assert not thin.constant or own.p_value == pytest.approx(1.0)
            assert own.p_value >= smallest_known(part, thin, found) * (1 - 1e-12)
            if spread_is_unknown(estimator, part, thin):
                pytest.fail(f"{term.name} has p = {own.p_value}")
        if found.permutation is not None:
            rank = 1 / thin.n_choices if not thin.constant else 1.0
            assert found.permutation.p_value() >= max(rank, 1 / 20_000) * (1 - 1e-12)


def spread_is_unknown(estimator, part, thin):
    """Whether nothing in the data tells how far chance moves one of the groups."""
    if part.method in ("permutation", "ferman_pinto", "given_uncertainty", "placebo_in_space", "conformal"):
        return False
    if estimator is estimators.BeforeAfter:
        return thin.treated < 2
    return thin.fewest < 2


def test_the_restricted_bootstrap_of_two_treated_clusters_hardly_ever_rejects_and_says_so():
    """MacKinnon and Webb (2017): without an effect far fewer than 5 % of its p-values are below 5 %."""
    part = inference.WildClusterBootstrap(draws=199)
    estimator = estimators.DifferenceInDifferences(inference=part, permutation=None)
    world = TwoGroupPanel(n_units=16, n_treated=2, n_periods=2, start=2, effect=0.0)
    found = [estimator.estimate(world.study(world.draw(seed))) for seed in range(300)]
    assert np.mean([one.interval.p_value <= 0.05 for one in found]) <= 0.02
    assert {one.warnings[-1].code for one in found} == {"inference.chosen.hardly_rejects"}


def test_the_bootstrap_of_one_treated_cluster_has_no_p_value():
    (study, *_) = studies(THIN["one treated, many comparison"], huge_effect(Thin(1, MANY), seed=1))
    for weights in ("rademacher", "webb"):
        part = inference.WildClusterBootstrap(draws=199, weights=weights)
        found = estimators.DifferenceInDifferences(inference=part).estimate(study).interval
        assert math.isnan(found.p_value) and found.reason.code == "estimate.one_cluster"
