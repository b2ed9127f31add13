"""Results show themselves in a notebook as a table or a figure, and always as text too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.formatters import DisplayFormatter
from nbclient import NotebookClient

from contracts.shown import PLAIN, PUBLIC, everything

CELLS = (
    "from importlib.resources import files\n"
    "import impactkit as ik\n"
    'ik.use_language("sv")\n'
    'found = ik.evaluate(str(files("impactkit.examples") / "norrgarden"))',
    "found",
    "found.results[0].estimate",
    "ik.table(found.results[0].estimate)",
    "ik.plot(found.results[0].verdict)",
    "print(found.results[0].estimate)",
    "found.results[0].estimator_that_is_not_there",
)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_noun_is_html_and_text(name: str) -> None:
    shown, _ = DisplayFormatter().format(everything(PLAIN)[name])
    assert "<table" in shown["text/html"]
    assert shown["text/plain"].startswith(f"{name}(")


@pytest.mark.slow
def test_a_notebook_holds_a_table_a_figure_and_text(tmp_path: Path) -> None:
    outputs = run(tmp_path)
    evaluation, estimate, table, plot, printed, refused = outputs[1:]
    for (shown,) in (evaluation, estimate, table):
        assert "<caption" in shown["data"]["text/html"]
        assert 'lang="sv"' in shown["data"]["text/html"]
        assert shown["data"]["text/plain"]
    (figure,) = plot  # one, and not the library's own picture beside it
    assert figure["data"]["text/html"].startswith("<figure>")
    assert "<svg" in figure["data"]["text/html"]
    assert "<title" in figure["data"]["text/html"]
    (told,) = printed
    assert told["text"].startswith("Effekt på nöjda_utemiljö\n  Vad som skattas: ")
    assert refused[0]["ename"] == "AttributeError"
    assert outputs[0] == []  # neither a bar nor a warning of ours


def run(folder: Path) -> list[list[Any]]:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    return [cell.outputs for cell in client.execute().cells]
