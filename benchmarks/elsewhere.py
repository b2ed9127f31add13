"""Whether a bundle sealed here verifies elsewhere: with other Pythons, numpys, pandas and numbers of threads.

    python benchmarks/elsewhere.py ~/new/bin/python ~/old/bin/python --write docs/results/elsewhere.md

Each interpreter has impactkit installed. The bundles of the packaged examples, and one of averages over
invented answers, are sealed by the first of them with one thread, and verified by each with one and with
four threads.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

THREADS = (1, 4)
SHOWN = ("python", "numpy", "scipy", "pandas")

SEAL = """
import csv, sys
from pathlib import Path
import numpy as np
import impactkit as ik
from impactkit import examples
folder = Path(sys.argv[1])
for example in examples.ALL:
    plan = ik.Plan.read(examples.copy_example(example.name, folder / example.name))
    ik.lock(plan).write(plan.folder / "plan.lock.json")
    ik.seal(ik.evaluate(plan), folder / f"{example.name}.zip")
place = folder / "averages"
place.mkdir()
stream = np.random.default_rng(1)
with (place / "data.csv").open("w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["area", "year", "got", "safe"])
    for area in range(12):
        level = 50 + stream.normal(0, 5)
        for year in (2021, 2022, 2023, 2024):
            mean = level + 8 * (area < 5 and year >= 2023) + stream.normal()
            rows.writerows(
                [f"a{area}", year, int(area < 5), round(min(100, stream.normal(mean, 12)), 1)]
                for _ in range(30)
            )
(place / "plan.toml").write_text(sys.argv[2])
ik.seal(ik.evaluate(place), folder / "averages.zip")
"""
PLAN = """
impactkit = 1
language = "en"
[project]
name = "Invented"
borrower = "Invented"
category = "safety"
investment = "Lighting"
target_group = "Tenants"
need = "Unsafe"
change = "Safer"
future_state = "Safe"
investment_start = 2023-01-01
[[claims]]
id = "C1"
indicator = "safety/feels-safe-after-dark"
role = "primary"
change = "increase"
minimum_effect = "2"
by = 2024
[data]
file = "data.csv"
outcome = "safe"
time = "year"
treated = "got"
start = 2023
aggregate_by = "area"
follow_up_collected = 2024-10-01
[estimator]
method = "difference_in_differences"
[decision]
decided = 2022-01-01
"""
VERIFY = """
import json, sys
from pathlib import Path
import impactkit as ik
from impactkit.provenance import versions
found = {}
for bundle in sorted(Path(sys.argv[1]).glob("*.zip")):
    told = ik.verify(bundle)
    found[bundle.stem] = {
        "exit_code": told.exit_code,
        "states": {step.name: step.state for step in told.steps},
        "differences": len(told.differences),
        "verdicts": told.verdicts,
        "report": next(step.text("en") for step in told.steps if step.name == "report"),
    }
print(json.dumps({"versions": versions(), "bundles": found}))
"""


def run(python: Path, code: str, *words: str, threads: int) -> str:
    """Run code with an interpreter and so many threads of linear algebra."""
    held = {f"{name}_NUM_THREADS": str(threads) for name in ("OPENBLAS", "OMP", "MKL")}
    done = subprocess.run(
        [python, "-c", code, *words], env={**os.environ, **held}, check=True, capture_output=True, text=True
    )
    return done.stdout


def _name(versions: dict[str, str]) -> str:
    return f"~/python{versions['python']}-numpy{versions['numpy']}/bin/python"


def page(found: list[tuple[int, dict[str, Any]]], command: str) -> str:
    """Return what was found, as a page."""
    asked = ("recompute", "numbers", "verdict", "report")
    lines = [
        "# Verified elsewhere",
        "",
        "Bundles sealed by the first interpreter with one thread, verified by each with one and with four "
        "threads. Exit code 3 is right: nothing that was computed differs, and nobody has signed or stored a "
        "receipt (given those, it is 0). A report whose curves come out otherwise under other versions is "
        "*not checked*; its words and numbers are.",
        "",
        "```",
        command,
        "```",
        "",
        "| " + " | ".join((*SHOWN, "threads", "bundle", "exit code", "values that differ", *asked)) + " |",
        "|" + " --- |" * (len(SHOWN) + 4 + len(asked)),
    ]
    for threads, one in found:
        made_with = [one["versions"][name] for name in SHOWN]
        for bundle, told in one["bundles"].items():
            states = [told["states"][name].replace("_", " ") for name in asked]
            cells = (*made_with, threads, bundle, told["exit_code"], told["differences"], *states)
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    verdicts = {
        json.dumps({name: told["verdicts"] for name, told in one["bundles"].items()}) for _, one in found
    }
    same = "the same" if len(verdicts) == 1 else "NOT THE SAME"
    return "\n".join([*lines, "", f"Every verdict is {same} everywhere.", ""])


def main() -> int:
    """Seal, verify everywhere, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="+", type=Path)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(asked.pythons[0], SEAL, folder, PLAN, threads=1)
        found = [
            (threads, json.loads(run(python, VERIFY, folder, threads=threads)))
            for python in asked.pythons
            for threads in THREADS
        ]
    names = " ".join(_name(one["versions"]) for _, one in found[:: len(THREADS)])
    told = page(found, f"python benchmarks/elsewhere.py {names} --write docs/results/elsewhere.md")
    if asked.write:
        asked.write.write_text(told, "utf-8")
    print(told)
    states = [told["states"] for _, one in found for told in one["bundles"].values()]
    failed = any("fail" in each.values() for each in states)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
