"""What an indicator refuses stops a plan, unless the claim accepts it in words; the report shows both."""

import pytest

from impactkit.errors import ImpactkitError, PlanError
from impactkit.evaluation import evaluate
from impactkit.indicators import Catalogue
from impactkit.plans import Plan
from impactkit.reporting.render import render

LOAN = {"granted_sek": 9, "paid_out_sek": 6, "financed_share": "0.8"}
REASON = "Frågan är ordagrant densamma i vår egen enkät."
INDICATOR = Catalogue.default()["safety/feels-safe-after-dark"].model_dump(mode="json", exclude_none=True)
CHANGE = {"sv": "Frågan ändrades.", "en": "The question changed."}
BROKEN = {"versions": [{"since": 2023, "comparable": False, "change": CHANGE}]}
ROLLING = {"window": {"kind": "rolling_mean", "years": 4}, "versions": []}
ENDED = {"published": {"since": 2010, "until": 2022}, "versions": []}
FINE = {"versions": []}
ROWS = "område;år;insats;trygga\n" + "".join(
    f"{area:02d};{year};{int(area < 3)};{50 + area / 2 + (year - 2022) * (3 if area < 3 else 1)}\n"
    for area in range(1, 11)
    for year in (2022, 2023)
)
OUTSIDE = ROWS.replace("50.5", "150.5")


def planned(sound, own, tmp_path, *, rows=ROWS, **claim):
    sound["indicators"] = [{**INDICATOR, "id": "safety/own", **own}]
    sound["claims"][0] |= {"indicator": "safety/own", **claim}
    sound["loan"] = LOAN
    (tmp_path / "data.csv").write_text(rows, "utf-8")
    plan = Plan.of(sound)
    plan._path = tmp_path / "plan.toml"
    return plan


CASES = [
    ("definition_break", BROKEN, ROWS, {}),
    ("overlapping_windows", ROLLING, ROWS, {}),
    ("never_published", ENDED, ROWS, {}),
    ("outside_range", FINE, OUTSIDE, {}),
    ("pro_rata", FINE, ROWS, {"basis": "financed_share"}),
    ("mixed_norms", FINE, ROWS, {"baseline_indicator": "housing/overcrowding-norm-2"}),
]


@pytest.mark.parametrize(("kind", "own", "rows", "claim"), CASES, ids=lambda case: str(case)[:20])
class TestEveryRefusal:
    def test_stops_the_plan_and_says_how_to_accept_it(self, kind, own, rows, claim, sound, tmp_path):
        with pytest.raises(ImpactkitError, match=f"accept = {{ {kind} = ") as caught:
            evaluate(planned(sound, own, tmp_path, rows=rows, **claim))
        assert 'plan.toml, claim "C1"' in str(caught.value)

    def test_is_accepted_in_words_and_shown_in_the_report(self, kind, own, rows, claim, sound, tmp_path):
        plan = planned(sound, own, tmp_path, rows=rows, accept={kind: REASON}, **claim)
        report = evaluate(plan).report(language="sv")
        (told,) = report.claims[0].accepted
        assert REASON in told
        assert "safety/own" in told
        assert REASON in render(report, tmp_path / "rapport.html").read_text("utf-8")


def test_what_was_not_refused_is_not_shown(sound, tmp_path):
    plan = planned(sound, FINE, tmp_path, accept={"definition_break": REASON})
    assert evaluate(plan).report().claims[0].accepted == ()


def test_the_dates_in_a_plan_are_enough_to_refuse(sound):
    sound["indicators"] = [{**INDICATOR, "id": "safety/own", **BROKEN}]
    sound["claims"][0]["indicator"] = "safety/own"
    sound["data"]["baseline_collected"] = "2022-10-01"
    with pytest.raises(PlanError, match="changed definition in 2023"):
        Plan.of(sound)


@pytest.mark.parametrize("accept", [{"definition_break": "ok"}, {"anything": REASON}])
def test_accepting_needs_a_known_refusal_and_a_reason(sound, accept):
    sound["claims"][0]["accept"] = accept
    with pytest.raises(PlanError, match="accept"):
        Plan.of(sound)


def test_every_refusal_of_a_plan_is_told_at_once(sound, tmp_path):
    plan = planned(sound, BROKEN | {"window": ROLLING["window"]}, tmp_path, rows=OUTSIDE)
    with pytest.raises(ImpactkitError) as caught:
        evaluate(plan)
    kinds = {trouble.values["kind"] for trouble in caught.value.troubles}
    assert kinds == {"definition_break", "overlapping_windows", "outside_range"}


def test_a_claim_in_another_unit_has_another_range(sound, tmp_path):
    evaluate(planned(sound, FINE, tmp_path, rows=OUTSIDE, unit="svarande per 1 000"))


def test_an_unknown_baseline_indicator_is_met_with_a_guess(sound):
    sound["claims"][0]["baseline_indicator"] = "safety/feels-safe-after-dar"
    with pytest.raises(PlanError, match="Did you mean"):
        Plan.of(sound)


def test_the_loans_share_of_a_count_is_told_beside_the_whole(sound, tmp_path):
    counted = {"measure": "count", "pro_rata": "allowed", "unit": {"sv": "st", "en": "pieces"}}
    plan = planned(sound, {**FINE, **counted, "change_unit": None}, tmp_path, basis="financed_share")
    evaluation = evaluate(plan)
    told = {fact.label: fact.text for fact in evaluation.report(language="sv").claims[0].facts}
    point = evaluation.verdicts[0].point
    assert told["Avser"] == "hela investeringen"
    assert told["Lånets andel av effekten"].startswith(f"+{0.8 * point:.1f}".replace(".", ","))


def test_a_share_of_no_loan_is_refused(sound):
    sound["claims"][0]["basis"] = "financed_share"
    with pytest.raises(PlanError, match=r"the plan has no \[loan\]"):
        Plan.of(sound)
