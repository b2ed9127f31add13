"""Every notebook runs from top to bottom, is short, and is stored without output."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import impactkit as ik

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def read(notebook: Path) -> nbformat.NotebookNode:
    return nbformat.read(notebook, as_version=4)


def public(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ik":
        return node.attr in ik.__all__
    if isinstance(node, ast.ImportFrom) and str(node.module).startswith("impactkit"):
        return {alias.name for alias in node.names} <= set(ik.__all__)
    return True


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, tmp_path: Path) -> None:
    NotebookClient(read(notebook), timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_and_stored_without_output(notebook: Path) -> None:
    cells = read(notebook).cells
    assert len(cells) < 25
    assert [cell.id for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_uses_public_names_only(notebook: Path) -> None:
    code = [cell.source for cell in read(notebook).cells if cell.cell_type == "code"]
    foreign = [
        ast.unparse(node) for source in code for node in ast.walk(ast.parse(source)) if not public(node)
    ]
    assert foreign == []
