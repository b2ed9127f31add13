"""How alike the groups are, effect by dose, and every unit by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.worlds import DosedPanel
from impactkit.errors import UsageError
from impactkit.reporting.numbers import Measure
from impactkit.reporting.units_picture import UnitsPicture
from reporting.figures.gallery import dosed, estimates, panel, people
from reporting.figures.test_several_effects import marks


def four_people(**roles: Any) -> ik.Study:
    """Treated aged 30 and 50, others 20 and 40, one of them with three times the weight."""
    frame = pd.DataFrame(
        {"y": [1.0] * 4, "arm": [0, 0, 1, 1], "age": [20.0, 40, 30, 50], "w": [1.0, 3, 1, 1]}
    )
    return ik.Study(frame, outcome="y", treated="arm", covariates=["age"], **roles)


def test_a_love_plot_without_weights_has_one_mark_a_covariate() -> None:
    # means 40 and 30, both standard deviations 10
    axes = ik.plot(four_people(), language="en")
    assert [x for x, _ in marks(axes, "o")] == [1.0]
    assert marks(axes, "s") == []
    assert "age: +1.00." in axes.alt_text


def test_a_love_plot_with_weights_has_both_by_unlike_shapes() -> None:
    # the others' weighted mean is 35, their variance (225 + 3 * 25) / 4 = 75; treated 40 and 100
    axes = ik.plot(four_people(weight="w"), language="en")
    assert [x for x, _ in marks(axes, "o")] == [1.0]
    assert [x for x, _ in marks(axes, "s")] == pytest.approx([5 / math.sqrt((100 + 75) / 2)])
    assert "age: +1.00 → +0.53." in axes.alt_text


def test_a_love_plot_has_dashed_limits_on_both_sides() -> None:
    axes = ik.plot(people(), language="sv")
    upright = {
        float(line.get_xdata()[0]): line.get_linestyle()
        for line in axes.lines
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]
    }
    assert set(upright) == {-0.25, -0.1, 0.0, 0.1, 0.25}
    assert {at for at, style in upright.items() if style == "--"} == {-0.25, -0.1, 0.1, 0.25}
    assert {"0,1", "0,25"} <= {text.get_text() for text in axes.texts}


def test_a_balance_check_gives_the_same_differences_as_its_study() -> None:
    study = people(weighted=False)
    check = next(found for found in ik.check(study, ik.RandomisedTrial().estimate(study)) if found.table)
    from_check, from_study = ik.plot(check, language="en"), ik.plot(study, view="balance", language="en")
    assert marks(from_check, "o") == marks(from_study, "o")
    both = ik.plot([check, check], language="en")
    assert marks(both, "o") == marks(both, "s")
    with pytest.raises(UsageError, match="before and after"):
        ik.plot([check] * 3)


def test_a_covariate_without_spread_is_an_arrow_at_the_edge() -> None:
    frame = pd.DataFrame({"y": [1.0] * 4, "arm": [0, 0, 1, 1], "flat": [1.0, 1, 2, 2], "age": [1.0, 2, 1, 2]})
    axes = ik.plot(ik.Study(frame, outcome="y", treated="arm", covariates=["flat", "age"]), language="en")
    assert [x for x, _ in marks(axes, ">")] == [axes.get_xlim()[1]]


def test_no_covariates_or_nobody_treated_is_refused() -> None:
    frame = pd.DataFrame({"y": [1.0, 2], "arm": [0, 1]})
    with pytest.raises(UsageError, match="no covariates"):
        ik.plot(ik.Study(frame, outcome="y", treated="arm"))
    with pytest.raises(UsageError, match="who is treated"):
        ik.plot(ik.Study(frame, outcome="y", covariates=["arm"]))


def test_the_dose_line_is_the_slope_times_the_dose_and_so_is_its_band() -> None:
    found = dosed()
    axes = ik.plot(found, language="en")
    line = next(line for line in axes.lines if line.get_linestyle() == "--")
    largest = float(found.estimand.values["high"])  # type: ignore[arg-type]
    assert list(line.get_xdata()) == [0.0, largest]
    assert list(line.get_ydata()) == pytest.approx([0.0, found.interval.point * largest])
    (band,) = axes.collections
    heights = {round(float(y), 9) for x, y in band.get_paths()[0].vertices if x == largest}
    assert heights == {round(found.interval.low * largest, 9), round(found.interval.high * largest, 9)}


def test_groups_of_doses_stand_at_their_own_effects() -> None:
    found = dosed()
    axes = ik.plot(found, language="en")
    groups = [term for term in found.terms if term.name.startswith("dose ")]
    assert len(groups) == 3
    assert [y for _, y in marks(axes, "o")] == [term.interval.point for term in groups]
    middles = [np.mean([float(x) for x in term.name[5:].split(" to ")]) for term in groups]
    assert [x for x, _ in marks(axes, "o")] == pytest.approx(middles)
    assert "a larger one would have meant" in axes.alt_text


def test_few_doses_show_all_with_one_at_the_mean_dose() -> None:
    world = DosedPanel(n_units=12, n_treated=6)
    found = ik.ContinuousDose().estimate(world.study(world.draw(1)))
    named = {term.name: term.interval.point for term in found.terms}
    ((x, y),) = marks(ik.plot(found, language="en"), "o")
    assert y == named["any dose"]
    assert f"at the mean dose {x:.3g}" in named


def test_an_estimate_without_doses_is_refused_as_a_dose() -> None:
    with pytest.raises(UsageError, match="no doses"):
        ik.plot(estimates()["Norr"], view="dose")


def drawn_panels(study: ik.Study, **asked: Any) -> list[Any]:
    return list(ik.plot(study, language="en", **asked).figure.axes)


def test_every_panel_has_the_same_axes_and_the_units_own_numbers() -> None:
    panels = drawn_panels(panel(n=6))
    assert len(panels) == 6
    assert {axes.get_ylim() for axes in panels} == {panels[0].get_ylim()}
    # area 1 of the made-up panel: 40 + 3 + 1.5 a year, and 4 more from 2022
    line = next(line for line in panels[1].lines if len(line.get_xdata()) == 6)
    assert list(line.get_ydata()) == [43.0, 44.5, 46.0, 51.5, 53.0, 54.5]


def test_treated_units_come_first_and_differ_by_line_and_heading() -> None:
    panels = drawn_panels(panel(n=6))
    styles = [next(line for line in axes.lines if len(line.get_xdata()) == 6) for axes in panels]
    assert [line.get_linestyle() for line in styles] == ["-", "-", "--", "--", "--", "--"]
    assert [line.get_marker() for line in styles[1:3]] == ["o", "None"]
    headings = [axes.get_title(loc="left").split("\n")[1] for axes in panels]
    assert headings == ["treated from 2022"] * 2 + ["comparison"] * 4
    starts = [line.get_xdata()[0] for axes in panels for line in axes.lines if len(line.get_xdata()) == 2]
    assert starts == [2021.5, 2021.5]


def test_no_more_than_24_panels_and_the_rest_counted() -> None:
    axes = ik.plot(panel(n=30), language="en")
    assert len(axes.figure.axes) == 24
    assert "6" in next(text.get_text() for text in axes.figure.texts)
    assert len(UnitsPicture.of(panel(n=30), Measure(language="en")).table().rows) == 30


@pytest.mark.parametrize(("n_treated", "n_others", "kept"), [(3, 40, 3), (40, 3, 21), (40, 40, 12)])
def test_both_groups_are_shown_where_there_is_no_room_for_all(
    n_treated: int, n_others: int, kept: int
) -> None:
    rows = [
        {"area": f"{unit:03d}", "year": year, "y": 1.0 * unit, "start": 2022 if unit < n_treated else 0}
        for unit in range(n_treated + n_others)
        for year in (2021, 2022)
    ]
    study = ik.Study(pd.DataFrame(rows), outcome="y", unit="area", time="year", first_treated="start")
    drawn = UnitsPicture.of(study, Measure(language="sv")).drawn()
    assert len(drawn) == 24
    assert sum(path.is_treated for path in drawn) == kept


def test_units_that_are_switched_on_and_off_are_told_as_treated_without_one_start() -> None:
    frame = pd.DataFrame({"area": list("aaabbb"), "year": [1, 2, 3] * 2, "on": [0, 1, 0, 0, 0, 0]}).assign(
        y=1.0
    )
    study = ik.Study(frame, outcome="y", unit="area", time="year", treated="on", switching=True)
    headings = [axes.get_title(loc="left").split("\n")[1] for axes in drawn_panels(study)]
    assert headings == ["treated", "comparison"]


def test_a_start_between_two_measurements_is_told_as_its_date() -> None:
    days = pd.to_datetime(["2021-06-01", "2023-06-01"])
    frame = pd.DataFrame({"area": list("aabb"), "when": list(days) * 2, "y": [1.0, 3, 1, 1]})
    frame["started"] = frame["area"].map({"a": pd.Timestamp("2022-03-15")})
    study = ik.Study(frame, outcome="y", unit="area", time="when", first_treated="started")
    assert drawn_panels(study)[0].get_title(loc="left") == "a\ntreated from 2022-03-15"
