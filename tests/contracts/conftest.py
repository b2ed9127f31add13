"""Every estimator in every world where its assumptions hold; a part on either shelf joins by being listed."""

from typing import NamedTuple

import pytest

from impactkit.effects import estimators, worlds
from impactkit.effects.estimator import DonorSettings
from impactkit.effects.estimators import (
    BeforeAfter,
    ContinuousDose,
    DifferenceInDifferences,
    DoublyRobust,
    ExtendedTwoWayFixedEffects,
    Imputation,
    InstrumentalVariable,
    InterruptedTimeSeries,
    Matching,
    MixedModel,
    PenalisedSyntheticControl,
    RandomisedTrial,
    RegressionDiscontinuity,
    StackedDifferenceInDifferences,
    StaggeredDifferenceInDifferences,
    StructuralTimeSeries,
    SyntheticControl,
    SyntheticDifferenceInDifferences,
    TripleDifference,
    Weighting,
)
from impactkit.effects.inference import (
    ClusterRobust,
    InfluenceFunction,
    NeweyWest,
    Neyman,
    Permutation,
    PraisWinsten,
    RobustBiasCorrected,
)
from impactkit.effects.worlds import (
    ChangeInOneGroup,
    ChosenPeople,
    ComparedSeries,
    CountPanel,
    DosedPanel,
    EligibleInAreas,
    FactorPanel,
    InterruptedSeries,
    InvitedByLot,
    NestedAnswers,
    RandomisedArms,
    RepeatedCrossSections,
    StaggeredPanel,
    ThresholdScores,
    TwoGroupPanel,
    WanderingSeries,
)

FEWER = 999
"""Draws of a test that stands beside; what holds of these holds of more."""


class Design(NamedTuple):
    estimator: object
    world: object

    def drawn(self, times):
        """Return the same design with a permutation test that is drawn so often."""
        beside = getattr(self.estimator, "permutation", None)
        if not isinstance(beside, Permutation):
            return self
        drawn = beside.model_copy(update={"draws": times})
        return self._replace(estimator=self.estimator.model_copy(update={"permutation": drawn}))

    def estimate(self, frame):
        return self.estimator.estimate(self.world.study(frame))

    def numbers(self, frame):
        """Every number but the influence of each cluster, whose order follows the labels."""
        record = self.estimate(frame).to_record()
        return {key: record[key] for key in ("terms", "covariance", "means", "permutation")}

    @property
    def is_count(self):
        """Whether the outcome is counted over an exposure, and so has no zero but its own."""
        return getattr(self.world, "exposure", None) is not None

    def constant(self, frame, value):
        """Return the table with an outcome that is the same everywhere, per exposure where it is counted."""
        return frame.assign(y=value * frame[self.world.exposure] if self.is_count else value)

    @property
    def ranks_donors(self):
        """Whether chance is known by ranks among donors alone: no standard error, and constants refused."""
        return isinstance(self.estimator, (DonorSettings, SyntheticDifferenceInDifferences))

    @property
    def has_units(self):
        """Whether rows have an order of their own; without it sums can differ in the last digit."""
        return self.world.study(self.world.draw(1)).unit is not None


