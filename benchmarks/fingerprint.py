"""Time and memory of the fingerprint, on tables of people and of unrounded numbers.

    python benchmarks/fingerprint.py --write docs/results/fingerprint.md

Every measurement is a process of its own. Memory is what the process needs beyond what it held before,
with the table in it: on Linux the kernel's high-water mark is set back first.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from impactkit.verification.commitment import commit
from impactkit.verification.fingerprint import Kind, column_digests, fingerprint

KEY = bytes(range(32))
Table = tuple[pd.DataFrame, dict[str, Kind]]


def people(n: int) -> Table:
    """Draw a table as a municipality has them: codes, a person's key, dates, answers, rounded amounts."""
    rng = np.random.default_rng(1)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 3000, n), unit="D")
    frame = pd.DataFrame(
        {
            "area": rng.integers(114, 2584, n).astype(str),
            "person": [f"p{k:07d}" for k in range(n)],
            "year": rng.integers(2000, 2025, n),
            "day": day,
            "treated": rng.random(n) < 0.5,
        }
    )
    kinds: dict[str, Kind] = {
        "area": "text", "person": "text", "year": "number", "day": "date", "treated": "bool",
    }  # fmt: skip
    for decimals in range(5):
        frame[f"x{decimals}"] = rng.normal(500, 50, n).round(decimals)
        kinds[f"x{decimals}"] = "number"
    return frame, kinds


def unrounded(n: int) -> Table:
    """Draw ten columns of numbers with 17 digits, no two alike."""
    frame = pd.DataFrame(np.random.default_rng(1).normal(size=(n, 10)), columns=[f"x{k}" for k in range(10)])
    return frame, dict.fromkeys(frame.columns, "number")


TABLES: dict[str, Callable[[int], Table]] = {"people": people, "unrounded numbers": unrounded}
WORK: dict[str, Callable[[Table], object]] = {
    "fingerprint": lambda table: fingerprint(*table),
    "fingerprint, with a key": lambda table: fingerprint(*table, key=KEY),
    "digests of columns": lambda table: column_digests(*table, key_columns=list(table[1])[:2]),
    "commitment": lambda table: commit(*table, key=KEY),
}
MEASURED = [
    ("fingerprint", "people", 100_000),
    ("fingerprint", "unrounded numbers", 100_000),
    ("fingerprint", "people", 1_000_000),
    ("fingerprint", "unrounded numbers", 1_000_000),
    ("fingerprint, with a key", "people", 1_000_000),
    ("digests of columns", "people", 100_000),
    ("commitment", "people", 100_000),
]


def high_water() -> float:
    """Return the most memory held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def held() -> float:
    """Return the memory held now, in megabytes, and set the high-water mark back where that can be done."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    except OSError:
        return high_water()


def peak() -> float:
    """Return the high-water mark, in megabytes."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    except OSError:
        return high_water()


def measure(work: str, table: str, n: int) -> None:
    """Print what one piece of work took, as JSON."""
    made = TABLES[table](n)
    WORK[work](tuple_of_first_rows(made))
    before, wall, cpu = held(), time.perf_counter(), time.process_time()
    WORK[work](made)
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "mb": peak() - before}
    print(json.dumps(taken))


def tuple_of_first_rows(table: Table) -> Table:
    """Return a few rows, to import what is needed before the clock starts."""
    frame, kinds = table
    return frame.iloc[:10], kinds


def page(rows: list[str]) -> str:
    """Return the page of results."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("pandas", "numpy", "narwhals"))
    return "\n".join(
        [
            "# The fingerprint: speed and memory",
            "",
            "Written by `python benchmarks/fingerprint.py --write docs/results/fingerprint.md`; do not edit.",
            f"{versions}, Python {platform.python_version()}, {platform.machine()}.",
            "A process of its own for each row; memory is what is needed beyond the table itself.",
            "The machine had two processors and other work at the same time: the processor's seconds tell",
            "more than the clock's.",
            "",
            "Aims: 100,000 rows of ten columns in 2 s; 1,000,000 in 15 s and 1,024 MB.",
            "",
            "| work | table of ten columns | rows | wall, s | processor, s | memory, MB |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        work, table, n = asked.measure
        measure(work, table, int(n))
        return
    rows = []
    for work, table, n in MEASURED:
        call = [sys.executable, __file__, "--measure", work, table, str(n)]
        found = json.loads(subprocess.run(call, capture_output=True, check=True, text=True).stdout)
        rows.append(
            f"| {work} | {table} | {n:,} | {found['wall']:.2f} | {found['cpu']:.2f} | {found['mb']:.0f} |"
        )
        print(rows[-1], flush=True)
    if asked.write:
        asked.write.write_text(page(rows), "utf-8")


if __name__ == "__main__":
    main()
