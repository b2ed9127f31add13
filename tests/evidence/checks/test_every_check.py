"""Every check of every estimator in every world where it holds: a plain answer, whatever does not matter."""

import math

import pytest

import impactkit as ik
from impactkit.effects import estimators, worlds
from impactkit.evidence.circumstances import Circumstances, Declared
from impactkit.wording.message import sentences

DESIGNS = {
    f"{estimator.__name__}-{world.__name__}": (estimator(), world())
    for estimator in estimators.ALL
    for world in worlds.ALL
    if estimator.model_fields["method"].default in world().designs
}
SLOW = ("AugmentedSyntheticControl", "PenalisedSyntheticControl", "StructuralTimeSeries")


def said(direction=1):
    return Declared(circumstances=Circumstances(), direction=direction, minimum_effect=1.0)


def asked(estimator, study, direction=1):
    estimate = estimator.estimate(study)
    return {found.name: found for found in ik.check(study, estimate, declared=said(direction))}


@pytest.fixture(params=DESIGNS, scope="module")
def design(request):
    estimator, world = DESIGNS[request.param]
    frame = world.draw(3)
    return estimator, world, frame, asked(estimator, world.study(frame))


def test_answers_are_plain_and_told_in_both_languages(design):
    estimator, world, frame, found = design
    for declared in (found, {one.name: one for one in _undeclared(estimator, world, frame)}):
        for check in declared.values():
            assert check.passed in (True, False, None) and isinstance(check.passed, bool | None)
            assert isinstance(check.statistic, float)
            assert check.sentence.text("en") and check.sentence.text("sv") and check.title.text("sv")
            assert check.sentence.code in sentences("en")
            assert f"check.title.{check.name}" in sentences("sv")


def _undeclared(estimator, world, frame):
    study = world.study(frame)
    return ik.check(study, estimator.estimate(study))


def test_neither_rows_nor_names_matter(design):
    estimator, world, frame, found = design
    if type(estimator).__name__ in SLOW:
        pytest.skip("asked once, as each estimate takes long")
    mixed = frame.sample(frac=1, random_state=1)
    for column in {"unit", "area", "cluster", "stratum"} & set(mixed):
        mixed[column] = [f"{99_999 - int(value):05d}" for value in mixed[column]]
    _same(asked(estimator, world.study(mixed)), found)


def test_neither_scale_nor_sign_matter(design):
    estimator, world, frame, found = design
    if getattr(world, "exposure", None) is not None:
        pytest.skip("counts have no other sign")
    if type(estimator).__name__ in SLOW:
        pytest.skip("asked once, as each estimate takes long")
    _same(asked(estimator, world.study(frame.assign(y=-1024.0 * frame["y"])), direction=-1), found)


def _same(found, expected):
    assert found.keys() == expected.keys()
    for name, check in expected.items():
        assert found[name].passed is check.passed, name
        if name != "attrition_bounds" and not math.isnan(check.statistic):
            assert found[name].statistic == pytest.approx(check.statistic, rel=1e-6, abs=1e-9), name
