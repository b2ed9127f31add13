"""One picture of every kind, with ordinary names and with names that somebody wrote to break a page."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

import impactkit as ik
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.worlds import DosedPanel, FactorPanel, StaggeredPanel, ThresholdScores
from impactkit.evidence.robustness.specifications import specifications
from impactkit.plans.effect_chain import Activity, EffectChain
from impactkit.reporting.numbers import Measure
from impactkit.reporting.picture_of import Asked, picture_of
from impactkit.wording import Language

HOSTILE = (
    "<script>alert('Ångermanland & co')</script> "
    "\u202egnirb\u2066 A\u030angermanla\u0308nds o\u0308stra \x07 "
    + "långtnamn" * 12
    + " 7 och så vidare " * 6
)[:200]


@cache
def evaluation() -> ik.Evaluation:
    return ik.evaluate(str(files("impactkit.examples") / "norrgarden"))


@cache
def dosed() -> ik.Estimate:
    world = DosedPanel()
    return ik.ContinuousDose().estimate(world.study(world.draw(3)))


@cache
def ruled() -> ik.Estimate:
    world = ThresholdScores()
    return RegressionDiscontinuity().estimate(world.study(world.draw(3)))


@cache
def specified() -> Any:
    world = StaggeredPanel()
    planned = ik.StaggeredDifferenceInDifferences()
    grid = {"control": ["never", "not_yet"], "base": ["varying", "universal"]}
    return specifications(world.study(world.draw(1)), planned, others=[ik.Imputation()], grid=grid)


@cache
def donors() -> ik.Estimate:
    world = FactorPanel()
    return ik.SyntheticControl().estimate(world.study(world.draw(2)))


def interval(estimate: ik.Estimate, point: float, **changes: float) -> ik.Estimate:
    """The same estimate with another headline."""
    first, *others = estimate.terms
    found = ik.Interval.from_std_error(point, changes.pop("std_error", 1.0), df=20)
    return replace(estimate, terms=(replace(first, interval=replace(found, **changes)), *others))


def estimates(*, hostile: bool = False) -> dict[str, ik.Estimate]:
    base = evaluation().results[0].estimate
    names = [HOSTILE + str(k) for k in range(4)] if hostile else ["Norr", "Söder", "Väster", "Öster"]
    return dict(
        zip(
            names,
            (
                interval(base, 6.14, std_error=2.0),
                interval(base, -12.5, std_error=4.0),
                interval(base, 0.4, low=-math.inf),
                interval(base, 2.0, low=math.nan, high=math.nan, std_error=math.nan),
            ),
            strict=True,
        )
    )


def panel(*, n: int = 30, hostile: bool = False) -> ik.Study:
    """Areas over years, a third of them treated from 2022; the numbers are invented."""
    rows = [
        {
            "area": (HOSTILE if hostile else "Område ") + f"{unit:02d}",
            "year": year,
            "y": 40 + 3.0 * (unit % 7) + 1.5 * (year - 2019) + 4.0 * (unit < n // 3) * (year >= 2022),
            "start": 2022 if unit < n // 3 else 0,
        }
        for unit in range(n)
        for year in range(2019, 2025)
    ]
    return ik.Study(pd.DataFrame(rows), outcome="y", unit="area", time="year", first_treated="start")


def people(*, hostile: bool = False, weighted: bool = True) -> ik.Study:
    """People in two groups with four covariates, the second group older; the numbers are invented."""
    rng = np.random.default_rng(7)
    arm = np.repeat([1, 0], 60)
    names = (
        [HOSTILE + letter for letter in "abcd"]
        if hostile
        else ["Ålder", "Inkomst", "Hyra", "Barn i hushållet"]
    )
    frame = pd.DataFrame({name: rng.normal(0.4 * k * arm, 1) for k, name in enumerate(names)})
    frame = frame.assign(
        y=rng.normal(size=120), arm=arm, w=np.where(arm == 1, 1.0, np.exp(0.8 * frame[names[3]]))
    )
    weight = "w" if weighted else None
    return ik.Study(frame, outcome="y", treated="arm", covariates=names, weight=weight)


def chain(*, hostile: bool = False) -> EffectChain:
    found = EffectChain.of("housing")
    if not hostile:
        return found
    text = {"sv": HOSTILE, "en": HOSTILE}
    return found.model_copy(
        update={
            "activities": tuple(
                Activity.model_validate({"kind": "investment", "text": text}) for _ in range(9)
            )
        }
    )


def square(code: str, x: float, y: float, *, side: float = 1.0, hole: bool = False) -> dict[str, Any]:
    """One square of a made-up map, with its lower left corner at (x, y)."""

    def ring(x: float, y: float, side: float) -> list[list[float]]:
        return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]

    rings = [ring(x, y, side)] + ([ring(x + side / 4, y + side / 4, side / 2)] if hole else [])
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def squares(*, hostile: bool = False) -> tuple[pd.Series, dict[str, Any]]:
    """Sixteen squares at 59 degrees north; one has a hole and two have no value."""
    codes = [(HOSTILE if hostile else "") + f"{k:04d}" for k in range(16)]
    features = [square(code, 15 + k % 4, 58 + k // 4, hole=k == 5) for k, code in enumerate(codes)]
    features[3]["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [
            features[3]["geometry"]["coordinates"],
            square("", 20, 58, side=0.7)["geometry"]["coordinates"],
        ],
    }
    values = pd.Series([12.0 + 3.1 * k for k in range(14)], index=codes[:14], name="andel").rename_axis(
        "code"
    )
    return values, {"type": "FeatureCollection", "features": features}


def _claimed(hostile: bool) -> dict[str, Any]:
    result = evaluation().results[0]
    claim = result.claim.model_copy(update={"unit": HOSTILE}) if hostile else result.claim
    return {"claim": claim}


@cache
def powered() -> Any:
    return ik.power(str(files("impactkit.examples") / "norrgarden" / "plan.toml"))


def given(name: str, *, hostile: bool = False) -> tuple[Any, dict[str, Any]]:
    """What `ik.plot` is given for one picture."""
    result = evaluation().results[0]
    values, areas = squares(hostile=hostile)
    gifts: dict[str, Callable[[], tuple[Any, dict[str, Any]]]] = {
        "interval": lambda: (result.verdict, _claimed(hostile)),
        "trajectories": lambda: (result.estimate, _claimed(hostile)),
        "once": lambda: (ik.RandomisedTrial().estimate(people()), _claimed(hostile)),
        "events": lambda: (
            ik.DifferenceInDifferences(event_study=True).estimate(result.study),
            _claimed(hostile),
        ),
        "bands": lambda: (
            ik.DifferenceInDifferences(event_study=True).estimate(result.study),
            {"view": "bands", **_claimed(hostile)},
        ),
        **{
            view: lambda view=view: (_with_names(donors(), hostile), {"view": view, **_claimed(hostile)})
            for view in ("trend", "gap", "placebos", "weights")
        },
        "answers": lambda: (_answers(hostile), _claimed(hostile)),
        "curve": lambda: (specified(), {"view": "curve", **_claimed(hostile)}),
        "forest": lambda: (estimates(hostile=hostile), _claimed(hostile) if hostile else {}),
        "evaluation": lambda: (evaluation(), {}),
        "funnel": lambda: (estimates(hostile=hostile), {"view": "funnel"}),
        "love": lambda: (people(hostile=hostile), {}),
        "dose": lambda: (dosed(), _claimed(hostile)),
        "threshold": lambda: (ruled(), _claimed(hostile)),
        "units": lambda: (panel(hostile=hostile), {}),
        "power": lambda: (powered(), {}),
        "chain": lambda: (chain(hostile=hostile), {}),
        "map": lambda: (values, {"areas": areas}),
    }
    return gifts[name]()


NAMES = (
    "interval", "trajectories", "once", "events", "bands", "trend", "gap", "placebos", "weights", "answers",
    "curve", "forest", "evaluation", "funnel", "love", "dose", "threshold", "units", "power", "chain", "map",
)  # fmt: skip
WITH_NAMES = (
    "interval", "trajectories", "once", "events", "trend", "gap", "weights", "answers", "curve", "forest",
    "funnel", "love", "dose", "units", "chain", "map",
)  # fmt: skip


def picture(name: str, language: Language, *, hostile: bool = False) -> Any:
    """The picture before it is drawn."""
    result, asked = given(name, hostile=hostile)
    claim = asked.get("claim")
    measure = Measure(language=language, unit=claim.unit if claim and claim.unit else "")
    return picture_of(result, Asked(measure=measure, **asked))


def _with_names(estimate: ik.Estimate, hostile: bool) -> ik.Estimate:
    built = estimate.counterfactual
    if not hostile or built is None:
        return estimate
    weights = tuple(replace(each, unit=f"{HOSTILE}{k}") for k, each in enumerate(built.weights))
    return replace(estimate, counterfactual=replace(built, weights=weights))


def _answers(hostile: bool) -> Any:
    from impactkit.evidence.robustness.leave_one_out import leave_one_out

    study = panel(n=12, hostile=hostile)
    return leave_one_out(study, ik.DifferenceInDifferences())
