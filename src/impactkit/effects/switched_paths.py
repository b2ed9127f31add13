"""Effects of switches of treatment, with the influence of every cluster and the permutation of paths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, dense, suited
from impactkit.effects.inference import Permutation
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.kernels.cohort_influence import CohortFeatures
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.path_assignment import PathReduction
from impactkit.effects.kernels.switching import Roles, SwitchEffect, SwitchPanel, switch_effect, switch_roles
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class InfluenceInference(Protocol):
    """What finds the uncertainty of effects known by their influence."""

    def infer_influenced(self, effects: InfluencedEffects) -> Uncertainty:
        """Return intervals for the effects."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SwitchedPaths:
    """A panel in which treatment is switched on and off.

    Parameters
    ----------
    columns : Columns
        The rows, sorted by cluster, unit and period.
    """

    columns: Columns

    @cached_property
    def units(self) -> Codes:
        """Number of each row's unit, in the order of the rows."""
        assert self.columns.unit is not None
        return dense(self.columns.unit)

    @cached_property
    def clusters(self) -> Codes:
        """Cluster of each unit."""
        found = np.zeros(int(self.units.max()) + 1, dtype=np.int64)
        found[self.units] = clusters_of(self.columns)[0]
        return found

    @cached_property
    def panel(self) -> SwitchPanel:
        """Units by periods."""
        columns = self.columns
        assert columns.period is not None and columns.path is not None
        shape = (int(self.units.max()) + 1, len(columns.periods))
        at = (self.units, columns.period)
        outcome, treated, weights = np.zeros(shape), np.zeros(shape, dtype=np.bool_), np.zeros(shape)
        outcome[at], treated[at] = columns.outcome, columns.path
        weights[at] = 1.0 if columns.weight is None else columns.weight
        return SwitchPanel(outcome=outcome, treated=treated, weights=weights)

    @cached_property
    def joins(self) -> Roles:
        """Switches on."""
        return switch_roles(self.panel, joining=True)

    @cached_property
    def leaves(self) -> Roles:
        """Switches off."""
        return switch_roles(self.panel, joining=False)

    @cached_property
    def placebos(self) -> tuple[Roles, Roles]:
        """The changes before the switches."""
        return (
            switch_roles(self.panel, joining=True, placebo=True),
            switch_roles(self.panel, joining=False, placebo=True),
        )

    def effects(self) -> dict[str, SwitchEffect]:
        """Return the effect of all switches, of those on and off, and before them, those that there are."""
        found = {
            "att": switch_effect((self.joins, self.leaves)),
            "joiners": switch_effect((self.joins,)),
            "leavers": switch_effect((self.leaves,)),
            "placebo": switch_effect(self.placebos),
        }
        return {name: effect for name, effect in found.items() if effect.n_switches}


def switched_paths(study: Study) -> SwitchedPaths:
    """Return the paths of a study whose treatment switches.

    Parameters
    ----------
    study : Study
        A panel with ``switching=True``.

    Returns
    -------
    SwitchedPaths
        With at least one switch that can be compared.

    Raises
    ------
    EstimationError
        If there are no paths, covariates, or no unit switches while another stays.
    """
    columns = suited(study, switching=True)
    if columns.path is None or columns.unit is None or columns.period is None:
        raise EstimationError(
            "Switches need the path of each unit, treatment on or off in every period.",
            where="treated",
            mend="Give the study treated= (0 or 1 in every row), unit=, time= and switching=True.",
        )
    if study.covariates:
        raise EstimationError(
            "Covariates do not enter a comparison of switches.",
            where="covariates",
            mend="Leave covariates= out.",
        )
    found = SwitchedPaths(columns=columns)
    if not (found.joins.switchers.any() or found.leaves.switchers.any()):
        raise EstimationError(
            "No unit switches while another stays: there is nothing to compare.",
            where="treated",
            mend="Add periods around the switches, and units whose treatment stays as it is.",
        )
    return found


def influenced(paths: SwitchedPaths, effect: SwitchEffect) -> InfluencedEffects:
    """Return one effect with the influence of every cluster, those that switch apart from those that stay.

    Parameters
    ----------
    paths : SwitchedPaths
        The panel.
    effect : SwitchEffect
        The effect.

    Returns
    -------
    InfluencedEffects
        In two arms; in one where hardly any cluster only stays.
    """
    G = int(paths.clusters.max()) + 1
    own = np.bincount(paths.clusters, effect.influence, G).astype(np.float64)[:, None]
    switch, stay = (
        np.bincount(paths.clusters[who], minlength=G) > 0 for who in (effect.switches, effect.stays)
    )
    taking = switch | stay
    arms = np.where(switch[taking], 0, 1)
    if np.bincount(arms, minlength=2).min() < 2:
        arms = np.zeros(len(arms), dtype=np.int64)
    A, point = int(arms.max()) + 1, np.array([effect.point])
    kept = own[taking]
    features = CohortFeatures(rows=lambda piece: kept[piece], arms=arms, n_arms=A, n_features=1)
    parts = np.zeros((A, 1))
    parts[0] = effect.point
    outcome = paths.columns.outcome
    return InfluencedEffects(
        points=point,
        features=features,
        coefficients=np.ones((A, 1, 1)),
        parts=parts,
        masses=np.bincount(arms).astype(np.float64),
        outcome_scale=max(float(outcome.max()), -float(outcome.min())),
        n_treated=int(switch.sum()),
        n_comparison=int(stay.sum()),
    )


