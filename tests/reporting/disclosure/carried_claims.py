"""Claims carried from a few invented people to a verdict, and what is shown of them."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd

import impactkit as ik
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.reached import Reached
from impactkit.evidence.verdict import Verdict
from impactkit.reporting.disclosure.protected import protected_claims
from impactkit.reporting.disclosure.shown import HIDDEN_NUMBER
from impactkit.wording import Message
from verification.small_records import plan_of

FEW = Message("estimate.always_treated", {"n": 3})
FEW_HIDDEN = Message("estimate.always_treated", {"n": HIDDEN_NUMBER})
MANY = Message("estimate.always_treated", {"n": 30})
NAN = math.nan


def study(treated, comparison, *, starts=None):
    """People seen in two years, of whom some take part in the second and are much better off for it."""
    rows = [
        (
            f"p{k}",
            2020 + year,
            int(k < treated),
            k * 1.7 + k * k % 5 + year * (k % 3) + 50 * year * (k < treated),
        )
        for k in range(treated + comparison)
        for year in (0, 1)
    ]
    frame = pd.DataFrame(rows, columns=["unit", "year", "course", "y"])
    roles = {"outcome": "y", "unit": "unit", "time": "year"}
    if starts is None:
        return ik.Study(frame, **roles, treated="course", start=2021)
    frame["first"] = np.repeat(starts, 2)
    return ik.Study(frame, **roles, first_treated="first")


def verdict(**more):
    return Verdict(
        claim="C1",
        status="supported",
        reasons=(FEW, MANY),
        point=2.0,
        low=1.0,
        high=3.0,
        level=0.95,
        threshold=1.0,
        permutation_p=1 / 56,
        **more,
    )


def carried(made, *, relative=False, **more):
    claim = Claim(
        id="C1",
        indicator="a/b",
        role="primary",
        change="increase",
        minimum_effect=1,
        by=2026,
        relative=relative,
    )
    return SimpleNamespace(
        claim=claim,
        study=made,
        estimate=ik.DifferenceInDifferences().estimate(made),
        checks=(CheckResult(name="x", passed=True, statistic=2.0, sentence=FEW),),
        grade=EvidenceGrade(value=3, ceiling=3, reasons=(FEW,), open_questions=(MANY, FEW)),
        verdict=verdict(**more),
        groups=(),
    )


REACHED = Reached(target=1.0, level=7.0, is_reached=True)


def shown(result, **data):
    decision = {"decided": "2023-01-01", "small_cell": 10}
    (found,) = protected_claims(plan_of(decision=decision, **data), [result])
    return found
