"""Several arms held at once: every lot gone through by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import impactkit as ik
from impactkit.errors import EstimationError


def frame_of(seed: int = 1, n: int = 3, effect: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm = np.repeat(["none", "calls", "visits"], n)
    return pd.DataFrame({"arm": arm, "y": rng.standard_normal(3 * n) + effect * (arm == "visits")})


def study_of(frame: pd.DataFrame, **roles: str) -> ik.Study:
    return ik.Study(frame, outcome="y", arm="arm", control="none", **roles)


def welch(y: np.ndarray, arm: np.ndarray, name: str) -> float:
    return abs(float(stats.ttest_ind(y[arm == name], y[arm == "none"], equal_var=False).statistic))


def test_all_lots_are_gone_through_with_welchs_statistic() -> None:
    frame = frame_of(effect=2.0)
    study = study_of(frame)
    found = ik.robustness.arms_at_once(study, ik.RandomisedTrial(arm="visits").estimate(study))
    y, arm = frame["y"].to_numpy(), frame["arm"].to_numpy()
    lots = np.array(sorted(set(itertools.permutations(arm.tolist()))))
    drawn = np.array([[welch(y, lot, name) for name in ("visits", "calls")] for lot in lots])
    own = np.array([welch(y, arm, name) for name in ("visits", "calls")])
    assert found.found.is_exact and found.found.n_assignments == len(lots) == 1680
    np.testing.assert_allclose(found.found.own, (drawn >= own - 1e-9).mean(axis=0))
    np.testing.assert_allclose(found.found.at_once, (drawn.max(axis=1)[:, None] >= own - 1e-9).mean(axis=0))


def test_drawn_lots_never_give_zero_and_strata_are_kept() -> None:
    frame = pd.concat([frame_of(seed, n=8, effect=9.0).assign(area=seed) for seed in (1, 2)])
    frame["y"] += 50 * frame["area"]
    study = study_of(frame, stratum="area")
    found = ik.robustness.arms_at_once(study, ik.RandomisedTrial(arm="visits").estimate(study), draws=499)
    assert not found.found.is_exact
    assert found.tidy()["adjusted_p"][0] == pytest.approx(1 / 500)
    assert found.tidy()["adjusted_p"][1] > 0.05
    shifted = study_of(frame.assign(y=frame["y"] - 50 * frame["area"]), stratum="area")
    again = ik.robustness.arms_at_once(shifted, ik.RandomisedTrial(arm="visits").estimate(shifted), draws=499)
    np.testing.assert_allclose(again.found.at_once, found.found.at_once)


def test_whole_clusters_are_drawn_again() -> None:
    frame = frame_of(n=12).assign(room=np.repeat(np.arange(9), 4))
    study = study_of(frame, cluster="room")
    found = ik.robustness.arms_at_once(study, ik.RandomisedTrial(arm="calls").estimate(study))
    assert found.found.n_assignments == 1680 and found.arms == ("calls", "visits")


def test_with_no_effect_an_arm_rarely_stands_out() -> None:
    rejected = []
    for seed in range(60):
        study = study_of(frame_of(seed, n=6))
        found = ik.robustness.arms_at_once(
            study, ik.RandomisedTrial(arm="visits", permutation=None).estimate(study), draws=199
        )
        rejected.append(found.found.at_once.min() <= 0.05)
    assert np.mean(rejected) <= stats.binom.isf(1e-4, 60, 0.05) / 60


def test_it_is_said_in_both_languages_and_refused_without_arms() -> None:
    study = study_of(frame_of())
    estimate = ik.RandomisedTrial(arm="visits").estimate(study)
    found = ik.robustness.arms_at_once(study, estimate)
    english, swedish = ([m.text(language) for m in found.in_words()] for language in ("en", "sv"))
    assert len(english) == 3 and "1,680" in english[-1] and english != swedish
    assert "<table" in found._repr_html_()
    pair = frame_of().query("arm != 'calls'")
    plain = ik.Study(pair, outcome="y", arm="arm", control="none")
    with pytest.raises(EstimationError, match="several arms"):
        ik.robustness.arms_at_once(plain, ik.RandomisedTrial().estimate(plain))
