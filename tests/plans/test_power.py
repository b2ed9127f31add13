"""What a plan can show: from the baseline alone, from what is given, and as brute force finds it."""

import json
import math
import tomllib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from impactkit.effects.worlds import FactorPanel, InterruptedSeries, RandomisedArms, TwoGroupPanel
from impactkit.errors import ImpactkitError
from impactkit.evidence.case import Case
from impactkit.evidence.examine import examine
from impactkit.evidence.judge import judge_together
from impactkit.evidence.verdict import STATUSES
from impactkit.examples import copy_example
from impactkit.plans import Plan
from impactkit.plans.declared import declared
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.plans.power import power
from plans import test_every_estimator
from plans.test_every_estimator import as_toml

TRIAL = RandomisedArms(n_lots=100, n_strata=1, cluster_noise=0.0, slope=0.0)
PANEL = TwoGroupPanel(n_units=36, n_treated=12, n_periods=5, start=3, persistence=0.0)
SPREAD = {"spread": math.sqrt(2), "correlation": 0.5}  # levels and noise of variance 1


SAID = {"finding": "unlikely", "reason": "All of it is invented, for a test of the chain."}
CIRCUMSTANCES = {
    "assignment": "lot",
    "spillover": SAID,
    "displacement": SAID,
    "anticipation": SAID,
    "looks": 1,
}


def planned(sound, folder, method, part, world):
    """Write a plan that says all that checks ask of it."""
    said = {**sound, "circumstances": CIRCUMSTANCES}
    plan = test_every_estimator.planned(said, folder, method, part, world)
    page = plan.folder / "plan.toml"
    content = tomllib.loads(page.read_text("utf-8"))
    content["claims"][0] |= {"indicator": "housing/satisfied-with-outdoor-environment"}
    content["claims"][0]["accept"] = {"outside_range": content["claims"][0]["accept"]["outside_range"]}
    return written(page, content)


def written(page, content):
    page.write_text("".join(f"{key} = {as_toml(value)}\n" for key, value in content.items()), "utf-8")
    return Plan.read(page)


def changed(plan, size, **claim):
    """Return the plan with another size of its claim."""
    page = plan.folder / "plan.toml"
    content = tomllib.loads(page.read_text("utf-8"))
    content["claims"][0] |= {"minimum_effect": str(size), **claim}
    return written(page, content)


def counted(plan, world, effect, *, draws):
    """Carry out the plan on worlds in which the effect is true."""
    claim, estimator = plan.claims[0], planned_estimator(plan, plan.claims[0])
    seen = Counter()
    for seed in range(draws):
        drawn = replace(world, effect=effect)
        study = drawn.study(drawn.draw(10_000 + seed))
        found = examine(study, estimator, declared=declared(plan, claim))
        case = Case(claim=claim, estimate=found.estimate, grade=found.grade)
        seen[judge_together([case], alpha=float(plan.decision.alpha))[0].status] += 1
    return seen


def agrees(found, seen, draws, *, allowed=0.0):
    """Hold chances to counts within binomial error (of a simulated chance too), and a bias allowed for."""
    for status in STATUSES:
        low, high = found.limits(status)
        least, most = max(low - allowed, 0.0), min(high + allowed, 1.0)
        k = seen[status]
        assert binom.sf(k - 1, draws, most) > 1e-4, (status, found.chances[status], k / draws)
        assert binom.cdf(k, draws, least) > 1e-4, (status, found.chances[status], k / draws)


@pytest.mark.parametrize(
    ("world", "method", "size", "given", "by"),
    [
        (PANEL, "difference_in_differences", 1, SPREAD, "formula"),
        (TRIAL, "randomised_trial", 0.5, {"spread": 1.0}, "formula"),
        (replace(PANEL, n_units=15, n_treated=5), "difference_in_differences", 1, SPREAD, "simulation"),
    ],
)
def test_chances_are_those_of_brute_force(sound, tmp_path, world, method, size, given, by):
    plan = changed(planned(sound, tmp_path, method, None, world), size)
    (found,) = power(plan, **given).claims
    assert found.method == by
    for each in found.chances[1::2]:
        seen = counted(plan, world, each.effect, draws=150)
        agrees(each, seen, 150, allowed=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "n_treated"), [(36, 12), (60, 20), (15, 5), (9, 3)])
