"""Instruments against linearmodels and ivmodels, on random rows that are kept with their answers.

With several instruments the errors of limited information differ from linearmodels', which weighs structural
errors by the fit of two-stage least squares: ours are those of the equation that the estimate solves, shown
by hand. Estimates are the same.
"""

import importlib.util
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import f as f_distribution

import impactkit as ik
from impactkit.effects.estimators import InstrumentalVariable
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.instrumented_columns import instrumented
from impactkit.effects.kernels.anderson_rubin import ReducedForms
from impactkit.effects.kernels.instruments import limited_information, strength

HERE = Path(__file__).parents[1] / "data" / "instrument_peers"
_SPEC = importlib.util.spec_from_file_location("instrument_rows", HERE / "rows.py")
assert _SPEC is not None and _SPEC.loader is not None
_ROWS = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_ROWS)
CASES, instruments, rows = _ROWS.CASES, _ROWS.instruments, _ROWS.rows
SAID = json.loads((HERE / "answers.json").read_text("utf-8"))["cases"]


def study_of(case: int, *, weight: str | None = None, cluster: str | None = None) -> ik.Study:
    frame = rows(case)
    names = instruments(frame)
    return ik.Study(
        frame,
        outcome="y",
        takeup="d",
        instruments=names,
        covariates=["x"],
        weight=weight,
        cluster=cluster,
    )


def conventional(case: int, how: str, *, weight: str | None, error: str) -> ik.Interval:
    study = study_of(case, weight=weight, cluster="cluster" if error == "CR1" else None)
    found = InstrumentalVariable(kind=how, inference=ClusterRobust(kind=error)).estimate(study)
    return found.interval


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("case", CASES)
def test_two_stages_are_those_of_linearmodels(case: int, weight: str | None) -> None:
    said = SAID[str(case)][f"two_stage_least_squares {weight}"]
    for error in ("HC0", "HC1", "CR1"):
        found = conventional(case, "two_stage_least_squares", weight=weight, error=error)
        assert found.point == pytest.approx(said["point"], rel=1e-8)
        assert found.std_error == pytest.approx(said[error], rel=1e-8)


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("case", CASES)
def test_limited_information_is_that_of_linearmodels(case: int, weight: str | None) -> None:
    said = SAID[str(case)][f"limited_information {weight}"]
    found = conventional(case, "limited_information", weight=weight, error="HC0")
    assert found.point == pytest.approx(said["point"], rel=1e-7)
    if case % 3 == 0:  # one instrument: the same as two stages
        assert found.std_error == pytest.approx(said["HC0"], rel=1e-7)


@pytest.mark.parametrize("case", [case for case in CASES if case % 3])
def test_errors_of_limited_information_are_those_of_its_own_equation(case: int) -> None:
    """The slope of what it solves, and the spread of what it solves, by hand."""
    frame = rows(case)
    X = np.column_stack([np.ones(len(frame)), frame["x"]])
    Z = np.column_stack([X, frame[instruments(frame)]])

    def cleared(values: np.ndarray, of: np.ndarray) -> np.ndarray:
        return values - of @ np.linalg.solve(of.T @ of, of.T @ values)

    both = frame[["y", "d"]].to_numpy()
    y, d = cleared(both, X).T
    kappa = limited_information(cleared(both, X), cleared(both, Z))
    assert kappa == pytest.approx(SAID[str(case)]["limited_information None"]["kappa"], rel=1e-9)
    part = d - kappa * cleared(both, Z)[:, 1]
    b = part @ y / (part @ d)
    by_hand = math.sqrt(((part * (y - b * d)) ** 2).sum()) / abs(part @ d)
    found = conventional(case, "limited_information", weight=None, error="HC0")
    assert found.std_error == pytest.approx(by_hand, rel=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_the_first_stage_and_its_strength_are_those_of_linearmodels(case: int) -> None:
    said = SAID[str(case)]
    asked = instrumented(study_of(case))
    problem = asked.rows.reduced(asked.rows.takeup)
    found = ClusterRobust(kind="HC0").infer(problem, problem.fit())
    points = np.array([interval.point for interval in found.intervals])
    assert points == pytest.approx(np.array(said["first_stage"]), rel=1e-9)
    covariance = np.array(said["first_stage_HC0"])
    assert found.covariance == pytest.approx(covariance, rel=1e-8)
    strong = strength(points, asked.rows.gram(), found.covariance)
    gram = asked.rows.gram()
    assert strong.effective_f == pytest.approx(points @ gram @ points / np.trace(covariance @ gram), rel=1e-8)
    if len(points) == 1:
        assert strong.effective_f == pytest.approx(points[0] ** 2 / covariance[0, 0], rel=1e-8)
        assert strong.critical == pytest.approx(23.1085, rel=1e-5)


def homoskedastic(case: int) -> tuple[ReducedForms, int]:
    """Return the reduced forms with errors of one variance, as ivmodels has them, and their freedom."""
    frame = rows(case)
    names = instruments(frame)
    X = np.column_stack([np.ones(len(frame)), frame["x"]])
    both, Z = frame[["y", "d"]].to_numpy(), frame[names].to_numpy()
    both, Z = (values - X @ np.linalg.lstsq(X, values, rcond=None)[0] for values in (both, Z))
    solved = np.linalg.solve(Z.T @ Z, Z.T @ both)
    left = both - Z @ solved
    free = len(frame) - X.shape[1] - Z.shape[1]
    root = np.linalg.cholesky(left.T @ left / free)
    each = np.linalg.cholesky(np.linalg.inv(Z.T @ Z)).T
    errors = [np.vstack([root[k, 0] * each, root[k, 1] * each]) for k in (0, 1)]
    forms = ReducedForms(
        outcome=solved[:, 0],
        regressor=solved[:, 1],
        outcome_errors=errors[0],
        regressor_errors=errors[1],
    )
    return forms, free


@pytest.mark.parametrize("case", CASES)
def test_sets_that_are_not_rejected_are_those_of_ivmodels(case: int) -> None:
    forms, free = homoskedastic(case)
    q = len(forms.outcome)
    said = SAID[str(case)]
    assert forms.statistic(0.5) / q == pytest.approx(
        said["anderson_rubin_homoskedastic"]["statistic"], rel=1e-8
    )
    parts = forms.not_rejected(q * f_distribution.ppf(0.95, q, free))
    ends = [float(end) for end in re.findall(r"-?(?:inf|\d+\.\d+(?:e[-+]\d+)?)", said["anderson_rubin_set"])]
    assert [end for part in parts for end in part] == pytest.approx(ends, rel=1e-6)


def test_weak_instruments_have_limits_without_an_end() -> None:
    """The case whose instrument hardly moves anybody: ivmodels too excludes nothing."""
    assert SAID["0"]["anderson_rubin_set"] == "[-inf, inf]"
    found = InstrumentalVariable().estimate(study_of(0))
    assert (found.interval.low, found.interval.high) == (-math.inf, math.inf)
    assert math.isfinite(found.terms[1].interval.low)
    assert "estimate.instruments.everything" in [warning.code for warning in found.warnings]
