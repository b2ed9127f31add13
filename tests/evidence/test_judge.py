"""The verdict rule, case by case and as properties: nothing that should not help ever helps."""

import math
from dataclasses import dataclass, replace
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from impactkit.effects.estimate import Estimate, Sample
from impactkit.effects.interval import Interval, t_p_value
from impactkit.evidence.case import Case
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.judge import judge, judge_together
from impactkit.wording import Message

RANK = {"not_assessable": 0, "contradicted": 1, "inconclusive": 2, "partly_supported": 3, "supported": 4}
GRADE = EvidenceGrade(value=3, ceiling=3, reasons=())
SMALL = 1e-9


@dataclass(frozen=True)
class Drawn:
    """A permutation test that says what the t test says, times a factor."""

    point: float
    std_error: float
    factor: float = 1.0
    smallest_p: float = 1e-4
    n_assignments: int = 10_000

    def p_value(self, effect=0.0, *, alternative="two-sided"):
        p = t_p_value((self.point - effect) / self.std_error, math.inf, alternative=alternative)
        return min(1.0, max(self.smallest_p, self.factor * p))


def estimate(interval, test=None):
    return Estimate(
        settings={"method": "difference_in_differences"},
        outcome="y",
        estimand=Message("estimand.before_after"),
        terms=(Term(interval),),
        inference=Message("inference.permutation"),
        sample=Sample(
            n_rows=9, n_units=9, n_treated=4, n_clusters=9, n_treated_clusters=4, n_comparison_clusters=5
        ),
        permutation=test,
    )


@dataclass(frozen=True)
class Term:
    interval: Interval


def of_error(point, std_error=1.0, factor=1.0):
    """An estimate with a normal interval and a permutation test that agrees with it."""
    interval = Interval.from_std_error(point, std_error, df=math.inf)
    return estimate(interval, Drawn(point, std_error, factor))


def of_limits(low, high, *, test="agrees"):
    """An estimate with given 95 % limits."""
    point, error = (low + high) / 2, (high - low) / 4
    interval = Interval(
        point=point, std_error=error, df=math.inf, level=0.95, low=low, high=high, p_value=0.5
    )
    drawn = {"agrees": Drawn(point, error, factor=0.0), "disagrees": Drawn(point, error, factor=math.inf)}
    return estimate(interval, drawn.get(test))


def claim(minimum="2", *, name="C1", role="primary", change="increase", harm=None):
    return Claim(
        id=name, indicator="a/b", role=role, change=change, harm=harm, minimum_effect=minimum, by=2026
    )


def status(low, high, *, minimum="2", **kinds):
    test = kinds.pop("test", "agrees")
    return judge(claim(minimum, **kinds), of_limits(low, high, test=test), GRADE).status


RULE = [
    (2.5, 4.0, "supported"),
    (0.5, 4.0, "partly_supported"),
    (0.5, 1.5, "partly_supported"),
    (-1.0, 1.5, "contradicted"),
    (-3.0, -1.0, "contradicted"),
    (-1.0, 3.0, "inconclusive"),
]


@pytest.mark.parametrize(("low", "high", "expected"), RULE)
def test_the_rule_for_a_rise_and_for_a_fall(low, high, expected):
    assert status(low, high) == expected
    assert status(-high, -low, change="decrease") == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-1.0, 1.0, "supported"),
        (0.5, 1.0, "supported"),
        (-1.5, -0.5, "partly_supported"),
        (-3.0, 1.0, "inconclusive"),
        (-3.0, -0.5, "contradicted"),
        (-5.0, -3.0, "contradicted"),
    ],
)
def test_the_rule_for_no_harm(low, high, expected):
    assert status(low, high, change="no_harm", harm="decrease") == expected
    assert status(-high, -low, change="no_harm", harm="increase") == expected


def expected_status(low, high, m):
    """The rule as DESIGN 5.6 states it, away from the edges."""
    if low >= m:
        return "supported"
    if low > 0:
        return "partly_supported"
    return "contradicted" if high < m else "inconclusive"


limit = st.floats(-10, 10)


@given(low=limit, width=st.floats(0.01, 10), m=st.decimals("0.01", "10", places=2))
def test_the_rule_everywhere(low, width, m):
    high = low + width
    assume(all(abs(x - float(m)) > 1e-4 * width and abs(x) > 1e-4 * width for x in (low, high)))
    assert status(low, high, minimum=str(m)) == expected_status(low, high, float(m))
    assert status(-high, -low, minimum=str(m), change="decrease") == expected_status(low, high, float(m))


