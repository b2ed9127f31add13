"""An outcome by a score at a threshold: dots are means of rows, curves meet where the estimate says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import impactkit as ik
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.worlds import ThresholdScores
from impactkit.errors import UsageError
from reporting.figures.gallery import estimates, ruled

WORLD = ThresholdScores()


@pytest.mark.parametrize(
    "settings", [{}, {"treated_side": "below"}, {"at_cutoff": "untreated"}, {"order": 2}]
)
def test_the_curves_meet_the_threshold_as_far_apart_as_the_estimate_is(settings: dict[str, Any]) -> None:
    found = RegressionDiscontinuity(**settings).estimate(WORLD.study(WORLD.draw(3)))
    view = found.threshold
    assert view.treated.curve_at[0] == view.comparison.curve_at[0] == 0.0
    gap = view.treated.limit - view.comparison.limit
    assert gap == pytest.approx(found.terms[1].interval.point, rel=1e-9)


def test_dots_are_means_of_the_rows_in_their_bins() -> None:
    view = ruled().threshold
    frame = WORLD.draw(3)
    (bins, _) = view.bins()
    assert bins.n.sum() == ruled().sample.n_treated
    for k in (0, 3):
        rows = frame["score"].between(bins.low[k], bins.high[k], inclusive="left")
        assert bins.mean[k] == pytest.approx(frame["y"][rows].mean())


def test_ik_plot_picks_it_and_says_the_numbers() -> None:
    axes = ik.plot(ruled(), language="sv")
    view = ruled().threshold
    assert f"{view.treated.limit:.2f}".replace(".", ",") in axes.alt_text
    assert axes.numbers is not None and len(axes.numbers.text_rows) == sum(len(b.n) for b in view.bins())
    quantiles = ik.plot(ruled(), view="quantiles", language="en")
    assert quantiles.numbers is not None
    rows = [int(row[3]) for row in quantiles.numbers.text_rows]
    assert np.ptp(rows) <= 10


def test_an_estimate_read_from_a_file_has_no_rows_to_show() -> None:
    again = Estimate.from_record(ruled().to_record())
    assert "score" not in ik.plot(again, language="en").alt_text
    with pytest.raises(UsageError, match="no rows near a threshold"):
        ik.plot(again, view="threshold")
    with pytest.raises(UsageError, match="no rows near a threshold"):
        ik.plot(estimates()["Norr"], view="threshold")
