"""What changed between two bundles is said in words, and nothing changes unsaid."""

import dataclasses
import json

import pytest

from impactkit.errors import PlanError, UnsafeBundleError
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.provenance import canonical_json
from impactkit.verification.bundle import open_bundle
from impactkit.verification.change import Change
from impactkit.verification.changes import differences
from impactkit.verification.seal import seal
from impactkit.wording import Message


@pytest.fixture
def two(project, short_reports, tmp_path):
    """Return a function that seals the example before and after a change of its plan or data."""

    def made(
        change=lambda text: text,
        data=lambda text: text,
        *,
        name="norrgarden",
    ):
        evaluation = project(name, locked=False)
        folder = evaluation.plan.folder
        old = open_bundle(seal(evaluation, tmp_path / "old.zip"))
        for file, edit in (("plan.toml", change), ("data.csv", data)):
            text = (folder / file).read_text("utf-8")
            (folder / file).write_text(edit(text), "utf-8")
        again = evaluate(Plan.read(folder / "plan.toml"))
        return old, open_bundle(seal(again, tmp_path / "new.zip"))

    return made


def told(found, kind=None):
    return [(one.code, *one.values.values()) for one in found if kind in (None, one.kind)]


def codes(found, kind):
    return [one.code for one in found if one.kind == kind]


def replacing(old, new, count=1):
    def edit(text):
        assert old in text, old
        return text.replace(old, new, count)

    return edit


def test_a_bundle_does_not_differ_from_itself(two):
    old, new = two()
    assert differences(old, new) == differences(old, old) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replacing('"5"  ', '"4"  '), [("claim_minimum_effect", "C1", "minimum_effect", "5", "4")]),
        (
            replacing('change = "increase"', 'change = "decrease"'),
            [("claim_change", "C1", "change", "increase", "decrease")],
        ),
        (replacing("by = 2025", "by = 2024"), [("claim_by", "C1", "by", 2025, 2024)]),
        (
            replacing('role = "guardrail"', 'role = "secondary"'),
            [("claim_role", "C2", "role", "guardrail", "secondary")],
        ),
        (
            replacing('minimum_effect = "5"', 'minimum_effect = "5"\ntarget = "60"'),
            [("claim_target", "C1", "target", None, "60")],
        ),
        (
            replacing('outcome = "omflyttning"', 'outcome = "svarande"'),
            [("claim_outcome", "C2", "outcome", "omflyttning", "svarande")],
        ),
        (
            replacing("housing/tenant-turnover", "housing/satisfied-with-outdoor-environment"),
            [
                (
                    "claim_indicator",
                    "C2",
                    "indicator",
                    "housing/tenant-turnover",
                    "housing/satisfied-with-outdoor-environment",
                )
            ],
        ),
        (
            replacing('data_source = "Bolagets hyresgästenkät"', 'data_source = "Annan"'),
            [("claim_key", "C1", "data_source", "Bolagets hyresgästenkät", "Annan")],
        ),
        (replacing('alpha = "0.05"', 'alpha = "0.10"'), [("key", "decision.alpha", "0.05", "0.10")]),
        (replacing("looks = 1  ", "looks = 3  "), [("key", "circumstances.looks", 1, 3)]),
        (
            replacing('method = "difference_in_differences"', 'method = "before_after"'),
            None,
        ),
        (
            replacing('cluster = "område"', 'covariates = ["omflyttning"]\ncluster = "område"'),
            [("data_covariates", "", "omflyttning")],
        ),
    ],
)
def test_what_moved_in_the_plan_is_named(two, change, said):
    found = differences(*two(change))
    if said is None:
        assert ("estimator_method", "difference_in_differences", "before_after") in told(found, "plan")
    else:
        assert told(found, "plan") == said
    assert all(one.text(language) for one in found for language in ("sv", "en"))


