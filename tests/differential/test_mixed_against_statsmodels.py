"""The mixed model against statsmodels' MixedLM, and against the same sums with whole matrices."""

import numpy as np
import pytest
import statsmodels.formula.api as smf

import impactkit as ik
from impactkit.effects.estimators import DifferenceInDifferences, MixedModel
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.kernels.nested_intercepts import Likeness, independent_rows
from impactkit.effects.kernels.nested_likelihood import likeness_of
from impactkit.effects.nested import nested
from impactkit.effects.worlds import NestedAnswers
from impactkit.errors import EstimationError

SEEDS = range(8)
REL = 2e-4
"""statsmodels stops when its gradient is small: its variances are right to four digits or so."""


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return nested groups of unequal size, with levels that may be none at all."""
    rng = np.random.default_rng(seed)
    outer = np.unique(np.sort(rng.integers(0, 9, 120)), return_inverse=True)[1]
    inner = np.unique(outer * 100 + rng.integers(0, 4, 120), return_inverse=True)[1]
    sizes = rng.choice([0.0, 0.4, 2.0], 2)
    levels = sizes[0] * rng.standard_normal(9)[outer] + sizes[1] * rng.standard_normal(60)[inner]
    X = np.column_stack([np.ones(120), rng.standard_normal(120)])
    return levels + rng.standard_normal(120), X, outer, inner


def covariance(alike: Likeness, outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    shared = alike.between * (outer[:, None] == outer) + alike.within * (inner[:, None] == inner)
    return shared + alike.rest * np.eye(len(outer))


@pytest.mark.parametrize("seed", range(25))
def test_no_other_variances_are_likelier(seed: int) -> None:
    """The restricted likelihood with whole matrices falls in every direction."""
    y, X, outer, inner = drawn(seed)
    found = likeness_of(y, X, outer, inner=inner)

    def unlikely(alike: Likeness) -> float:
        inverse = np.linalg.inv(covariance(alike, outer, inner))
        cross = X.T @ inverse @ X
        projected = inverse - inverse @ X @ np.linalg.solve(cross, X.T @ inverse)
        logs = np.linalg.slogdet(cross)[1] - np.linalg.slogdet(inverse)[1]
        return 0.5 * (logs + y @ projected @ y)

    best = unlikely(found)
    for name in found._fields:
        for step in (-1e-3, 1e-3):
            moved = getattr(found, name) + step
            if moved >= 0:
                assert unlikely(found._replace(**{name: moved})) > best


@pytest.mark.parametrize("seed", range(5))
def test_rows_are_made_independent(seed: int) -> None:
    _, _, outer, inner = drawn(seed)
    alike = Likeness(between=1.3, within=0.6, rest=0.8)
    W = independent_rows(np.eye(len(outer)), alike, outer, inner=inner)
    whole = W @ covariance(alike, outer, inner) @ W.T
    assert whole == pytest.approx(alike.rest * np.eye(len(outer)), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_survey_is_what_statsmodels_finds(seed: int) -> None:
    world = NestedAnswers(place=0.8)
    frame = world.draw(seed)
    found = MixedModel().estimate(world.study(frame))
    peer = smf.mixedlm("y ~ got_it + x", frame, groups="place").fit(reml=True)
    assert found.interval.point == pytest.approx(peer.params["got_it"], abs=REL * peer.bse["got_it"])
    alike = nested(world.study(frame)).likeness
    assert alike.between == pytest.approx(float(peer.cov_re.iloc[0, 0]), rel=20 * REL)
    assert alike.rest == pytest.approx(peer.scale, rel=20 * REL)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_waves_are_what_statsmodels_finds(seed: int) -> None:
    world = NestedAnswers(n_waves=4, n_places=12, n_treated=5, size=6, place=0.8)
    frame = world.draw(seed).sample(frac=0.8, random_state=seed)  # not everybody answers every time
    found = MixedModel().estimate(world.study(frame))
    frame["after"] = (frame["wave"] >= 2) * frame["got_it"]
    peer = smf.mixedlm(
        "y ~ C(wave) + got_it + after + x",
        frame,
        groups="place",
        re_formula="1",
        vc_formula={"unit": "0 + C(unit)"},
    ).fit(reml=True)
    assert found.interval.point == pytest.approx(peer.params["after"], abs=20 * REL * peer.bse["after"])


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3"])
def test_where_everybody_answers_it_is_a_difference_in_differences(kind: str) -> None:
    """Levels of whole groups and people then drop out of the change, whatever is thought of them."""
    world = NestedAnswers(n_waves=4, n_places=16, n_treated=6)
    study = world.study(world.draw(3))
    one = MixedModel(inference=ClusterRobust(kind=kind)).estimate(study).interval
    other = DifferenceInDifferences(inference=ClusterRobust(kind=kind)).estimate(study).interval
    assert one.point == pytest.approx(other.point, rel=1e-9)
    if kind == "CR0":
        assert one.std_error == pytest.approx(other.std_error, rel=1e-9)


def test_without_likeness_it_is_a_plain_regression() -> None:
    """A variance of 0 is an answer, and told."""
    world = NestedAnswers(place=0.0, n_places=12, n_treated=5)
    for seed in range(20):
        frame = world.draw(seed)
        study = world.study(frame)
        if nested(study).likeness.between == 0:
            break
    found = MixedModel().estimate(study)
    assert "estimate.mixed.no_likeness" in [message.code for message in found.warnings]
    plain = smf.ols("y ~ got_it + x", frame).fit()
    assert found.interval.point == pytest.approx(plain.params["got_it"], rel=1e-9)


def test_likeness_is_told() -> None:
    world = NestedAnswers(n_places=200, n_treated=100, size=20, place=1.0, person=0.0, noise=1.0)
    study = world.study(world.draw(1))
    message = MixedModel().estimate(study).warnings[0]
    assert message.code == "estimate.mixed.likeness"
    assert message.values["share"] == pytest.approx(0.5, abs=0.06)
    assert message.values["cluster"] == "place"


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({"cluster": None}, "needs to know which rows belong together"),
        ({"weight": "w"}, "weights of another kind do not go with that"),
        ({"treated": None}, "needs treated and comparison rows"),
        ({"treated": "everybody"}, "needs treated and comparison rows"),
    ],
)
def test_what_it_cannot_answer_is_refused_by_name(roles: dict[str, str | None], said: str) -> None:
    frame = NestedAnswers().draw(1).assign(w=1.5, everybody=1)
    given = {"outcome": "y", "treated": "got_it", "cluster": "place"} | roles
    with pytest.raises(EstimationError, match=said):
        MixedModel().estimate(ik.Study(frame, **given))


def test_more_columns_than_rows_are_refused() -> None:
    with pytest.raises(EstimationError, match="no more rows than columns"):
        likeness_of(np.arange(3.0), np.eye(3), np.array([0, 0, 1]))
