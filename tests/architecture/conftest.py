"""What every architecture test reads: the package's files and their syntax trees."""

import ast
from pathlib import Path

import pytest

import impactkit

PACKAGE = Path(impactkit.__file__).parent


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "module_file" in metafunc.fixturenames:
        files = sorted(PACKAGE.rglob("*.py"))
        metafunc.parametrize("module_file", files, ids=[str(file.relative_to(PACKAGE)) for file in files])


@pytest.fixture
def module_tree(module_file: Path) -> ast.Module:
    return ast.parse(module_file.read_text(encoding="utf-8"))