DEFAULT = {
    f"{estimator.__name__}-{world.__name__}": Design(estimator(), world())
    for estimator in estimators.ALL
    for world in worlds.ALL
    if estimator.model_fields["method"].default in world().designs
}
# Other paths through the same estimators: with covariates, by cluster, with interactions, leads and lags.
VARIED = {
    "panel with covariates": Design(DifferenceInDifferences(), TwoGroupPanel(slope=0.5)),
    "event study": Design(DifferenceInDifferences(event_study=True), TwoGroupPanel(n_units=12, n_treated=4)),
    "surveys with covariates": Design(DifferenceInDifferences(), RepeatedCrossSections(slope=0.5)),
    "ancova": Design(RandomisedTrial(adjustment="ancova"), RandomisedArms()),
    "the lot's own errors": Design(RandomisedTrial(inference=Neyman()), RandomisedArms()),
    "lin": Design(RandomisedTrial(adjustment="lin"), RandomisedArms()),
    "lots of clusters": Design(RandomisedTrial(), RandomisedArms(n_lots=24, n_strata=2, cluster_size=5)),
    "lots by shares of strata": Design(
        RandomisedTrial(strata="shares"), RandomisedArms(n_lots=40, share_treated=0.3)
    ),
    "stepped wedge": Design(
        RandomisedTrial(crossover="drawn"), StaggeredPanel(n_units=20, n_treated=14, growth=0.0)
    ),
    "lots followed up": Design(
        RandomisedTrial(follow_up="mean", adjustment="ancova"), TwoGroupPanel(n_units=20, n_treated=10)
    ),
    "few enough to enumerate": Design(RandomisedTrial(), RandomisedArms(n_lots=12, n_strata=1)),
    "starts with covariates": Design(StaggeredDifferenceInDifferences(), StaggeredPanel(slope=0.5)),
    "starts by regression, not yet treated": Design(
        StaggeredDifferenceInDifferences(adjustment="regression", control="not_yet"),
        StaggeredPanel(slope=0.5),
    ),
    "starts by weighting": Design(
        StaggeredDifferenceInDifferences(adjustment="weighting"), StaggeredPanel(slope=0.1, n_units=60)
    ),
    "starts in large samples": Design(
        StaggeredDifferenceInDifferences(inference=InfluenceFunction(), base="universal"),
        StaggeredPanel(growth=0.2, n_units=90, n_treated=45),
    ),
    "starts of one unit each": Design(StaggeredDifferenceInDifferences(), StaggeredPanel(n_treated=3)),
    "starts corrected as CR3": Design(
        StaggeredDifferenceInDifferences(inference=ClusterRobust(kind="CR3"), anticipation=1),
        StaggeredPanel(),
    ),
    "imputation in large samples": Design(
        Imputation(inference=InfluenceFunction()), StaggeredPanel(growth=0.2, n_units=90, n_treated=45)
    ),
    "extended regression with covariates": Design(ExtendedTwoWayFixedEffects(), StaggeredPanel(slope=0.5)),
    "counts": Design(ExtendedTwoWayFixedEffects(family="poisson"), CountPanel()),
    "counts with few treated": Design(
        ExtendedTwoWayFixedEffects(family="poisson"), CountPanel(n_units=20, n_treated=4, starts=(4, 6))
    ),
    "stacks of those not yet treated": Design(
        StackedDifferenceInDifferences(control="not_yet", event_window=(2, 1), weights="sample"),
        StaggeredPanel(n_units=30),
    ),
    "triple difference over time": Design(TripleDifference(event_study=True), EligibleInAreas()),
    "triple difference with covariates": Design(TripleDifference(), EligibleInAreas(slope=0.5)),
    "triple difference of new people": Design(TripleDifference(), EligibleInAreas(is_panel=False)),
    "dose with covariates": Design(ContinuousDose(), DosedPanel(slope=0.5)),
    "series with season, by month": Design(
        InterruptedTimeSeries(season="calendar", season_length=12, phase_in=1), InterruptedSeries(season=2.0)
    ),
    "series with waves, by Prais and Winsten": Design(
        InterruptedTimeSeries(
            season="fourier", season_length=12, phase_in=2, phase="ramp", inference=PraisWinsten()
        ),
        InterruptedSeries(season=2.0),
    ),
    "series by Newey and West": Design(
        InterruptedTimeSeries(slope_change=False, inference=NeweyWest()),
        InterruptedSeries(persistence=0.0, n_before=120),
    ),
    "series with another interruption": Design(
        InterruptedTimeSeries(interruptions=(20,)), InterruptedSeries()
    ),
    "series compared in one model": Design(
        InterruptedTimeSeries(control="model"), ComparedSeries(shared=0.0, season=0.0, n_controls=3)
    ),
    "forecast from a comparison series": Design(
        StructuralTimeSeries(trend="local_level"),
        ComparedSeries(season=0.0, event=0.0, persistence=0.0, n_after=6),
    ),
    "forecast with season and wandering slope": Design(
        StructuralTimeSeries(trend="local_linear", season="fourier", season_length=12),
        WanderingSeries(season=2.0, wander=0.2, n_after=6),
    ),
    "one control for several treated": Design(
        SyntheticControl(treated="pooled"), FactorPanel(n_treated=3, n_donors=12)
    ),
    "penalised controls of several treated": Design(
        PenalisedSyntheticControl(penalty="leave_one_out"), FactorPanel(n_treated=2, n_donors=12)
    ),
    "several instruments, by limited information": Design(
        InstrumentalVariable(kind="limited_information", inference=ClusterRobust()),
        InvitedByLot(n_instruments=3, moved=0.5),
    ),
    "t limits of an instrument": Design(
        InstrumentalVariable(inference=ClusterRobust(kind="CR1")), InvitedByLot()
    ),
    "people in places over time": Design(MixedModel(), NestedAnswers(n_waves=4, n_places=20, n_treated=8)),
    "threshold that makes it likelier": Design(
        RegressionDiscontinuity(kind="fuzzy"), ThresholdScores(compliance=0.8, n=900)
    ),
    "threshold with groups and covariates": Design(
        RegressionDiscontinuity(bandwidth="cer"), ThresholdScores(n_clusters=120, slope=0.5)
    ),
    "threshold within a given distance": Design(
        RegressionDiscontinuity(
            bandwidth=0.4, kernel="uniform", order=2, inference=RobustBiasCorrected(variance="hc3")
        ),
        ThresholdScores(),
    ),
    "entropy weights by cluster": Design(
        Weighting(weights="entropy", target="ate"), ChosenPeople(n_people=240, cluster_size=4)
    ),
    "doubly robust by cluster": Design(
        DoublyRobust(target="ate"), ChosenPeople(n_people=240, cluster_size=4)
    ),
    "overlap weights": Design(Weighting(weights="overlap"), ChosenPeople()),
    "matches with replacement, adjusted": Design(
        Matching(distance="mahalanobis", replace=True, ratio=2, bias_adjustment=True), ChosenPeople()
    ),
    "unpaired": Design(BeforeAfter(paired=False), ChangeInOneGroup()),
}
DESIGNS = {name: design.drawn(FEWER) for name, design in (DEFAULT | VARIED).items()}


@pytest.fixture(params=DESIGNS.values(), ids=DESIGNS)
def design(request):
    return request.param


@pytest.fixture
def frame(design):
    return design.world.draw(1)
