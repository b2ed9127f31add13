"""What an honest bundle gives, and what every way of tampering gives."""

import json
from dataclasses import replace

import pytest

from impactkit import examples
from impactkit.errors import DataError, UsageError
from impactkit.evaluation import evaluate
from impactkit.provenance import canonical_json
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

NOT_PROVED = {"signature", "timestamp", "attestation", "handed_over", "prior", "ledger"}


def states(found):
    return {step.name: step.state for step in found.steps}


def in_state(found, state):
    return {name for name, value in states(found).items() if value == state}


@pytest.mark.parametrize("name", [example.name for example in examples.ALL])
def test_an_honest_bundle_holds_and_says_what_was_not_proved(sealed, name):
    found = verify(sealed(name))
    assert in_state(found, "fail") == set()
    assert in_state(found, "not_checked") == NOT_PROVED
    assert (found.exit_code, found.completeness, found.reliability) == (3, "not_checked", "pass")


def test_sealing_twice_gives_the_same_bytes(project, short_reports, tmp_path):
    evaluation = project()
    one = seal(evaluation, tmp_path / "one.zip").read_bytes()
    assert seal(evaluate(evaluation.plan), tmp_path / "two.zip").read_bytes() == one
    assert seal(evaluation, tmp_path / "english.zip", language="en").read_bytes() != one


@pytest.mark.parametrize("which", ["plan", "lock"])
def test_the_digest_handed_over_is_recognised(project, short_reports, tmp_path, which):
    evaluation = project()
    known = evaluation.plan.digest if which == "plan" else evaluation.lock.digest
    found = verify(seal(evaluation, tmp_path / "bundle.zip"), known_plan_digest=f" {known.upper()}\n")
    assert states(found)["handed_over"] == "pass"


def test_another_digest_than_the_one_handed_over_fails(sealed):
    found = verify(sealed(), known_plan_digest="0" * 64)
    assert (found.exit_code, in_state(found, "fail")) == (1, {"handed_over"})


def test_an_unlocked_plan_is_not_called_locked(sealed, opened):
    bundle = sealed(locked=False)
    assert "plan/plan.lock.json" not in opened(bundle)
    assert states(verify(bundle))["lock"] == "not_checked"


def test_a_plan_made_afterwards_is_said_to_be(sealed):
    found = verify(sealed(locked=False, change=lambda text: text.replace("decided = 2022-09-01", "")))
    said = next(step for step in found.steps if step.name == "prior")
    assert (said.state, said.sentence.code) == ("not_checked", "verify.prior.not_prior")


class TestWithheldData:
    @pytest.fixture
    def bundle(self, sealed):
        return sealed(change=lambda text: text.replace("public = true", "public = false"))

    def test_no_row_and_no_digest_of_rows_is_in_the_bundle(self, bundle, opened):
        members = opened(bundle)
        assert set(members) == {
            "MANIFEST.json",
            "plan/plan.toml",
            "plan/plan.lock.json",
            "results.json",
            "report.html",
            "environment.json",
            "ro-crate-metadata.json",
            "datapackage.json",
        }
        locked = json.loads(members["plan/plan.lock.json"])
        assert [file["sha256"] for file in locked["files"]] == [None]
        assert (locked["roster"]["treated"], locked["roster"]["comparison"]) == (None, None)
        results = json.loads(members["results.json"])
        assert results["data_digests"] == {}
        assert all(result["estimate"]["influence"] == [] for result in results["results"])
        small = {"mean": None, "n": None}
        assert all(
            small.items() <= mean.items() for r in results["results"] for mean in r["estimate"]["means"]
        )
        assert json.loads(members["MANIFEST.json"])["fingerprint"] is None

    def test_what_cannot_be_computed_is_not_called_checked(self, bundle):
        found = verify(bundle)
        assert found.exit_code == 3
        assert in_state(found, "not_checked") == {
            *NOT_PROVED,
            "lock",
            "recompute",
            "numbers",
            "verdict",
            "report",
        }
        assert found.verdicts == {"C1": "inconclusive", "C2": "inconclusive"}

    @pytest.mark.parametrize(
        ("part", "value"),
        [
            (("verdict", "status"), "supported"),
            (("verdict", "low"), 1.0),
            (("verdict", "low"), None),
            (("grade", "value"), 3),
        ],
    )
    def test_a_verdict_that_contradicts_its_numbers_fails(self, forged, part, value):
        def change(members):
            results = json.loads(members["results.json"])
            results["results"][0][part[0]][part[1]] = value
            members["results.json"] = canonical_json(results)

        found = verify(forged(change, change=lambda text: text.replace("public = true", "public = false")))
        assert (found.exit_code, in_state(found, "fail")) == (1, {"verdict"})

    def test_results_without_their_form_fail(self, forged):
        def change(members):
            results = json.loads(members["results.json"])
            del results["results"][0]["estimate"]["terms"]
            members["results.json"] = canonical_json(results)

        found = verify(forged(change, change=lambda text: text.replace("public = true", "public = false")))
        assert states(found)["verdict"] == "fail"

    def test_a_verdict_that_may_be_so_is_let_through_unchecked(self, sealed):
        found = verify(sealed("star", change=lambda text: text.replace("public = true", "public = false")))
        assert (found.exit_code, states(found)["verdict"]) == (3, "not_checked")
        assert found.verdicts["C1"] == "supported"


