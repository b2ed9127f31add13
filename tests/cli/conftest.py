"""The command line, called as the program is: words in, an exit code and two streams out."""

from dataclasses import dataclass

import pytest

from impactkit.cli import main


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Return a function that runs a command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("IMPACTKIT_LANGUAGE", raising=False)

    def ran(*words):
        code = main([str(word) for word in words])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Said(code, told.out, told.err)

    return ran


@pytest.fixture
def project(tmp_path):
    """Return a function that copies an example and changes its plan and data."""
    from impactkit.examples import copy_example

    def made(*, plan=lambda text: text, data=lambda text: text, raw=None):
        file = copy_example("norrgarden", tmp_path / "project")
        rows = file.parent / "data.csv"
        file.write_text(plan(file.read_text("utf-8")), "utf-8")
        rows.write_bytes(data(rows.read_text("utf-8")).encode() if raw is None else raw)
        return file

    return made
