"""The step about disclosure, asked of small bundles: what each answer takes, and what it names."""

from types import SimpleNamespace

import pytest

from impactkit.verification import disclosed
from impactkit.verification.disclosed import disclosure, told_in_sentences
from impactkit.wording import Message
from verification.small_records import plan_of, result_of

REASON = "The rows are invented people, who cannot be hurt"
NUMBER = "811228-9874"
AREAS = {"unit": "person", "time": "year", "start": 2020, "aggregate_by": "area", "aggregate_weight": "equal"}
FEW = {"code": "estimate.always_treated", "values": {"n": 3}}


def bundle_of(*results, data="withheld", prose="", page="a page", members=None, **more):
    held = {"report.html": page.encode("utf-8"), **(members or {})}
    return SimpleNamespace(
        manifest=SimpleNamespace(data=data, language="en"),
        prose=prose,
        members=held,
        results={"results": list(results), **more},
    )


def found_of(*, evaluation=None, lock=None, decision=None, **data):
    decision = {"decided": "2023-01-01", "small_cell": 10, **(decision or {})}
    return SimpleNamespace(plan=plan_of(decision=decision, **data), evaluation=evaluation, lock=lock)


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    """Let the report tell what the results do, unless a test says which claims it tells otherwise of."""
    odd, asked = [], []

    def told_otherwise(page, results, language):
        asked.append((page, results, language))
        return odd

    monkeypatch.setattr(disclosed, "told_otherwise", told_otherwise)
    return SimpleNamespace(odd=odd, asked=asked)


def answer(bundle, found):
    step = disclosure(bundle, found)
    assert step.name == "disclosure"
    assert step.text("en")
    return step.state, step.sentence.code.removeprefix("verify.disclosure."), dict(step.sentence.values)


def test_figures_that_tell_of_nobody_pass(tables):
    bundle = bundle_of(result_of(), page="en sida på svenska")
    assert answer(bundle, found_of()) == ("pass", "few_hidden", {"n": 10})
    assert tables.asked == [("en sida på svenska", bundle.results, "en")]


def test_what_cannot_be_read_is_not_checked():
    nothing = SimpleNamespace(plan=None, evaluation=None, lock=None)
    assert answer(bundle_of(), nothing) == ("not_checked", "not_computed", {})
    assert answer(bundle_of(data="included"), found_of(public=True)) == ("not_checked", "not_computed", {})
    # Where the rows are withheld, nothing was to be computed.
    assert answer(bundle_of(result_of()), found_of())[0] == "pass"


def test_a_number_in_the_plan_fails_and_is_not_repeated():
    step = disclosure(bundle_of(prose=f"Ask {NUMBER}"), found_of())
    assert (step.state, step.sentence.code) == ("fail", "verify.disclosure.found")
    assert [trouble.values for trouble in step.troubles] == [{"file": "plan.toml"}]
    assert NUMBER not in step.text("en")


def test_what_cannot_be_searched_may_hold_anything(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = found_of(public=True, evaluation=object())
    assert answer(bundle_of(data="included"), found) == ("fail", "unreadable", {})


def test_rows_that_anybody_may_see_pass_whatever_they_tell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("y;arm\n1;0\n2;1\n", "utf-8")
    found = found_of(public=True, evaluation=object())
    assert answer(bundle_of(result_of(n=(4, 96)), data="included"), found) == ("pass", "none", {})


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        ([], ("pass", "areas", {"n": 10})),
        (["a", "b"], ("fail", "apart", {"n": 10, "names": "a; b"})),
        (list("abcdefg"), ("fail", "apart", {"n": 10, "names": "a; b; c; d; e"})),
    ],
)
def test_averages_over_areas_are_asked_about_their_differences(monkeypatch, apart, expected):
    evaluation = object()
    monkeypatch.setattr(disclosed, "told_by_difference", lambda given: apart if given is evaluation else None)
    found = found_of(evaluation=evaluation, **AREAS)
    assert answer(bundle_of(data="averages"), found) == expected


def test_averages_that_are_withheld_cannot_be_asked_about():
    assert answer(bundle_of(), found_of(**AREAS)) == ("not_checked", "areas_withheld", {"n": 10})


def test_a_plan_may_give_its_reason_to_hide_nothing():
    found = found_of(decision={"disclosure_off": REASON})
    assert answer(bundle_of(result_of(n=(4, 96))), found) == ("not_checked", "off", {"reason": REASON})


def broken():
    result = result_of()
    del result["estimate"]["sample"]["n_rows"]
    return result


def with_sentence(sentence):
    return {**result_of(), "verdict": {"reasons": [sentence]}}


PINNED = result_of(n=(None, 60), treated=None)
NO_UNITS = result_of(n=(None, None), treated=None)


