"""Which files of averages go along with a bundle, and which of those in it are taken for what they are."""

import tomllib
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from impactkit.errors import DataError, ImpactkitError, PlanError, StudyError
from impactkit.plans import Plan
from impactkit.plans.averages import Averages
from impactkit.plans.claim_rows import ClaimRows
from impactkit.verification.averages_in import averages_of, refuse_superfluous, rows_from_averages
from verification.test_aggregates import PLAN, SUBGROUP

SECOND = """
[[claims]]
id = "C2"
indicator = "safety/feels-safe-after-dark"
outcome = "calm"
role = "secondary"
change = "increase"
minimum_effect = "2"
by = 2024
"""
NOT_THOSE = "The averages in the bundle are not those of the plan's claims"


def plan_of(*, subgroup: str = "", data: str = "", over: str | None = "area") -> Plan:
    text = PLAN.format(subgroup=subgroup, data=data, estimator="")
    kept = "" if over is None else f'aggregate_by = "{over}"'
    return Plan.of(tomllib.loads(text.replace('aggregate_by = "area"', kept)))


def averages(
    *areas: str, outcome: str = "safe", answers: int = 10, spread: float = 1.5, over: str = "area"
) -> Averages:
    """Averages of two years in some areas."""
    rows = [
        {over: area, "year": year, "got": 1, outcome: 50.5, "answers": answers, "without_answer": 0,
         "std_error_of_average": spread}
        for area in areas
        for year in (2022, 2023)
    ]  # fmt: skip
    return Averages(frame=pd.DataFrame(rows))


def text_of(*areas: str, outcome: str = "safe", answers: int = 10) -> bytes:
    """The file that `averages` are written as."""
    header = f"area,year,got,{outcome},answers,without_answer,std_error_of_average\n"
    rows = (f"{area},{year},1,50.5,{answers},0,1.5\n" for area in areas for year in (2022, 2023))
    return (header + "".join(rows)).encode()


def results_of(plan: Plan, *held: ClaimRows) -> list[Any]:
    return [SimpleNamespace(claim=claim, rows=rows) for claim, rows in zip(plan.claims, held, strict=True)]


def evaluated(plan: Plan, *held: ClaimRows, earlier: tuple[Any, ...] = ()) -> Any:
    """As much of an evaluation as its averages are taken from."""
    return SimpleNamespace(plan=plan, results=results_of(plan, *held), earlier=earlier)


def before(number: int, plan: Plan, *held: ClaimRows) -> Any:
    carried = SimpleNamespace(plan=plan, results=results_of(plan, *held))
    return SimpleNamespace(number=number, carried=carried)


def rows_of(own: Averages, others: Averages | None = None) -> ClaimRows:
    return ClaimRows(rows=own.frame, averages=own, other_averages=others)


def refusal(call, *operands: Any, error: type[ImpactkitError], **settings: Any) -> list[list[str]]:
    """Return what a refusal tells, three lines for each trouble."""
    with pytest.raises(error) as raised:
        call(*operands, **settings)
    return [trouble.lines() for trouble in raised.value.troubles]


class TestWhatGoesAlong:
    def test_one_file_a_claim_as_its_averages_are_written(self) -> None:
        found = averages_of(evaluated(plan_of(), rows_of(averages("a", "b"))))
        assert found == {"C1.csv": text_of("a", "b")}

    def test_those_a_subgroup_is_compared_with_have_a_file_of_their_own(self) -> None:
        held = rows_of(averages("a"), averages("b"))
        found = averages_of(evaluated(plan_of(subgroup=SUBGROUP), held))
        assert found == {"C1.csv": text_of("a"), "C1.others.csv": text_of("b")}

    def test_a_subgroup_without_others_has_no_averages_to_give(self) -> None:
        with pytest.raises(ValueError, match="zip"):
            averages_of(evaluated(plan_of(subgroup=SUBGROUP), rows_of(averages("a"))))

    def test_plans_before_it_have_a_folder_each(self) -> None:
        earlier = (
            before(0, plan_of(), rows_of(averages("b"))),
            before(2, plan_of(), rows_of(averages("c"))),
        )
        found = averages_of(evaluated(plan_of(), rows_of(averages("a")), earlier=earlier))
        assert found == {
            "C1.csv": text_of("a"),
            "plan-0/C1.csv": text_of("b"),
            "plan-2/C1.csv": text_of("c"),
        }


