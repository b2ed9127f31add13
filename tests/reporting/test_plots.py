"""Figures say their numbers, leave nothing open, and draw only what may be shown."""

import math
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.reporting.drawing import to_svg


def texts(axes):
    return [text.get_text() for text in axes.texts]


def tick_labels(axes, which):
    return [label.get_text() for label in getattr(axes, f"get_{which}ticklabels")()]


@pytest.fixture
def result(norrgarden):
    return norrgarden.results[0]


@pytest.fixture
def events(result):
    return ik.DifferenceInDifferences(event_study=True).estimate(result.study)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_alt_text_says_the_numbers(result, language):
    words = ik.plot(result.verdict, claim=result.claim, language=language).alt_text
    for number in (6.1, -8.0, 20.3):
        written = f"{abs(number):.1f}"
        assert (written.replace(".", ",") if language == "sv" else written) in words
    words = ik.plot(result.estimate, claim=result.claim, language=language).alt_text
    assert all(str(year) in words for year in range(2019, 2026))


def test_years_are_whole(result, events):
    assert tick_labels(ik.plot(result.estimate), "x") == [str(year) for year in range(2019, 2026)]
    assert tick_labels(ik.plot(events), "x") == ["−4", "−3", "−2", "−1", "0", "1", "2"]


def test_many_periods_are_thinned_but_keep_the_last(result):
    from impactkit.reporting.time_axis import thinned

    assert len(thinned(36)) <= 9
    assert thinned(36)[-1] == 35


def test_numbers_on_an_axis_are_evenly_spaced_and_as_written(result):
    written = [
        float(label.replace("−", "-")) for label in tick_labels(ik.plot(result.estimate, language="en"), "y")
    ]
    assert written == pytest.approx(list(ik.plot(result.estimate).get_yticks()))


def test_the_start_is_marked_between_the_periods(result):
    axes = ik.plot(result.estimate, language="en")
    assert "The intervention starts 2023" in texts(axes)
    assert [2022.5, 2022.5] in [list(line.get_xdata()) for line in axes.lines]


def test_groups_differ_in_colour_marker_and_dash(result):
    treated, comparison, *_ = ik.plot(result.estimate).lines
    for looks in ("get_color", "get_marker", "get_linestyle"):
        assert getattr(treated, looks)() != getattr(comparison, looks)()


def test_joint_limits_stand_behind_each_ones_own(events):
    table = events.bands()
    drawn = ik.plot(events, view="bands", language="en")
    lines = {tuple(line.get_ydata()) for line in drawn.get_lines() if len(line.get_ydata()) == 2}
    for low, high in zip(table["band_low"], table["band_high"], strict=True):
        assert (low, high) in lines
    assert "All at once" in drawn.alt_text


def test_an_event_study_opens_the_marker_at_the_reference(events):
    axes = ik.plot(events, language="en")
    opened = [line for line in axes.lines if line.get_markerfacecolor() == "#ffffff"]
    assert [list(line.get_xdata()) for line in opened] == [[-1.0]]


def test_the_labels_of_a_verdict_stay_inside(evaluate):
    for name in ("star", "kielmc", "norrgarden"):
        for result in evaluate(name).results:
            axes = ik.plot(result.verdict, claim=result.claim, language="sv")
            axes.figure.canvas.draw()
            renderer = axes.figure.canvas.get_renderer()
            frame = axes.figure.bbox
            for text in [*axes.texts, *axes.get_xticklabels(), axes.xaxis.label]:
                box = text.get_window_extent(renderer)
                assert box.x0 >= frame.x0 - 0.5
                assert box.x1 <= frame.x1 + 0.5
                assert box.y0 >= frame.y0 - 0.5
                assert box.y1 <= frame.y1 + 0.5


@pytest.mark.parametrize(("low", "high"), [(math.nan, math.nan), (-math.inf, math.inf), (-math.inf, 3.0)])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_an_interval_without_limits_is_drawn_and_told(result, low, high, language):
    verdict = replace(result.verdict, low=low, high=high)
    axes = ik.plot(verdict, claim=result.claim, language=language)
    assert all(math.isfinite(edge) for edge in axes.get_xlim())
    assert "nan" not in axes.alt_text
    assert "∞" not in axes.alt_text