def edit(name, old, new, count=1):
    def change(members):
        assert old.encode() in members[name], old
        members[name] = members[name].replace(old.encode(), new.encode(), count)

    return change


def in_results(place, value):
    def change(members):
        results = json.loads(members["results.json"])
        target = results
        for part in place[:-1]:
            target = target[part]
        target[place[-1]] = value
        members["results.json"] = canonical_json(results)

    return change


def without_claim(members):
    results = json.loads(members["results.json"])
    results["results"].pop()
    members["results.json"] = canonical_json(results)


def without_lock(members):
    del members["plan/plan.lock.json"]


HEAD = ("results", 0, "estimate", "terms", 0, "interval")
TAMPERED = {
    "point": (in_results((*HEAD, "point"), 6.1400001), {"numbers"}),
    "std_error": (in_results((*HEAD, "std_error"), 3.1), {"numbers"}),
    "p_value": (in_results((*HEAD, "p_value"), 0.1945824), {"numbers"}),
    "df": (in_results((*HEAD, "df"), 5.0), {"numbers"}),
    "limit gone": (in_results((*HEAD, "low"), None), {"numbers"}),
    "count": (in_results(("results", 0, "estimate", "sample", "n_units"), 8), {"numbers"}),
    "permutations": (in_results(("results", 0, "estimate", "permutation", "extreme"), 2), {"numbers"}),
    "group mean": (in_results(("results", 0, "estimate", "means", 0, "mean"), 47.0), {"numbers"}),
    "check": (in_results(("results", 0, "checks", 0, "passed"), True), {"numbers"}),
    "prior": (in_results(("prior",), "proved_prior"), {"numbers"}),
    "data digest": (in_results(("data_digests", "data.csv"), "0" * 64), {"numbers"}),
    "grade": (in_results(("results", 0, "grade", "value"), 3), {"verdict"}),
    "verdict": (in_results(("results", 0, "verdict", "status"), "supported"), {"verdict"}),
    "threshold": (in_results(("results", 0, "verdict", "threshold"), 4.999999999), {"verdict"}),
    "reason": (in_results(("results", 0, "verdict", "reasons"), []), {"verdict"}),
    "claim left out": (without_claim, {"completeness", "numbers", "verdict"}),
    "claim renamed": (in_results(("results", 1, "claim"), "C3"), {"completeness", "numbers"}),
    "claims gone": (in_results(("results",), "none"), {"completeness", "numbers", "verdict"}),
    "report": (edit("report.html", "<html", "<html "), {"report"}),
    "data": (edit("data/data.csv", "47,2", "47,3"), {"recompute", "numbers", "report"}),
    "data that make no study": (edit("data/data.csv", "2025", "2024"), {"recompute"}),
    "unit renamed": (edit("data/data.csv", "01;", "09;", -1), {"lock", "recompute"}),
    "period left out": (edit("data/data.csv", ";2020;", ";2018;", -1), {"lock", "recompute"}),
    "column spoilt": (edit("data/data.csv", "insats", "insatz"), {"lock", "recompute"}),
    "plan": (edit("plan/plan.toml", 'minimum_effect = "5"', 'minimum_effect = "4"'), {"lock"}),
    "no plan": (edit("plan/plan.toml", "[project]", "[projekt]"), {"lock", "recompute", "completeness"}),
    "public no more": (edit("plan/plan.toml", "public = true", "public = false"), {"lock", "completeness"}),
    "another file": (
        edit("plan/plan.toml", 'file = "data.csv"', 'file = "other.csv"'),
        {"completeness", "recompute"},
    ),
    "lock without sense": (
        lambda members: members.update({"plan/plan.lock.json": b'{"spec":"ikplan1"}'}),
        {"lock"},
    ),
    "lock": (edit("plan/plan.lock.json", '"alpha":"0.05"', '"alpha":"0.10"'), {"lock", "recompute"}),
}


