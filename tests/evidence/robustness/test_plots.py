"""Answers that can be drawn are drawn with words, in both languages."""

import pytest

import impactkit as ik
from impactkit.effects.worlds import StaggeredPanel
from impactkit.errors import UsageError
from impactkit.wording import format_number

WORLD = StaggeredPanel(n_units=20, n_treated=8)
STUDY = WORLD.study(WORLD.draw(1))
PLANNED = ik.StaggeredDifferenceInDifferences()


def results():
    yield ik.robustness.leave_one_out(STUDY, PLANNED)
    yield ik.robustness.specifications(
        STUDY, PLANNED, others=[ik.Imputation(), ik.DifferenceInDifferences()], grid={"control": ["not_yet"]}
    )
    yield ik.robustness.placebo_in_time(STUDY, PLANNED)


@pytest.mark.parametrize("result", list(results()), ids=lambda result: type(result).__name__)
def test_a_figure_says_its_numbers_in_both_languages(result):
    said = {language: ik.plot(result, language=language).alt_text for language in ("en", "sv")}
    assert "counts first" in said["en"] and "räknas först" in said["sv"]
    point = PLANNED.estimate(STUDY).interval.point
    assert all(format_number(point, language, signed=True) in words for language, words in said.items())
    axes = ik.plot(result)
    assert "<figure>" in axes._repr_html_()
    assert len(axes.get_yticks()) == 1 + int(result.tidy()["estimate"].notna().sum()) - (
        0 if type(result).__name__ == "LeaveOneOut" else 1
    )


def test_refusals_are_counted_in_the_figure():
    table = ik.robustness.specifications(STUDY, PLANNED, others=[ik.DifferenceInDifferences()])
    assert "Not shown: 1." in ik.plot(table, language="en").alt_text


def test_what_has_no_figure_is_refused():
    with pytest.raises(UsageError, match="no figure of TwoWayDecomposition"):
        ik.plot(ik.robustness.two_way_decomposition(STUDY))
