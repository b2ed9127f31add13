"""One workload about groups made alike by one contender; print what it took.

python benchmarks/alike.py "StatsPAI" entropy_1000000
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
from timed import Answer, tell

COVARIATES = [f"x{k}" for k in range(10)]
SLICE = 2_000


def people(n: int) -> pd.DataFrame:
    """Draw people of whom some were likelier to be treated, with ten covariates."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, 10))
    treated = rng.uniform(size=n) < 1 / (1 + np.exp(0.7 - 0.3 * x[:, :5].sum(axis=1)))
    y = treated + x @ np.linspace(1, 0, 10) + rng.standard_normal(n)
    return pd.DataFrame(x, columns=COVARIATES).assign(y=y, d=treated.astype(int))


def _ours(frame: pd.DataFrame, estimator: Any) -> Answer:
    from impactkit.data.study import Study

    study = Study(frame, outcome="y", treated="d", covariates=COVARIATES)
    found = estimator.estimate(study).interval
    return found.point, found.std_error


def entropy_impactkit(frame: pd.DataFrame) -> Answer:
    """Balance with impactkit."""
    from impactkit.effects.estimators import Weighting

    return _ours(frame, Weighting(weights="entropy"))


def entropy_statspai(frame: pd.DataFrame) -> Answer:
    """Balance with StatsPAI, errors by stacked equations."""
    import statspai as sp

    found = sp.ebalance(frame, y="y", treat="d", covariates=COVARIATES)
    return float(found.estimate), float(found.se)


def robust_impactkit(frame: pd.DataFrame) -> Answer:
    """Cross-fit with impactkit, five folds."""
    from impactkit.effects.estimators import DoublyRobust

    return _ours(frame, DoublyRobust(target="ate"))


def robust_doubleml(frame: pd.DataFrame) -> Answer:
    """Cross-fit with DoubleML and unpenalised regressions of scikit-learn, five folds."""
    import doubleml as dml
    from sklearn.linear_model import LinearRegression, LogisticRegression

    data = dml.DoubleMLData(frame, y_col="y", d_cols="d", x_cols=COVARIATES)
    model = dml.DoubleMLIRM(
        data, ml_g=LinearRegression(), ml_m=LogisticRegression(C=np.inf), n_folds=5, score="ATE"
    )
    model.fit()
    return float(model.coef[0]), float(model.se[0])


def nearest_impactkit(frame: pd.DataFrame) -> Answer:
    """Match on all covariates with replacement, with impactkit."""
    from impactkit.effects.estimators import Matching

    return _ours(frame, Matching(distance="mahalanobis", replace=True))


def nearest_statspai(frame: pd.DataFrame) -> Answer:
    """Match on all covariates with replacement, with StatsPAI."""
    import statspai as sp

    found = sp.match(frame, y="y", treat="d", covariates=COVARIATES, method="nnmatch", estimand="ATT")
    return float(found.estimate), float(found.se)


def main() -> None:
    """Do the work on a slice, then on everything with the clock running."""
    contender, asked = sys.argv[1:3]
    what, n = asked.rsplit("_", 1)
    frame = people(int(n))
    work: Any = globals()[f"{what}_{contender.lower()}"]
    work(frame.iloc[:SLICE])

    def whole() -> Answer:
        return work(frame)

    tell(whole)


if __name__ == "__main__":
    main()
