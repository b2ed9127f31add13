"""What a plan declares, and what it leaves out, as checks see it."""

import math
from datetime import date
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from impactkit.effects import estimators
from impactkit.effects.estimators import BeforeAfter, DifferenceInDifferences, Imputation, RandomisedTrial
from impactkit.effects.worlds import RandomisedArms, StaggeredPanel, TwoGroupPanel
from impactkit.evidence import designs
from impactkit.evidence.check import check
from impactkit.evidence.checks import (
    Anticipation,
    DefinitionBreak,
    Displacement,
    MultipleLooks,
    ResponseRate,
    Season,
    Spillover,
)
from impactkit.evidence.circumstances import Assessed, Circumstances, Declared
from impactkit.evidence.grade import _rubric, grade, needs_baseline

REASON = "The nearest comparison area is 12 km away, across the river."
WORLD = TwoGroupPanel(effect=2.0)
STUDY = WORLD.study(WORLD.draw(1))
ESTIMATE = DifferenceInDifferences(permutation=None).estimate(STUDY)
ALONE = BeforeAfter(permutation=None).estimate(STUDY)
THREATS = [Spillover, Displacement, Anticipation]


def _declared(*, before=None, after=None, broken=None, **said):
    return Declared(
        circumstances=Circumstances(**said),
        direction=1,
        minimum_effect=1.0,
        baseline_collected=before,
        follow_up_collected=after,
        definition_break=broken,
    )


def _asked(part, declared, estimate=ESTIMATE):
    return part().check(STUDY, estimate, declared=declared)


def test_the_kinds_of_design_hold_every_estimator():
    methods = {part.model_fields["method"].default for part in estimators.ALL}
    assert methods == designs.ALL_DESIGNS
    needing = {m for m in methods if needs_baseline(SimpleNamespace(method=m))}
    assert needing == designs.BASELINE_DESIGNS


@pytest.mark.parametrize("part", THREATS)
@pytest.mark.parametrize(("finding", "passed"), [("unlikely", True), ("examined", True), ("likely", False)])
def test_what_is_assessed_is_told_with_its_reason(part, finding, passed):
    name = part().name
    found = _asked(part, _declared(**{name: Assessed(finding=finding, reason=REASON)}))
    assert found.passed is passed
    for language in ("en", "sv"):
        assert REASON in found.sentence.text(language)


@pytest.mark.parametrize(("part", "passed"), [(Spillover, False), (Displacement, None), (Anticipation, None)])
def test_only_spillover_fails_for_silence(part, passed):
    found = _asked(part, _declared())
    assert found.passed is passed and found.sentence.code.endswith("not_assessed")


@pytest.mark.parametrize("part", [*THREATS, DefinitionBreak])
def test_without_a_plan_nobody_was_asked(part):
    found = _asked(part, None)
    assert found.passed is None and found.sentence.code.endswith("not_asked") and math.isnan(found.statistic)


def test_anticipation_that_the_method_allows_passes():
    world = StaggeredPanel()
    study = world.study(world.draw(1))
    declared = _declared(anticipation=Assessed(finding="likely", reason=REASON))
    for allowed, passed in ((0, False), (1, True)):
        estimate = Imputation(anticipation=allowed, permutation=None).estimate(study)
        assert Anticipation().check(study, estimate, declared=declared).passed is passed


def test_a_lottery_is_asked_about_spillover_and_displacement_too():
    world = RandomisedArms()
    study = world.study(world.draw(1))
    found = {f.name: f for f in check(study, RandomisedTrial().estimate(study), declared=_declared())}
    assert found["spillover"].passed is False and found["displacement"].passed is None
    assert "anticipation" not in found and "trend_sensitivity" not in found


def test_silence_lowers_the_grade_once():
    assert grade(ESTIMATE, check(STUDY, ESTIMATE)).value == 3
    assert grade(ESTIMATE, check(STUDY, ESTIMATE, declared=_declared())).value == 2
    said = _declared(spillover=Assessed(finding="unlikely", reason=REASON))
    assert grade(ESTIMATE, check(STUDY, ESTIMATE, declared=said)).value == 3


def test_a_changed_definition_fails_with_its_reason():
    found = _asked(DefinitionBreak, _declared(broken=REASON))
    assert found.passed is False and REASON in str(found.sentence)
    assert _asked(DefinitionBreak, _declared()).passed is True


@pytest.mark.parametrize(
    ("before", "after", "alone", "compared"),
    [
        (date(2022, 10, 1), date(2025, 10, 1), True, True),
        (date(2022, 12, 15), date(2025, 1, 15), True, True),
        (date(2022, 10, 1), date(2025, 12, 1), True, True),
        (date(2022, 10, 1), date(2025, 4, 1), False, None),
        (date(2022, 1, 10), date(2025, 10, 10), False, None),
        (None, date(2025, 10, 10), None, None),
    ],
)
def test_seasons_matter_where_there_is_nobody_to_compare_with(before, after, alone, compared):
    declared = _declared(before=before, after=after)
    assert _asked(Season, declared, ALONE).passed is alone
    assert _asked(Season, declared).passed is compared


@pytest.mark.parametrize(("season", "passed"), [("fourier", True), ("none", None)])
def test_a_series_with_a_season_in_its_model_passes(season, passed):
    series = SimpleNamespace(method="interrupted_time_series", settings={"season": season})
    assert Season().check(STUDY, series, declared=_declared()).passed is passed


@pytest.mark.parametrize(("looks", "passed"), [(None, None), (1, True), (2, False), (8, False)])
def test_more_than_one_look_fails(looks, passed):
    assert _asked(MultipleLooks, _declared(looks=looks)).passed is passed


@pytest.mark.parametrize(
    ("counts", "passed", "state"),
    [
        ((None, None, None, None), None, "unknown"),
        ((100, None, None, None), None, "unknown"),
        ((0, 0, None, None), None, "unknown"),
        ((100, 60, None, None), True, "enough_once"),
        ((100, 59, None, None), False, "low_once"),
        ((100, 70, 100, 80), True, "enough"),
        ((100, 70, 100, 81), False, "apart"),
        ((100, 90, 100, 59), False, "low"),
        ((None, None, 100, 59), False, "low_once"),
    ],
)
def test_response_rates(counts, passed, state):
    names = ("invited", "answered", "invited_before", "answered_before")
    found = _asked(ResponseRate, _declared(**dict(zip(names, counts, strict=True))))
    assert found.passed is passed and found.sentence.code == f"check.response_rate.{state}"
    for language in ("en", "sv"):
        assert "{" not in found.sentence.text(language)


@pytest.mark.parametrize(
    ("counts", "key"),
    [
        ({"invited": 10, "answered": 11}, "answered"),
        ({"invited_before": 1, "answered_before": 2}, "answered_before"),
    ],
)
def test_more_answers_than_invitations_are_refused(counts, key):
    with pytest.raises(ValidationError, match=f"{key} = "):
        Circumstances(**counts)


def test_every_check_that_may_fail_here_lowers():
    lowers = _rubric()["lowers"]
    for part in (*THREATS, DefinitionBreak, Season, MultipleLooks, ResponseRate):
        assert lowers[part().name] == 1