def test_a_claim_dropped_added_and_moved(two):
    def without_second(text):
        first, _, rest = text.partition('[[claims]]\nid = "C2"')
        return first + rest[rest.index("[circumstances]") :]

    old, new = two(without_second)
    assert told(differences(old, new), "plan") == [("claim_dropped", "C2")]
    assert told(differences(new, old), "plan") == [("claim_added", "C2")]


def test_claims_in_another_order(two):
    def turned(text):
        first, second = text.index("[[claims]]"), text.rindex("[[claims]]")
        end = text.index("[circumstances]")
        return text[:first] + text[second:end] + text[first:second] + text[end:]

    found = differences(*two(turned))
    assert told(found, "plan") == [("claim_order", "C1, C2", "C2, C1")]


def test_a_moved_baseline_is_told_by_group_and_year(two):
    found = differences(*two(data=replacing("47,2", "41,2")))
    first = found[0]
    assert (first.kind, first.code) == ("data", "baseline_moved")
    assert first.text("en") == "Claim C1: the baseline of the treated in 2019 is 44.75; it was 47.75."
    assert first.text("sv") == (
        "Påstående C1: baslinjen för de som fick insatsen 2019 är 44,75; den var 47,75."
    )
    changed = next(one for one in found if one.code == "values_changed")
    assert (
        changed.text("en")
        == "data.csv: nöjda_utemiljö has changed in 1 row, first 01, 2019: 41,2, and it was 47,2."
    )
    assert codes(found, "result") == ["effect_point", "effect_low", "effect_high"]
    assert codes(found, "plan") == codes(found, "custody") == []


def test_a_moved_follow_up_is_told_as_such(two):
    def last_year(text):
        lines = text.splitlines(keepends=True)
        place = next(n for n, line in enumerate(lines) if ";2025;" in line and line.startswith("01"))
        cells = lines[place].split(";")
        cells[5] = "99,9"
        lines[place] = ";".join(cells)
        return "".join(lines)

    found = differences(*two(data=last_year))
    assert found[0].code == "follow_up_moved"
    assert found[0].values["period"] == "2025"


def test_rows_that_came_and_went_are_counted(two):
    def shorter(text):
        return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("07"))

    old, new = two(data=shorter)
    assert ("rows_dropped", "data.csv", 7) in told(differences(old, new), "data")
    assert ("rows_added", "data.csv", 7) in told(differences(new, old), "data")
    assert ("rows", 49, 42) in told(differences(old, new), "data")


def test_a_column_that_came_or_went_is_named(two):
    def wider(text):
        return "".join(f"{line};x\n" for line in text.splitlines())

    old, new = two(data=wider)
    assert told(differences(old, new), "data") == [("column_added", "data.csv", "x")]
    assert told(differences(new, old), "data") == [("column_dropped", "data.csv", "x")]


def test_a_file_written_otherwise_with_the_same_rows_is_said_to_be(two):
    def turned(text):
        header, *rows = text.splitlines()
        return "\n".join([header, *reversed(rows)]) + "\n"

    assert told(differences(*two(data=turned)), "data") == [("file_rewritten", "data.csv")]


def test_files_that_are_no_tables_are_only_told(two):
    old, new = two()
    spoilt = dataclasses.replace(new, members={**new.members, "data/data.csv": b"\0\1\2"})
    assert told(differences(old, spoilt), "data") == [("file_changed", "data.csv")]


def test_repeated_rows_are_counted_as_often_as_they_stand(two):
    old, new = two(name="kielmc")
    rows = new.members["data/data.csv"].split(b"\n")
    fewer = b"\n".join([*rows[:3], rows[2], *rows[5:]])
    changed = dataclasses.replace(new, members={**new.members, "data/data.csv": fewer})
    assert told(differences(old, changed), "data") == [
        ("rows_dropped", "data.csv", 2),
        ("rows_added", "data.csv", 1),
    ]


def test_files_added_and_dropped_are_named(two):
    old, new = two()
    more = dataclasses.replace(new, members={**new.members, "data/more.csv": b"x"})
    assert told(differences(old, more)) == [("file_added", "more.csv")]
    assert told(differences(more, old)) == [("file_dropped", "more.csv")]


