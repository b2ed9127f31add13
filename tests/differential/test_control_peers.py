"""The synthetic control and its penalised form beside three other packages; see tests/data/control_peers.

Each package's own weights are put into the objective that it minimises too: ours is never larger. Theirs are
an iterative solver's, so that where they differ from ours their objective is larger. Where two predictors are
met exactly many weights are equally good: ours are then those that follow outcomes best, and packages return
whichever their solver stops at.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import PenalisedSyntheticControl, SyntheticControl
from impactkit.effects.kernels.predictor_weights import donors_given

PEERS = Path(__file__).parents[1] / "data" / "control_peers"
ANSWERS = json.loads((PEERS / "answers.json").read_text(encoding="utf-8"))["panels"]


def asked(question):
    return [(seed, peer) for seed, held in ANSWERS.items() for peer in held[question]]


def drawn(seed):
    """The panel of a seed, which must be the one that was asked about."""
    spec = importlib.util.spec_from_file_location("control_panels", PEERS / "panels.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("control_panels", module)
    spec.loader.exec_module(module)
    frame = module.panel(int(seed))
    assert module.digest(frame) == ANSWERS[seed]["digest"]
    return frame


def estimated(frame, estimator):
    study = Study(frame, outcome="y", unit="unit", time="time", first_treated="start", covariates=["x", "z"])
    return estimator.estimate(study)


def wide(frame, column="y"):
    return frame.pivot(index="unit", columns="time", values=column).to_numpy()


def vector(weights, frame):
    """Weights in the order of donors, made feasible to the last digit: theirs may be a little below 0."""
    found = np.array([max(weights.get(name, 0.0), 0.0) for name in sorted(frame["unit"].unique())[1:]])
    assert found.sum() == pytest.approx(1, abs=1e-4)
    return found / found.sum()


def our_weights(found, frame):
    return vector({donor.unit: donor.weight for donor in found.counterfactual.weights}, frame)


def loss(w, frame, penalty=0.0):
    y, start = wide(frame), int(frame["start"].max())
    own, donors = y[0, :start], y[1:, :start]
    return ((own - w @ donors) ** 2).sum() + penalty * w @ ((donors - own) ** 2).sum(axis=1)


@pytest.mark.parametrize(("seed", "peer"), asked("outcomes"))
def test_outcomes_are_followed_nowhere_worse(seed, peer):
    frame, given = drawn(seed), ANSWERS[seed]["outcomes"][peer]
    found = estimated(frame, SyntheticControl(permutation=None))
    mine, theirs = our_weights(found, frame), vector(given["weights"], frame)
    assert loss(mine, frame) <= loss(theirs, frame) * (1 + 1e-12)
    # pysyncon's solver takes slopes from differences, and stops a little short.
    stops_short = peer == "pysyncon"
    assert loss(mine, frame) == pytest.approx(loss(theirs, frame), rel=1e-5 if stops_short else 1e-12)
    np.testing.assert_allclose(mine, theirs, atol=0.005 if stops_short else 1e-10)
    if "att" in given:
        assert found.interval.point == pytest.approx(given["att"], abs=1e-10)


@pytest.mark.parametrize("penalty", ["0.01", "0.1", "1"])
@pytest.mark.parametrize(("seed", "peer"), asked("penalised"))
def test_penalised_weights_are_nowhere_worse(seed, peer, penalty):
    frame, size = drawn(seed), float(penalty)
    found = estimated(frame, PenalisedSyntheticControl(penalty=size))
    mine = our_weights(found, frame)
    theirs = vector(ANSWERS[seed]["penalised"][peer]["weights"][penalty], frame)
    assert loss(mine, frame, size) <= loss(theirs, frame, size) * (1 + 1e-12)
    assert loss(mine, frame, size) == pytest.approx(loss(theirs, frame, size), rel=1e-5)
    np.testing.assert_allclose(mine, theirs, atol=0.005)


def predictors(frame):
    """Means before the start over their standard deviation between units."""
    start = int(frame["start"].max())
    X = np.column_stack([wide(frame, column)[:, :start].mean(axis=1) for column in ("x", "z")])
    return X / X.std(axis=0, ddof=1)


@pytest.mark.parametrize(("seed", "peer"), asked("predictors"))
def test_under_their_predictor_weights_ours_are_nowhere_worse(seed, peer):
    frame, given = drawn(seed), ANSWERS[seed]["predictors"][peer]
    X, v = predictors(frame), np.array(given["v"])

    def unlike(w):
        return float(v @ (X[0] - w @ X[1:]) ** 2)

    assert (
        unlike(donors_given(v, X[1:], X[0])) <= unlike(vector(given["weights"], frame)) * (1 + 1e-9) + 1e-15
    )


@pytest.mark.parametrize(("seed", "peer"), asked("predictors"))
def test_chosen_predictor_weights_follow_outcomes_nowhere_worse(seed, peer):
    frame, given = drawn(seed), ANSWERS[seed]["predictors"][peer]
    asked_for = ({"column": "x"}, {"column": "z"})
    found = estimated(frame, SyntheticControl(predictors=asked_for, permutation=None))
    mine, theirs = our_weights(found, frame), vector(given["weights"], frame)
    assert loss(mine, frame) <= loss(theirs, frame) * (1 + 1e-6)
