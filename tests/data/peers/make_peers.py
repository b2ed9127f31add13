"""Ask other software about every random panel and write answers.json; see SOURCE.md.

    python -m pip install -r requirements.txt
    PYTHONHASHSEED=0 python make_peers.py              # all questions
    PYTHONHASHSEED=0 python make_peers.py extended     # some of them; the others stay

The hash seed matters to pyfixest 0.60.0, whose count of parameters depends on it; 0 gives its right count.
"""

import contextlib
import importlib.metadata
import io
import json
import math
import os
import sys
import warnings
from pathlib import Path

import ask_imputation
import ask_regressions
import ask_staggered
import ask_two_groups
import panels

HERE = Path(__file__).parent
PACKAGES = (
    "csdid",
    "moderndid",
    "differences",
    "diff-diff",
    "StatsPAI",
    "pyfixest",
    "wildboottest",
    "statsmodels",
    "linearmodels",
    "numpy",
    "pandas",
)
QUESTIONS = {
    "staggered": (panels.panel, ask_staggered.PEERS),
    "imputation": (panels.panel, ask_imputation.PEERS),
    "sun_abraham": (panels.panel, ask_regressions.SUN_ABRAHAM),
    "extended": (panels.panel, ask_regressions.EXTENDED),
    "two_groups": (panels.two_groups, ask_two_groups.PEERS),
    "wild": (panels.few_clusters, ask_two_groups.WILD),
}


def main(asked):
    file = HERE / "answers.json"
    before = json.loads(file.read_text(encoding="utf-8")) if asked else {}
    lines = {}
    for question, (draw, peers) in QUESTIONS.items():
        if asked and question not in asked:
            lines[question] = before[question]
            continue
        found = {}
        for seed in range(panels.N_PANELS):
            frame, chosen = draw(seed), panels.options(seed)
            if frame is None or (chosen.cross_sections and question != "staggered"):
                continue
            found[str(seed)] = {"digest": panels.digest(frame)} | answers(peers, frame, chosen)
        lines[question] = found
        print(question, len(found), file=sys.stderr, flush=True)
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    with file.open("w", encoding="utf-8") as file:
        file.write('{"versions": ' + json.dumps(versions))
        for question, found in lines.items():
            rows = [
                f'"{seed}": {json.dumps(record, separators=(",", ":"))}' for seed, record in found.items()
            ]
            file.write(f',\n"{question}": {{\n' + ",\n".join(rows) + "\n}")
        file.write("\n}\n")


def answers(peers, frame, chosen):
    """Return the first peer's numbers and, of the others, what differs from them beyond rounding."""
    found, silent = {}, {}
    for name, ask in peers.items():
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                numbers = ask(frame, chosen)
        except Exception as error:
            silent[name] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:90]
            continue
        found[name] = {k: v for k, v in numbers.items() if math.isfinite(v[0]) and has_error(v)}
    if not found:
        return {"silent": silent}
    first, reference = next(iter(found.items()))
    others = {}
    for name, numbers in list(found.items())[1:]:
        differing = {k: written(v) for k, v in numbers.items() if not same(v, reference.get(k))}
        missing = [k for k in reference if k not in numbers]
        others[name] = {"differing": differing, "missing": missing}
    return {
        "first": first,
        "numbers": {k: written(v) for k, v in reference.items()},
        "others": others,
        "silent": silent,
    }


def has_error(pair):
    """Return whether a number has a standard error, or is of a kind that has none by design."""
    return not (pair[0] == 0 and math.isnan(pair[1])) and (pair[1] != 0)


def same(pair, other):
    if other is None:
        return False
    scale = max(abs(other[0]), other[1] if math.isfinite(other[1]) else 0.0)
    near_error = math.isnan(pair[1]) if math.isnan(other[1]) else abs(pair[1] - other[1]) <= 3e-11 * other[1]
    return abs(pair[0] - other[0]) <= 3e-11 * scale and near_error


def written(pair):
    return [None if math.isnan(x) else float(f"{x:.12g}") for x in map(float, pair)]


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        sys.exit("Set PYTHONHASHSEED=0 first: pyfixest's standard errors depend on it.")
    warnings.filterwarnings("ignore")
    main(sys.argv[1:])