def test_withheld_rows_are_told(two):
    old, new = two(replacing("public = true", "public = false"))
    found = differences(old, new)
    assert ("now_withheld",) in told(found, "data")
    assert ("file_dropped", "data.csv") in told(found, "data")
    assert ("now_included",) in told(differences(new, old), "data")
    hidden = [one for one in found if one.code == "baseline_moved"]
    assert hidden[0].text("en").endswith("is nothing; it was 47.75.")


def test_verdict_grade_and_conclusion_are_told(two):
    old, new = two()
    results = json.loads(json.dumps(new.results))
    results["results"][0]["verdict"]["status"] = "supported"
    results["results"][0]["grade"]["value"] = 4
    results["conclusion"]["status"] = "supported"
    results["prior"] = "proved_prior"
    other = dataclasses.replace(
        new, results=results, members={**new.members, "results.json": canonical_json(results)}
    )
    assert [one.text("en") for one in differences(old, other)] == [
        "Claim C1: the evidence grade is 4; it was 1.",
        "Claim C1: the verdict is “Supported”; it was “Inconclusive”.",
        "The primary claims together: “Supported”; it was “Inconclusive”.",
        "The plan is proved to come before the follow-up; it was said to come before the follow-up.",
    ]


def test_a_conclusion_may_be_missing(two):
    old, new = two()
    results = {**new.results, "conclusion": None}
    other = dataclasses.replace(
        new, results=results, members={**new.members, "results.json": canonical_json(results)}
    )
    (change,) = differences(old, other)
    assert change.text("en") == "The primary claims together: “nothing”; it was “Inconclusive”."


def test_versions_language_lock_and_other_files_are_told(two):
    old, new = two()
    manifest = new.manifest.model_copy(
        update={
            "versions": {**new.manifest.versions, "numpy": "9", "zzz": "1"},
            "language": "en",
            "lock_digest": "0" * 64,
        }
    )
    members = {**new.members, "amendments/1.json": b"1", "environment.json": b"2"}
    other = dataclasses.replace(new, manifest=manifest, members=members)
    assert codes(differences(old, other), "custody") == [
        "lock",
        "version",
        "version",
        "language",
        "amendment_added",
        "member_changed",
    ]
    back = differences(other, old)
    assert [one.code for one in back if "amendment" in one.code] == ["amendment_dropped"]
    left = {name: content for name, content in new.members.items() if name != "environment.json"}
    fewer = dataclasses.replace(new, members=left)
    assert told(differences(new, fewer)) == [("member_dropped", "environment.json")]
    assert told(differences(fewer, new)) == [("member_added", "environment.json")]
    changed = dataclasses.replace(other, members={**members, "amendments/1.json": b"2"})
    assert told(differences(other, changed)) == [("amendment_changed", "amendments/1.json")]


def test_what_differs_in_bytes_only_is_said_to(two):
    old, new = two()
    members = {**new.members, "plan/plan.toml": new.members["plan/plan.toml"] + b"\n# x\n"}
    assert told(differences(old, dataclasses.replace(new, members=members))) == [("bytes",)]


def test_a_report_that_alone_differs_is_named(two):
    old, new = two()
    members = {**new.members, "report.html": b"x"}
    assert told(differences(old, dataclasses.replace(new, members=members))) == [
        ("member_changed", "report.html")
    ]


def test_means_without_periods_are_values():
    from impactkit.verification.changes import _when

    assert [_when(*pair) for pair in ((None, 2.0), (1.0, None), (1.0, 2.0), (2.0, 2.0))] == [
        "value_moved",
        "value_moved",
        "baseline_moved",
        "follow_up_moved",
    ]


def test_rows_without_the_plans_unit_are_counted_as_they_stand():
    from impactkit.verification.row_changes import _by_key, _Rows

    rows = _Rows(header=("a", "b"), rows=[("1", "2")])
    assert _by_key(rows, ()) is _by_key(rows, ("c",)) is None
    assert _by_key(rows, ("a",)) == {("1",): {"a": "1", "b": "2"}}