class TestWhatDoesNotLeave:
    def test_a_plan_that_averages_over_nothing(self) -> None:
        assert refusal(
            averages_of, evaluated(plan_of(over=None), rows_of(averages("a"))), error=PlanError
        ) == [
            [
                "The plan does not average over areas, so there are no averages to seal.",
                "  Where: plan.toml, [data]",
                '  Mend:  Add aggregate_by = "area" before the plan is locked, or seal with a commitment.',
            ]
        ]

    @pytest.mark.parametrize(
        "earlier",
        [
            SimpleNamespace(number=0, carried=None),
            before(0, plan_of(over=None), rows_of(averages("a"))),
            before(0, plan_of(over="sex"), rows_of(averages("a"))),
        ],
        ids=["cannot be carried out", "over nothing", "over other areas"],
    )
    def test_a_plan_before_it_that_has_no_such_averages(self, earlier: Any) -> None:
        fine = before(1, plan_of(), rows_of(averages("a")))
        found = evaluated(plan_of(), rows_of(averages("a")), earlier=(fine, earlier))
        told = [
            "An earlier plan cannot be carried out on averages of these data, so they cannot be sealed.",
            "  Where: plan.toml",
            "  Mend:  Seal with a commitment instead; the report tells what can be said of the earlier plan.",
        ]
        assert refusal(averages_of, found, error=PlanError) == [told]
        assert refusal(refuse_superfluous, found, {}, error=PlanError) == [told]

    def test_averages_that_tell_what_each_answered(self) -> None:
        alike, spread = averages("b", "c", spread=0.0), averages("a", spread=1e-9)
        own = Averages(frame=pd.concat([spread.frame, alike.frame], ignore_index=True))
        assert refusal(averages_of, evaluated(plan_of(), rows_of(own)), error=DataError) == [
            [
                "All who answered in b, c answered alike, so that the average tells what each answered.",
                "  Where: C1.csv",
                "  Mend:  Average over larger areas, or seal with a commitment instead.",
            ]
        ]
        public = evaluated(plan_of(data="public = true"), rows_of(own))
        assert list(averages_of(public)) == ["C1.csv"]

    def test_areas_whose_names_a_spreadsheet_would_carry_out(self) -> None:
        found = evaluated(plan_of(data="public = true"), rows_of(averages("=1", "a", "+2")))
        assert refusal(averages_of, found, error=DataError) == [
            [
                "Areas have names that a spreadsheet takes for a formula: =1, +2.",
                "  Where: C1.csv",
                "  Mend:  Give them names that begin with a letter or a digit.",
            ]
        ]

    def test_no_more_than_ten_areas_are_named(self) -> None:
        areas = [f"={letter}" for letter in "abcdefghijk"]
        found = evaluated(plan_of(), rows_of(averages(*areas, spread=0.0)))
        ten = ", ".join(areas[:10])
        assert [lines[0] for lines in refusal(averages_of, found, error=DataError)] == [
            f"Areas have names that a spreadsheet takes for a formula: {ten}.",
            f"All who answered in {ten} answered alike, so that the average tells what each answered.",
        ]

    def test_the_troubles_of_every_file_are_told_together(self) -> None:
        held = rows_of(averages("=1"), averages("a", spread=0.0))
        earlier = (before(0, plan_of(), rows_of(averages("-3"))),)
        found = evaluated(plan_of(subgroup=SUBGROUP), held, earlier=earlier)
        places = [lines[1] for lines in refusal(averages_of, found, error=DataError)]
        assert places == ["  Where: C1.csv", "  Where: C1.others.csv", "  Where: plan-0/C1.csv"]


