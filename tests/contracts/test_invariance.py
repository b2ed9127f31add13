"""What must not matter does not: order of rows, names of units, unit of measurement, kind of table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.effects.estimators import DifferenceInDifferences
from impactkit.effects.worlds import RandomisedArms, TwoGroupPanel
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.judge import judge

GRADE = EvidenceGrade(value=3, ceiling=3, reasons=())


def assert_close(found, expected, rtol):
    """Compare records number by number, text by text."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_close(found[key], expected[key], rtol)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_close(one, other, rtol)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=rtol, abs=rtol)
    else:
        assert found == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(design, frame, seed):
    shuffled = frame.sample(frac=1, random_state=seed)
    found, expected = design.numbers(shuffled), design.numbers(frame)
    if design.has_units:
        assert found == expected
    else:
        assert_close(found, expected, 1e-12)


def test_the_order_of_columns_and_columns_not_asked_for_do_not_matter(design, frame):
    wider = frame.assign(note="x")[["note", *reversed(frame.columns)]]
    assert design.numbers(wider) == design.numbers(frame)


def test_names_of_units_do_not_matter(design, frame):
    renamed = frame.copy()
    for column in {"unit", "area", "cluster", "stratum"} & set(frame):
        renamed[column] = [f"område {value:05d} åäö" for value in frame[column]]
    assert design.numbers(renamed) == design.numbers(frame)


def test_the_order_of_names_changes_the_draws_of_a_permutation_only(design, frame):
    renamed = frame.copy()
    for column in {"unit", "area", "cluster", "stratum"} & set(frame):
        renamed[column] = [f"{99_999 - value:05d}" for value in frame[column]]
    often = design.drawn(9999)
    found, expected = often.numbers(renamed), often.numbers(frame)
    drawn, before = found.pop("permutation"), expected.pop("permutation")
    assert_close(found, expected, 1e-9)
    if before is not None:
        assert drawn["p_value"] == pytest.approx(before["p_value"], abs=0.02)
        assert drawn["n_assignments"] == before["n_assignments"]


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 2.0), (0.0, 1e-6), (1e3, 1.0), (-50.0, 1e4)])
def test_the_unit_of_the_outcome_scales_the_answer(design, frame, shift, scale):
    if shift and design.is_count:
        pytest.skip("counts have no zero but their own: a shift is another question")
    moved = frame.assign(y=shift + scale * frame["y"])
    if "baseline" in frame:
        moved["baseline"] = shift + scale * frame["baseline"]
    found, expected = design.estimate(moved), design.estimate(frame)
    for one, other in zip(found.terms, expected.terms, strict=True):
        if shift and other.measure != "difference":
            continue  # a share of what was expected has the outcome's own zero
        for name in ("point", "std_error", "low", "high"):
            unit = scale if other.measure == "difference" else 1.0
            wanted = unit * getattr(other.interval, name)
            tolerance = 1e-9 * unit * (abs(shift) / scale + np.nan_to_num(other.interval.std_error))
            assert getattr(one.interval, name) == pytest.approx(wanted, rel=1e-8, abs=tolerance, nan_ok=True)
        assert one.interval.df == pytest.approx(other.interval.df, rel=1e-9, nan_ok=True)
        assert one.interval.p_value == pytest.approx(other.interval.p_value, rel=1e-6, abs=1e-12, nan_ok=True)
    if expected.permutation is not None:
        assert found.permutation.p_value() == expected.permutation.p_value()


@settings(max_examples=10)
@given(scale=st.floats(1e-3, 1e3), effect=st.sampled_from([0.0, 0.7, 2.0, 4.0]), seed=st.integers(0, 99))
def test_the_unit_of_the_outcome_does_not_change_a_verdict(scale, effect, seed):
    world = TwoGroupPanel(n_units=12, n_treated=5, n_periods=4, start=3, effect=effect)
    frame = world.draw(seed)
    verdicts = {
        judge(
            Claim(
                id="C", indicator="i", role="primary", change="increase", minimum_effect=str(size), by=2026
            ),
            DifferenceInDifferences().estimate(world.study(frame.assign(y=frame["y"] * size))),
            GRADE,
        ).status
        for size in (1.0, scale)
    }
    assert len(verdicts) == 1


def test_a_shock_to_everyone_in_a_period_leaves_difference_in_differences_as_it_was(design, frame):
    if design.estimator.method != "difference_in_differences":
        pytest.skip("a shock in a period is what the other designs cannot tell from an effect")
    shock = np.random.default_rng(5).normal(0, 30, 100)
    found = design.numbers(frame.assign(y=frame["y"] + shock[frame["period"]]))
    expected = design.numbers(frame)
    assert_close(found["terms"], expected["terms"], 1e-10)
    assert found["permutation"]["p_value"] == expected["permutation"]["p_value"]


def test_the_table_given_is_not_changed(design, frame):
    before = frame.copy(deep=True)
    design.estimate(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("kind", ["polars", "polars lazy", "pyarrow", "duckdb", "pandas with arrow types"])
def test_the_kind_of_table_does_not_matter(design, frame, kind):
    other = {
        "polars": lambda: pytest.importorskip("polars").from_pandas(frame),
        "polars lazy": lambda: pytest.importorskip("polars").from_pandas(frame).lazy(),
        "pyarrow": lambda: pytest.importorskip("pyarrow").Table.from_pandas(frame),
        "duckdb": lambda: pytest.importorskip("duckdb").from_df(frame),
        "pandas with arrow types": lambda: frame.convert_dtypes(dtype_backend="pyarrow"),
    }[kind]()
    assert design.numbers(other) == design.numbers(frame)


def test_weights_of_one_change_nothing_and_doubled_weights_neither(design, frame):
    world = design.world
    if not isinstance(world, TwoGroupPanel | RandomisedArms):
        pytest.skip("two worlds are enough")
    study = world.study(frame)
    roles = {name: getattr(study, name) for name in ("unit", "time", "first_treated", "treated", "stratum")}
    roles |= {name: getattr(study, name) for name in ("cluster", "covariates", "pre_outcome")}
    expected = design.numbers(frame)["terms"]
    for weight in (1.0, 2.0):
        weighted = type(study)(frame.assign(w=weight), outcome="y", weight="w", **roles)
        assert_close(design.estimator.estimate(weighted).to_record()["terms"], expected, 1e-9)