@pytest.mark.parametrize("change", ["increase", "no_harm"])
def test_chances_are_those_of_brute_force_at_length(sound, tmp_path, n, n_treated, change):
    world = replace(PANEL, n_units=n, n_treated=n_treated)
    harm = {"harm": "decrease"} if change == "no_harm" else {}
    plan = changed(
        planned(sound, tmp_path, "difference_in_differences", None, world), 1, change=change, **harm
    )
    (found,) = power(plan, **SPREAD).claims
    for each in found.chances:
        seen = counted(plan, world, each.effect, draws=1000)
        agrees(each, seen, 1000, allowed=0.02)


def test_the_noise_of_a_panel_is_told_from_its_baseline(sound, tmp_path):
    world = TwoGroupPanel(n_units=400, n_treated=200, n_periods=12, start=9, persistence=0.6)
    plan = planned(sound, tmp_path, "difference_in_differences", None, world)
    (found,) = power(plan).claims
    lags = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    weights = np.r_[np.full(8, -1 / 8), np.full(4, 1 / 4)]
    spread = math.sqrt(weights @ 0.6**lags @ weights * 4 / 400)
    # The level is 90 %: 1.645 + 0.842 standard errors.
    assert found.told_from_nothing == pytest.approx(2.486 * spread, rel=0.1)


def test_outcomes_after_the_start_change_nothing(sound, tmp_path):
    world = replace(PANEL, effect=0.0)
    first = power(planned(sound, tmp_path, "difference_in_differences", None, world))
    rows = (tmp_path / "data.csv").read_text().splitlines()
    spoilt = [row if row.split(",")[1] < "2022" else f"{row.rpartition(',')[0]},999.0" for row in rows[1:]]
    (tmp_path / "data.csv").write_text("\n".join([rows[0], *spoilt]) + "\n")
    again = power(Plan.read(tmp_path / "plan.toml"))
    assert again.tidy().equals(first.tidy())


def test_the_baseline_alone_is_enough_and_the_rest_is_laid_out(sound, tmp_path):
    plan = planned(sound, tmp_path, "difference_in_differences", None, PANEL)
    rows = (tmp_path / "data.csv").read_text().splitlines()
    before = [row for row in rows[1:] if row.split(",")[1] < "2022"]
    (tmp_path / "data.csv").write_text("\n".join([rows[0], *before]) + "\n")
    plan = changed(plan, 1, by=2024)
    (found,) = power(plan).claims
    (longer,) = power(plan, periods=8).claims
    assert (found.n_treated, found.n_comparison) == (12, 24)
    assert longer.told_from_nothing < found.told_from_nothing
    assert not [note for note in found.notes if note.code == "power.follow_up_unused"]


def test_two_files_need_only_the_first(sound, tmp_path):
    planned(sound, tmp_path, "difference_in_differences", None, PANEL)
    rows = (tmp_path / "data.csv").read_text().splitlines()
    kept = [
        ",".join(cell for at, cell in enumerate(row.split(",")) if at != 1) for row in rows if ",2021," in row
    ]
    head = ",".join(name for name in rows[0].split(",") if name != "period")
    (tmp_path / "baseline.csv").write_text("\n".join([head, *kept]) + "\n")
    page = tmp_path / "plan.toml"
    content = tomllib.loads(page.read_text("utf-8"))
    del content["data"]["file"]
    content["data"] |= {"baseline": "baseline.csv", "follow_up": "follow-up.csv"}
    content["data"] |= {"baseline_collected": "2019-10-01", "time": "year"}
    content["data"] |= {"first_treated": "first_treated"}
    page.write_text("".join(f"{key} = {as_toml(value)}\n" for key, value in content.items()), "utf-8")
    (found,) = power(page).claims
    assert found.notes[0].code == "power.noise.panel_assumed"
    assert [each.correlation for each in found.correlations] == [0.3, 0.5, 0.7, 0.9]
    sizes = [each.told_from_nothing for each in found.correlations]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] == pytest.approx(found.told_from_nothing)
    (other,) = power(plan=page, correlation=0.9).claims
    assert other.told_from_nothing == pytest.approx(sizes[3], rel=1e-6)


