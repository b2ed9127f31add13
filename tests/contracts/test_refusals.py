"""A design an estimator cannot answer is refused with what to do instead."""

import numpy as np
import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects import estimators
from impactkit.effects.estimators import (
    BeforeAfter,
    ContinuousDose,
    DifferenceInDifferences,
    RandomisedTrial,
    StackedDifferenceInDifferences,
    TripleDifference,
)
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.worlds import (
    ChangeInOneGroup,
    CountPanel,
    DosedPanel,
    EligibleInAreas,
    RandomisedArms,
    RepeatedCrossSections,
    SwitchingPanel,
    TwoGroupPanel,
)
from impactkit.errors import EstimationError

PANEL, ARMS = TwoGroupPanel(), RandomisedArms()


def panel(**changes):
    frame = PANEL.draw(1).assign(**changes)
    return PANEL.study(frame)


def arms(**changes):
    return ARMS.study(ARMS.draw(1).assign(**changes))


def staggered():
    frame = PANEL.draw(1)
    late = (frame["unit"] < 3) * 2
    return PANEL.study(frame.assign(first_treated=frame["first_treated"] + late))


def one_period():
    frame = PANEL.draw(1)
    return PANEL.study(frame[frame["period"] == 7])


def panel_without(group, period):
    frame = PANEL.draw(1)
    cell = (frame["first_treated"] > 0).eq(group == "treated") & (frame["period"] >= 6).eq(period == "after")
    return PANEL.study(frame[~cell])


def treated_alone():
    world = ChangeInOneGroup()
    return world.study(world.draw(1))


def eligible(**changes):
    world = EligibleInAreas()
    return world.study(world.draw(1).assign(**changes))


def doses(**roles):
    frame = DosedPanel().draw(1)
    frame["late"] = np.where(frame["dose"] > 0, 4 + frame["unit"] % 2, 0)
    frame["all"] = 0.5
    return Study(frame, outcome="y", **{"unit": "unit", "time": "period", **roles})


