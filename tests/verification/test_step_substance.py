"""What each step about substance says where something was computed again, or nothing could be."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from impactkit.errors import Trouble
from impactkit.verification import substance
from impactkit.verification.bundle import Bundle
from impactkit.verification.difference import Difference
from impactkit.verification.recompute import Recomputation
from verification import in_memory as held
from verification.conftest import short_page
from verification.in_memory import OTHER, Said

TROUBLES = (Trouble("This is wrong.", "here", "Mend it."),)


def nothing_computed(**values: Any) -> Recomputation:
    return replace(held.found(), **{"evaluation": None, "troubles": TROUBLES, **values})


class TestCompleteness:
    def complete(self, bundle: Bundle, plan: Any = held.plan) -> Said:
        return held.said("completeness", substance.completeness(bundle, plan()))

    def claiming(self, *claims: str) -> Bundle:
        return held.with_results(lambda r: r.update(results=[{"claim": claim} for claim in claims]))

    def test_every_claim_and_file_is_there(self) -> None:
        assert self.complete(held.bundle()) == ("pass", "all", {"n": 2})

    def test_without_a_plan_nobody_knows(self) -> None:
        assert self.complete(held.bundle(), lambda: None) == ("fail", "no_plan", {})

    @pytest.mark.parametrize(
        ("claims", "odd"),
        [
            (("C1",), "C2"),
            ((), "C1, C2"),
            (("C1", "C3"), "C2, C3"),
            (("C1", "C2", "C3"), "C3"),
            (("C2", "C1"), "C2, C1"),
            (("C1", "C2", "C2"), "C1, C2, C2"),
            (("C1", "C2", *(f"D{n:02}" for n in range(11))), ", ".join(f"D{n:02}" for n in range(10))),
        ],
        ids=["left out", "all left out", "renamed", "added", "moved", "told twice", "eleven added"],
    )
    def test_claims_that_are_not_those_planned_are_named(self, claims: tuple[str, ...], odd: str) -> None:
        assert self.complete(self.claiming(*claims)) == ("fail", "claims", {"claims": odd})

    def test_rows_that_are_not_public_should_not_be_there(self) -> None:
        told = self.complete(held.bundle(), lambda: held.other_plan({"public": False}))
        assert told == ("fail", "withheld", {})

    @pytest.mark.parametrize(
        ("evidence", "there", "odd"),
        [
            (("a.csv",), (), "a.csv"),
            ((), ("b.csv",), "b.csv"),
            (("c.csv",), ("b.csv",), "b.csv, c.csv"),
            (tuple(f"e{n:02}.csv" for n in range(11)), (), ", ".join(f"e{n:02}.csv" for n in range(10))),
        ],
        ids=["left out", "added", "both", "eleven"],
    )
    def test_files_that_are_not_those_of_the_plan_are_named(
        self, evidence: tuple[str, ...], there: tuple[str, ...], odd: str
    ) -> None:
        bundle = held.with_members(**{f"data__{name}".replace(".", "_"): b"" for name in there})
        told = self.complete(bundle, lambda: held.other_plan({"evidence": evidence}))
        assert told == ("fail", "files", {"names": odd})

    @pytest.mark.parametrize("data", ["aggregates", "withheld"])
    def test_files_that_stay_at_home_are_not_missed(self, data: str) -> None:
        kept = self.complete(held.with_manifest(data=data), lambda: held.other_plan({"public": False}))
        assert kept == ("pass", "all", {"n": 2})
        told = self.complete(held.with_manifest(data=data), lambda: held.other_plan({"evidence": ("a.csv",)}))
        assert told == ("pass", "all", {"n": 2})


@pytest.mark.parametrize(
    ("results", "claims"),
    [
        ({}, []),
        ({"results": "none"}, []),
        ({"results": {"claim": "C1"}}, []),
        ({"results": [{"claim": "C1"}, {"claim": 2}, {}, "C3", None]}, ["C1", "2", "?", "?", "?"]),
    ],
    ids=["absent", "text", "object", "list"],
)
def test_claims_are_told_in_order_whatever_is_in_the_results(
    results: dict[str, Any], claims: list[str]
) -> None:
    assert substance.claims_in(results) == claims


class TestRecomputation:
    def again(self, bundle: Bundle | None = None, found: Recomputation | None = None) -> Said:
        step = substance.recomputation(bundle or held.bundle(), found or held.found())
        return held.said("recompute", step)

    def test_the_rows_are_counted(self) -> None:
        assert self.again() == ("pass", "done", {"n": 49})
        assert self.again(held.with_manifest(data="aggregates")) == ("pass", "averages", {"n": 49})

    def test_it_is_the_first_claim_whose_rows_are_counted(self) -> None:
        first, last = held.evaluation().results
        fewer: Any = SimpleNamespace(n_rows=7)
        found = replace(
            held.found(),
            evaluation=replace(held.evaluation(), results=(first, replace(last, study=fewer))),
        )
        assert self.again(found=found) == ("pass", "done", {"n": 49})
        assert self.again(held.with_manifest(data="aggregates"), found)[2] == {"n": 49}

    def test_withheld_data_are_counted_where_that_may_be_told(self) -> None:
        assert self.again(held.with_manifest(data="withheld")) == ("not_checked", "withheld", {"n": 49})
        unsaid = held.with_manifest(data="withheld", rows=None)
        assert self.again(unsaid) == ("not_checked", "withheld_unsaid", {})

    @pytest.mark.parametrize(
        ("data", "plan"), [("withheld", False), ("included", True), ("included", False)], ids=str
    )
    def test_what_cannot_be_carried_out_fails_with_its_troubles(self, data: str, plan: bool) -> None:
        found = nothing_computed(**({} if plan else {"plan": None}))
        step = substance.recomputation(held.with_manifest(data=data), found)
        assert held.said("recompute", step) == ("fail", "broken", {})
        assert step.troubles == TROUBLES

    @pytest.mark.parametrize("rows", [48, 50, None])
    def test_another_number_of_rows_fails(self, rows: int | None) -> None:
        assert self.again(held.with_manifest(rows=rows)) == ("fail", "other_rows", {})

    def columns(self, *changed: str) -> dict[str, str]:
        columns = held.bundle().manifest.columns
        assert columns is not None
        return {**columns, **dict.fromkeys(changed, OTHER)}

    @pytest.mark.parametrize(
        ("changed", "code", "n", "told"),
        [
            (["insats"], "other_columns", 1, "insats"),
            (["omflyttning", "insats"], "other_columns", 2, "insats, omflyttning"),
            (["område"], "other_keys", 1, "område"),
            (["år", "insats"], "other_keys", 1, "år"),
            ([f"a{n:02}" for n in range(11)], "other_columns", 11, ", ".join(f"a{n:02}" for n in range(10))),
        ],
        ids=["one", "two", "unit", "time and another", "eleven"],
    )
    def test_columns_that_are_not_those_sealed_are_named(
        self, changed: list[str], code: str, n: int, told: str
    ) -> None:
        bundle = held.with_manifest(columns=self.columns(*changed))
        assert self.again(bundle) == ("fail", code, {"n": n, "columns": told})

    def test_rows_in_the_same_columns_with_another_fingerprint_fail(self) -> None:
        assert self.again(held.with_manifest(fingerprint=OTHER)) == ("fail", "other_rows", {})

    def test_without_digests_on_both_sides_no_column_is_compared(self) -> None:
        sealed = held.with_manifest(fingerprint=OTHER, columns=None)
        assert self.again(sealed) == ("pass", "done", {"n": 49})
        other = held.with_manifest(fingerprint=OTHER)
        assert self.again(other, replace(held.found(), digests=None)) == ("pass", "done", {"n": 49})
        assert self.again(other, replace(held.found(), plan=None)) == ("pass", "done", {"n": 49})


NUMBER = Difference(where="C1.estimate.n", claimed=7, recomputed=1.5)
WORD = Difference(where="C1.checks", claimed="(absent)", recomputed=True)
GRADE = Difference(where="C1.grade.value", claimed=None, recomputed=3)
VERDICT = Difference(where="C2.verdict.status", claimed="supported", recomputed="contradicted")


class TestDifferences:
    def test_numbers_are_those_that_judge_nothing(self) -> None:
        def said(*differences: Difference) -> Said:
            return held.said("numbers", substance.numbers(held.found(), differences, 3))

        assert said() == said(GRADE, VERDICT) == ("pass", "agree", {"n": 3})
        first = {"n": 2, "where": "C1.estimate.n", "claimed": "7", "recomputed": "1.5"}
        assert said(GRADE, NUMBER, VERDICT, WORD) == ("fail", "differ", first)
        last = {"n": 1, "where": "C1.checks", "claimed": "(absent)", "recomputed": "true"}
        assert said(WORD) == ("fail", "differ", last)

    def test_grades_and_verdicts_are_told_apart_from_them(self) -> None:
        def said(*differences: Difference) -> Said:
            return held.said("verdict", substance.verdicts(held.bundle(), held.found(), differences))

        assert said() == said(NUMBER, WORD) == ("pass", "follow", {})
        first = {"n": 2, "where": "C1.grade.value", "claimed": "null", "recomputed": "3"}
        assert said(NUMBER, GRADE, VERDICT) == ("fail", "differ", first)
        last = {"n": 1, "where": "C2.verdict.status", "claimed": "supported", "recomputed": "contradicted"}
        assert said(VERDICT) == ("fail", "differ", last)

    def test_where_nothing_was_computed_nothing_is_compared(self) -> None:
        nothing = nothing_computed()
        assert held.said("numbers", substance.numbers(nothing, (NUMBER,), 3)) == (
            "not_checked",
            "not_computed",
            {},
        )
        assert substance.record_again(nothing) == {}

    def test_what_was_computed_is_told_as_a_bundle_would(self) -> None:
        assert substance.record_again(held.found()) == held.bundle().results


def figure(drawn: str, *, title: str = "Nöjda", desc: str = "En linje", label: str = "2023") -> str:
    words = f'<title id="t">{title}</title>\n<desc>{desc}</desc><text x="{drawn}">{label}</text>'
    return f'<svg class="f">{words}<path d="{drawn}"/>\n</svg>'


def page(*figures: str, words: str = "Rapport") -> bytes:
    return f"<html>{words}{'<p>mellan</p>'.join(figures)}</html>".encode()


class TestReport:
    """Drawn by a stand-in, so that the page that plan and data give is known."""

    HERE = page(figure("M1"), figure("M2"))

    @pytest.fixture
    def said(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return a function that gives what is said of a sealed page, made with some versions."""

        def made(sealed: bytes, there: dict[str, str] | None = None) -> Said:
            def drawn(evaluation: Any, language: str) -> bytes:
                assert (evaluation.made_with, language) == (there or {"a": "1", "b": "2"}, "sv")
                assert evaluation.results == held.evaluation().results
                return self.HERE

            monkeypatch.setattr(substance, "rendered", drawn)
            monkeypatch.setattr(substance, "versions", lambda: {"b": "2", "a": "1"})
            bundle = held.with_members(held.with_manifest(versions=there or {"a": "1", "b": "2"}))
            bundle = replace(bundle, members={**bundle.members, "report.html": sealed})
            return held.said("report", substance.report(bundle, held.found()))

        return made

    def test_the_same_page_passes_whatever_it_was_made_with(self, said: Any) -> None:
        assert said(self.HERE) == ("pass", "same", {})
        assert said(self.HERE, {"a": "0"}) == ("pass", "same", {})

    def test_another_page_fails(self, said: Any) -> None:
        assert said(page(figure("M1"), figure("M3"))) == ("fail", "differs", {})
        assert said(page(figure("M1"), figure("M3")), {"a": "1", "b": "2", "c": "3"})[1] == "differs"

    @pytest.mark.parametrize(
        ("there", "told"),
        [
            ({"a": "0", "b": "2"}, "a 0 / 1"),
            ({"a": "1"}, "b – / 2"),
            ({"b": "3", "a": "0"}, "a 0 / 1, b 3 / 2"),
        ],
        ids=["other", "absent", "both"],
    )
    def test_only_what_figures_draw_may_depend_on_versions(
        self, said: Any, there: dict[str, str], told: str
    ) -> None:
        drawn = said(page(figure("M7"), figure("M8")), there)
        assert drawn == ("not_checked", "only_figures_differ", {"versions": told})
        worded = said(page(figure("M1"), figure("M2"), words="Report"), there)
        assert worded == ("fail", "differs_with_versions", {"versions": told})

    @pytest.mark.parametrize(
        "sealed",
        [
            page(figure("M1"), figure("M2", title="Missnöjda")),
            page(figure("M1", desc="Två\nlinjer"), figure("M2")),
            page(figure("M1"), figure("M2", label="2024")),
            page(figure("M1")),
            page(figure("M1"), figure("M2")).replace(b"mellan", b"x"),
        ],
        ids=["title", "description", "label", "a figure", "between figures"],
    )
    def test_the_words_of_figures_may_not(self, said: Any, sealed: bytes) -> None:
        assert said(sealed, {"a": "0", "b": "2"})[:2] == ("fail", "differs_with_versions")

    def test_nothing_computed_gives_no_report(self) -> None:
        step = substance.report(held.bundle(), nothing_computed())
        assert held.said("report", step) == ("not_checked", "not_computed", {})

    def test_the_sealed_page_is_held_against_the_one_drawn_here(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(substance, "rendered", short_page)
        assert held.said("report", substance.report(held.bundle(), held.found()))[:2] == ("pass", "same")
