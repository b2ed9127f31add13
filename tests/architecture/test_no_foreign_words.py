"""The project names no one's machine: a path that exists in one place only helps nobody."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# With bracketed letters, so that this file passes its own test.
FOREIGN = re.compile(
    rb"/[w]ork/[A-Za-z]|/[t]mp/[A-Za-z]|/[h]ome/[a-z]+/|/[U]sers/[a-z]+/|/[r]oot/|\.[l]ibrary\b"
)
BINARY = {".png", ".xlsx", ".xls", ".xlsb", ".ods", ".zip", ".dta", ".parquet", ".pdf", ".ico", ".gz"}


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # a source archive has no history
        return [file for folder in ("src", "tests") for file in (ROOT / folder).rglob("*") if file.is_file()]
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_file_names_a_machine() -> None:
    texts = [file for file in tracked_files() if file.is_file() and file.suffix not in BINARY]
    assert texts
    found = {str(file.relative_to(ROOT)): FOREIGN.findall(file.read_bytes()) for file in texts}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("folder", [b"work", b"tmp", b"root"])
def test_the_pattern_finds_what_it_should(folder: bytes) -> None:
    assert FOREIGN.search(b"see /%s/scratch" % folder)