def test_differences_that_computers_make_are_none(two):
    old, new = two()
    results = json.loads(json.dumps(new.results))
    results["results"][0]["verdict"]["point"] *= 1 + 1e-12
    other = dataclasses.replace(
        new, results=results, members={**new.members, "results.json": canonical_json(results)}
    )
    assert told(differences(old, other)) == [("bytes",)]


def test_own_indicators_are_compared_by_id():
    from impactkit.verification.plan_changes import _by_id

    old = {
        "indicators": [
            {"id": "a", "definition": {"sv": "x"}, "unit": "y", "numerator": {"sv": "n"}},
            {"id": "b"},
        ]
    }
    new = {
        "indicators": [
            {"id": "a", "definition": {"sv": "z"}, "unit": "w", "numerator": {"sv": "m"}},
            {"id": "c"},
        ]
    }
    assert told(_by_id(old, new, "indicators")) == [
        ("indicator_dropped", "b"),
        ("indicator_added", "c"),
        ("indicator_definition", "a", "definition.sv", "x", "z"),
        ("indicator_numerator", "a", "numerator.sv", "n", "m"),
        ("indicator_key", "a", "unit", "y", "w"),
    ]


def test_results_without_sense_are_refused(two):
    old, new = two()
    other = dataclasses.replace(
        new, results={"results": [{}]}, members={**new.members, "results.json": b"{}"}
    )
    with pytest.raises(UnsafeBundleError, match="form they should have"):
        differences(old, other)


def test_a_plan_that_cannot_be_read_is_told(two):
    old, new = two()
    other = dataclasses.replace(new, members={**new.members, "plan/plan.toml": b"impactkit = 1\n"})
    with pytest.raises(PlanError):
        differences(old, other)


class TestWords:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            (1.0, 2.0, "is 2; it was 1."),
            (None, 2.0, "is 2; it was nothing."),
            (1.5, 2.0, "is 2.00; it was 1.50."),
            (1.23456, 1.23457, "is 1.23457; it was 1.23456."),
            (1.0, 1.0 + 1e-15, "is 1.000000000000; it was 1.000000000000."),
            (None, 2.5, "is 2.50; it was nothing."),
            (True, False, "is no; it was yes."),
            ({"a": 1}, ["b"], 'is ["b"]; it was {"a": 1}.'),
            ("x" * 500, "y", f"is y; it was {'x' * 200}."),
            (3, 4, "is 4; it was 3."),
        ],
    )
    def test_values_are_written_so_that_they_differ(self, old, new, said):
        change = Change(kind="plan", code="key", values={"key": "k", "old": old, "new": new})
        assert change.text("en") == f"The plan’s k {said}"

    def test_a_record_has_no_message_in_it(self):
        change = Change(
            kind="result", code="grade", values={"claim": Message("changes.yes"), "old": 1, "new": 2}
        )
        assert change.to_record() == {
            "kind": "result",
            "change": "grade",
            "values": {"claim": "yes", "old": 1, "new": 2},
            "sentence": "Claim yes: the evidence grade is 2; it was 1.",
        }


def test_the_command_line_tells_and_gives_its_exit_code(two, tmp_path, capsys):
    from impactkit.cli import main

    two(replacing('"5"  ', '"4"  '))
    old, new = str(tmp_path / "old.zip"), str(tmp_path / "new.zip")
    assert main(["diff", old, new, "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "The plan:\n  Claim C1: the smallest effect promised is 4; it was 5." in said
    assert main(["diff", old, old]) == 0
    assert "Inget har ändrats" in capsys.readouterr().out
    assert main(["diff", old, new, "--json", "--lang", "en"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert (record["changed"], record["changes"][0]["change"]) == (True, "claim_minimum_effect")
    assert main(["diff", old, str(tmp_path / "nowhere.zip")]) == 2
