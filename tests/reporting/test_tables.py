"""Tables of results: side by side, Table 1, balance, sensitivity and multiplicity, in every form."""

import re

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.errors import UsageError
from impactkit.reporting.table import Cell, Table
from reporting.reading import READERS, plain

LANGUAGES = ("sv", "en")
HOSTILE = "<script>x</script> & 50 % of_it #1 $x^2$ ~ {a} \\ \N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.fixture(scope="module")
def study() -> ik.Study:
    world = TwoGroupPanel()
    return world.study(world.draw(1))


@pytest.fixture(scope="module")
def event_study(study) -> ik.Estimate:
    return ik.DifferenceInDifferences(event_study=True).estimate(study)


@pytest.fixture(scope="module")
def trial() -> ik.Study:
    frame = pd.DataFrame(
        {
            "y": [1.0, 2, 3, 5, 6, 7],
            "arm": [0, 0, 0, 1, 1, 1],
            "age": [20.0, 30, 40, 30, 40, 50],
            "girl": [1, 0, 0, 1, 1, 0],
        }
    )
    return ik.Study(frame, outcome="y", treated="arm", covariates=["age", "girl"])


@pytest.fixture(scope="module")
def of_hostile() -> Table:
    return Table(caption=HOSTILE, header=("a", HOSTILE), rows=((HOSTILE, Cell(text="−1,5", value=-1.5)),))


class TestSideBySide:
    def test_each_estimate_has_a_column_with_its_numbers(self, event_study, study) -> None:
        other = ik.Imputation().estimate(study)
        frame = ik.table(event_study, other, names=["a", "b"], language="en").to_frame()
        assert list(frame.columns) == ["a", "b"]
        for name, estimate in (("a", event_study), ("b", other)):
            found = estimate.interval
            assert frame.loc["Effect", name] == f"{found.point:+.3f}"
            assert frame.loc["Standard error", name] == f"{found.std_error:.3f}"
            assert frame.loc["Interval", name].startswith(f"{found.low:.3f} to {found.high:.3f}")
            assert frame.loc["Rows", name] == str(estimate.sample.n_rows)

    def test_headlines_alone_or_every_term(self, event_study) -> None:
        short = ik.table(event_study, language="en").to_frame().index
        long = ik.table(event_study, terms="all", language="en").to_frame().index
        assert [name for name in long if name not in short] == [term.name for term in event_study.terms[1:]]

    def test_a_term_that_one_lacks_is_a_dash(self, event_study, study) -> None:
        other = ik.Imputation().estimate(study)
        frame = ik.table(event_study, other, names=["a", "b"], terms="all", language="en").to_frame()
        assert frame.loc["event -3", "b"] == "–"

    def test_unlike_outcomes_are_pointed_out(self, event_study, trial) -> None:
        other = ik.RandomisedTrial().estimate(
            ik.Study(trial.frame.rename(columns={"y": "z"}), outcome="z", treated="arm")
        )
        assert "cannot be compared" in ik.table(event_study, other, language="en").notes[0]
        assert "cannot be compared" not in " ".join(ik.table(event_study, event_study, language="en").notes)

    def test_an_unknown_uncertainty_is_said(self) -> None:
        frame = pd.DataFrame({"y": [1.0, 1, 2, 2], "arm": [0, 0, 1, 1]})
        found = ik.RandomisedTrial().estimate(ik.Study(frame, outcome="y", treated="arm"))
        table = ik.table(found, names=["a"], language="en").to_frame()
        assert table.loc["Standard error", "a"] == "–"
        assert table.loc["Interval", "a"].startswith("The uncertainty cannot be calculated")


class TestBaseline:
    def test_means_spread_shares_and_differences_are_those_of_the_groups(self, trial) -> None:
        table = ik.table(trial, language="en")
        rows = {row[0]: row[1:] for row in table.text_rows}
        assert table.header == (
            *("Variable", "All", "With intervention", "Comparison", "Standardised difference", "Missing"),
        )
        assert rows["Rows"][:3] == ("6", "3", "3")
        # Ages 30, 40, 50 and 20, 30, 40: spread √(200/3) in both groups, and √(550/6) over all.
        assert rows["age"] == ("35.00 (9.57)", "40.00 (8.16)", "30.00 (8.16)", "+1.22", "0")
        assert rows["girl"][:3] == ("3 (50%)", "2 (67%)", "1 (33%)")

    def test_an_outcome_after_the_start_is_no_baseline(self, trial) -> None:
        assert "y" not in {row[0] for row in ik.table(trial, language="en").rows}

    def test_a_panel_is_told_before_its_start(self, study) -> None:
        rows = {row[0]: row[1:] for row in ik.table(study, language="en").text_rows}
        before = study.columns.time < study.columns.cohort.min()
        assert rows["Rows"][0] == str(int(before.sum()))
        mean = study.columns.outcome[before & study.columns.treated].mean()
        assert float(rows["y"][1].split()[0]) == pytest.approx(mean, abs=0.005)

    def test_missing_values_are_counted(self) -> None:
        frame = pd.DataFrame({"y": [1.0] * 5 + [2], "arm": [0, 1] * 3, "x": [1.0, np.nan, 2, 3, 4, 5]})
        table = ik.table(ik.Study(frame, outcome="y", treated="arm", covariates=["x"]), language="sv")
        assert {row[0]: row[-1] for row in table.text_rows}["x"] == "1"

    def test_one_group_has_no_difference(self) -> None:
        frame = pd.DataFrame({"i": [1, 1, 2, 2], "t": [1, 2, 1, 2], "y": [1.0, 2, 3, 4]})
        table = ik.table(ik.Study(frame, outcome="y", unit="i", time="t"), language="en")
        assert table.header == ("Variable", "All", "Missing")


