"""The lender's five basic requirements: each missing piece is named with its key."""

import copy

import pytest

from impactkit.errors import PlanError
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.plans.requirements import REQUIREMENTS, is_examined, unmet

FULL = {
    "goals": {"investment": "Ny belysning 2023", "social_effort": "Tio trygghetsvärdar 2023"},
    "requirements": {
        "promotes": "Ett nytt arbetssätt för oss.",
        "systematic_work": "Del av kommunens trygghetsarbete.",
        "long_term": "Värdarna finns i ordinarie budget.",
    },
}


@pytest.fixture
def full(sound):
    sound |= copy.deepcopy(FULL)
    sound["project"] |= {"target_group": "Cirka 900 hyresgäster", "responsible": "Staben"}
    sound["project"]["social_effort"] = "Trygghetsvärdar"
    sound["claims"][0] |= {"data_source": "Egen enkät", "validation_method": "Svarsfilen sparas"}
    sound["data"]["baseline_collected"] = "2022-10-01"
    return sound


def test_a_full_plan_shows_all_five(full):
    assert unmet(Plan.of(full)) == Plan.of(full).unmet() == ()


@pytest.mark.parametrize(
    ("table", "key", "requirement"),
    [
        ("requirements", "promotes", "promotes"),
        ("requirements", "systematic_work", "systematic_work"),
        ("requirements", "long_term", "long_term"),
        ("goals", "social_effort", "goals"),
        ("project", "social_effort", "goals"),
        ("project", "responsible", "goals"),
        ("data", "baseline_collected", "goals"),
        ("data", "follow_up_collected", "goals"),
    ],
)
def test_each_missing_piece_is_named_with_its_key(full, table, key, requirement):
    del full[table][key]
    (found,) = unmet(Plan.of(full))
    assert (found.requirement, found.key) == (requirement, f"[{table}] {key}")
    assert found.missing.text("sv") != found.missing.text("en")


@pytest.mark.parametrize("key", ["data_source", "validation_method"])
def test_a_primary_claim_says_where_its_values_come_from_and_how_to_check_them(full, key):
    del full["claims"][0][key]
    (found,) = unmet(Plan.of(full))
    assert found.key == f"[[claims]] C1, {key}"


@pytest.mark.parametrize("group", ["Hyresgäster", "900", "Hyresgäster i området"])
def test_a_target_group_says_who_and_how_many(full, group):
    full["project"]["target_group"] = group
    assert [each.requirement for each in unmet(Plan.of(full))] == ["target_group"]


def test_a_bare_plan_lacks_all_five(sound):
    assert {each.requirement for each in unmet(Plan.of(sound))} == set(REQUIREMENTS)


def test_only_a_plan_about_a_loan_is_examined(sound, full):
    assert is_examined(Plan.of(full))
    bare = {key: value for key, value in full.items() if key not in FULL}
    assert not is_examined(Plan.of(bare))


class TestTheBaseline:
    def test_a_baseline_after_the_start_is_refused_with_the_two_ways_out(self, sound):
        sound["data"]["baseline_collected"] = "2023-05-01"
        with pytest.raises(PlanError, match='baseline_kind = "register"'):
            Plan.of(sound)

    def test_a_register_may_be_read_backwards_at_any_date(self, sound):
        sound["data"] |= {"baseline_collected": "2024-05-01", "baseline_kind": "register"}
        assert Plan.of(sound).data.baseline_kind == "register"

    def test_no_baseline_and_a_date_for_it_contradict_each_other(self, sound):
        sound["data"] |= {"baseline_collected": "2022-05-01", "baseline_kind": "none"}
        with pytest.raises(PlanError, match="there is no baseline, but one was collected"):
            Plan.of(sound)

    def test_no_baseline_asks_for_no_date_of_it(self, full):
        del full["data"]["baseline_collected"]
        full["data"]["baseline_kind"] = "none"
        assert unmet(Plan.of(full)) == ()

    @pytest.mark.parametrize("kind", ["measured", "register", "none"])
    def test_only_without_a_baseline_can_a_difference_not_be_assessed(self, make, kind):
        verdict = evaluate(make("data", baseline_kind=kind)).verdicts[0]
        codes = [reason.code for reason in verdict.reasons]
        assert ("verdict.reason.no_baseline" in codes) == (kind == "none")
        assert (verdict.status == "not_assessable") == (kind == "none")

    def test_the_report_tells_which_kind_it_is(self, make):
        report = evaluate(make("data", baseline_kind="register")).report(language="sv")
        assert "hämtad bakåt ur ett register" in [fact.text for fact in report.background]


class TestTheAmounts:
    def test_three_amounts_stand_in_the_report(self, sound, make):
        sound["loan"] = {"granted_sek": 9, "paid_out_sek": 6, "financed_sek": 4, "financed_share": "0.8"}
        report = evaluate(make()).report(language="en")
        labels = [fact.label for fact in report.background]
        assert "Financed by a social bond" in labels

    def test_more_financed_than_paid_out_is_refused(self, sound):
        sound["loan"] = {"granted_sek": 9, "paid_out_sek": 6, "financed_sek": 7, "financed_share": "0.8"}
        with pytest.raises(PlanError, match="More was financed by the bond"):
            Plan.of(sound)


def test_finished_before_it_started_is_refused(sound):
    sound["project"]["investment_finished"] = "2022-01-01"
    with pytest.raises(PlanError, match="was finished 2022-01-01, before it started"):
        Plan.of(sound)


def test_a_finished_investment_may_apply(sound):
    sound["project"]["investment_finished"] = "2023-08-01"
    assert Plan.of(sound).project.investment_finished.year == 2023
