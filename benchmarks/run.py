"""Time and memory side by side with the fastest peers, each in processes of its own, taken in turns.

    python benchmarks/run.py                                   # all of it, peers installed beside impactkit
    python benchmarks/run.py did_5m --peers ~/peers/bin/python  # peers in an environment of their own
    python benchmarks/run.py --units 2500 --rounds 1           # small, while changing the code

Every measurement is a fresh process: it makes its data, notes its peak memory, does the work once on a small
slice (so that imports and compilation do not count), then on everything with the clock running; work that is
done within half a second is repeated, up to 15 times, and the median taken, for every contender alike. Rounds
go through all contenders before the next round, so that a busy machine disturbs them alike. The table gives
medians, and ratios to the first row's. Peers and their versions: benchmarks/requirements.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workloads import BENCHMARKS

HERE = Path(__file__).parent
ROOT = HERE.parent
# Threads of a linear algebra library that wait for work count as processor time, for every contender.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PEERS = (
    "pyfixest",
    "diff-diff",
    "StatsPAI",
    "DoubleML",
    "moderndid",
    "pysyncon",
    "statsmodels",
    "rdrobust",
    "rddensity",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Medians over rounds: seconds of processor and of clock, MB at the peak and before the work."""

    cpu: float
    wall: float
    peak: float
    before: float
    answer: str


def measure(benchmark: str, contender: str, options: argparse.Namespace) -> dict[str, object] | None:
    """Run one contender once in a process of its own; None if it is not installed there."""
    is_peer = contender.startswith(PEERS)
    about = BENCHMARKS[benchmark]
    python = options.peers if is_peer else sys.executable
    command = [python, str(HERE / f"{about.script}.py"), contender, about.argument or str(options.units)]
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "0", **ONE_THREAD}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        print(f"{contender}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def compare(benchmark: str, options: argparse.Namespace) -> dict[str, Measured]:
    """Go through all contenders, round after round."""
    found: dict[str, list[dict[str, object]]] = {}
    for _ in range(options.rounds):
        for contender in BENCHMARKS[benchmark].contenders:
            once = measure(benchmark, contender, options)
            if once is not None:
                found.setdefault(contender, []).append(once)
    return {
        name: Measured(
            **{key: statistics.median(run[key] for run in runs) for key in ("cpu", "wall", "peak", "before")},
            answer=str(runs[0]["answer"]),
        )
        for name, runs in found.items()
    }


def marks(benchmark: str, found: dict[str, Measured]) -> str:
    """Say which promised factors were reached."""
    first = next(iter(found.values()))
    told = []
    for peer, least in BENCHMARKS[benchmark].marks:
        if peer in found:
            factor = found[peer].cpu / first.cpu
            told.append(
                f"{peer}: {factor:.1f} times (mark {least:g}, {'reached' if factor >= least else 'missed'})"
            )
    missed = any("missed" in line for line in told)
    return "; ".join(told) + ("." if told else "") + (f"\n{BENCHMARKS[benchmark].reason}" if missed else "")


def table(found: dict[str, Measured]) -> str:
    """Return the comparison as Markdown."""
    first = next(iter(found.values()))
    lines = [
        "| | processor, s | x | wall, s | x | peak, MB | x | before the work, MB | answer |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, run in found.items():
        lines.append(
            f"| {name} | {run.cpu:.3f} | {run.cpu / first.cpu:.2f} "
            f"| {run.wall:.3f} | {run.wall / first.wall:.2f} "
            f"| {run.peak:.0f} | {run.peak / first.peak:.2f} | {run.before:.0f} | {run.answer} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what is asked for, and print or write the page."""
    parser = argparse.ArgumentParser(description="Time and memory side by side with the fastest peers.")
    parser.add_argument("benchmarks", nargs="*", default=list(BENCHMARKS), help=" and ".join(BENCHMARKS))
    parser.add_argument("--peers", default=sys.executable, help="a Python that has pyfixest and diff-diff")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--units", type=int, default=250_000, help="units in did_5m, of 20 periods each")
    parser.add_argument("--write", type=Path, help="also write the tables to this page")
    options = parser.parse_args()
    unknown = set(options.benchmarks) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    sections = []
    for benchmark in options.benchmarks:
        about, found = BENCHMARKS[benchmark], compare(benchmark, options)
        parts = [f"## {about.title}", about.text, table(found), marks(benchmark, found)]
        sections.append("\n\n".join(part for part in parts if part) + "\n")
        print(sections[-1])
    if options.write:
        options.write.write_text(page(sections, options), encoding="utf-8")


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def page(sections: list[str], options: argparse.Namespace) -> str:
    """Return the page of results."""
    some = "" if options.benchmarks == list(BENCHMARKS) else f"{' '.join(options.benchmarks)} "
    command = f"python benchmarks/run.py {some}--rounds {options.rounds} --units {options.units}"
    names = ("impactkit", "numpy", "scipy", "pandas", *PEERS)
    versions = ", ".join(f"{name} {found}" for name in names if (found := _version(name)))
    machine = (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}, {_memory()} "
        f"GiB of memory. {versions}"
    )
    head = (
        "# Speed and memory\n\n"
        f"Written by `{command} --write …`\n"
        f"{'' if some else '(`make bench`); '}do not edit. Medians of {options.rounds} rounds; every\n"
        "measurement is a process of its own, and contenders take turns. A factor (x) says how many times\n"
        f"the first row's figure it is. Linear algebra has one thread, for all. {machine}.\n"
    )
    return "\n".join([head, *sections])


if __name__ == "__main__":
    main()