@given(low=limit, width=st.floats(0.01, 10), more=st.floats(0, 5), further=st.floats(0, 5))
def test_higher_limits_never_lower_a_verdict(low, width, more, further):
    raised, high = low + more, low + width
    wider = max(high + further, raised + 0.01)
    # The edge is a share of the standard error, which a wider interval makes larger: see the test of edges.
    assume(all(abs(x - threshold) > 1e-5 for x in (low, raised, high, wider) for threshold in (0.0, 2.0)))
    before, after = status(low, high), status(raised, wider)
    # A higher U alone can only take a contradiction back.
    assert RANK[after] >= RANK[before]


@given(low=limit, width=st.floats(0.01, 10), m=st.integers(1, 1000), more=st.integers(0, 1000))
def test_a_larger_claim_never_raises_a_verdict(low, width, m, more):
    modest, bold = (status(low, low + width, minimum=f"{size / 100:.2f}") for size in (m, m + more))
    assert RANK[bold] <= RANK[modest]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (2 + 0.5e-6, 6 + 0.5e-6, "partly_supported"),
        (2 + 2e-6, 6 + 2e-6, "supported"),
        (0.5e-6, 4 + 0.5e-6, "inconclusive"),
        (2e-6, 4 + 2e-6, "partly_supported"),
        (-2 + 0.5e-6, 2 + 0.5e-6, "contradicted"),
        (-2 + 2e-6, 2 + 2e-6, "inconclusive"),
    ],
)
def test_a_bound_on_the_edge_takes_the_less_favourable_verdict(low, high, expected):
    """The standard error is 1 here: within a millionth of it, machines may differ."""
    assert status(low, high) == expected


@pytest.mark.parametrize(("low", "high", "expected"), RULE)
def test_a_permutation_test_that_disagrees_blocks_support(low, high, expected):
    for test in ("disagrees", "none"):
        found = status(low, high, test=test)
        assert RANK[found] <= RANK[expected]
        assert found not in ("supported", "partly_supported")
        if expected in ("contradicted", "inconclusive"):
            assert found == expected


def test_a_permutation_test_that_sees_an_effect_but_not_the_claimed_one_allows_part():
    """Rejects "at most 0" (p .0125) and not "at most 2" (p .46)."""
    point = 2.24
    interval = Interval.from_std_error(point, 0.1, df=math.inf)
    verdict = judge(claim(), estimate(interval, Drawn(point, 1.0)), GRADE)
    assert verdict.status == "partly_supported"
    assert verdict.reasons[0].code == "verdict.reason.permutation_disagrees"


@given(low=limit, width=st.floats(0.01, 10), ceiling=st.integers(1, 5), lowered=st.integers(0, 4))
def test_a_worse_grade_never_raises_a_verdict(low, width, ceiling, lowered):
    found = of_limits(low, low + width)
    grades = [
        EvidenceGrade(value=value, ceiling=ceiling, reasons=())
        for value in (max(1, ceiling - lowered), ceiling)
    ]
    worse, better = (judge(claim(), found, grade).status for grade in grades)
    assert RANK[worse] <= RANK[better]
    best = judge(claim(), found, EvidenceGrade(value=5, ceiling=5, reasons=())).status
    assert RANK[better] <= RANK[best]


def test_a_design_below_three_is_not_assessed_and_a_low_grade_is_never_supported():
    found = of_limits(3, 5)
    weak = judge(claim(), found, EvidenceGrade(value=2, ceiling=2, reasons=()))
    assert weak.status == "not_assessable" and not weak.harm
    lowered = judge(claim(), found, EvidenceGrade(value=2, ceiling=3, reasons=()))
    assert lowered.status == "partly_supported"
    assert lowered.reasons[0].code == "verdict.reason.grade_too_low"


def test_a_claim_made_after_the_data_were_seen_is_never_supported():
    verdict = judge(claim(), of_limits(3, 5), GRADE, prior="not_prior")
    assert verdict.status == "partly_supported"
    assert verdict.reasons[0].code == "verdict.reason.not_prior"
    assert judge(claim(), of_limits(3, 5), GRADE, prior="proved_prior").status == "supported"


def test_unknown_uncertainty_is_inconclusive_with_its_reason():
    unknown = Interval.undefined(5.0, level=0.95, reason=Message("estimate.one_cluster"))
    verdict = judge(claim(), estimate(unknown), GRADE)
    assert verdict.status == "inconclusive"
    assert math.isnan(verdict.low)
    assert "estimate.one_cluster" in [reason.code for reason in verdict.reasons]