class TestOthers:
    def test_balance_has_the_largest_difference_first(self, trial) -> None:
        found = {c.name: c for c in ik.check(trial, ik.RandomisedTrial().estimate(trial))}["balance"]
        table = ik.table(found, language="en")
        assert [row[0] for row in table.rows] == ["age", "girl"]
        assert table.rows[0][1].text == "+1.22"
        assert table.notes == (found.sentence.text("en"),)

    def test_sensitivity_has_a_row_a_bound(self, event_study) -> None:
        found = ik.robustness.sensitivity(event_study, bounds=(0.5, 1.0))
        table = ik.table(found, language="sv")
        assert [row[0].value for row in table.rows] == [0.5, 1.0]
        assert [row[1].value for row in table.rows] == [pytest.approx(x.low, abs=0.05) for x in found.limits]
        assert table.notes[0] == found.in_words().text("sv")

    def test_the_family_is_named_with_its_method(self, event_study, study) -> None:
        adjusted = ik.adjust({"a": event_study, "b": ik.Imputation().estimate(study)})
        table = ik.table(adjusted, language="en")
        assert table.notes == ("Holm’s method, 2 effects in the family.",)
        assert [row[0] for row in table.rows] == ["a", "b"]

    def test_an_evaluation_gives_its_verdicts(self, norrgarden) -> None:
        frame = ik.table(norrgarden, language="sv").to_frame()
        assert frame["Utslag"].tolist() == ["? Kan inte avgöras"] * 2

    def test_other_answers_stand_below_the_one_that_counts(self, study, event_study) -> None:
        found = ik.robustness.leave_one_out(study, ik.DifferenceInDifferences())
        table = ik.table(found, language="en")
        point = found.full.interval.point
        assert table.rows[0][1].value == pytest.approx(point, abs=0.001)
        assert len(table.rows) > 5


class TestRefusals:
    @pytest.mark.parametrize("results", [(), (1, 2)], ids=["nothing", "numbers"])
    def test_only_estimates_stand_side_by_side(self, results) -> None:
        with pytest.raises(UsageError, match="side by side"):
            ik.table(*results)

    def test_what_has_no_table_is_named(self) -> None:
        with pytest.raises(UsageError, match="no table of int"):
            ik.table(1)

    def test_names_go_with_estimates(self, event_study) -> None:
        with pytest.raises(UsageError, match="2 names for 1"):
            ik.table(event_study, names=["a", "b"])


class TestForms:
    def test_numbers_alone_in_a_column_are_numbers_in_a_frame(self) -> None:
        rows = (("a", Cell(text="1,5", value=1.5), "x"), ("b", Cell(text="2,0", value=2.0), "y"))
        frame = Table(caption="c", header=("n", "v", "t"), rows=rows).to_frame()
        assert frame["v"].tolist() == [1.5, 2.0]
        assert frame["t"].tolist() == ["x", "y"]
        assert frame.index.tolist() == ["a", "b"]

    def test_no_sign_of_latex_is_left_in_a_name(self, of_hostile) -> None:
        text = of_hostile.to_latex()
        body = text.split("\\midrule")[1].split("\\bottomrule")[0]
        bare = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater)\{\}", "", body)
        bare = re.sub(r"\\[{}$&#%_]", "", bare).replace("$-$", "").replace(r"\\", "")
        assert not re.search(r"[\\{}$#%_~^]", bare)
        assert bare.count("&") == 1
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text

    def test_latex_has_a_line_for_details(self, event_study) -> None:
        text = ik.table(event_study, names=["a"], language="sv").to_latex()
        assert "\\toprule\nStorhet & a \\\\\n\\midrule" in text
        assert "\n & (95~\\%) \\\\\n" in text

    def test_html_is_escaped_with_caption_and_scopes(self, of_hostile) -> None:
        text = of_hostile.to_html()
        assert "<script" not in text
        assert text.count('scope="col"') == 2
        assert text.count('scope="row"') == 1
        assert "<caption" in text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_table_is_a_document_by_itself(self, event_study, language, tmp_path) -> None:
        table = ik.table(event_study, language=language)
        page = ik.render(table, tmp_path / "t.html").read_text("utf-8")
        assert f'<html lang="{language}">' in page
        assert page.count(table.caption) >= 2

    @pytest.mark.parametrize("ending", ["docx", "xlsx", "pdf", "md", "json"])
    def test_it_is_written_in_every_form(self, event_study, ending, tmp_path) -> None:
        table = ik.table(event_study, names=["a"], language="en")
        found = plain(READERS[ending](ik.render(table, tmp_path / f"t.{ending}").read_bytes()))
        assert plain(table.rows[0][1].text).lstrip("+") in found
        assert plain(table.caption) in found

    def test_as_text_it_shows_everything(self, event_study) -> None:
        table = ik.table(event_study, language="en")
        text = str(table)
        assert text.startswith(table.caption)
        assert all(note in text for note in table.notes)


def test_old_names_still_work_and_say_where_they_went() -> None:
    with pytest.warns(DeprecationWarning, match=r"impactkit\.robustness\.sensitivity"):
        assert ik.sensitivity is ik.robustness.sensitivity
    with pytest.warns(DeprecationWarning, match="version 0.3"):
        assert ik.pre_trend_power is ik.robustness.pre_trend_power