@pytest.mark.parametrize(
    ("result", "code", "names"),
    [
        (broken(), "unreadable_results", None),
        (result_of(treated=900), "contradict", None),
        (
            result_of(n=(4, 96), treated=4),
            "small",
            "C1, treated, once; C1, n_treated; C1, n_treated_clusters",
        ),
        (with_sentence(FEW), "small", "C1: estimate.always_treated"),
        (PINNED, "pinned", "C1, treated, once; C1, n_treated; C1, n_treated_clusters"),
        (
            result_of(left=[(3, 1, 2), (4, 1, 3)]),
            "small",
            "C1, left_out 1; C1, left_out 1, treated; C1, left_out 1, comparison; C1, left_out 2; "
            "C1, left_out 2, treated",
        ),
    ],
)
def test_results_that_tell_of_few_fail_and_the_first_five_are_named(result, code, names):
    values = {} if names is None else {"names": names, "n": 10}
    # A contradiction needs a hidden figure to be asked about.
    if code == "contradict":
        result["estimate"]["sample"]["n_units"] = None
    assert answer(bundle_of(result), found_of()) == ("fail", code, values)


def test_a_page_that_is_missing_or_tells_otherwise_fails(tables):
    bundle = bundle_of(result_of())
    del bundle.members["report.html"]
    assert answer(bundle, found_of()) == ("fail", "unreadable_results", {})
    tables.odd += ["C1", "C2"]
    told = ("fail", "report", {"names": "C1; C2", "n": 10})
    assert answer(bundle_of(result_of()), found_of()) == told


def lock_of(n_treated):
    return SimpleNamespace(roster=SimpleNamespace(n_treated=n_treated))


LOCK = {"plan/plan.lock.json": b"{}"}
HIDDEN = result_of(n=(None, None), units=None, treated=None)


@pytest.mark.parametrize(
    ("result", "lock", "members", "tells"),
    [
        (HIDDEN, lock_of(6), LOCK, True),
        (result_of(n=(None, None), treated=None), lock_of(6), LOCK, True),
        (result_of(n=(None, None), units=None), lock_of(6), LOCK, True),
        (result_of(), lock_of(6), LOCK, False),
        (HIDDEN, lock_of(None), LOCK, False),
        (HIDDEN, lock_of(6), {}, False),
        (HIDDEN, None, LOCK, False),
        (HIDDEN, SimpleNamespace(roster=None), LOCK, False),
    ],
)
def test_a_lock_tells_where_it_counts_units_that_the_results_do_not(result, lock, members, tells):
    names = disclosed._in_lock(bundle_of(result, members=members), found_of(lock=lock))
    assert names == (["plan/plan.lock.json"] if tells else [])


def test_a_lock_that_counts_units_fails():
    bundle, found = bundle_of(HIDDEN, members=LOCK), found_of(lock=lock_of(6))
    assert answer(bundle, found) == ("fail", "small", {"names": "plan/plan.lock.json", "n": 10})


def said(result, *, threshold=10, **more):
    return told_in_sentences({"results": [result], **more}, threshold)


def message(code, **values):
    return {"code": code, "values": values}


OVERLAP = message("check.overlap.like", share=0.05)
CLUSTERS = message("check.too_few_clusters.few", treated=4, comparison=60, needed_treated=5)


@pytest.mark.parametrize(
    ("sentence", "sample", "told"),
    [
        (FEW, {}, True),
        (message("estimate.always_treated", n=10), {}, False),
        # Where the treated are hidden, no count may tell them.
        (message("estimate.always_treated", n=10), {"n_treated": None}, True),
        # A twentieth of 40 treated is two of them, of 400 twenty.
        (OVERLAP, {"n_treated": 40}, True),
        (OVERLAP, {"n_treated": 400}, False),
        # Clusters that are counted may be told of, in all and in each arm.
        (CLUSTERS, {}, True),
        (CLUSTERS, {"n_treated_clusters": 4}, False),
        (CLUSTERS, {"n_comparison_clusters": 4}, False),
        (CLUSTERS, {"n_clusters": 4}, False),
        (CLUSTERS, {"n_clusters": None, "n_treated_clusters": None}, True),
    ],
)
def test_a_sentence_tells_when_a_number_in_it_should_have_been_hidden(sentence, sample, told):
    result = with_sentence(sentence)
    result["estimate"]["sample"] |= sample
    assert said(result) == ([f"C1: {sentence['code']}"] if told else [])


def test_sentences_are_found_wherever_they_stand():
    deep = {**result_of(), "checks": [{"sentence": FEW}, {"table": [[FEW], 1, None]}]}
    assert said(deep) == ["C1: estimate.always_treated"] * 2
    # What has more than a code and values is no sentence.
    assert said({**result_of(), "other": {**FEW, "more": 1}}) == []
    inner = {**result_of(), "other": {"more": {"deep": FEW}, "code": "x"}}
    assert said(inner) == ["C1: estimate.always_treated"]


def test_what_each_cluster_adds_is_not_told():
    result = result_of()
    result["estimate"]["influence"] = [[0.1]]
    assert said(result) == ["C1: influence"]


def test_earlier_plans_are_looked_through_by_their_number():
    earlier = [{"number": 0, "verdicts": [{"reasons": [FEW]}]}, {"number": 1, "verdicts": []}]
    assert said(result_of(), earlier=earlier) == ["0: estimate.always_treated"]
    assert said(result_of(), earlier=earlier, threshold=3) == []
    # Their units are not counted, so a share of them is none of few.
    assert said(result_of(), earlier=[{"number": 0, "reasons": [OVERLAP]}]) == []


def test_a_record_of_a_sentence_is_that_sentence():
    assert disclosed._messages([FEW]) == [Message("estimate.always_treated", {"n": 3})]
    assert disclosed._messages("text") == []