class TestWhatIsReadBack:
    def test_each_claim_has_its_rows_in_order(self) -> None:
        files = {"C2.csv": text_of("b", outcome="calm"), "C1.csv": text_of("a")}
        one, two = rows_from_averages(files, plan_of(subgroup=SECOND), number=None)
        assert one.rows.to_dict("list") == averages("a").frame.to_dict("list")
        assert two.rows.to_dict("list") == averages("b", outcome="calm").frame.to_dict("list")
        assert one.others is None and one.other_averages is None
        assert one.averages.n_answers == 20

    def test_a_subgroup_has_its_others(self) -> None:
        files = {"C1.csv": text_of("a"), "C1.others.csv": text_of("b", answers=11)}
        (found,) = rows_from_averages(files, plan_of(subgroup=SUBGROUP), number=None)
        assert found.rows["area"].tolist() == ["a", "a"]
        assert found.others["area"].tolist() == ["b", "b"]
        assert found.other_averages.fewest == 11

    def test_a_plan_before_it_has_those_in_its_folder(self) -> None:
        files = {"C1.csv": text_of("a"), "plan-0/C1.csv": text_of("b"), "plan-1/C1.csv": text_of("c")}
        for number, area in ((None, "a"), (0, "b"), (1, "c")):
            (found,) = rows_from_averages(files, plan_of(), number=number)
            assert found.rows["area"].tolist() == [area, area]

    @pytest.mark.parametrize(
        ("files", "odd"),
        [
            ({}, "C1.csv"),
            ({"C2.csv": b""}, "C1.csv, C2.csv"),
            ({"C1.csv": text_of("a"), "C1.others.csv": text_of("a")}, "C1.others.csv"),
            ({"plan-0/C1.csv": text_of("a")}, "C1.csv"),
            (
                {f"C{n:02}.csv": b"" for n in range(20)},
                "C00.csv, C01.csv, C02.csv, C03.csv, C04.csv, C05.csv, C06.csv, C07.csv, C08.csv, C09.csv",
            ),
        ],
    )
    def test_a_file_too_many_or_too_few_is_named(self, files: dict[str, bytes], odd: str) -> None:
        assert refusal(rows_from_averages, files, plan_of(), number=None, error=DataError) == [
            [
                f"{NOT_THOSE}: {odd}.",
                "  Where: averages",
                "  Mend:  Ask for the bundle again, as impactkit seal wrote it; never unpack this one.",
            ]
        ]

    def test_a_plan_that_averages_over_nothing_has_none(self) -> None:
        ((told, *_),) = refusal(
            rows_from_averages, {"C1.csv": text_of("a")}, plan_of(over=None), number=None, error=DataError
        )
        assert told == f"{NOT_THOSE}: C1.csv."

    def test_an_average_of_too_few_is_refused_unless_rows_are_public(self) -> None:
        files = {"C1.csv": text_of("a", answers=9)}
        ((told, where, _),) = refusal(rows_from_averages, files, plan_of(), number=None, error=StudyError)
        assert "fewer than 10 answers" in told and "a/2022" in told
        assert where == "  Where: C1.csv"
        (found,) = rows_from_averages(files, plan_of(data="public = true"), number=None)
        assert found.averages.fewest == 9

    def test_others_of_too_few_are_refused_too(self) -> None:
        files = {"C1.csv": text_of("a"), "C1.others.csv": text_of("b", answers=9)}
        plan = plan_of(subgroup=SUBGROUP)
        ((_, where, _),) = refusal(rows_from_averages, files, plan, number=None, error=StudyError)
        assert where == "  Where: C1.others.csv"

    def test_a_file_that_is_no_table_is_named(self) -> None:
        ((_, where, _),) = refusal(
            rows_from_averages, {"C1.csv": b"\xff"}, plan_of(), number=None, error=DataError
        )
        assert where == "  Where: C1.csv"


class TestWhatNothingWasComputedFrom:
    found = evaluated(
        plan_of(subgroup=SUBGROUP),
        rows_of(averages("a"), averages("b")),
        earlier=(before(0, plan_of(), rows_of(averages("a"))),),
    )
    used = dict.fromkeys(("C1.csv", "C1.others.csv", "plan-0/C1.csv"), b"")

    def test_every_file_that_is_used_may_be_there(self) -> None:
        refuse_superfluous(self.found, self.used)

    @pytest.mark.parametrize(
        ("files", "odd"),
        [
            ({**used, "plan-1/C1.csv": b"", "C2.csv": b""}, "C2.csv, plan-1/C1.csv"),
            ({"C1.csv": b"", "C1.others.csv": b""}, "plan-0/C1.csv"),
        ],
        ids=["more", "fewer"],
    )
    def test_others_are_named(self, files: dict[str, bytes], odd: str) -> None:
        ((told, *_),) = refusal(refuse_superfluous, self.found, files, error=DataError)
        assert told == f"{NOT_THOSE}: {odd}."

    def test_a_plan_that_averages_over_nothing_is_told_first(self) -> None:
        ((told, *_),) = refusal(
            refuse_superfluous, evaluated(plan_of(over=None), rows_of(averages("a"))), {}, error=PlanError
        )
        assert told.startswith("The plan does not average over areas")
