"""Grades: never raised by worse diagnostics, and what other scales would call them."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.grade import EvidenceGrade, _rubric, grade
from impactkit.wording import Message

NAMES = sorted({*_rubric()["lowers"], *_rubric()["caps"]})
LEVELS = _rubric()["mapping"]["grade"]["levels"]
DESIGNS = sorted(_rubric()["ceiling"])


def _estimate(design):
    adjusted = ("x",) if design.endswith("_with_covariates") else ()
    compared = 1 if design.endswith("_with_control") else 0
    alike = SimpleNamespace(baseline="before" if design.endswith("_with_baseline") else None)
    method = (
        design.removesuffix("_with_covariates").removesuffix("_with_control").removesuffix("_with_baseline")
    )
    means = [SimpleNamespace(group=group) for group in ("treated", "comparison")[: 1 + bool(compared)]]
    return SimpleNamespace(method=method, adjusted_for=adjusted, means=means, comparability=alike)


def _checks(failed):
    return [
        CheckResult(
            name=name,
            passed=name not in failed,
            statistic=math.nan,
            sentence=Message("check.multiple_looks.once"),
        )
        for name in NAMES
    ]


def _levels(found):
    return (
        found.value,
        found.ceiling,
        -found.lowered,
        found.maryland,
        found.nesta,
        LEVELS.index(found.grade_certainty),
    )


@given(
    design=st.sampled_from(DESIGNS),
    failed=st.sets(st.sampled_from(NAMES)),
    more=st.sets(st.sampled_from(NAMES)),
)
def test_a_failed_check_more_never_raises_anything(design, failed, more):
    few, many = (grade(_estimate(design), _checks(names)) for names in (failed, failed | more))
    assert all(worse <= better for worse, better in zip(_levels(many), _levels(few), strict=True))
    assert 1 <= many.value <= many.ceiling


@given(design=st.sampled_from(DESIGNS), passed=st.sets(st.sampled_from(NAMES)))
def test_a_passed_check_earns_nothing(design, passed):
    kept = [found for found in _checks(set()) if found.name in passed]
    assert _levels(grade(_estimate(design), kept)) == _levels(grade(_estimate(design), ()))


@pytest.mark.parametrize(
    ("design", "failed", "expected"),
    [
        ("randomised_trial", [], (5, 3, "high")),
        ("randomised_trial", ["balance"], (4, 3, "moderate")),
        ("randomised_trial", ["balance", "attrition", "spillover"], (2, 2, "very_low")),
        ("difference_in_differences", [], (3, 3, "low")),
        ("difference_in_differences", ["spillover"], (2, 2, "very_low")),
        ("before_after", [], (1, 2, "low")),
        ("before_after", ["season"], (1, 2, "very_low")),
        ("interrupted_time_series_with_control", [], (3, 3, "low")),
        ("interrupted_time_series_with_control", ["series_length"], (2, 2, "very_low")),
    ],
)
def test_other_scales(design, failed, expected):
    found = grade(_estimate(design), _checks(failed))
    assert (found.maryland, found.nesta, found.grade_certainty) == expected


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("value", range(1, 6))
def test_every_grade_is_told_on_every_scale(value, language):
    found = EvidenceGrade(value=value, ceiling=5, reasons=())
    assert [part.text(language).split()[0].rstrip(":") for part in found.mappings()] == [
        "Maryland",
        "Nesta",
        "GRADE",
    ]
    assert found._repr_html_().count("<tr>") == 3