def together(points, minimum="2", **how):
    cases = [
        Case(claim=claim(minimum, name=f"C{i}"), estimate=of_error(point), grade=GRADE)
        for i, point in enumerate(points)
    ]
    return judge_together(cases, **how)


points = st.lists(st.floats(-2, 9), min_size=1, max_size=6)


@given(points=points)
def test_holm_never_narrows_an_interval_or_raises_a_verdict(points):
    for verdict, point in zip(together(points), points, strict=True):
        alone = judge(claim(name=verdict.claim), of_error(point), GRADE)
        assert verdict.low <= alone.low + SMALL and verdict.high >= alone.high - SMALL
        assert verdict.level >= alone.level - SMALL
        assert RANK[verdict.status] <= max(RANK[alone.status], RANK["inconclusive"])


@given(points=points)
def test_what_is_supported_is_what_holm_rejects(points):
    p = [t_p_value(point - 2.0, math.inf, alternative="greater") for point in points]
    assume(min(abs(x - 0.025 / k) for x in p for k in range(1, len(p) + 1)) > 1e-6)
    p = [max(x, 1e-4) for x in p]
    families = [S for k in range(1, len(p) + 1) for S in combinations(range(len(p)), k)]
    # Closed testing: a hypothesis falls when every family it belongs to falls by Bonferroni.
    rejected = [
        all(min(p[j] for j in S) <= 0.025 / len(S) for S in families if i in S) for i in range(len(p))
    ]
    assert [verdict.status == "supported" for verdict in together(points)] == rejected


@given(points=points)
def test_the_order_of_claims_does_not_matter(points):
    forwards, backwards = together(points), together(points[::-1])
    assert [v.status for v in forwards] == [v.status for v in backwards][::-1]


def test_one_primary_claim_is_judged_as_if_alone():
    assert together([4.5])[0] == judge(claim(name="C0"), of_error(4.5), GRADE)


def beside(other, *, role, change="increase", harm=None):
    """A primary claim that is supported alone, judged beside another one."""
    cases = [
        Case(claim=claim(), estimate=of_error(9.0), grade=GRADE),
        Case(
            claim=claim(name="G", role=role, change=change, harm=harm), estimate=of_error(other), grade=GRADE
        ),
    ]
    return judge_together(cases)


@pytest.mark.parametrize(
    ("point", "expected"), [(-9.0, "partly_supported"), (-1.0, "supported"), (9.0, "supported")]
)
def test_a_guardrail_in_harm_caps_the_primary_claim(point, expected):
    primary, guardrail = beside(point, role="guardrail", change="no_harm", harm="decrease")
    assert primary.status == expected
    assert guardrail.harm == (point < -2)
    if guardrail.harm:
        assert primary.reasons[0].code == "verdict.reason.guardrail"


@given(point=st.floats(-9, 9), own=st.floats(-9, 9), role=st.sampled_from(["secondary", "guardrail"]))
def test_other_claims_never_help_a_primary_one(point, own, role):
    cases = [
        Case(claim=claim(), estimate=of_error(own), grade=GRADE),
        Case(claim=claim(name="S", role=role), estimate=of_error(point), grade=GRADE),
    ]
    alone, beside_it = judge_together(cases[:1])[0], judge_together(cases)[0]
    assert RANK[beside_it.status] <= RANK[alone.status]
    assert beside_it.level == alone.level


@given(points=points, worse=st.floats(1, 100))
def test_a_weaker_permutation_test_never_raises_a_verdict(points, worse):
    strong, weak = (
        judge_together(
            [
                Case(claim=claim(name=f"C{i}"), estimate=of_error(point, factor=factor), grade=GRADE)
                for i, point in enumerate(points)
            ]
        )
        for factor in (1.0, worse)
    )
    for one, other in zip(weak, strong, strict=True):
        if RANK[other.status] >= RANK["partly_supported"]:
            assert RANK[one.status] <= RANK[other.status]
        else:
            assert one.status not in ("supported", "partly_supported")


def test_a_verdict_is_the_same_with_signs_and_direction_turned():
    for point in (-5.0, -1.0, 0.0, 1.0, 3.0, 4.5):
        rise = judge(claim(), of_error(point), GRADE)
        fall = judge(claim(change="decrease"), of_error(-point), GRADE)
        assert (rise.status, rise.harm) == (fall.status, fall.harm)
        assert (rise.low, rise.high) == pytest.approx((-fall.high, -fall.low))
        assert rise.threshold == -fall.threshold
        assert replace(rise, claim="x").permutation_p == pytest.approx(fall.permutation_p)
