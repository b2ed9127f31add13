"""Time and memory of reading a large CSV and a large workbook, beside pandas in the same run.

    python benchmarks/reading.py --rounds 7 --write docs/results/reading.md

The contenders take turns in one process, so that a busy machine disturbs them alike; peak memory is that of a
fresh process for each. The table gives medians, and ratios to pandas' own.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import impactkit as ik
from impactkit.data.read_table import read_table

CONTENDERS: dict[str, dict[str, Callable[[Path], object]]] = {
    "csv": {
        "pandas.read_csv": pd.read_csv,
        "impactkit, to a table": lambda path: read_table(path),
        "impactkit, to observations": lambda path: ik.read(path),
    },
    "xlsx": {
        "pandas.read_excel, calamine": lambda path: pd.read_excel(path, engine="calamine"),
        "impactkit, to a table": lambda path: read_table(path),
        "impactkit, to observations": lambda path: ik.read(path),
    },
}


def rows(n: int) -> pd.DataFrame:
    """Draw a table of municipalities and years."""
    rng = np.random.default_rng(1)
    units = -(-n // 25)
    frame = pd.DataFrame(
        {
            "indicator": "safety/visits-per-day",
            "unit": np.repeat([f"u{k}" for k in range(units)], 25)[:n],
            "period": np.tile(np.arange(2000, 2025), units)[:n],
            "value": rng.normal(50, 5, n).round(1),
        }
    )
    for k in range(6):
        frame[f"x{k}"] = rng.normal(size=n).round(6)
    return frame


def peak(kind: str, name: str, file: Path) -> float:
    """Return the peak memory of one reading, in a process of its own."""
    here = str(Path(__file__).parent)
    code = f"import sys; sys.path.insert(0, {here!r}); import reading; "
    code += f"reading.once({kind!r}, {name!r}, {str(file)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout))


def once(kind: str, name: str, file: str) -> None:
    """Read once and print the peak memory."""
    kept = CONTENDERS[kind][name](Path(file))
    # Not ru_maxrss, which begins at what the process that started this one had reached.
    status = Path("/proc/self/status").read_text("ascii", "replace")
    print(json.dumps(int(status.split("VmHWM:")[1].split()[0]) / 1024))
    del kept


def table(kind: str, file: Path, rounds: int) -> list[str]:
    """Return the table of one kind of file, every contender in turn."""
    wall: dict[str, list[float]] = {name: [] for name in CONTENDERS[kind]}
    processor: dict[str, list[float]] = {name: [] for name in CONTENDERS[kind]}
    for _ in range(rounds + 1):  # the first round warms the disk's cache and does not count
        for name, read in CONTENDERS[kind].items():
            started, used = time.perf_counter(), time.process_time()
            kept = read(file)
            wall[name].append(time.perf_counter() - started)
            processor[name].append(time.process_time() - used)
            del kept
    lines = ["| | wall, s | x | processor, s | x | peak, MB |", "|---|---|---|---|---|---|"]
    first = next(iter(wall))
    for name in wall:
        w, p = (statistics.median(times[name][1:]) for times in (wall, processor))
        w0, p0 = (statistics.median(times[first][1:]) for times in (wall, processor))
        lines.append(
            f"| {name} | {w:.3f} | {w / w0:.2f} | {p:.3f} | {p / p0:.2f} | {peak(kind, name, file):.0f} |"
        )
    return lines


def main() -> None:
    """Measure every kind of file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--sheet-rows", type=int, default=60_000)
    asked.add_argument("--write", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        csv, xlsx = Path(folder) / "rows.csv", Path(folder) / "rows.xlsx"
        rows(options.rows).to_csv(csv, index=False)
        rows(options.sheet_rows).to_excel(xlsx, index=False, engine="xlsxwriter")
        lines = [
            "# Reading: speed and memory",
            "",
            f"Written by `python benchmarks/reading.py --rounds {options.rounds}"
            " --write docs/results/reading.md`;",
            "do not edit.",
            f"Medians of {options.rounds} rounds, contenders in turn in one process; peak memory of a",
            "fresh process each.",
            f"pandas {pd.__version__}, Python {platform.python_version()}, {platform.machine()}.",
            "",
            f"## CSV, {options.rows:,} rows, 10 columns",
            "",
            "Ours counts every check: separators of every row, personal identity numbers, codes, periods,",
            "ranges, decimals, repeats.",
            "Six of the ten columns only come along: their texts are made when they are first asked for.",
            "",
            *table("csv", csv, options.rounds),
            "",
            f"## Workbook, {options.sheet_rows:,} rows, 10 columns",
            "",
            *table("xlsx", xlsx, options.rounds),
        ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