def inferred(
    paths: SwitchedPaths, effects: dict[str, SwitchEffect], inference: InfluenceInference
) -> Uncertainty:
    """Return the uncertainty of effects, each with the clusters that take part in it.

    Parameters
    ----------
    paths : SwitchedPaths
        The panel.
    effects : dict of SwitchEffect
        By name.
    inference : InfluenceFunction or ClusterRobust
        How.

    Returns
    -------
    Uncertainty
        In the order of the effects.
    """
    G = int(paths.clusters.max()) + 1
    whole = np.zeros((G, len(effects)))
    intervals = []
    for k, effect in enumerate(effects.values()):
        one = influenced(paths, effect)
        found = inference.infer_influenced(one)
        taking = np.bincount(paths.clusters[effect.switches | effect.stays], minlength=G) > 0
        whole[taking, k] = found.contributions.matrix[:, 0]
        intervals.append(found.intervals[0])
        words = found.words
    return Uncertainty(
        intervals=tuple(intervals),
        contributions=Contributions.of(whole),
        covariance=whole.T @ whole,
        words=Message(words.code, {**words.values, "clusters": G}),
    )


def path_test(paths: SwitchedPaths, settings: Permutation | None) -> PermutationTest | None:
    """Return the permutation test of the effect of all switches: whole paths given to other units.

    Parameters
    ----------
    paths : SwitchedPaths
        The panel.
    settings : Permutation, optional
        Draws and seed; None for no test.

    Returns
    -------
    PermutationTest or None
        Of clusters where all units in each have one path, else of units.

    Raises
    ------
    EstimationError
        If a stratum changes within a unit of assignment.
    """
    if settings is None:
        return None
    columns, panel = paths.columns, paths.panel
    every, of_unit = np.unique(_filled(panel), axis=0, return_inverse=True)
    of_unit = of_unit.ravel()
    assigned, what = _assigned(paths, of_unit)
    G = int(assigned.max()) + 1
    observed = np.zeros(G, dtype=np.int64)
    observed[assigned] = of_unit
    both = (panel.weights[:, 1:] > 0) & (panel.weights[:, :-1] > 0)
    mass = np.where(both, panel.weights[:, 1:], 0.0)
    tables = np.zeros((3, G, mass.shape[1] + 1))
    for table, values in zip(
        tables,
        (np.diff(panel.outcome), np.diff(panel.treated.astype(float)), np.ones_like(mass)),
        strict=True,
    ):
        np.add.at(table[:, 1:], assigned, mass * values)
    part = PathReduction(
        changes=tables[0],
        exposures=tables[1],
        masses=tables[2],
        paths=every,
        observed=observed,
        strata=_strata(paths, assigned),
    )
    switching = int((every[observed] != every[observed][:, :1]).any(axis=1).sum())
    law = Message(
        f"inference.law.paths_{what}{'_in_strata' if columns.stratum is not None else ''}",
        {"n": G, "treated": switching},
    )
    return PermutationTest(parts=(part,), draws=settings.draws, seed=settings.seed, law=law)


def _filled(panel: SwitchPanel) -> Flags:
    """Return paths in which a unit that was not seen is as it was last, or as it first was."""
    seen = panel.weights > 0
    at = np.where(seen, np.arange(seen.shape[1]), -1)
    last = np.maximum.accumulate(at, axis=1)
    first = seen.argmax(axis=1)[:, None]
    return np.take_along_axis(panel.treated, np.where(last >= 0, last, first), axis=1)


def _assigned(paths: SwitchedPaths, of_unit: Codes) -> tuple[Codes, str]:
    clusters, G = paths.clusters, int(paths.clusters.max()) + 1
    low, high = np.full(G, np.iinfo(np.int64).max), np.full(G, -1)
    np.minimum.at(low, clusters, of_unit)
    np.maximum.at(high, clusters, of_unit)
    if paths.columns.cluster is not None and bool((low == high).all()):
        return clusters, "clusters"
    return np.arange(len(of_unit)), "units"


def _strata(paths: SwitchedPaths, assigned: Codes) -> Codes:
    stratum = paths.columns.stratum
    if stratum is None:
        return np.zeros(int(assigned.max()) + 1, dtype=np.int64)
    rows = assigned[paths.units]
    found = np.zeros(int(assigned.max()) + 1, dtype=np.int64)
    found[rows] = stratum
    if bool((found[rows] != stratum).any()):
        raise EstimationError(
            "A stratum changes within a unit of assignment.",
            where="stratum",
            mend="Give each unit (or cluster) of assignment one stratum.",
        )
    return dense(found)
