"""Numbers and names in sentences: what counts people is hidden, what counts something else is not."""

from string import Formatter

import pytest

from impactkit.evidence.check_result import CheckResult, CovariateBalance
from impactkit.reporting.disclosure import sentences as listed
from impactkit.reporting.disclosure.sentences import HIDDEN_NAME, HIDDEN_NUMBER, Hiding
from impactkit.wording import Message
from impactkit.wording.message import sentences

TOPICS = ("amendment", "check", "donors", "estimand", "estimate", "grade", "inference", "study", "verdict")
# Numbers of the claim, the design, the method or the outcome: none of them counts people.
PLAIN = {
    *("after", "allowed", "alpha", "before", "bias", "ceiling", "change", "cohorts", "df", "difference"),
    *("distance", "draws", "e", "effect", "enough", "far", "full", "gamma", "gap", "grade", "high", "lags"),
    *("largest", "level", "limit", "low", "margin", "months", "most", "needed", "needed_comparison"),
    *("needed_treated", "p", "penalty", "periods", "point", "r", "rate", "ratio", "real", "rho", "share"),
    "least",
    *("size", "slope", "smallest", "target", "usual", "value", "without", "size", "threshold"),
}
# Texts: columns, indicators, dates and the plan's own words.
TEXTS = {
    *("adjusted", "baseline", "claim", "claims", "dose", "exposure", "first", "follow_up", "kind", "last"),
    *(
        "name",
        "names",
        "outcome",
        "plan",
        "reason",
        "start",
        "starts",
        "unit",
        "units",
        "verdict",
        "weights",
        "which",
        "how",
        "trimmed",
    ),
}


def places():
    for code, text in sentences("en").items():
        if code.split(".")[0] in TOPICS:
            yield from {(code, name) for _, name, _, _ in Formatter().parse(text) if name}


def test_every_number_in_a_sentence_is_accounted_for():
    """A new sentence with a number of a new name must be put somewhere: is it a count of people?"""
    known = listed.COUNTS | PLAIN | TEXTS
    odd = {f"{code} {name}" for code, name in places() if name not in known}
    # The head of a result is shown to whoever holds the rows, and in no report.
    assert {one for one in odd if not one.startswith("estimate.sample ")} == set()


def test_what_is_listed_is_there():
    there = {f"{code} {name}" for code, name in places()}
    for table in (listed.OTHERWISE, listed.NAMES, listed.SHARES, listed.PARTS, listed.TELLING, listed.LEVELS):
        for topic, names in table.items():
            for name in names:
                assert any(one.startswith(topic) and one.endswith(f" {name}") for one in there), (topic, name)


def listings():
    """Every value that is listed: the table, the sentence or the topic of it, and the value's name."""
    for table in (listed.OTHERWISE, listed.NAMES, listed.SHARES, listed.PARTS, listed.TELLING, listed.LEVELS):
        for topic, names in table.items():
            yield from ((table, topic, name) for name in names)


def test_every_value_listed_is_one_of_a_sentence_of_its_topic():
    there = set(places())
    for table, topic, name in listings():
        own = [code for code, held in there if held == name and f"{code}.".startswith(f"{topic}.")]
        assert own, f"no sentence about {topic} holds {name}"
        # With everything hidden that can be, what counts something else stands, and all the rest goes.
        for code in own:
            gone = hidden(Message(code, {name: 3}), arms=True, changes=True, level=True)
            assert gone == (set() if table is listed.OTHERWISE else {name}), code


def test_every_value_that_counts_people_is_one_of_some_sentence():
    used = {name for _, name in places()}
    for name in sorted(listed.COUNTS):
        assert name in used
        assert hidden(Message("check.of.nothing", {name: 3})) == {name}
        assert hidden(Message("check.of.nothing", {name: 10})) == set()


def hidden(message, **how):
    return {
        name
        for name, value in Hiding(threshold=10, **how).sentence(message).values.items()
        if value in (HIDDEN_NUMBER, HIDDEN_NAME)
    }


FEW = Message("check.too_few_clusters.few", {"treated": 2, "comparison": 40, "needed_treated": 5})
SHARE = Message("check.attrition.kept", {"treated": 0.02, "comparison": 0.0})
RANDOMISED = Message("estimand.randomised_trial", {"treated": 40, "comparison": 50, "outcome": "y"})
OVERLAP = Message("check.overlap.like", {"share": 0.05})
AGREES = Message("verdict.reason.permutation_agrees", {"p": 0.04})
DONOR = Message("donors.gaps", {"n": 12, "units": "Anna, Bo"})
REACHED = Message("verdict.reason.reached", {"level": 4.5, "target": 4.0})