def test_the_claims_words_and_the_words_at_zero_never_meet(result):
    for threshold in (0.5, 5.0, 50.0, -0.5, -5.0, -50.0):
        axes = ik.plot(replace(result.verdict, threshold=threshold), language="sv")
        axes.figure.canvas.draw()
        renderer = axes.figure.canvas.get_renderer()
        zero, claim = (
            next(t for t in axes.texts if t.get_text().startswith(words)).get_window_extent(renderer)
            for words in ("Ingen effekt", "Påståendet")
        )
        assert not zero.overlaps(claim)


def test_an_interval_has_its_numbers_as_a_table(result):
    rows = dict(ik.plot(result.verdict, claim=result.claim, language="en").numbers.rows)
    assert rows["Difference"].startswith("+6.1")
    assert rows["Interval"].startswith("−8.0 to 20.3")
    assert rows["Promised"] == "The claim: +5"
    assert rows["Verdict"] == result.verdict.name.text("en")


def test_answers_have_their_numbers_as_a_table_with_the_one_that_counts_first(result):
    found = ik.robustness.leave_one_out(result.study, ik.DifferenceInDifferences())
    table = ik.plot(found, language="en").numbers
    assert len(table.rows) == 1 + min(len(found.estimated), 25)
    assert table.rows[0][0] == "With all"
    assert table.rows[0][1].startswith(f"{found.full.point:+.2f}"[:4].replace("-", "−"))


def test_what_has_no_figure_is_refused():
    with pytest.raises(UsageError, match="no figure"):
        ik.plot("a verdict")


def test_dollar_signs_are_not_mathematics(result):
    axes = ik.plot(result.verdict, claim=result.claim.model_copy(update={"unit": "$ per $"}))
    assert "$ per $" in to_svg(axes, name="x")


def test_a_figure_gives_the_same_bytes_whatever_the_user_has_set(result):
    import matplotlib as mpl

    first = to_svg(ik.plot(result.estimate, language="sv"), name="x")
    with mpl.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None, "text.usetex": False}
    ):
        assert to_svg(ik.plot(result.estimate, language="sv"), name="x") == first
        assert mpl.rcParams["font.size"] == 30


def test_a_figure_shows_itself_in_a_notebook(result):
    shown = ik.plot(result.verdict, language="sv")._repr_html_()
    assert shown.startswith("<figure><svg")
    assert 'role="img"' in shown


def test_no_display_is_needed_and_no_figure_is_left_open():
    program = (
        "import sys, pandas as pd, impactkit as ik\n"
        "frame = pd.DataFrame({'y': [1.0, 2, 3, 5], 'arm': [0, 0, 1, 1]})\n"
        "ik.plot(ik.RandomisedTrial().estimate(ik.Study(frame, outcome='y', treated='arm')))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_dates_are_written_as_dates():
    days = pd.to_datetime(["2021-06-01", "2023-06-01"])
    frame = pd.DataFrame({"area": list("aabbccdd"), "when": list(days) * 4, "group": [1] * 4 + [0] * 4})
    frame["started"] = frame["group"].map({1: pd.Timestamp("2022-03-01"), 0: pd.NaT})
    frame["y"] = [1.0, 3, 2, 5, 1, 1, 2, 3]
    study = ik.Study(frame, outcome="y", unit="area", time="when", first_treated="started")
    told = ik.plot(ik.DifferenceInDifferences().estimate(study), language="en").alt_text
    assert all(day in told for day in ("2021-06-01", "2023-06-01", "2022-03-01"))


def test_dates_do_not_run_into_each_other():
    from impactkit.reporting.time_axis import written_periods

    months = [f"{year}-{month:02d}-01" for year in range(2016, 2025) for month in range(1, 13)]
    years = written_periods(months)
    assert [months[k][:4] for k in years] == list(years.values()) == [str(y) for y in range(2016, 2025)]
    few = written_periods(months[3:20])
    assert len(few) <= 6
    assert few[16] == "2017-08"
    assert written_periods(["2021-03-04", "2021-03-11"]) == {0: "2021-03-04", 1: "2021-03-11"}


def test_every_notebook_is_given_the_figure_with_its_words(norrgarden) -> None:
    axes = ik.plot(norrgarden.results[0].estimate, language="en")
    kind, shown = axes._mime_()
    assert (kind, shown) == ("text/html", axes._repr_html_())
    assert axes.alt_text.split(".")[0] in shown