@pytest.mark.parametrize(("change", "failing"), TAMPERED.values(), ids=TAMPERED)
def test_tampering_fails_even_when_the_manifest_fits(forged, change, failing):
    found = verify(forged(change))
    assert found.exit_code == 1
    assert failing <= in_state(found, "fail")
    if failing <= {"numbers", "verdict", "report"}:
        assert in_state(found, "fail") == failing
    assert found.reliability == "fail" or failing == {"lock"}


def test_a_careless_change_is_named_by_its_file(sealed, opened, tmp_path):
    from impactkit.verification.safe_zip import write_archive

    members = opened(sealed())
    members["report.html"] += b" "
    (tmp_path / "bundle.zip").write_bytes(write_archive(members))
    found = verify(tmp_path / "bundle.zip")
    digests = next(step for step in found.steps if step.name == "digests")
    assert digests.state == "fail"
    assert "report.html" in digests.text("en")


@pytest.mark.parametrize(
    "manifest",
    [
        {"results_digest": "0" * 64},
        {"lock_digest": "0" * 64},
        {"plan_digest": "0" * 64},
        {"fingerprint": "0" * 64},
    ],
    ids=lambda manifest: next(iter(manifest)),
)
def test_a_digest_in_the_manifest_that_does_not_fit_fails(forged, manifest):
    assert verify(forged(lambda members: manifest)).exit_code == 1


def test_a_lock_taken_out_with_its_digest_is_not_called_a_lock(forged):
    def change(members):
        del members["plan/plan.lock.json"]
        return {"lock_digest": None}

    assert states(verify(forged(change)))["lock"] == "not_checked"


def test_a_lock_of_another_plan_fails(forged, project, tmp_path):
    from impactkit.plans import lock

    other = project("kielmc")

    found = verify(
        forged(lambda members: members.update({"plan/plan.lock.json": lock(other.plan).to_bytes()}))
    )
    assert "lock" in in_state(found, "fail")
    assert found.exit_code == 1


def test_data_that_grew_since_the_lock_are_said_to_have(project, short_reports, tmp_path):
    evaluation = project()
    rows = evaluation.plan.folder / "data.csv"
    rows.write_text(rows.read_text("utf-8").replace("47,2", "47,4"), "utf-8")
    found = verify(seal(evaluate(evaluation.plan), tmp_path / "bundle.zip"))
    assert (found.exit_code, states(found)["lock"]) == (3, "not_checked")


def split_in_two(folder):
    """Make of the example's one file a baseline and a follow-up."""
    header, *rows = (folder / "data.csv").read_text("utf-8").splitlines(keepends=True)
    for name, keep in (("before.csv", lambda year: year < 2023), ("after.csv", lambda year: year >= 2023)):
        text = header + "".join(row for row in rows if keep(int(row.split(";")[2])))
        (folder / name).write_text(text, "utf-8")
    plan = folder / "plan.toml"
    both = 'baseline = "before.csv"\nfollow_up = "after.csv"'
    plan.write_text(plan.read_text("utf-8").replace('file = "data.csv"', both), "utf-8")


def test_a_baseline_changed_after_the_lock_fails(short_reports, tmp_path):
    from impactkit.plans import Plan, lock

    folder = examples.copy_example("norrgarden", tmp_path / "two").parent
    split_in_two(folder)
    lock(Plan.read(folder)).write(folder / "plan.lock.json")
    assert states(verify(seal(evaluate(folder), tmp_path / "honest.zip")))["lock"] == "pass"
    before = folder / "before.csv"
    before.write_text(before.read_text("utf-8").replace("47,2", "46,2"), "utf-8")
    found = verify(seal(evaluate(folder), tmp_path / "bundle.zip"))
    assert (found.exit_code, in_state(found, "fail")) == (1, {"lock"})


@pytest.mark.parametrize(("margin", "real"), [("40", "supported"), ("10", "contradicted")])
def test_a_withheld_no_effect_lies_within_both_margins_or_fails(
    project, short_reports, tmp_path, opened, resealing, margin, real
):
    """Where nothing can be computed again, a verdict must still follow from the limits beside it."""

    def equivalence(text):
        text = text.replace(
            'change = "increase"\nminimum_effect = "8"', f'change = "no_effect"\nminimum_effect = "{margin}"'
        )
        return text.replace("public = true", "public = false")

    bundle = seal(project("star", locked=False, change=equivalence), tmp_path / "bundle.zip")
    honest = verify(bundle)
    assert (honest.verdicts["C1"], states(honest)["verdict"]) == (real, "not_checked")
    members = opened(bundle)
    results = json.loads(members["results.json"])
    results["results"][0]["verdict"]["status"] = "supported"
    bundle.write_bytes(resealing({**members, "results.json": canonical_json(results)}))
    assert states(verify(bundle))["verdict"] == ("not_checked" if real == "supported" else "fail")