@pytest.mark.parametrize(
    ("message", "how", "expected"),
    [
        (FEW, {}, {"treated"}),
        (FEW, {"arms": True}, {"treated", "comparison"}),
        (FEW, {"clusters": frozenset({2, 40})}, set()),
        (SHARE, {}, set()),
        (SHARE, {"changes": True}, {"treated", "comparison"}),
        (SHARE, {"arms": True}, {"treated", "comparison"}),
        (RANDOMISED, {}, set()),
        (RANDOMISED, {"arms": True}, {"treated", "comparison"}),
        (OVERLAP, {"n_treated": 100}, {"share"}),
        (OVERLAP, {"n_treated": 400}, set()),
        (OVERLAP, {"n_treated": 200}, set()),
        (OVERLAP, {"n_treated": 180}, {"share"}),
        (Message("check.overlap.like", {"share": 1.0}), {}, set()),
        (Message("check.overlap.like", {"share": 0.9}), {"n_treated": 100}, set()),
        (Message("check.overlap.like", {"share": 0.95}), {"n_treated": 100}, {"share"}),
        (Message("check.overlap.like", {"share": 0.0}), {"n_treated": 100}, set()),
        (Message("check.overlap.like", {"share": 0.0}), {"n_treated": 100, "arms": True}, {"share"}),
        (AGREES, {}, set()),
        (AGREES, {"arms": True}, {"p"}),
        (DONOR, {}, {"units"}),
        (REACHED, {}, set()),
        (REACHED, {"level": True}, {"level"}),
        (Message("check.pre_trends.untestable", {"largest": 0.2, "n": 3}), {"arms": True}, set()),
        (Message("verdict.conclusion.all_inconclusive", {"n": 1, "claims": "C1"}), {"arms": True}, set()),
        (Message("estimand.interrupted_time_series.none", {"n": 4}), {"arms": True}, set()),
        (Message("amendment.plan.amended", {"n": 2}), {"arms": True}, set()),
        (Message("check.balance.unlike", {"name": "age", "missing": 3}), {}, {"missing"}),
        (Message("estimate.unbalanced", {"whole": 97, "n": 100, "point": 1.0}), {}, set()),
        (
            Message("estimate.unbalanced", {"whole": 97, "n": 100, "point": 1.0}),
            {"changes": True},
            {"whole", "n", "point"},
        ),
    ],
)
def test_what_is_hidden_in_a_sentence(message, how, expected):
    assert hidden(message, **how) == expected


def test_without_a_threshold_a_sentence_stands():
    assert Hiding().sentence(FEW) is FEW
    assert Hiding().sentence(DONOR) is DONOR
    assert Hiding(threshold=10).sentence(SHARE) is SHARE
    assert Hiding().check(CheckResult(name="x", passed=True, statistic=2.0, sentence=FEW)).statistic == 2.0


def test_a_sentence_in_a_sentence_is_hidden_too():
    inner = Message("estimate.always_treated", {"n": 3})
    outer = Hiding(threshold=10).sentence(Message("verdict.reason.guardrail", {"claims": inner}))
    assert outer.values["claims"] == Message("estimate.always_treated", {"n": HIDDEN_NUMBER})


def test_the_statistic_goes_with_the_numbers_of_its_sentence():
    rows = (
        CovariateBalance(name="age", difference=0.1, n_missing=3),
        CovariateBalance(name="sex", difference=0.2, n_missing=0),
        CovariateBalance(name="pay", difference=0.2, n_missing=30),
    )
    found = Hiding(threshold=10).check(
        CheckResult(name="x", passed=False, statistic=2.0, sentence=FEW, table=rows)
    )
    assert found.statistic != found.statistic
    assert [row.n_missing for row in found.table] == [None, 0, 30]
    assert (found.passed, found.name) == (False, "x")
    plain = Message("check.balance.none")
    assert Hiding(threshold=10).check(
        CheckResult(name="x", passed=None, statistic=1.0, sentence=plain)
    ) == CheckResult(name="x", passed=None, statistic=1.0, sentence=plain)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "(number not shown) value"), ("sv", "(antalet visas inte)")]
)
def test_a_hidden_number_reads_as_one_of_several(language, words):
    values = {"name": "age", "difference": 0.5, "treated": 40, "comparison": 40, "missing": 3}
    told = Hiding(threshold=10).sentence(Message("check.balance.unlike", values))
    assert words in told.text(language)
    assert "#" not in told.text(language)
