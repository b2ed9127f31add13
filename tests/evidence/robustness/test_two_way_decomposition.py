"""The two-way decomposition adds up, is that of its definition and of a peer, and never a headline."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects import estimators
from impactkit.effects.worlds import StaggeredPanel
from impactkit.errors import EstimationError
from impactkit.evidence.robustness import two_way_decomposition

DATA = Path(__file__).parents[2] / "data/bacon"


def random_panel(seed):
    rng = np.random.default_rng(seed)
    T, n = int(rng.integers(2, 9)), int(rng.integers(4, 14))
    starts = rng.choice([*range(1, T + 1), 0, T + 3], size=n)
    starts[:2] = (0, int(rng.integers(2, T + 1)))
    weights = rng.uniform(0.5, 3, n) if seed % 2 else np.ones(n)
    rows = [(u, t, starts[u], weights[u], rng.normal(10)) for u in range(n) for t in range(1, T + 1)]
    return pd.DataFrame(rows, columns=["unit", "year", "start", "w", "y"])


def study_of(frame, **more):
    roles = {"unit": "unit", "time": "year", "first_treated": "start", "weight": "w"}
    return ik.Study(frame, outcome="y", **{**roles, **more})


def dummies(frame):
    now = (frame["start"] > 0) & (frame["year"] >= frame["start"])
    fixed = pd.get_dummies(frame[["unit", "year"]].astype(str), dtype=float).to_numpy()
    return now.to_numpy(float), fixed


def weighted(frame, *arrays):
    root = np.sqrt(frame["w"].to_numpy())
    return [a * (root if a.ndim == 1 else root[:, None]) for a in arrays]


def by_regression(frame):
    now, fixed = dummies(frame)
    X, y = weighted(frame, np.column_stack([now, fixed]), frame["y"].to_numpy())
    return np.linalg.lstsq(X, y, rcond=None)[0][0]


@pytest.mark.parametrize("seed", range(200))
def test_comparisons_add_up_to_the_regression(seed):
    frame = random_panel(seed)
    found = two_way_decomposition(study_of(frame))
    table = found.tidy()
    assert table["weight"].sum() == pytest.approx(1, abs=1e-10)
    assert table["weight"] @ table["estimate"] == pytest.approx(found.coefficient, abs=1e-10)
    assert found.coefficient == pytest.approx(by_regression(frame), abs=1e-9)
    assert table.loc[table["forbidden"], "weight"].sum() == pytest.approx(found.forbidden_share)


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_each_comparison_is_a_regression_on_its_part_of_the_panel(seed):
    frame = random_panel(seed)
    last = frame["year"].max()
    late = frame["start"].where(frame["start"].between(1, last), np.inf)
    start = late.where(late > 1, 1)
    for row in two_way_decomposition(study_of(frame)).comparisons:
        k = float(row.treated)
        other = float(row.compared) if row.compared else np.inf
        part = frame[start.isin([k, other])]
        if row.kind == "later":
            part = part[part["year"] < other]
        if row.kind == "earlier":
            part = part[part["year"] >= other]
        assert row.estimate == pytest.approx(by_regression(part), abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_negative_weights_are_those_of_the_cleared_treatment(seed):
    """By definition: residuals of "treated now" on unit and period effects, over their sum, by cell."""
    frame = random_panel(seed)
    now, fixed = dummies(frame)
    X, d = weighted(frame, fixed, now)
    residual = (d - X @ np.linalg.lstsq(X, d, rcond=None)[0]) * np.sqrt(frame["w"])
    start = np.where(frame["start"] <= 1, 1, frame["start"])
    keys = [start[now == 1], frame["year"].to_numpy()[now == 1]]
    cells = pd.Series(residual.to_numpy()[now == 1]).groupby(keys).sum()
    shares = cells / cells.sum()
    found = two_way_decomposition(study_of(frame))
    assert found.n_cells == len(shares)
    assert found.n_negative == int((shares < -1e-10).sum())
    expected = -shares[shares < 0].sum() / shares.abs().sum()
    assert found.negative_share == pytest.approx(expected, abs=1e-10)


def test_the_decomposition_is_that_of_a_peer():
    expected = json.loads((DATA / "golden.json").read_text("utf-8"))
    study = ik.Study(
        pd.read_csv(DATA / "panel.csv"), outcome="y", unit="unit", time="year", first_treated="start"
    )
    found = two_way_decomposition(study)
    assert found.coefficient == pytest.approx(expected["coefficient"], rel=1e-12)
    own = {(float(c.treated), float(c.compared or 0)): c for c in found.comparisons}
    kinds = {"never": "treated_vs_never", "later": "earlier_vs_later", "earlier": "later_vs_earlier"}
    assert len(own) == len(expected["comparisons"])
    for row in expected["comparisons"]:
        mine = own[row["treated"], row["compared"]]
        assert (mine.weight, mine.estimate) == pytest.approx((row["weight"], row["estimate"]), rel=1e-10)
        assert kinds[mine.kind] == row["kind"]


def test_what_cannot_be_decomposed_is_refused():
    frame = random_panel(3)
    with pytest.raises(EstimationError, match=r"(?s)balanced panel.*fill in what is missing"):
        two_way_decomposition(study_of(frame.iloc[1:]))
    with pytest.raises(EstimationError, match=r"(?s)units that are followed.*three roles"):
        two_way_decomposition(study_of(frame, unit=None))
    uneven = frame.assign(w=np.arange(1.0, len(frame) + 1))
    with pytest.raises(EstimationError, match="do not change within a unit"):
        two_way_decomposition(study_of(uneven))
    with pytest.raises(EstimationError, match="does not differ between units"):
        two_way_decomposition(study_of(frame.assign(start=0)))


def test_it_says_in_both_languages_that_it_is_no_answer():
    world = StaggeredPanel(n_treated=36, growth=1.0)
    found = two_way_decomposition(world.study(world.draw(1)))
    english = " ".join(message.text("en") for message in found.in_words())
    swedish = " ".join(message.text("sv") for message in found.in_words())
    assert "no answer of this library" in english and "already treated" in english
    assert "inget svar i detta bibliotek" in swedish and "negativ vikt" in swedish
    assert "Two-way fixed effects" in found._repr_html_()


def test_it_is_no_estimator():
    assert all("two_way_decomposition" not in e.model_fields["method"].default for e in estimators.ALL)
    assert not hasattr(two_way_decomposition, "estimate")


def harmful_panel(rng):
    """30 units, half start early and half late; every effect is harm that grows with time."""
    T, starts = 12, np.repeat([3, 8], 15)
    time = np.arange(1, T + 1)
    since = time - starts[:, None]
    harm = np.where(since >= 0, -0.1 - 0.15 * np.maximum(since, 0), 0.0)
    return starts, rng.normal(size=(len(starts), 1)) + rng.normal(0, 0.5, (len(starts), T)) + harm


@pytest.mark.slow
def test_two_way_fixed_effects_call_benefit_where_every_effect_is_harm():
    """The rate that docs/explanation/two-way-fixed-effects.md tells: 1,000 panels, seed 2021."""
    rng = np.random.default_rng(2021)
    benefit = positive = honest = 0
    for _ in range(1000):
        starts, y = harmful_panel(rng)
        T = y.shape[1]
        frame = pd.DataFrame(
            {
                "unit": np.repeat(np.arange(len(y)), T),
                "year": np.tile(np.arange(1, T + 1), len(y)),
                "start": np.repeat(starts, T),
                "y": y.ravel(),
            }
        )
        study = study_of(frame, weight=None)
        coefficient = two_way_decomposition(study).coefficient
        positive += coefficient > 0
        benefit += coefficient > 1.96 * clustered_error(y, starts)
        found = ik.StaggeredDifferenceInDifferences(control="not_yet", permutation=None).estimate(study)
        honest += found.interval.low > 0
    assert 850 <= positive <= 915
    assert 240 <= benefit <= 326
    assert honest <= 35


def clustered_error(y, starts):
    T = y.shape[1]
    now = (np.arange(1, T + 1) >= starts[:, None]).astype(float)
    clear = [a - a.mean(1, keepdims=True) - a.mean(0) + a.mean() for a in (now, y)]
    d, z = clear
    residual = z - d * (d * z).sum() / (d**2).sum()
    return np.sqrt(((d * residual).sum(1) ** 2).sum()) / (d**2).sum()
