"""Every packaged example carried through once, for all tests of what is told."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest

import impactkit as ik
from impactkit import examples

NAMES = [example.name for example in examples.ALL]


@cache
def evaluated(name: str) -> ik.Evaluation:
    return ik.evaluate(str(files("impactkit.examples") / name))


def with_verdict(evaluation: ik.Evaluation, **changes: object) -> ik.Evaluation:
    """The same evaluation with another verdict on its first claim."""
    first, *others = evaluation.results
    changed = replace(first, verdict=replace(first.verdict, **changes))
    return replace(evaluation, results=(changed, *others))


def not_public(evaluation: ik.Evaluation) -> ik.Evaluation:
    plan = evaluation.plan
    return replace(
        evaluation, plan=plan.model_copy(update={"data": plan.data.model_copy(update={"public": False})})
    )


@pytest.fixture
def evaluate():
    return evaluated


@pytest.fixture
def norrgarden() -> ik.Evaluation:
    return evaluated("norrgarden")


@pytest.fixture
def judged():
    return with_verdict


@pytest.fixture
def withheld():
    return not_public
