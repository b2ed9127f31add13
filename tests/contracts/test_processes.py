"""The same numbers in every process: whatever the hash seed, and whatever the number of threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
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


@pytest.mark.parametrize("name", ["other hash", "third hash"])
def test_hash_seeds_change_no_byte(printed, name):
    assert len(printed["first"]) > 10_000
    assert printed[name] == printed["first"]


def test_threads_change_no_number(printed):
    one, two = (numbers_in(json.loads(printed[name])) for name in ("first", "threads"))
    np.testing.assert_allclose(two, one, rtol=1e-10, atol=1e-12)


def numbers_in(record):
    if isinstance(record, dict):
        return [x for key in sorted(record) for x in numbers_in(record[key])]
    if isinstance(record, list):
        return [x for item in record for x in numbers_in(item)]
    return [float(record)] if isinstance(record, int | float) else []
