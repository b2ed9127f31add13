"""A shelf lists what stands on it, so that every part inherits the shelf's contract tests."""

import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import impactkit

PACKAGE = Path(impactkit.__file__).parent
SHELVES = (
    "data.services",
    "data.sources",
    "effects.estimators",
    "effects.inference",
    "effects.worlds",
    "evidence.checks",
    "evidence.heterogeneity",
    "evidence.robustness",
    "exchange.formats",
    "reporting.levels",
    "reporting.plots",
    "reporting.renderers",
    "reporting.tables",
    "simulation.cells",
    "simulation.worlds",
)
STANDING = [shelf for shelf in SHELVES if PACKAGE.joinpath(*shelf.split("."), "__init__.py").exists()]


def module_of(part: object) -> str:
    if isinstance(part, ModuleType):
        return part.__name__
    return part.__module__ if inspect.isclass(part) or inspect.isfunction(part) else type(part).__module__


def test_some_shelves_stand() -> None:
    assert STANDING


@pytest.mark.parametrize("name", STANDING)
def test_every_file_on_the_shelf_is_listed(name: str) -> None:
    shelf = importlib.import_module(f"impactkit.{name}")
    files = {file.stem for file in Path(shelf.__file__).parent.glob("*.py")} - {"__init__"}
    assert isinstance(shelf.ALL, tuple)
    assert {module_of(part).removeprefix(f"impactkit.{name}.") for part in shelf.ALL} == files


@pytest.mark.parametrize("name", STANDING)
def test_a_part_with_a_slug_lives_in_the_file_of_that_name(name: str) -> None:
    parts = importlib.import_module(f"impactkit.{name}").ALL
    slugs = {
        part: part.model_fields["method"].default
        for part in parts
        if "method" in getattr(part, "model_fields", {})
    }
    astray = {part.__name__: slug for part, slug in slugs.items() if module_of(part).split(".")[-1] != slug}
    assert astray == {}


@pytest.mark.parametrize("name", STANDING)
def test_the_shelf_holds_a_list_and_no_logic(name: str) -> None:
    source = inspect.getsource(importlib.import_module(f"impactkit.{name}"))
    assert "\ndef " not in source
    assert "\nclass " not in source