def test_without_rows_it_says_what_to_give_and_takes_it(sound, tmp_path):
    plan = changed(planned(sound, tmp_path, "difference_in_differences", None, PANEL), 1)
    (tmp_path / "data.csv").unlink()
    with pytest.raises(ImpactkitError, match="spread, n_treated, n_comparison"):
        power(plan)
    (found,) = power(plan, spread=2, correlation=0.5, n_treated=30, n_comparison=30).claims
    # One baseline, and the years 2020 and 2021 after the start in 2021 or before: the design is laid out.
    assert (found.method, found.n_treated, found.n_comparison) == ("formula", 30, 30)
    assert (
        found.told_from_nothing
        > power(plan, **SPREAD, n_treated=30, n_comparison=30).claims[0].told_from_nothing
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [({"spread": -1}, "spread"), ({"correlation": 1.0}, "correlation"), ({"periods": 0}, "periods")],
)
def test_what_cannot_be_is_refused(sound, tmp_path, given, said):
    plan = planned(sound, tmp_path, "difference_in_differences", None, PANEL)
    with pytest.raises(ImpactkitError, match=said):
        power(plan, **given)


def test_one_area_and_five_can_show_nothing_and_it_is_said(sound, tmp_path):
    world = replace(PANEL, n_units=6, n_treated=1)
    plan = changed(planned(sound, tmp_path, "difference_in_differences", None, world), 1)
    (found,) = power(plan).claims
    assert (found.can_be_supported, found.told_from_nothing, found.detectable) == (False, math.inf, math.inf)
    assert all(each.chances["supported"] == 0 for each in found.chances)
    told = found.in_words("en")[0]
    assert "one treated unit and 5 comparison units" in told
    assert "only 6 ways" in told
    assert "en enhet med insats och 5 jämförelseenheter" in found.in_words("sv")[0]


def test_one_before_after_cannot_tell_whatever_the_effect(sound, tmp_path):
    world = replace(PANEL, n_units=6, n_treated=2)
    (found,) = power(planned(sound, tmp_path, "before_after", None, world)).claims
    assert [each.chances["not_assessable"] for each in found.chances] == [1.0] * 5
    assert (found.needed, found.reasons[0].code) == ((), "power.reason.design")


def test_a_short_series_cannot_tell_and_a_long_one_is_drawn_on(sound, tmp_path):
    world = InterruptedSeries(n_before=20, n_after=6)
    (found,) = power(planned(sound, tmp_path, "interrupted_time_series", None, world)).claims
    assert found.chances[-1].chances["not_assessable"] == 1.0
    assert found.notes[0].code == "power.noise.series"


def test_donors_are_drawn_on_with_pretended_starts(sound, tmp_path):
    world = FactorPanel(n_donors=44, n_periods=20, start=17)
    plan = changed(planned(sound, tmp_path, "synthetic_control", None, world), 1)
    (found,) = power(plan).claims
    assert found.notes[0].code == "power.noise.placebo"
    chances = [each.chances["supported"] for each in found.chances]
    assert chances == sorted(chances)
    assert chances[0] == 0


def test_primary_claims_share_the_level(sound, tmp_path):
    plan = planned(sound, tmp_path, "difference_in_differences", None, PANEL)
    page = tmp_path / "plan.toml"
    content = tomllib.loads(page.read_text("utf-8"))
    content["claims"].append({**content["claims"][0], "id": "C2"})
    page.write_text("".join(f"{key} = {as_toml(value)}\n" for key, value in content.items()), "utf-8")
    found = power(page)
    assert [claim.level for claim in found.claims] == [pytest.approx(0.95)] * 2
    assert found.claims[0].told_from_nothing > power(plan).claims[0].told_from_nothing
    assert any("share the risk" in sentence for sentence in found.claims[0].in_words("en"))


