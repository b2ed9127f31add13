"""A bundle without rows tells of nobody: sealed from people, and looked through as a stranger would."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import impactkit as ik
from impactkit.carried_out import CarriedOut
from impactkit.earlier_plan import EarlierPlan
from impactkit.errors import DataError, Trouble
from impactkit.plans import Plan, lock
from impactkit.provenance import canonical_json
from impactkit.reporting.disclosure import Disclosure, protected_claims
from impactkit.verification.disclosed import told_in_sentences
from impactkit.verification.published import Published, audited, published
from impactkit.verification.results import lock_told, record_of
from impactkit.verification.seal import seal
from impactkit.verification.told_tables import tables_in, told_otherwise
from impactkit.verification.verify import verify
from verification.small_records import plan_of, result_of

PLAN = """
impactkit = 1
language = "en"
[project]
name = "A course for young people (invented)"
borrower = "Example"
category = "health_education"
investment = "A workshop"
target_group = "Young people without work"
need = "Many lack work"
change = "More have work"
future_state = "As many as elsewhere"
investment_start = 2024-01-01
[[claims]]
id = "C1"
indicator = "health_education/reading-score"
role = "primary"
change = "increase"
minimum_effect = "2"
{unit}
by = 2025
{more}
[data]
file = "people.csv"
outcome = "score"
unit = "person"
time = "year"
treated = "course"
start = 2024
follow_up_collected = 2025-10-01
{data}
[estimator]
method = "difference_in_differences"
[decision]
decided = 2023-01-01
small_cell = 10
{decision}
"""
SUBGROUP = """
[[claims]]
id = "C2"
indicator = "health_education/reading-score"
role = "secondary"
change = "increase"
minimum_effect = "2"
unit = "points"
by = 2025
subgroup = { column = "sex", value = "w" }
"""


def people(treated, comparison, *, gone=0, men=None):
    """One row a person and year; the first treated are gone in 2025, and some of each arm are men."""
    rows = ["person;year;course;score;sex"]
    for k in range(treated + comparison):
        course = int(k < treated)
        man = men is not None and (k % treated if course else k - treated) < men
        for year in (2023, 2024, 2025):
            if year == 2025 and k < gone:
                continue
            score = 50 + 7 * k % 13 + 3 * (year - 2023) + 5 * course * (year > 2023) + k * year % 7
            rows.append(f"p{k:03};{year};{course};{score};{'m' if man else 'w'}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def evaluated(tmp_path):
    def made(rows, *, more="", unit='unit = "points"', data="", decision=""):
        (tmp_path / "people.csv").write_text(rows, "utf-8")
        file = tmp_path / "plan.toml"
        file.write_text(PLAN.format(more=more, unit=unit, data=data, decision=decision), "utf-8")
        plan = Plan.read(file)
        lock(plan, now=datetime(2023, 1, 1, tzinfo=UTC)).write(tmp_path / "plan.lock.json")
        return ik.evaluate(plan)

    return made


def disclosure_of(evaluation, tmp_path, change=None, resealing=None):
    bundle = seal(evaluation, tmp_path / "bundle.zip")
    if change is not None:
        import zipfile

        with zipfile.ZipFile(bundle) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        bundle.write_bytes(resealing(members))
    return next(step for step in verify(bundle).steps if step.name == "disclosure")


def edited(edit):
    def change(members):
        results = json.loads(members["results.json"])
        edit(results)
        members["results.json"] = canonical_json(results)

    return change


CASES = {
    "everybody": (people(40, 60), ""),
    "few treated": (people(6, 60), ""),
    "few gone": (people(40, 60, gone=3), ""),
    "few men": (people(40, 60, men=4), SUBGROUP),
    "few of both": (people(9, 60, gone=2, men=3), SUBGROUP),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_sealed_passes_and_holds_no_small_number(evaluated, tmp_path, name):
    rows, more = CASES[name]
    evaluation = evaluated(rows, more=more)
    found = disclosure_of(evaluation, tmp_path)
    assert (found.state, found.sentence.code) == ("pass", "verify.disclosure.few_hidden"), found.text("en")


def counted(record):
    """Every whole number under a name that counts people, wherever it stands."""
    names = {"n", "n_rows", "n_units", "n_treated", "treated", "comparison", "clusters", "n_clusters"}
    names |= {"n_treated_clusters", "n_comparison_clusters", "missing", "n_missing", "whole", "units"}
    if isinstance(record, dict):
        own = [v for name, v in record.items() if name in names and isinstance(v, int)]
        return own + [n for part in record.values() for n in counted(part)]
    return [n for part in record for n in counted(part)] if isinstance(record, list) else []


def test_few_treated_are_hidden_in_the_record(evaluated):
    record = record_of(evaluated(people(6, 60)))
    (result,) = record["results"]
    estimate = result["estimate"]
    assert {(mean["n"], mean["mean"]) for mean in estimate["means"]} == {(None, None)}
    sample = estimate["sample"]
    assert (sample["n_treated"], sample["n_treated_clusters"], sample["n_comparison_clusters"]) == (None,) * 3
    assert (estimate["influence"], record["data_digests"]) == ([], {})
    # Periods and variables are counted under the same names: these are what is left.
    assert all(n >= 10 for n in counted(estimate))
    law = estimate["permutation"]["law"]["values"]
    assert law["treated"] == {"code": "report.disclosure.number", "values": {}}
    assert (estimate["permutation"]["n_assignments"], estimate["permutation"]["extreme"]) == (None, None)


def test_few_who_left_are_hidden_and_so_is_what_would_tell(evaluated):
    (result,) = record_of(evaluated(people(40, 60, gone=3)))["results"]
    estimate = result["estimate"]
    assert estimate["sample"]["n_units"] is None
    assert {mean["n"] for mean in estimate["means"]} == {40, 37, 60}
    attrition = next(check for check in result["checks"] if check["name"] == "attrition")
    assert attrition["statistic"] is None
    assert attrition["sentence"]["values"]["treated"]["code"] == "report.disclosure.number"


def test_the_rest_of_a_subgroup_is_hidden(evaluated):
    whole, part = record_of(evaluated(people(40, 60, men=4), more=SUBGROUP))["results"]
    shown = [{mean["n"] for mean in result["estimate"]["means"]} for result in (whole, part)]
    assert {None} in shown


def test_everything_is_told_of_many(evaluated):
    (result,) = record_of(evaluated(people(40, 60)))["results"]
    assert {mean["n"] for mean in result["estimate"]["means"]} == {40, 60}
    assert result["estimate"]["sample"]["n_units"] == 100
    assert result["estimate"]["permutation"]["n_assignments"] is not None


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_tells_no_hidden_number(evaluated, tmp_path, language):
    evaluation = evaluated(people(6, 60))
    page = ik.render(evaluation.report(language=language), tmp_path / "report.html").read_text("utf-8")
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    for mean in evaluation.results[0].estimate.means:
        assert f"{mean.mean:.1f}".replace(".", "," if language == "sv" else ".") not in text
    assert not re.search(r"\b6 (treated|med insats|units|rows|rader|enheter)", text)
    assert ("not shown" if language == "en" else "visas inte") in text
    (figure,) = evaluation.report(language=language).claims[0].figures
    assert figure.picture.drawn_groups == ()


def test_the_manifest_does_not_tell_how_many_rows_there_are_where_that_tells(evaluated, tmp_path):
    import zipfile

    bundle = seal(evaluated(people(6, 60)), tmp_path / "bundle.zip")
    with zipfile.ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("MANIFEST.json"))
    found = verify(bundle)
    recompute = next(step for step in found.steps if step.name == "recompute")
    told = "withheld" if manifest["rows"] else "withheld_unsaid"
    assert recompute.sentence.code == f"verify.recompute.{told}"


def means_of(results, claim=0):
    return results["results"][claim]["estimate"]["means"]


def show(results, k, n, claim=0):
    means_of(results, claim)[k] |= {"n": n, "mean": 50.0}


TAMPERED = {
    "a small count": (lambda r: show(r, 0, 6), "small"),
    "a sum that tells": (lambda r: [show(r, k, 60) for k in (3, 4, 5)], "pinned"),
    "numbers that cannot be": (
        lambda r: r["results"][0]["estimate"]["sample"].update(n_treated=900),
        "contradict",
    ),
    "a name": (
        lambda r: r["results"][0]["checks"][0]["sentence"].update(
            code="check.outside_donors.within", values={"unit": "p001"}
        ),
        "small",
    ),
    "influence": (lambda r: r["results"][0]["estimate"].update(influence=[[0.1]]), "small"),
    "no means": (lambda r: r["results"][0]["estimate"].pop("means"), "unreadable_results"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_bundle_that_tells_of_few_fails(evaluated, tmp_path, resealing, name):
    edit, code = TAMPERED[name]
    found = disclosure_of(evaluated(people(6, 60)), tmp_path, edited(edit), resealing)
    assert (found.state, found.sentence.code) == ("fail", f"verify.disclosure.{code}"), found.text("en")


def test_a_report_that_shows_what_the_results_hide_fails(evaluated, tmp_path, resealing):
    def change(members):
        page = members["report.html"]
        members["report.html"] = page.replace(b"<td>not shown</td>", b"<td>6</td>", 2)

    found = disclosure_of(evaluated(people(6, 60)), tmp_path, change, resealing)
    assert (found.state, found.sentence.code) == ("fail", "verify.disclosure.report")


def test_protection_is_off_only_by_the_plans_own_reason(evaluated, tmp_path):
    reason = "The rows are invented people, who cannot be hurt"
    evaluation = evaluated(people(6, 60), decision=f'disclosure_off = "{reason}"')
    (result,) = record_of(evaluation)["results"]
    assert {mean["n"] for mean in result["estimate"]["means"]} == {6, 60}
    assert result["estimate"]["influence"] == []
    facts = [fact.text for fact in evaluation.report(language="en").claims[0].data]
    assert any(reason in text for text in facts)
    found = disclosure_of(evaluation, tmp_path)
    assert (found.state, found.sentence.code) == ("not_checked", "verify.disclosure.off")
    assert reason in found.text("en")


def test_a_reason_is_a_sentence(evaluated):
    with pytest.raises(ik.errors.PlanError, match="disclosure_off"):
        evaluated(people(6, 60), decision='disclosure_off = "no"')


def test_free_text_without_a_part_is_not_sealed(evaluated, tmp_path):
    told = "She told us on the first day that she slept badly"
    head, *rows = people(40, 60).splitlines()
    text = "\n".join([f"{head};note", *(f"{row};{told} {k}" for k, row in enumerate(rows))])
    evaluation = evaluated(text + "\n", data="public = true")
    with pytest.raises(DataError, match="Column note is free text without a part"):
        seal(evaluation, tmp_path / "bundle.zip")


def test_two_reports_are_asked_of_together(evaluated):
    evaluation = evaluated(people(6, 60))
    one = record_of(evaluation)
    other = json.loads(json.dumps(one))
    assert audited(published(evaluation.plan, one, other), 10).pinned == ()
    for k in range(3, 6):
        show(other, k, 60)
    assert audited(published(evaluation.plan, one, other), 10).pinned


def test_what_no_figure_names_is_told_only_where_there_are_few():
    told = Published()
    rest = told.group("y|rest of sex")
    told.told("whole", {**told.group("y"), **rest}, 40)
    told.told("part", told.group("y"), 36)
    assert audited(told, 10).pinned == ("y|rest of sex",)
    assert audited(told, 4).pinned == ()


def test_nothing_hidden_is_nothing_to_work_out():
    told = Published()
    told.told("one", told.group("a"), 3)
    told.told("two", told.group("b"), 0)
    assert audited(told, 10).small == ("one",)
    assert audited(told, 10).pinned == ()


def test_tables_are_read_without_markup():
    page = "<p>x</p><tr><td>no</td></tr><table><tr><th>A</th><td><b>1</b> 2</td></tr></table><td>y</td>"
    assert tables_in(page) == [[["A", "1 2"]]]


def test_a_report_without_its_table_tells_otherwise(evaluated):
    record = record_of(evaluated(people(40, 60)))
    assert told_otherwise("<html></html>", record, "en") == ["C1"]


def test_sentences_are_looked_through(evaluated):
    record = record_of(evaluated(people(40, 60)))
    assert told_in_sentences(record, 10) == []
    record["results"][0]["verdict"]["reasons"].append({"code": "estimate.always_treated", "values": {"n": 3}})
    assert told_in_sentences(record, 10) == ["C1: estimate.always_treated"]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("unit", ['unit = "points"\ntarget = "53"', "relative = true"])
def test_a_level_of_few_is_not_told_in_any_way(evaluated, tmp_path, language, unit):
    evaluation = evaluated(people(6, 60), unit=unit)
    told = record_of(evaluation)["results"][0]["verdict"]
    own = evaluation.results[0]
    after = [m.mean for m in own.estimate.means if m.group == "treated" and m.period >= 2024]
    assert told["relative_point"] is None
    assert (told["threshold"] is None) == (unit == "relative = true")
    assert told["reached"] is None or told["reached"]["level"] is None
    page = ik.render(evaluation.report(language=language), tmp_path / "report.html").read_text("utf-8")
    assert not any(f"{mean:.1f}".replace(".", "," if language == "sv" else ".") in page for mean in after)
    assert disclosure_of(evaluation, tmp_path).state == "pass"


def test_a_level_of_many_is_told(evaluated):
    evaluation = evaluated(people(40, 60), unit='unit = "points"\ntarget = "53"')
    told = record_of(evaluation)["results"][0]["verdict"]["reached"]
    assert told["level"] == evaluation.results[0].verdict.reached.level


def asked(*results, threshold=10, **data):
    return audited(published(plan_of(**data), {"results": list(results)}), threshold)


HIDDEN = {"code": "report.disclosure.number", "values": {}}


@pytest.mark.parametrize(
    ("result", "small", "pinned"),
    [
        (result_of(), (), ()),
        (
            result_of(n=(4, 96), treated=4),
            ("C1, treated, once", "C1, n_treated", "C1, n_treated_clusters"),
            (),
        ),
        (
            result_of(n=(None, 60), treated=None),
            (),
            ("C1, treated, once", "C1, n_treated", "C1, n_treated_clusters"),
        ),
        (result_of(n=(None, None), treated=None), (), ()),
        (
            result_of(n=(None, None), treated=40),
            (),
            ("C1, treated, once", "C1, comparison, once"),
        ),
        (result_of(method="triple_difference", n=(None, None), treated=40), (), ()),
        (result_of(method="stacked_difference_in_differences", n=(None, None), treated=None), (), ()),
        (result_of(left=[(30, 14, 16)]), (), ()),
        (result_of(left=[(13, HIDDEN, HIDDEN)]), (), ()),
        (
            result_of(left=[(13, 11, HIDDEN)]),
            (),
            ("C1, left_out 1, comparison",),
        ),
        (
            result_of(left=[(HIDDEN, HIDDEN, HIDDEN), (3, 3, 0)]),
            ("C1, left_out 2", "C1, left_out 2, treated"),
            (),
        ),
    ],
)
def test_what_figures_tell_of_few(result, small, pinned):
    found = asked(result)
    assert (found.small, found.pinned, found.contradict) == (small, pinned, False)


def test_clusters_that_are_not_units_are_counted_for_themselves():
    one = result_of(n=(None, None), treated=None)
    one["estimate"]["sample"]["n_treated_clusters"] = 4
    assert asked(one).small == ("C1, n_treated_clusters",)
    assert asked(one, cluster="area").small == ()


def test_what_an_earlier_plan_said_is_protected_too(evaluated):
    evaluation = evaluated(people(6, 60))
    carried = CarriedOut(plan=evaluation.plan, prior="claimed_prior", results=evaluation.results, cases=())
    before = [
        EarlierPlan(number=0, digest="0" * 64, counts=True, carried=each, conclusion=None)
        for each in (carried, None)
    ]
    fresh = SimpleNamespace(
        plan=evaluation.plan,
        results=evaluation.results,
        earlier=before,
        to_record=lambda: {**evaluation.to_record(), "earlier": [one.to_record() for one in before]},
    )
    record = record_of(fresh)
    told, nothing = record["earlier"]
    assert told["verdicts"][0]["verdict"] == record["results"][0]["verdict"]
    assert told["verdicts"][0]["grade"] == record["results"][0]["grade"]["value"]
    assert nothing["verdicts"] == []
    assert told_in_sentences(record, 10) == []
    told["verdicts"][0]["verdict"]["reasons"].append({"code": "estimate.always_treated", "values": {"n": 3}})
    assert told_in_sentences(record, 10) == ["0: estimate.always_treated"]


def test_a_lock_that_counts_people_stays_at_home(evaluated):
    evaluation = evaluated(people(6, 60))
    assert evaluation.lock.roster.n_treated is None
    shown = protected_claims(evaluation.plan, evaluation.results)
    assert lock_told(evaluation.lock, shown) is evaluation.lock
    counted = evaluation.lock.roster.model_copy(update={"n_treated": 6, "n_comparison": 60})
    telling = replace(evaluation, lock=evaluation.lock.model_copy(update={"roster": counted}))
    assert lock_told(telling.lock, shown) is None
    assert lock_told(None, shown) is None
    many = evaluated_again(telling, people(40, 60))
    assert lock_told(many.lock, protected_claims(many.plan, many.results)) is many.lock


def evaluated_again(evaluation, rows):
    (evaluation.plan.folder / "people.csv").write_text(rows, "utf-8")
    fresh = ik.evaluate(evaluation.plan, lock=evaluation.lock)
    return replace(fresh, lock=evaluation.lock)


def test_a_bundle_whose_lock_counts_people_fails(evaluated, tmp_path, resealing):
    def change(members):
        held = json.loads(members["plan/plan.lock.json"])
        held["roster"] |= {"n_treated": 6, "n_comparison": 60}
        members["plan/plan.lock.json"] = canonical_json(held)

    found = disclosure_of(evaluated(people(6, 60)), tmp_path, change, resealing)
    assert (found.state, found.sentence.code) == ("fail", "verify.disclosure.small")
    assert "plan.lock.json" in found.text("en")


def test_a_trouble_tells_no_value_and_no_small_count():
    rule, said = (
        Disclosure(smallest=10),
        Trouble("x", "", "", {"n": 3, "first": "7.5", "most": 40, "file": "a"}),
    )
    assert rule.trouble(said, "en").values == {
        "n": "(number not shown)",
        "first": "(value not shown)",
        "most": 40,
        "file": "a",
    }
    assert Disclosure().trouble(said, "en") is said
