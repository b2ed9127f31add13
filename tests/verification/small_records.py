"""Small plans and results, made without files and without an evaluation."""

from datetime import UTC, datetime

from impactkit.plans import Plan


def result_of(claim="C1", *, method="difference_in_differences", n=(40, 60), units=100, treated=40, left=()):
    """A result as a record holds it, of two arms and one period."""
    means = [
        {"group": group, "period": None, "period_name": None, "n": size, "mean": 1.0}
        for group, size in zip(("treated", "comparison"), n, strict=True)
    ]
    messages = [
        {
            "code": "study.left_out.outcome_missing",
            "values": dict(zip(("n", "treated", "comparison"), which, strict=True)),
        }
        for which in left
    ]
    sample = {
        "n_rows": units,
        "n_units": units,
        "n_treated": treated,
        "n_clusters": units,
        "n_treated_clusters": treated,
        "n_comparison_clusters": n[1],
        "left_out": messages,
    }
    estimate = {"means": means, "sample": sample, "settings": {"method": method}, "influence": []}
    return {"claim": claim, "estimate": estimate}


def plan_of(*claims, decision=None, **data):
    """A plan without files: its first claim is C1, and more of them differ as they are told to."""
    first = {
        "id": "C1",
        "indicator": "housing/tenant-turnover",
        "role": "primary",
        "change": "decrease",
        "minimum_effect": "2",
        "by": 2025,
    }
    more = [{**first, "id": f"C{k}", "role": "secondary", **claim} for k, claim in enumerate(claims, start=2)]
    content = {
        "impactkit": 1,
        "project": {
            "name": "x",
            "borrower": "x",
            "category": "housing",
            "investment": "x",
            "target_group": "x",
            "need": "x",
            "change": "x",
            "future_state": "x",
            "investment_start": datetime(2024, 1, 1, tzinfo=UTC).date(),
        },
        "claims": [first, *more],
        "data": {"file": "d.csv", "outcome": "y", "treated": "arm", **data},
        "estimator": {"method": "randomised_trial"},
        "decision": decision or {},
    }
    return Plan.of(content)
