"""Answers at a threshold with other bandwidths, without those nearest, and at thresholds that never were."""

import pytest

import impactkit as ik
from impactkit.effects.estimators import DifferenceInDifferences, RegressionDiscontinuity
from impactkit.effects.worlds import ThresholdScores
from impactkit.errors import UsageError

WORLD = ThresholdScores(n=900)


@pytest.fixture(scope="module")
def study():
    return WORLD.study(WORLD.draw(1))


def test_other_bandwidths_are_multiples_of_the_one_used(study):
    planned = RegressionDiscontinuity()
    found = ik.robustness.bandwidths(study, planned, factors=[2, 0.5])
    used = planned.estimate(study).estimand.values
    assert [one.at for one in found.others] == pytest.approx([used["reach"] / 2, used["reach"] * 2])
    by_hand = RegressionDiscontinuity(bandwidth=used["reach"] / 2, bias_bandwidth=used["far"] / 2)
    assert found.others[0].answer.interval == by_hand.estimate(study).interval
    narrow, wide = (one.answer.interval.std_error for one in found.others)
    assert narrow > found.planned.answer.interval.std_error > wide


def test_donuts_leave_out_those_nearest_and_nothing_else(study):
    found = ik.robustness.donuts(study, RegressionDiscontinuity(), sizes=[0.02, 0.04])
    near = (abs(study.columns.running) < 0.04).sum()
    planned = found.planned.answer.sample.n_rows
    assert found.others[1].answer.sample.n_rows == planned - near
    assert found.tidy()["is_planned"].tolist() == [True, False, False]


def test_thresholds_that_never_were_use_rows_of_one_side(study):
    found = ik.robustness.placebo_cutoffs(study, RegressionDiscontinuity(bandwidth=5.0))
    assert len(found.others) == 6
    sizes = {one.answer.sample.n_rows for one in found.others}
    score = study.columns.running
    assert sizes == {(score >= 0).sum(), (score < 0).sum()}
    assert sum(one.answer.side() in ("above", "below") for one in found.others) <= 2


@pytest.mark.parametrize("question", ["bandwidths", "donuts", "placebo_cutoffs"])
def test_they_are_told_shown_and_drawn(study, question):
    found = getattr(ik.robustness, question)(study, RegressionDiscontinuity())
    for language in ("sv", "en"):
        assert all(sentence.text(language) for sentence in found.in_words())
        assert ik.plot(found, language=language).alt_text
    assert "<table" in found._repr_html_()


def test_other_methods_and_wrong_numbers_are_refused(study):
    with pytest.raises(UsageError, match="no threshold"):
        ik.robustness.bandwidths(study, DifferenceInDifferences())
    with pytest.raises(UsageError, match="above 0"):
        ik.robustness.donuts(study, RegressionDiscontinuity(), sizes=[0.0])
    with pytest.raises(UsageError, match="not the real one"):
        ik.robustness.placebo_cutoffs(study, RegressionDiscontinuity(), cutoffs=[0.0])
