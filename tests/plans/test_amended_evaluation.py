"""What an amendment does to verdicts: before the follow-up is seen what it says, afterwards only down."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from impactkit.errors import PlanError
from impactkit.evaluation import evaluate, problems
from impactkit.evidence.conclusion import Conclusion
from impactkit.evidence.lowered import (
    Bound,
    is_lowered,
    lowered,
    lowered_conclusion,
    rank,
)
from impactkit.evidence.verdict import LEAST_FAVOURABLE_FIRST, STATUSES, Verdict
from impactkit.provenance import canonical_json
from impactkit.wording import Message
from plans.trial import amended_in, claim, content, locked_in, plan_in


def told(evaluation):
    return {verdict.claim: verdict.status for verdict in evaluation.verdicts}


def original(evaluation):
    return {verdict.claim: verdict.status for verdict in evaluation.earlier[0].carried.verdicts}


def test_the_plan_is_as_promised(tmp_path):
    plan = locked_in(tmp_path, content(claims=[claim("C1", "y"), claim("C2", "z"), claim("C3", "w")]))
    found = evaluate(plan)
    assert told(found) == {"C1": "supported", "C2": "contradicted", "C3": "contradicted"}
    assert [verdict.harm for verdict in found.verdicts] == [False, False, True]
    assert (found.amendments, found.earlier) == ((), ())
    assert "earlier" not in found.to_record() and "amendments" not in found.to_record()


def test_an_edited_plan_without_an_amendment_is_refused(tmp_path):
    locked_in(tmp_path, content())
    edited = plan_in(tmp_path, content(claims=[claim("C1", "y", size="4")]))
    with pytest.raises(PlanError, match="changed since it was locked"):
        evaluate(edited)
    assert [trouble.what for trouble in problems(edited)] == ["The plan has changed since it was locked."]
    amended_in(tmp_path, content(claims=[claim("C1", "y", size="4")]))
    assert problems(edited) == ()
    with pytest.raises(PlanError, match="changed since it was last amended"):
        evaluate(plan_in(tmp_path, content()))


class TestBeforeTheFollowUpIsSeen:
    def test_the_amended_verdict_stands_with_the_original_beside(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "y", size="20")]))
        found = evaluate(amended_in(tmp_path, content(), seen=False))
        assert (told(found), original(found)) == ({"C1": "supported"}, {"C1": "partly_supported"})
        assert found.results[0].grade.value == 5
        assert not found.earlier[0].counts
        assert found.conclusion.status == "supported"

    def test_a_dropped_claim_is_still_told(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "y"), claim("C2", "z")]))
        found = evaluate(amended_in(tmp_path, content(), seen=False))
        assert (told(found), original(found)) == (
            {"C1": "supported"},
            {"C1": "supported", "C2": "contradicted"},
        )
        assert found.conclusion.status == "supported"

    def test_said_so_on_or_after_the_day_it_was_collected_counts_as_seen(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "y", size="20")]))
        found = evaluate(amended_in(tmp_path, content(), seen=False, on=date(2023, 10, 1)))
        assert found.amendments_seen == (True,)
        assert told(found) == {"C1": "partly_supported"}


class TestAfterwards:
    def test_nothing_is_raised(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "y", size="20")]))
        found = evaluate(amended_in(tmp_path, content()))
        assert told(found) == {"C1": "partly_supported"}
        reason = found.verdicts[0].reasons[0]
        assert reason.code == "verdict.reason.amended.lower"
        assert "the plan that was locked" in reason.text("en")
        assert "Stöds delvis" in reason.text("sv")
        assert found.conclusion.status == "partly_supported"
        assert found.verdicts[0].threshold == 5.0

    def test_it_can_lower(self, tmp_path):
        locked_in(tmp_path, content())
        found = evaluate(amended_in(tmp_path, content(claims=[claim("C1", "y", size="20")])))
        assert told(found) == {"C1": "partly_supported"}
        assert not is_lowered(found.verdicts[0])

    def test_the_grade_is_one_lower_and_says_so(self, tmp_path):
        locked_in(tmp_path, content())
        found = evaluate(amended_in(tmp_path, content(claims=[claim("C1", "y", size="6")])))
        grade, check = found.results[0].grade, found.results[0].checks[-1]
        assert (grade.value, grade.ceiling) == (4, 5)
        assert (check.name, check.passed, check.statistic) == ("amended_after_data", False, 1.0)
        assert "amended once" not in check.sentence.text("en")
        assert check.sentence in grade.reasons
        assert found.earlier[0].carried.results[0].grade.value == 5
        assert told(found) == {"C1": "supported"}

    def test_a_claim_that_is_added_cannot_be_judged(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "z")]))
        found = evaluate(amended_in(tmp_path, content(claims=[claim("C1", "z"), claim("C2", "y")])))
        assert told(found) == {"C1": "contradicted", "C2": "not_assessable"}
        assert found.verdicts[1].reasons[0].code == "verdict.reason.amended.not_there"

    @pytest.mark.parametrize(("rule", "status"), [("all", "not_assessable"), ("any", "supported")])
    def test_an_added_claim_does_not_carry_the_conclusion(self, tmp_path, rule, status):
        decision = {"conclusion": rule}
        locked_in(tmp_path, content(decision=decision))
        later = content(claims=[claim("C1", "y"), claim("C2", "y")], decision=decision)
        assert evaluate(amended_in(tmp_path, later)).conclusion.status == status

    def test_a_contradicted_claim_cannot_be_dropped(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "y"), claim("C2", "w")]))
        found = evaluate(amended_in(tmp_path, content()))
        assert told(found) == {"C1": "supported"}
        assert original(found) == {"C1": "supported", "C2": "contradicted"}
        assert found.conclusion.status == "contradicted"

    def test_harm_stays_harm(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "w")]))
        found = evaluate(amended_in(tmp_path, content(claims=[claim("C1", "z")])))
        assert (found.verdicts[0].status, found.verdicts[0].harm) == ("contradicted", True)

    def test_a_design_that_cannot_tell_does_not_hide_a_contradiction(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "z")]))
        no_lot = content(claims=[claim("C1", "z")])
        no_lot["circumstances"]["assignment"] = "volunteers"
        found = evaluate(amended_in(tmp_path, no_lot))
        assert told(found) == {"C1": "contradicted"}

    def test_a_plan_that_no_longer_fits_the_data_gives_no_verdict(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "gone")]))
        found = evaluate(amended_in(tmp_path, content()))
        assert told(found) == {"C1": "not_assessable"}
        assert found.verdicts[0].reasons[0].code == "verdict.reason.amended.cannot"
        assert found.conclusion.status == "not_assessable"
        assert found.earlier[0].carried is None
        assert found.earlier[0].troubles
        assert found.to_record()["earlier"][0]["troubles"] == [t.what for t in found.earlier[0].troubles]

    def test_a_data_file_that_the_amended_plan_leaves_out_is_not_read(self, tmp_path):
        locked_in(tmp_path, content())
        (tmp_path / "other.csv").write_bytes((tmp_path / "data.csv").read_bytes())
        found = evaluate(amended_in(tmp_path, content(data={"file": "other.csv"})))
        assert told(found) == {"C1": "not_assessable"}
        assert "data.csv" in str(found.earlier[0].troubles[0].values)


class TestSeveralAmendments:
    def test_the_plan_that_stood_when_the_follow_up_was_seen_is_the_one_that_counts(self, tmp_path):
        locked_in(tmp_path, content(claims=[claim("C1", "y", size="20")]))
        amended_in(tmp_path, content(), seen=False)
        found = evaluate(amended_in(tmp_path, content(claims=[claim("C1", "y", size="4")])))
        assert told(found) == {"C1": "supported"}
        assert [(one.number, one.counts) for one in found.earlier] == [(0, False), (1, True)]
        assert [r.grade.value for one in found.earlier for r in one.carried.results] == [5, 5]

    def test_an_amendment_taken_back_leaves_its_mark(self, tmp_path):
        locked_in(tmp_path, content())
        amended_in(tmp_path, content(claims=[claim("C1", "z")]))
        found = evaluate(amended_in(tmp_path, content()))
        assert told(found) == {"C1": "contradicted"}
        assert found.verdicts[0].reasons[0].values["plan"] == Message("amendment.plan.amended", {"n": 1})
        assert [(one.number, one.counts) for one in found.earlier] == [(0, True), (1, True)]
        assert [one.carried.results[0].grade.value for one in found.earlier] == [5, 4]
        assert found.results[0].checks[-1].statistic == 2.0

    def test_those_before_are_carried_out_only_where_they_are_told_or_count(self, tmp_path):
        locked_in(tmp_path, content())
        amended_in(tmp_path, content(claims=[claim("C1", "z")]), seen=False)
        found = evaluate(amended_in(tmp_path, content(), seen=False))
        assert [(one.number, one.counts) for one in found.earlier] == [(0, False)]
        assert told(found) == {"C1": "supported"}


def test_what_may_be_shown_is_what_the_amended_plan_says(tmp_path):
    few = {"target": "45"}
    locked_in(tmp_path, content(claims=[claim("C1", "y") | few]))
    hidden = content(claims=[claim("C1", "y") | few], data={"public": False}, decision={"small_cell": 30})
    found = evaluate(amended_in(tmp_path, hidden))
    levels = [found.verdicts[0].reached.level, found.earlier[0].carried.verdicts[0].reached.level]
    assert all(level != level for level in levels)


def test_the_record_holds_the_chain_and_the_verdicts_before(tmp_path):
    locked_in(tmp_path, content(claims=[claim("C1", "y", size="20")]))
    found = evaluate(amended_in(tmp_path, content()))
    record = json.loads(canonical_json(found.to_record()))
    assert record["amendments"] == [
        {
            "number": 1,
            "digest": found.amendments[0].digest,
            "counts_as_seen": True,
            "changed": ["claims.C1.minimum_effect"],
        }
    ]
    (before,) = record["earlier"]
    assert (before["number"], before["plan_digest"], before["counts"]) == (0, found.lock.plan_digest, True)
    assert [(v["claim"], v["grade"], v["verdict"]["status"]) for v in before["verdicts"]] == [
        ("C1", 5, "partly_supported")
    ]
    assert before["conclusion"]["status"] == "partly_supported"


def test_random_draws_of_an_amended_plan_are_its_own(tmp_path):
    plan = locked_in(tmp_path, content())
    later = amended_in(tmp_path, content(claims=[claim("C1", "y", size="6")]))
    assert plan.seed_for("C1") != later.seed_for("C1")


class TestExploratory:
    def test_everything_is_computed_and_nothing_judged(self, tmp_path):
        plan = plan_in(tmp_path, content(claims=[claim("C1", "y"), claim("C2", "w")]))
        locked_in(tmp_path, content())
        found = evaluate(plan, exploratory=True)
        assert told(found) == {"C1": "not_assessable", "C2": "not_assessable"}
        assert all(v.reasons == (Message("verdict.reason.exploratory"),) for v in found.verdicts)
        assert not any(verdict.harm for verdict in found.verdicts)
        assert (found.conclusion.status, found.conclusion.reasons[0].code) == (
            "not_assessable",
            "verdict.reason.exploratory",
        )
        assert found.results[0].estimate.interval.point == pytest.approx(10, abs=1)
        assert found.results[0].grade.value == 5
        assert (found.lock, found.amendments, found.exploratory) == (None, (), True)
        assert found.to_record()["exploratory"] is True
        assert str(Message("evaluation.exploratory")) in found._repr_html_()

    def test_an_ordinary_run_does_not_say_so(self, tmp_path):
        found = evaluate(locked_in(tmp_path, content()))
        assert "exploratory" not in found.to_record()
        assert str(Message("evaluation.exploratory")) not in found._repr_html_()


def verdict(status, *, harm=False):
    return Verdict(
        claim="C1",
        status=status,
        reasons=(Message("verdict.reason.wide"),),
        point=1.0,
        low=0.0,
        high=2.0,
        level=0.95,
        threshold=1.0,
        permutation_p=0.5,
        harm=harm,
        minimum_detectable=3.0,
    )


WHY = Message("verdict.reason.amended.lower")
bounds = st.lists(
    st.builds(Bound, status=st.sampled_from(STATUSES), reason=st.just(WHY), harm=st.booleans()), max_size=4
)


class TestLowering:
    def test_the_order(self):
        assert LEAST_FAVOURABLE_FIRST == (
            "contradicted",
            "not_assessable",
            "inconclusive",
            "partly_supported",
            "supported",
        )

    @given(status=st.sampled_from(STATUSES), harm=st.booleans(), bounds=bounds)
    def test_never_raises_and_reaches_the_lowest(self, status, harm, bounds):
        before = verdict(status, harm=harm)
        after = lowered(before, bounds)
        ranks = [rank(status, harm=harm), *(bound.rank for bound in bounds)]
        assert rank(after.status, harm=after.harm) == min(ranks)
        assert is_lowered(after) == (min(ranks) < ranks[0])
        assert (after.point, after.low, after.high) == (before.point, before.low, before.high)
        if after.reasons == before.reasons:
            assert after == before
        else:
            assert after.reasons == (WHY, *before.reasons)
            assert after.minimum_detectable != after.minimum_detectable

    @given(status=st.sampled_from(STATUSES), bounds=bounds)
    def test_of_a_conclusion_too(self, status, bounds):
        before = Conclusion(rule="all", status=status, reasons=())
        after = lowered_conclusion(before, bounds)
        assert rank(after.status) == min([rank(status), *(rank(bound.status) for bound in bounds)])
        assert (after.reasons == ()) == (after.status == status)

    def test_without_reasons_nothing_was_lowered(self):
        assert not is_lowered(replace(verdict("supported"), reasons=()))


claims = st.lists(
    st.builds(
        claim,
        st.sampled_from(["C1", "C2", "C3"]),
        st.sampled_from(["y", "z", "w"]),
        size=st.sampled_from(["2", "5", "20"]),
        role=st.sampled_from(["primary", "secondary", "guardrail"]),
        change=st.sampled_from(["increase", "decrease", "no_harm"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=(lambda one: one["id"], lambda one: one["outcome"]),
).map(lambda found: [{**found[0], "role": "primary"}, *found[1:]])
plans = st.builds(
    content,
    claims=claims,
    decision=st.fixed_dictionaries({"conclusion": st.sampled_from(["all", "any"])}),
)


LOST = [claim("C2", "y", size="2"), claim("C1", "z", size="2", role="guardrail")]


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@example(
    first=content(claims=LOST),
    before=None,
    later=[content(claims=[claim("C1", "y", size="2")]), content(claims=[claim("C2", "y", size="2")])],
)
@given(first=plans, before=st.one_of(st.none(), plans), later=st.lists(plans, min_size=1, max_size=2))
def test_an_amendment_after_the_data_are_seen_never_raises_any_verdict(first, before, later):
    with TemporaryDirectory() as place:
        folder = Path(place)
        plan = locked_in(folder, first)
        if before is not None and before != first:
            plan = amended_in(folder, before, seen=False)
        standing = evaluate(plan)
        for made in later:
            if plan_in(folder, made).digest == standing.plan.digest:
                continue
            now = evaluate(amended_in(folder, made))
            ranks = {v.claim: rank(v.status, harm=v.harm) for v in standing.verdicts}
            for one in now.verdicts:
                lowest = rank("not_assessable")
                assert rank(one.status, harm=one.harm) <= ranks.get(one.claim, lowest)
            assert rank(now.conclusion.status) <= rank(standing.conclusion.status)
            standing = now