def test_a_computation_that_breaks_off_is_a_failure_and_no_crash(sealed, monkeypatch):
    bundle = sealed()

    def broken(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr("impactkit.verification.recompute.evaluate", broken)
    found = verify(bundle)
    assert found.exit_code == 1
    assert "MemoryError" in next(step for step in found.steps if step.name == "recompute").text("en")


def test_a_report_made_with_other_versions_names_them(forged):
    def change(members):
        members["report.html"] += b" "
        return {"versions": {"numpy": "0.1"}}

    said = next(step for step in verify(forged(change)).steps if step.name == "report")
    assert said.state == "fail"
    assert "numpy 0.1 / " in said.text("sv")


def test_a_verification_shows_itself_in_both_languages(sealed):
    from impactkit.wording import use_language

    found = verify(sealed())
    record = found.to_record()
    assert json.loads(canonical_json(record)) == record
    for language in ("sv", "en"):
        use_language(language)
        assert str(found.conclusion) in found._repr_html_()
    assert "Underskrift" not in found._repr_html_()


def test_all_steps_passed_would_be_verified(sealed):
    from impactkit.verification.verification import Verification

    steps = [replace(step, state="pass") for step in verify(sealed()).steps]
    assert Verification.of(steps, verdicts={}).exit_code == 0
    assert Verification.of([], verdicts={}).exit_code == 1


class TestSealing:
    def test_a_plan_changed_since_is_refused(self, project, short_reports, tmp_path):
        evaluation = project(locked=False)
        file = evaluation.plan.folder / "plan.toml"
        file.write_text(file.read_text("utf-8").replace('effect = "5"', 'effect = "4"'), "utf-8")
        with pytest.raises(Exception, match="plan has changed since it was evaluated"):
            seal(evaluation, tmp_path / "bundle.zip")
        assert not (tmp_path / "bundle.zip").exists()

    @pytest.mark.parametrize(
        "change", [lambda file: file.unlink(), lambda file: file.write_text("a;b\n1;2\n")]
    )
    def test_data_changed_since_are_refused(self, project, short_reports, tmp_path, change):
        evaluation = project()
        change(evaluation.plan.folder / "data.csv")
        with pytest.raises(DataError, match="changed since"):
            seal(evaluation, tmp_path / "bundle.zip")

    def test_a_plan_without_a_file_is_refused(self, project, short_reports, tmp_path):
        evaluation = project()
        (evaluation.plan.folder / "plan.toml").unlink()
        with pytest.raises(UsageError, match="no file"):
            seal(evaluation, tmp_path / "bundle.zip")

    def test_a_folder_that_is_not_there_is_refused(self, project, short_reports, tmp_path):
        with pytest.raises(UsageError, match="no folder"):
            seal(project(), tmp_path / "nowhere" / "bundle.zip")

    def test_a_write_that_fails_leaves_what_was_there(self, project, short_reports, tmp_path, monkeypatch):
        evaluation = project()
        (tmp_path / "out").mkdir()
        bundle = tmp_path / "out" / "bundle.zip"
        bundle.write_bytes(b"old")

        def full(*_args, **_kwargs):
            raise OSError("disk full")

        monkeypatch.setattr("os.replace", full)
        monkeypatch.setattr("pathlib.Path.replace", full)
        with pytest.raises(OSError, match="disk full"):
            seal(evaluation, bundle)
        assert [(file.name, file.read_bytes()) for file in bundle.parent.iterdir()] == [
            ("bundle.zip", b"old")
        ]


def test_the_real_report_is_regenerated_to_the_letter(project, tmp_path):
    found = verify(seal(project(), tmp_path / "bundle.zip", language="en"))
    assert states(found)["report"] == "pass"


def test_the_real_report_of_withheld_data_holds_no_digest_of_them(project, opened, tmp_path):
    evaluation = project(change=lambda text: text.replace("public = true", "public = false"))
    page = opened(seal(evaluation, tmp_path / "bundle.zip"))["report.html"].decode()
    assert all(digest not in page for digest in evaluation.data_digests.values())
