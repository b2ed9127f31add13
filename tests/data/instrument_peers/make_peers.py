"""Ask linearmodels and ivmodels of every case and write what they answer: python make_peers.py"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from ivmodels.tests import anderson_rubin_test, inverse_anderson_rubin_test
from linearmodels.iv import IV2SLS, IVLIML
from rows import CASES, instruments, rows

TOLD = ("linearmodels", "ivmodels", "numpy")


def asked(case: int) -> dict:
    """Return what both packages say of a case."""
    frame = rows(case)
    names = instruments(frame)
    exog = frame[["x"]].assign(const=1.0)
    answers = {}
    for kind, model in (("two_stage_least_squares", IV2SLS), ("limited_information", IVLIML)):
        for weights in (None, "w"):
            given = {} if weights is None else {"weights": frame[weights]}
            fit = model(frame["y"], exog, frame["d"], frame[names], **given)
            robust = fit.fit(cov_type="robust")
            debiased = fit.fit(cov_type="robust", debiased=True)
            clustered = fit.fit(cov_type="clustered", clusters=frame["cluster"], debiased=True)
            answers[f"{kind} {weights}"] = {
                "point": float(robust.params["d"]),
                "HC0": float(robust.std_errors["d"]),
                "HC1": float(debiased.std_errors["d"]),
                "CR1": float(clustered.std_errors["d"]),
                "kappa": float(getattr(robust, "kappa", 1.0)),
            }
    first = IV2SLS(frame["d"], frame[names].join(exog), None, None).fit(cov_type="robust")
    answers["first_stage"] = [float(first.params[name]) for name in names]
    answers["first_stage_HC0"] = first.cov.loc[names, names].to_numpy().tolist()
    arrays = (frame[names].to_numpy(), frame[["d"]].to_numpy(), frame["y"].to_numpy())
    given = {"C": frame[["x"]].to_numpy(), "fit_intercept": True}
    statistic, p = anderson_rubin_test(*arrays, np.array([0.5]), critical_values="f", **given)
    answers["anderson_rubin_homoskedastic"] = {"statistic": float(statistic), "p": float(p)}
    try:
        found = inverse_anderson_rubin_test(*arrays, alpha=0.05, critical_values="f", **given)
        answers["anderson_rubin_set"] = str(found)
    except Exception as error:
        answers["anderson_rubin_set"] = repr(error)
    return answers


if __name__ == "__main__":
    said = {"versions": {name: version(name) for name in TOLD}, "cases": {str(c): asked(c) for c in CASES}}
    Path(__file__).with_name("answers.json").write_text(json.dumps(said, indent=1) + "\n", "utf-8")
