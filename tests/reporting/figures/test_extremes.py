"""Figures of very small, very large, very many and very few things still have room for what is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

import impactkit as ik
from impactkit.errors import DataError
from impactkit.evidence.reestimated import Reestimated
from impactkit.evidence.robustness.specifications import Specification, Specifications
from impactkit.reporting.areas import read_areas
from reporting.figures.gallery import estimates, evaluation, interval, panel, powered
from reporting.figures.test_fit import meeting, outside

Case = tuple[Any, dict[str, Any]]


def effects(points: list[float], errors: list[float], **asked: Any) -> Case:
    base = estimates()["Norr"]
    rows = zip(points, errors, strict=True)
    return {f"Område {k}": interval(base, p, std_error=s) for k, (p, s) in enumerate(rows)}, asked


def spread(n: int, **asked: Any) -> Case:
    rng = np.random.default_rng(1)
    return effects(rng.normal(size=n).tolist(), rng.uniform(0.1, 2, n).tolist(), **asked)


def claims(n: int, units: int, **asked: Any) -> Case:
    first = evaluation().results[0]
    changed = [{"id": f"C{k}", "unit": f"enhet {k % units}"} for k in range(n)]
    results = tuple(replace(first, claim=first.claim.model_copy(update=each)) for each in changed)
    return replace(evaluation(), results=results), asked


def monthly() -> ik.Study:
    months = pd.date_range("2018-01-01", periods=72, freq="MS")
    rows = [
        {"area": f"a{k}", "month": month, "y": k + 0.1 * at + (k < 3) * (at > 40)}
        for k in range(9)
        for at, month in enumerate(months)
    ]
    frame = pd.DataFrame(rows)
    frame["start"] = frame["area"].map(dict.fromkeys(("a0", "a1", "a2"), months[40]))
    return ik.Study(frame, outcome="y", unit="area", time="month", first_treated="start")


def specified(n: int, **asked: Any) -> Case:
    rows = tuple(
        Specification(
            method="imputation" if k % 2 else "sun_abraham",
            settings=f"level={k}, base=universal" if k else "",
            is_planned=k == 0,
            answer=Reestimated(interval=ik.Interval.from_std_error(math.sin(k), 0.5, df=10)),
        )
        for k in range(n)
    )
    return Specifications(rows=rows), asked


def verdict(**changes: float) -> Case:
    result = evaluation().results[0]
    return replace(result.verdict, **changes), {"claim": result.claim}  # type: ignore[arg-type]


CASES: dict[str, Callable[[], Case]] = {
    "tiny effects": lambda: effects([1e-9, -2e-9], [1e-9, 1e-9]),
    "huge effects": lambda: effects([1e12, -2e12], [1e12, 1e12]),
    "no effect at all": lambda: effects([0.0], [1e-300]),
    "a funnel of tiny effects": lambda: effects([1e-9, -2e-9], [1e-9, 1e-9], view="funnel"),
    "a funnel of huge effects": lambda: effects([1e12, -2e12], [1e12, 1e12], view="funnel"),
    "a funnel of alike effects": lambda: effects([1.0] * 12, [1.0] * 12, view="funnel"),
    "forty effects": lambda: spread(40),
    "a funnel of forty": lambda: spread(40, view="funnel"),
    "ten claims in four units": lambda: claims(10, 4),
    "ten claims in one unit": lambda: claims(10, 1, view="funnel"),
    "72 months in small panels": lambda: (monthly(), {}),
    "72 months in two groups": lambda: (ik.DifferenceInDifferences().estimate(monthly()), {}),
    "72 months of events": lambda: (ik.DifferenceInDifferences(event_study=True).estimate(monthly()), {}),
    "seventy specifications": lambda: specified(70, view="curve"),
    "seventy answers": lambda: specified(70),
    "eight claims' power": lambda: (replace(powered(), claims=powered().claims * 4), {}),
    "one unit": lambda: (panel(n=1), {}),
    "five units": lambda: (panel(n=5), {}),
    "a claim close to none": lambda: verdict(threshold=0.5),
    "a claim far below": lambda: verdict(threshold=-50.0),
    "a narrow interval": lambda: verdict(low=6.1, high=6.2),
    "no lower limit": lambda: verdict(low=-math.inf),
}


@pytest.mark.parametrize("size", ["notebook", "slide"])
@pytest.mark.parametrize("case", CASES)
def test_every_text_has_room_however_much_there_is(case: str, size: Any) -> None:
    result, asked = CASES[case]()
    figure = ik.plot(result, language="sv", size=size, **asked).figure
    assert outside(figure) == []
    assert meeting(figure) == []


def test_choices_that_a_slide_has_no_room_for_are_counted() -> None:
    result, asked = specified(70, view="curve")
    upper, lower = ik.plot(result, language="en", size="slide", **asked).figure.axes
    drawn = [label.get_text() for label in lower.get_yticklabels()]
    assert drawn[2:5] == ["base=universal", "level=1", "level=2"]
    told = [text.get_text() for text in upper.figure.texts]
    # 60 ways: two methods, base=universal and 59 levels
    assert told == [f"Not shown: 10. Choices not drawn but in the table: {62 - len(drawn)}."]


def test_months_in_small_panels_are_told_by_their_years() -> None:
    axes = ik.plot(monthly(), language="sv")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2018", "2023"]
    assert axes.get_title(loc="left") == "a0\ninsats från 2021-05"


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "coordinates", "id"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)
geometry = st.fixed_dictionaries(
    {"type": st.sampled_from(["Polygon", "MultiPolygon", "Point"]), "coordinates": anything}
)
features = st.lists(
    st.fixed_dictionaries({"type": st.just("Feature"), "id": anything, "geometry": geometry | anything}),
    max_size=3,
)
files = st.fixed_dictionaries({"type": st.just("FeatureCollection"), "features": features | anything})


@generated(files | anything)
def test_whatever_is_given_as_borders_is_read_or_refused_by_name(given: Any) -> None:
    try:
        found = read_areas(given if isinstance(given, dict) else {"features": given})
    except DataError as refused:
        assert refused.troubles[0].where == "areas"
    else:
        assert all(area.polygons for area in found)
