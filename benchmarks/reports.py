"""How long a report takes after the estimate, in every form: python benchmarks/reports.py [--write PAGE].

Each form is made in a process of its own, first and again: the first time loads matplotlib, typst or
python-docx, the second shows what the form itself takes.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FORMS = ("html", "pdf", "docx", "xlsx", "md", "json")
EXAMPLES = ("norrgarden", "star", "kielmc")
ROUNDS = 3
ONE = """
import json, resource, sys, time
from importlib.resources import files
import impactkit as ik
from impactkit.reporting import renderers
evaluation = ik.evaluate(str(files("impactkit.examples") / sys.argv[1]))
part = getattr(renderers, sys.argv[2])
times = []
for _ in range(2):
    start = time.perf_counter()
    content = part(evaluation.report(language="sv").document())
    times.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"first": times[0], "again": times[1], "peak": peak, "size": len(content)}))
"""

_PAGE = """# Reports: how long they take

The full report in Swedish with its methods appendix, from the estimate to the bytes, in a process of its own;
median of {rounds}. *First* loads what the form needs (matplotlib, typst, python-docx), *again* is the second
report of the same process. Asked for: HTML in under 3 s, Excel in under 1 s.

| example | form | first, s | again, s | kB | peak memory of the process, MB |
| --- | --- | --- | --- | --- | --- |
{table}

The slowest first report: {slowest}.

Made by `python benchmarks/reports.py --write docs/results/reports.md` with {made_with},
Python {python}, two cores.
"""


def measured(example: str, form: str) -> dict[str, float]:
    """Return the medians over some processes."""
    runs = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", ONE, example, form]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append(json.loads(told.stdout))
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def page() -> str:
    """Return the results as a page."""
    rows = [(example, form, measured(example, form)) for example in EXAMPLES for form in FORMS]
    table = "\n".join(_row(example, form, found) for example, form, found in rows)
    most = {form: max(found["first"] for _, f, found in rows if f == form) for form in FORMS}
    names = ("impactkit", "matplotlib", "typst", "python-docx", "XlsxWriter", "jinja2")
    made_with = ", ".join(f"{name} {version(name)}" for name in names)
    slowest = ", ".join(f"{form} {seconds:.2f} s" for form, seconds in most.items())
    return _PAGE.format(
        rounds=ROUNDS, table=table, slowest=slowest, made_with=made_with, python=platform.python_version()
    )


def _row(example: str, form: str, found: dict[str, float]) -> str:
    size, peak = found["size"] / 1000, found["peak"]
    return f"| {example} | {form} | {found['first']:.2f} | {found['again']:.2f} | {size:.0f} | {peak:.0f} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = page()
    print(text)
    if asked.write:
        asked.write.write_text(text, encoding="utf-8")
