"""The same numbers in every process: whatever the hash seed, and whatever the number of threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import impactkit

SCRIPT = Path(__file__).with_name("run_everything.py")
ENVIRONMENTS = {
    "first": ("0", "1"),
    "other hash": ("1", "1"),
    "third hash": ("12345", "1"),
    "threads": ("0", "2"),
}


@pytest.fixture(scope="module")
def printed():
    source = str(Path(impactkit.__file__).parents[1])
    started = {
        name: subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            env=os.environ
            | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
            | {"PYTHONPATH": source},
            stdout=subprocess.PIPE,
        )
        for name, (seed, threads) in ENVIRONMENTS.items()
    }
    return {name: process.communicate()[0] for name, process in started.items()}


@pytest.mark.parametrize("name", [name for name in ENVIRONMENTS if name != "first"])
def test_neither_hash_seeds_nor_threads_change_a_byte(printed, name):
    assert len(printed["first"]) > 10_000
    assert printed[name] == printed["first"]