DID, RCT, CHANGE = DifferenceInDifferences(), RandomisedTrial(), BeforeAfter()
REFUSED = {
    "all treated": (DID, lambda: panel(first_treated=6), "Everybody is treated", "never treated"),
    "nobody treated": (DID, lambda: panel(first_treated=0), "Nobody is treated", "from when"),
    "one period": (DID, one_period, "at least two periods", "baseline measurement"),
    "staggered starts": (DID, staggered, "2 different periods .6, 8.*already treated", "one start at a time"),
    "cross section": (DID, arms, "single cross section", "use RandomisedTrial"),
    "treated from the first period": (
        DID,
        lambda: panel(first_treated=PANEL.draw(1)["first_treated"].clip(upper=1)),
        "no rows before the start, 1",
        "Add the missing measurement",
    ),
    "no baseline of the treated": (
        DID,
        lambda: panel_without("treated", "before"),
        "treated group has no rows before",
        "Add the missing measurement",
    ),
    "no follow-up of the treated": (
        DID,
        lambda: panel_without("treated", "after"),
        "treated group has no rows from the start",
        "Add the missing measurement",
    ),
    "no baseline of the comparison": (
        DID,
        lambda: panel_without("comparison", "before"),
        "comparison group has no rows before",
        "Add the missing measurement",
    ),
    "no treatment at all": (
        DID,
        lambda: Study(PANEL.draw(1), outcome="y", unit="unit", time="period"),
        "does not say who is treated",
        "Give first_treated=",
    ),
    "errors by row in a panel": (
        DifferenceInDifferences(inference=ClusterRobust(kind="HC2")),
        panel,
        "HC2 treats rows as independent",
        "CR2",
    ),
    "covariate that says who is treated": (
        RandomisedTrial(adjustment="ancova"),
        lambda: Study(
            ARMS.draw(1).assign(same=lambda f: f["arm"]), outcome="y", treated="arm", covariates=["same"]
        ),
        "cannot be told apart",
        "Leave out covariates",
    ),
    "panel for a trial": (RCT, panel, "one row for each", "DifferenceInDifferences"),
    "surveys for a trial": (
        RCT,
        lambda: RepeatedCrossSections().study(RepeatedCrossSections().draw(1)),
        "has periods",
        "DifferenceInDifferences",
    ),
    "trial in which all are treated": (
        RCT,
        lambda: arms(arm=1),
        "treated and comparison rows",
        "both groups",
    ),
    "trial in which nobody is": (RCT, lambda: arms(arm=0), "treated and comparison rows", "both groups"),
    "strata that decide the arm": (
        RCT,
        lambda: arms(stratum=ARMS.draw(1)["arm"]),
        "cannot be told apart",
        "add rows where they differ",
    ),
    "adjustment for nothing": (
        RandomisedTrial(adjustment="lin"),
        lambda: Study(ARMS.draw(1), outcome="y", treated="arm"),
        "needs covariates",
        "pre_outcome",
    ),
    "change without a baseline": (
        CHANGE,
        lambda: Study(ARMS.draw(1), outcome="y"),
        "needs two measurements",
        "pre_outcome",
    ),
    "change with nothing after": (
        CHANGE,
        lambda: Study(ChangeInOneGroup().draw(1), outcome="y", unit="unit", time="period", start=9),
        "before the start",
        "follow-up",
    ),
    "change with three periods and no start": (
        CHANGE,
        lambda: Study(ChangeInOneGroup(n_periods=3).draw(1), outcome="y", unit="unit", time="period"),
        "two periods or a start",
        "start=",
    ),
    "pairs without units": (
        BeforeAfter(paired=True),
        lambda: Study(ChangeInOneGroup().draw(1), outcome="y", time="period"),
        "who is who",
        "unit=",
    ),
    "no window": (
        StackedDifferenceInDifferences(event_window=(9, 0)),
        panel,
        "No start has rows .* 9 periods before",
        "shorter event_window",
    ),
    "stacks without controls": (
        StackedDifferenceInDifferences(),
        lambda: panel(first_treated=6),
        "clean controls",
        "add units that never start",
    ),
    "triple without the eligible": (TripleDifference(), panel, "who is eligible", "eligible="),
    "triple with all eligible": (
        TripleDifference(),
        lambda: eligible(eligible=1),
        "The others of the treated areas lack rows",
        "area's start",
    ),
    "triple with a start for the eligible only": (
        TripleDifference(),
        lambda: eligible(first_treated=lambda f: f["first_treated"] * f["eligible"]),
        "The others of the treated areas lack rows",
        "eligible and others alike",
    ),
    "triple with several starts": (
        TripleDifference(),
        lambda: eligible(first_treated=lambda f: f["first_treated"] - (f["area"] == 1)),
        "2 different periods",
        "one start at a time",
    ),
    "no dose": (ContinuousDose(), panel, "the dose of each unit", "dose="),
    "doses of new people": (
        ContinuousDose(),
        lambda: doses(dose="dose", start=4, unit=None),
        "units followed over time",
        "Give unit=",
    ),
    "doses with several starts": (
        ContinuousDose(),
        lambda: doses(dose="dose", first_treated="late"),
        "2 different periods",
        "one start at a time",
    ),
    "one dose for all": (
        ContinuousDose(),
        lambda: doses(dose="all", start=4),
        "the same dose, 0.5",
        "another dose",
    ),
    "treated alone": (DID, treated_alone, "Everybody is treated", "BeforeAfter"),
}


@pytest.mark.parametrize(("estimator", "study", "what", "mend"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_design_is_refused_with_a_mend(estimator, study, what, mend):
    with pytest.raises(EstimationError, match=rf"(?s){what}.*Where:.*Mend:.*{mend}"):
        estimator.estimate(study())


def test_units_that_leave_before_the_start_leave_one_treated_cluster_and_say_so():
    """The check of the cells passes, but only one treated unit is seen both before and after."""
    frame = PANEL.draw(1)
    gone = frame["unit"].between(1, PANEL.n_treated - 1) & (frame["period"] >= PANEL.start)
    found = DID.estimate(PANEL.study(frame[~gone]))
    assert np.isnan(found.interval.std_error)
    assert found.interval.reason is not None


def test_a_comparison_group_that_never_overlaps_in_time_is_not_taken_for_an_answer():
    """Treated seen in periods 1 and 6, comparison in 2 and 7: period effects take the difference."""
    frame = PANEL.draw(1)
    treated = frame["first_treated"] > 0
    seen = np.where(treated, frame["period"].isin([1, 6]), frame["period"].isin([2, 7]))
    with pytest.raises(EstimationError, match="cannot be told apart"):
        DID.estimate(PANEL.study(pd.DataFrame(frame[seen])))


def takes(estimator, world):
    """Return whether an estimator answers in a world."""
    try:
        estimator().estimate(world.study(world.draw(1)))
    except EstimationError as error:
        assert "Mend:" in str(error)
        return False
    return True


def test_counts_are_never_taken_for_levels():
    assert [e for e in estimators.ALL if takes(e, CountPanel())] == []


def test_treatment_that_is_switched_off_is_never_taken_for_a_start():
    found = [e for e in estimators.ALL if takes(e, SwitchingPanel())]
    assert found == [estimators.SwitchingDifferenceInDifferences]
