"""Our answers about a panel of tests/data/peers, under the keys that stand in its answers.json."""

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    Imputation,
    StaggeredDifferenceInDifferences,
    SunAbraham,
)
from impactkit.effects.inference import ClusterRobust, InfluenceFunction, WildClusterBootstrap


def study_of(frame, chosen, *, covariate=None):
    """Return the study of a panel with the roles that its options say."""
    adjusted = chosen.adjustment != "none" if covariate is None else covariate
    return Study(
        frame,
        outcome="y",
        unit=None if chosen.cross_sections else "unit",
        time="time",
        first_treated="start",
        cluster="lot" if chosen.cluster else None,
        weight=None if chosen.weight == "none" else "w",
        covariates=["x"] if adjusted else (),
    )


def numbers(estimate):
    """Return {key: (point, standard error)} of the cells and all averages."""
    found = {"simple": pair(estimate.interval)}
    found |= {f"{t.group:g}|{t.time:g}": pair(t.interval) for t in estimate.terms if t.group is not None}
    for kind, name in (("dynamic", "event_time"), ("group", "group"), ("calendar", "time")):
        averages = estimate.aggregate(kind)
        found[kind] = pair(averages.interval)
        found |= {f"{kind}|{getattr(t, name):g}": pair(t.interval) for t in averages.terms[1:]}
    return {key: value for key, value in found.items() if np.isfinite(value).all()}


def pair(interval):
    return (interval.point, interval.std_error)


def staggered(frame, chosen):
    return numbers(
        StaggeredDifferenceInDifferences(
            control=chosen.control,
            adjustment=chosen.adjustment,
            anticipation=chosen.anticipation,
            base=chosen.base,
            inference=InfluenceFunction(),
            permutation=None,
        ).estimate(study_of(frame, chosen))
    )


def imputation(frame, chosen):
    return numbers(
        Imputation(
            anticipation=chosen.anticipation, inference=InfluenceFunction(), permutation=None
        ).estimate(study_of(frame, chosen))
    )


def sun_abraham(frame, chosen):
    return numbers(
        SunAbraham(
            anticipation=chosen.anticipation, inference=ClusterRobust(kind="CR1"), permutation=None
        ).estimate(study_of(frame, chosen))
    )


def extended(frame, chosen):
    return numbers(
        ExtendedTwoWayFixedEffects(
            anticipation=chosen.anticipation, inference=ClusterRobust(kind="CR1"), permutation=None
        ).estimate(study_of(frame, chosen))
    )


def two_group_study(frame, chosen, *, by_lot=False):
    return Study(
        frame,
        outcome="y",
        unit="unit",
        time="time",
        first_treated="start",
        cluster="lot" if chosen.cluster or by_lot else None,
        weight=None if chosen.weight == "none" or by_lot else "w",
        covariates=["x"] if chosen.covariate == "varying" and not by_lot else (),
    )


def two_groups(frame, chosen):
    study = two_group_study(frame, chosen)
    found = {}
    for kind in ("CR0", "CR1", "CR2"):
        estimate = DifferenceInDifferences(
            event_study=kind == "CR1", inference=ClusterRobust(kind=kind), permutation=None
        ).estimate(study)
        found[{"CR1": "att"}.get(kind, f"att {kind}")] = pair(estimate.interval)
        found |= {f"event|{t.time:g}": pair(t.interval) for t in estimate.terms if t.time is not None}
    return found


def wild(frame, chosen):
    study = two_group_study(frame, chosen, by_lot=True)
    boot = (
        DifferenceInDifferences(inference=WildClusterBootstrap(), permutation=None).estimate(study).bootstrap
    )
    return {"wild": (boot.p_value(), np.nan)}
