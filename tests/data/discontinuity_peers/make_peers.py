"""Ask rdrobust and rddensity, and write what they answer to answers.json; see SOURCE.md.

python -m pip install -r requirements.txt
python make_peers.py
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rddensity import rddensity
from rdrobust import rdrobust
from scores import CASES, scores

SEEDS = (1, 2)
COLUMNS = ("fuzzy", "weights", "cluster")


def asked(frame, options):
    """Return one answer of rdrobust."""
    given = {name: frame[value] if name in COLUMNS else value for name, value in options.items()}
    if "covs" in given:
        given["covs"] = np.column_stack([frame[name] for name in given["covs"]])
    found = rdrobust(frame["y"], frame["x"], **given)
    return {
        "point": float(found.coef.iloc[0, 0]),
        "corrected": float(found.coef.iloc[1, 0]),
        "std_error": float(found.se.iloc[0, 0]),
        "robust_error": float(found.se.iloc[2, 0]),
        "near": [float(value) for value in found.bws.iloc[0]],
        "wide": [float(value) for value in found.bws.iloc[1]],
        "n_near": [int(value) for value in found.N_h],
    }


def density(x):
    """Return one answer of rddensity."""
    found = rddensity(x, bino_flag=False)
    return {
        "bandwidths": [float(value) for value in np.ravel(found.h[["left", "right"]])],
        "densities": [float(value) for value in np.ravel(found.hat[["left", "right"]])],
        "statistic": float(np.ravel(found.test["t_jk"])[0]),
        "p_value": float(np.ravel(found.test["p_jk"])[0]),
    }


def main():
    """Write all answers."""
    warnings.simplefilter("ignore")
    jumps, densities = {}, {}
    for seed in SEEDS:
        for rounded in (False, True):
            frame = scores(seed, rounded=rounded)
            key = f"{seed}{' rounded' if rounded else ''}"
            jumps[key] = {name: asked(frame, options) for name, options in CASES.items()}
            densities[key] = density(frame["x"])
    made = {name: version(name) for name in ("rdrobust", "rddensity", "numpy", "pandas")}
    record = {"versions": made, "jumps": jumps, "densities": densities}
    Path(__file__).with_name("answers.json").write_text(json.dumps(record, indent=1) + "\n")


main()
