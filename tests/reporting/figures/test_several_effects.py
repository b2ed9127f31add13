"""Several effects in one figure: a forest, a funnel and a specification curve."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import impactkit as ik
from impactkit.effects.interval import Interval
from impactkit.errors import UsageError
from impactkit.evidence.reestimated import Reestimated
from impactkit.evidence.robustness.specifications import Specification, Specifications
from impactkit.reporting.curve_picture import settings_of
from reporting.figures.gallery import estimates, evaluation, interval, people, specified


def marks(axes: Any, marker: str) -> list[tuple[float, float]]:
    """Where single marks of a kind stand."""
    lines = [line for line in axes.lines if line.get_marker() == marker and len(line.get_xdata()) == 1]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_a_forest_has_one_square_an_effect_and_a_line_at_none() -> None:
    axes = ik.plot(estimates(), language="en")
    assert [x for x, _ in marks(axes, "s")] == [6.14, -12.5, 0.4, 2.0]
    rows = [y for _, y in marks(axes, "s")]
    assert rows == sorted(rows)
    assert [0, 0] in [list(line.get_xdata()) for line in axes.lines]
    assert not any(line.get_marker() in ("d", "D") for line in axes.lines)


def test_a_forest_prints_effect_and_limits_with_as_many_decimals() -> None:
    # 6.14 +- t(20) 2.0, with t(20) = 2.086
    assert words(ik.plot(estimates(), language="sv")) == [
        "+6,1 (2,0 till 10,3)",
        "−12,5 (−20,8 till −4,2)",
        "+0,4 (2,5 och nedåt)",
        "+2,0 (okänd osäkerhet)",
    ]


def test_an_end_without_a_limit_is_an_arrow_at_the_edge() -> None:
    axes = ik.plot(estimates(), language="en")
    (x, y), *more = marks(axes, "<")
    assert not more
    assert x == pytest.approx(axes.get_xlim()[0])
    assert y == marks(axes, "s")[2][1]


def test_an_effect_of_unknown_uncertainty_is_an_open_square() -> None:
    axes = ik.plot(estimates(), language="en")
    opened = [
        line for line in axes.lines if line.get_marker() == "s" and line.get_markerfacecolor() == "#ffffff"
    ]
    assert [float(line.get_xdata()[0]) for line in opened] == [2.0]


def test_an_evaluation_shows_its_claims_by_the_limits_they_were_judged_by() -> None:
    found = evaluation()
    axes = ik.plot(found, language="en")
    assert [x for x, _ in marks(axes, "s")] == [v.point for v in found.verdicts]
    ends = [x for x, _ in marks(axes, "|")]
    assert ends == [end for v in found.verdicts for end in (v.low, v.high)]
    assert all(result.claim.id in axes.alt_text for result in found.results)
    assert len(axes.figure.axes) == 1


def test_claims_in_unlike_units_stand_in_panels_of_their_own() -> None:
    found = evaluation()
    first, second = found.results
    other = replace(second, claim=second.claim.model_copy(update={"unit": "kronor"}))
    upper, lower = ik.plot(replace(found, results=(first, other)), language="sv").figure.axes
    assert [axes.get_title(loc="left") for axes in (upper, lower)] == ["procentenheter", "kronor"]
    assert len(marks(upper, "s")) == len(marks(lower, "s")) == 1
    assert upper.get_xlim() != lower.get_xlim()


def test_estimates_of_unlike_outcomes_share_no_axis_when_their_unit_is_not_known() -> None:
    one = estimates()["Norr"]
    assert len(ik.plot([one, replace(one, outcome="rent")], language="en").figure.axes) == 2
    assert len(ik.plot([one, one], language="en").figure.axes) == 1


def test_a_ratio_has_its_line_at_one() -> None:
    one = estimates()["Norr"]
    ratio = replace(one, terms=(replace(one.terms[0], measure="ratio"),))
    axes = ik.plot([ratio], language="en")
    assert [1.0, 1.0] in [list(line.get_xdata()) for line in axes.lines]
    assert words(axes)[0].startswith("6.1 (")


def test_what_estimates_are_called_tells_them_apart() -> None:
    one = estimates()["Norr"]
    labels = [label.get_text() for label in ik.plot([one, one], language="en").get_yticklabels()]
    assert [label.replace("\n", " ") for label in labels] == [
        "Difference in differences (1)",
        "Difference in differences (2)",
    ]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ([], "no effects"),
        (evaluation().verdicts, "one of these is Verdict"),
        ([estimates()["Norr"], "x"], "one of these is str"),
    ],
    ids=["none", "verdicts", "text"],
)
def test_what_cannot_stand_in_a_forest_is_refused(result: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ik.plot(result)


def test_a_funnel_has_effects_over_their_standard_errors_and_edges_at_196_of_them() -> None:
    axes = ik.plot(estimates(), view="funnel", language="en")
    assert sorted([*marks(axes, "s"), *marks(axes, "o")]) == [(-12.5, 4.0), (0.4, 1.0), (6.14, 2.0)]
    assert sorted(marks(axes, "s")) == [(-12.5, 4.0), (6.14, 2.0)]  # |effect| > 1.96 standard errors
    edges = [line for line in axes.lines if line.get_ydata()[0] == 0 and len(line.get_xdata()) == 2]
    slopes = sorted(float(line.get_xdata()[1] / line.get_ydata()[1]) for line in edges if line.get_xdata()[1])
    assert slopes == pytest.approx([-1.959964, 1.959964], abs=1e-6)
    low, high = axes.get_ylim()
    assert low > high == 0  # the most precise at the top


def test_a_funnel_of_few_says_that_it_says_little() -> None:
    few = ik.plot(estimates(), view="funnel", language="en")
    assert "as few as 3" in few.alt_text
    assert any("as few as 3" in text.get_text() for text in few.figure.texts)
    base = estimates()["Norr"]
    ten = {f"{k}": interval(base, k / 3, std_error=1 + k / 10) for k in range(10)}
    assert "as few as" not in ik.plot(ten, view="funnel", language="en").alt_text


def test_a_funnel_refuses_unlike_units_and_effects_without_standard_errors() -> None:
    one = estimates()["Norr"]
    with pytest.raises(UsageError, match="in one unit"):
        ik.plot([one, replace(one, outcome="rent")], view="funnel")
    with pytest.raises(UsageError, match="standard error"):
        ik.plot([estimates()["Öster"]], view="funnel")


def test_a_curve_is_sorted_and_marks_the_planned_one_by_shape_and_name() -> None:
    found = specified()
    upper, lower = ik.plot(found, view="curve", language="en").figure.axes
    points = sorted([*marks(upper, "s"), *marks(upper, "o")])
    assert [y for _, y in points] == sorted(row.answer.point for row in found.rows if row.answer.is_estimated)
    planned = marks(upper, "s")
    assert [y for _, y in planned] == [found.planned.answer.point]
    assert "The plan’s" in words(upper)
    assert {x for x, _ in marks(lower, "s")} == {planned[0][0]}


def test_the_matrix_under_a_curve_says_what_each_chose() -> None:
    found = specified()
    lower = ik.plot(found, view="curve", language="en").figure.axes[1]
    names = [label.get_text() for label in lower.get_yticklabels()]
    by_place = sorted(
        (row for row in found.rows if row.answer.is_estimated), key=lambda row: row.answer.point
    )
    row = names.index("control=not_yet")
    chosen = {x for x, y in marks(lower, "o") if y == row}
    assert chosen == {at for at, each in enumerate(by_place) if "control=not_yet" in each.settings}
    assert chosen


def test_settings_that_hold_commas_stay_whole() -> None:
    found = Reestimated(interval=Interval.from_std_error(1.0, 0.5, df=10))
    row = Specification(
        method="imputation", settings="donors=['a', 'b'], level=0.9", is_planned=False, answer=found
    )
    assert settings_of(row) == ("donors=['a', 'b']", "level=0.9")


def test_a_curve_keeps_the_first_sixty_whatever_they_say() -> None:
    rows = tuple(
        Specification(
            method="imputation",
            settings=f"level={k}" if k else "",
            is_planned=k == 0,
            answer=Reestimated(interval=Interval.from_std_error(math.sin(k), 0.5, df=10)),
        )
        for k in range(70)
    )
    axes = ik.plot(Specifications(rows=rows), view="curve", language="en", size="column")
    drawn = sorted(y for _, y in [*marks(axes, "o"), *marks(axes, "s")])
    assert drawn == pytest.approx(sorted(np.sin(np.arange(60))))
    assert "Not shown: 10" in axes.alt_text


@pytest.mark.parametrize("view", ["funnel", "curve", "units", "trend"])
def test_a_view_that_a_result_does_not_have_is_refused(view: Any) -> None:
    with pytest.raises(UsageError, match="view"):
        ik.plot(evaluation().verdicts[0], view=view)
    with pytest.raises(UsageError, match="not follow units" if view == "units" else "view"):
        ik.plot(people(), view=view)


def test_an_exploratory_run_is_told_as_one_in_figures_too() -> None:
    explored = replace(evaluation(), exploratory=True)
    axes = ik.plot(explored, language="sv")
    assert axes.alt_text.startswith("Utforskande körning: räknad, aldrig bedömd.")
    assert any("Utforskande körning" in text.get_text() for text in axes.figure.texts)
    assert "Utforskande" in axes.numbers.notes[0]
    assert "Utforskande" not in ik.plot(evaluation(), language="sv").alt_text


def test_a_claim_is_told_with_its_verdict() -> None:
    axes = ik.plot(evaluation(), language="en")
    first = evaluation().verdicts[0]
    assert f"{first.name.text('en')}." in axes.alt_text
    assert axes.numbers.rows[0][-1] == first.name.text("en")


def test_a_notebook_shows_the_numbers_under_the_figure() -> None:
    ik.use_language("en")
    shown = ik.plot(estimates())._repr_html_()
    assert "<summary>The figure’s numbers in a table</summary><table" in shown
    assert shown.count("<tr>") == 1 + 4
