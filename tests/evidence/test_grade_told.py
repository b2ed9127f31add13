"""What a grade holds and tells: its reasons, what stays open, and the rubric it is read from."""

import math
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

import impactkit.evidence
from evidence.test_one_verdict import rows
from impactkit.errors import EstimationError
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.grade import EvidenceGrade, capping, grade, needs_baseline, rubric
from impactkit.wording import Message, say

RUBRIC = Path(impactkit.evidence.__file__).with_name("rubric.toml")


def of_design(method, *, adjusted_for=(), groups=("treated",)):
    """As much of an estimate as a grade looks at."""
    means = tuple(SimpleNamespace(group=group) for group in groups)
    return SimpleNamespace(method=method, adjusted_for=adjusted_for, means=means)


def found(name, passed, *, is_open=False):
    sentence = Message(f"check.title.{name}")
    return CheckResult(name=name, passed=passed, statistic=math.nan, sentence=sentence, is_open=is_open)


def test_the_reasons_are_the_design_and_then_each_failed_check() -> None:
    checks = [
        found("season", False),
        found("spillover", None, is_open=True),
        found("influence", True),
        found("missing_periods", None),
        found("series_length", False),
        found("small_cells", False),
        found("anticipation", None, is_open=True),
    ]
    graded = grade(of_design("difference_in_differences"), checks)
    assert graded.reasons == (
        Message("grade.design.difference_in_differences", {"ceiling": 3}),
        Message("check.title.season"),
        Message("check.title.series_length"),
    )
    assert graded.open_questions == (Message("check.title.spillover"), Message("check.title.anticipation"))
    assert (graded.ceiling, graded.value, graded.lowered) == (2, 1, 2)


def test_a_grade_of_its_own_has_no_open_questions_and_is_not_lowered() -> None:
    graded = EvidenceGrade(value=3, ceiling=3, reasons=())
    assert graded.open_questions == () and graded.lowered == 0
    assert graded.grade_certainty == "low"


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ([], (5, 5, 0)),
        (["season"], (5, 4, 1)),
        (["attrition_bounds"], (5, 2, 3)),
        (["attrition_bounds", "season", "influence"], (5, 1, 5)),
        (["randomisation"], (2, 2, 1)),
        (["randomisation", "selected_on_baseline"], (1, 1, 2)),
        (["randomisation", "season"], (2, 1, 2)),
    ],
    ids=lambda value: "-".join(map(str, value)) or "none",
)
def test_what_fails_lowers_the_grade_or_its_ceiling(failed: list[str], expected: tuple[int, ...]) -> None:
    graded = grade(of_design("randomised_trial"), [found(name, False) for name in failed])
    assert (graded.ceiling, graded.value, graded.lowered) == expected


@pytest.mark.parametrize(
    ("ceiling", "value", "lowered", "expected"),
    [
        (5, 5, 0, "high"),
        (5, 4, 0, "moderate"),
        (5, 4, 2, "low"),
        (5, 2, 1, "very_low"),
        (5, 1, 7, "very_low"),
        (4, 4, 0, "low"),
        (3, 2, 0, "very_low"),
    ],
)
def test_certainty_starts_high_for_a_lot_and_low_else(
    ceiling: int, value: int, lowered: int, expected: str
) -> None:
    graded = EvidenceGrade(value=value, ceiling=ceiling, reasons=(), lowered=lowered)
    assert graded.grade_certainty == expected
    assert [part.code for part in graded.mappings()] == [
        f"grade.maryland.{value}",
        f"grade.nesta.{2 if value < 3 else 3}",
        f"grade.certainty.{expected}",
    ]


@pytest.mark.parametrize(
    ("estimate", "ceiling"),
    [
        (of_design("before_after"), 1),
        (of_design("before_after", adjusted_for=("age",)), 2),
        (of_design("difference_in_differences", adjusted_for=("age",)), 3),
        (of_design("interrupted_time_series"), 2),
        (of_design("interrupted_time_series", groups=("treated", "comparison")), 3),
        (of_design("structural_time_series"), 2),
        (of_design("structural_time_series", groups=("comparison",)), 3),
        (of_design("difference_in_differences", groups=("treated", "comparison")), 3),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else value.method,
)
def test_the_ceiling_is_of_the_design_with_what_stands_beside_it(
    estimate: SimpleNamespace, ceiling: int
) -> None:
    graded = grade(estimate, ())
    assert (graded.ceiling, graded.value) == (ceiling, ceiling)
    assert f"grade {ceiling}" in graded.reasons[0].text("en")


def test_a_design_without_a_ceiling_is_named() -> None:
    with pytest.raises(EstimationError, match="no ceiling for 'tea_leaves'") as raised:
        grade(of_design("tea_leaves"), ())
    (trouble,) = raised.value.troubles
    assert trouble.values == {"method": "tea_leaves"}


@pytest.mark.parametrize(
    ("method", "expected"),
    [("difference_in_differences", True), ("randomised_trial", False), ("tea_leaves", False)],
)
def test_a_lot_rests_on_no_baseline(method: str, expected: bool) -> None:
    assert needs_baseline(of_design(method)) is expected


def test_three_checks_cap_a_grade() -> None:
    assert capping() == {"series_length", "selected_on_baseline", "randomisation"}


def test_the_rubric_is_its_file_and_every_design_is_told_in_both_languages() -> None:
    assert rubric() == tomllib.loads(RUBRIC.read_text("utf-8"))
    for design in rubric()["ceiling"]:
        assert "3" in say(f"grade.design.{design}", "en", ceiling=3)
        assert "3" in say(f"grade.design.{design}", "sv", ceiling=3)


def test_the_card_tells_reasons_open_questions_and_other_scales() -> None:
    design = Message("grade.design.before_after", {"ceiling": 1})
    question = Message("check.title.spillover")
    graded = EvidenceGrade(value=4, ceiling=5, reasons=(design,), open_questions=(question,))
    card = graded._repr_html_()
    assert "Evidence grade 4 of 5</caption>" in card
    assert rows(card) == [
        ("Because", "Before and after without comparison: at most grade 1."),
        ("Not known", question.text("en")),
        ("On other scales", "Maryland level 4: who got it was as good as random, or all but."),
        ("On other scales", say("grade.nesta.3", "en")),
        ("On other scales", say("grade.certainty.moderate", "en")),
    ]