@pytest.mark.parametrize("change", ["increase", "decrease", "no_harm"])
def test_it_is_told_in_both_languages_as_a_table_and_as_json(sound, tmp_path, change):
    harm = {"harm": "increase"} if change == "no_harm" else {}
    plan = changed(
        planned(sound, tmp_path, "difference_in_differences", None, PANEL), 1, change=change, **harm
    )
    found = power(plan)
    table = found.tidy()
    assert len(table) == 25
    assert table.groupby(["claim", "multiple"])["chance"].sum().to_numpy() == pytest.approx(1.0)
    assert json.loads(json.dumps(found.to_record(), allow_nan=False))["claims"][0]["claim"] == "C1"
    assert found._repr_html_().count("<table") == 2
    for language in ("sv", "en"):
        assert all("{" not in sentence for sentence in found.claims[0].in_words(language))
    signs = {"increase": 1, "decrease": -1, "no_harm": 1}
    assert found.claims[0].chances[-1].effect == pytest.approx(2 * signs[change])


@pytest.mark.parametrize("name", ["norrgarden", "kielmc", "star"])
def test_the_packaged_plans_are_told(tmp_path, name):
    plan = Plan.read(copy_example(name, tmp_path / name))
    found = power(plan)
    assert {claim.method for claim in found.claims} == {"formula" if name == "star" else "simulation"}
    assert found.claims[0].can_be_supported == (name == "star")


def test_the_same_plan_gives_the_same_chances(tmp_path):
    plan = Plan.read(copy_example("norrgarden", tmp_path / "norrgarden"))
    assert power(plan).tidy().equals(power(plan).tidy())


def test_claims_of_no_effect_in_per_cent_and_about_a_subgroup_are_told(sound, tmp_path):
    plan = changed(planned(sound, tmp_path, "difference_in_differences", None, PANEL), 3, change="no_effect")
    (found,) = power(plan).claims
    chances = [each.chances["supported"] for each in found.chances]
    assert chances == sorted(chances, reverse=True)
    assert (chances[0] > 0.2, chances[2] <= 0.1) == (True, True)
    assert {each.multiple for each in found.needed} == {0.0}
    rows = (tmp_path / "data.csv").read_text().splitlines()
    lifted = [f"{row.rpartition(',')[0]},{float(row.rpartition(',')[2]) + 50}" for row in rows[1:]]
    lifted = [f"{row},{'a' if at % 10 < 5 else 'b'}" for at, row in enumerate(lifted)]
    (tmp_path / "data.csv").write_text("\n".join([f"{rows[0]},kind", *lifted]) + "\n")
    plan = changed(plan, 4, change="increase", relative=True)
    (found,) = power(plan).claims
    assert found.claimed == pytest.approx(2, abs=0.1)  # four per cent of about 50
    supported = [each.chances["supported"] for each in found.chances]
    assert supported[0] <= 0.1 <= supported[-1]
    assert any("per cent of the treated mean" in sentence for sentence in found.in_words("en"))
    plan = changed(plan, 1, relative=False, subgroup={"column": "kind", "value": "a"})
    (found,) = power(plan).claims
    assert (found.n_treated, found.n_comparison) == (6, 12)


def test_a_grade_that_depends_on_the_follow_up_lowers_the_chances(sound, tmp_path):
    world = replace(PANEL, n_periods=6, start=5)
    plan = changed(planned(sound, tmp_path, "difference_in_differences", None, world), 0.9)
    (found,) = power(plan, **SPREAD).claims
    assert 0 < found.high_grade < 1
    told = " ".join(found.in_words("en"))
    assert "The grade may turn out too low" in told
    assert "What would be needed, once the grade is mended" in told
    silent = changed(plan, 0.9)
    page = tmp_path / "plan.toml"
    page.write_text(
        "\n".join(line for line in page.read_text("utf-8").splitlines() if not line.startswith("circ")),
        "utf-8",
    )
    (unsaid,) = power(Plan.read(page), **SPREAD).claims
    assert unsaid.grade < power(silent, **SPREAD).claims[0].grade
