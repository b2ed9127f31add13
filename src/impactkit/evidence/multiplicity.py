"""Several effects at once: p-values adjusted for how many there are, with the same draws for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics
from impactkit.effects.kernels.date_shifts import DateShifts
from impactkit.effects.kernels.donor_ranks import DonorRanks
from impactkit.effects.kernels.multiplicity import benjamini_hochberg, holm
from impactkit.effects.kernels.multiplier_bootstrap import correlation_of, multiplier_draws, step_down
from impactkit.errors import EstimationError

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.effects.permutation_test import PermutationTest

Floats = npt.NDArray[np.float64]
Method = Literal["holm", "benjamini_hochberg", "romano_wolf"]
_TIE = 1e-10


class Effect(NamedTuple):
    """One effect of a family.

    Parameters
    ----------
    name : str
        The name of its estimate.
    estimate : Estimate
        The estimate.
    place : int
        Which of its terms.
    """

    name: str
    estimate: Estimate
    place: int

    @property
    def p_value(self) -> float:
        """The p-value on its own."""
        return self.estimate.terms[self.place].interval.p_value


def adjust(
    estimates: Mapping[str, Estimate] | Sequence[Estimate],
    *,
    method: Method = "holm",
    every_effect: bool = False,
    draws: int = 19_999,
    seed: int = 1,
) -> pd.DataFrame:
    """Adjust the p-values of several effects for how many there are.

    Parameters
    ----------
    estimates : mapping of str to Estimate, or sequence of Estimate
        The family: all that was looked at, and not only what was found. A sequence is named by outcome.
    method : {"holm", "benjamini_hochberg", "romano_wolf"}
        Holm: the chance of any false finding, whatever the dependence. Romano-Wolf: the same, with more
        power where effects move together, as indicators of the same areas do. Benjamini-Hochberg: the share
        of false among the findings, for exploring.
    every_effect : bool
        Whether all terms of each estimate belong to the family, or the headlines only.
    draws, seed : int
        Multiplier draws of Romano-Wolf, and where they start. Permutation tests bring their own.

    Returns
    -------
    pandas.DataFrame
        Columns name, term, estimate, p_value, adjusted_p. ``attrs`` holds method, n_effects and n_unknown;
        an unknown p-value stays nan, and counts as 1 in the family.

    Raises
    ------
    EstimationError
        If there is nothing to adjust, or Romano-Wolf is asked for and the effects share no draws: neither
        contributions of clusters with known names, nor permutations of the same assignment.

    Notes
    -----
    Romano-Wolf steps down through the smallest p-values, so that effects with different degrees of freedom
    are compared on one scale. The multiplier of a cluster is the same in every estimate that it is part of:
    clusters are told by name.

    References
    ----------
    .. [1] Romano, J. P., & Wolf, M. (2005). Exact and approximate stepdown methods for multiple hypothesis
       testing. *Journal of the American Statistical Association*, 100(469).
    .. [2] Clarke, D., Romano, J. P., & Wolf, M. (2020). The Romano-Wolf multiple-hypothesis correction in
       Stata. *Stata Journal*, 20(4).

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel()
    >>> studies = {"trygga": world.study(world.draw(1)), "trivs": world.study(world.draw(2))}
    >>> found = {name: DifferenceInDifferences().estimate(study) for name, study in studies.items()}
    >>> list(adjust(found, method="romano_wolf").columns)
    ['name', 'term', 'estimate', 'p_value', 'adjusted_p']
    """
    import pandas as pd

    effects = _family(estimates, every_effect=every_effect)
    p_values = np.array([effect.p_value for effect in effects])
    known = np.flatnonzero(~np.isnan(p_values))
    counted = np.where(np.isnan(p_values), 1.0, p_values)
    if method == "romano_wolf":
        adjusted = np.full(len(effects), np.nan)
        if len(known):
            part = [effects[k] for k in known]
            adjusted[known] = _romano_wolf(part, p_values[known], draws=draws, seed=seed)
    else:
        adjusted = (holm if method == "holm" else benjamini_hochberg)(counted)
    terms = [effect.estimate.terms[effect.place] for effect in effects]
    rows = [
        {"name": effect.name, "term": term.name, "estimate": term.interval.point}
        for effect, term in zip(effects, terms, strict=True)
    ]
    table = pd.DataFrame(rows).assign(
        p_value=p_values, adjusted_p=np.where(np.isnan(p_values), np.nan, adjusted)
    )
    table.attrs = {"method": method, "n_effects": len(effects), "n_unknown": len(effects) - len(known)}
    return table


def joint_correlation(effects: Sequence[Effect]) -> Floats | None:
    """Return the correlation of effects' errors over the clusters that they share.

    Parameters
    ----------
    effects : sequence of Effect
        The effects.

    Returns
    -------
    ndarray, shape (K, K), or None
        None where contributions or the names of clusters are unknown.
    """
    if any(effect.place >= effect.estimate.influence.shape[1] for effect in effects):
        return None
    columns = [effect.estimate.influence[:, effect.place] for effect in effects]
    if any(not len(c) or np.isnan(c).any() or not (c != 0).any() for c in columns):
        return None
    distinct = {id(effect.estimate): effect.estimate for effect in effects}
    if len(distinct) == 1:
        stacked = np.column_stack(columns)
        return correlation_of(stacked.T @ stacked)
    if any(estimate.cluster_names is None for estimate in distinct.values()):
        return None
    names = {key: estimate.cluster_names() for key, estimate in distinct.items() if estimate.cluster_names}
    every, codes = np.unique(np.concatenate(list(names.values())), return_inverse=True)
    places = dict(zip(names, np.split(codes, np.cumsum([len(n) for n in names.values()])[:-1]), strict=True))
    joint = np.zeros((len(every), len(effects)))
    for k, effect in enumerate(effects):
        joint[places[id(effect.estimate)], k] = columns[k]
    return correlation_of(joint.T @ joint)


def _family(estimates: Mapping[str, Estimate] | Sequence[Estimate], *, every_effect: bool) -> list[Effect]:
    named = (
        list(estimates.items())
        if isinstance(estimates, Mapping)
        else [(estimate.outcome, estimate) for estimate in estimates]
    )
    if not named:
        raise EstimationError(
            "There is no estimate to adjust.",
            where="estimates",
            mend="Give all estimates of the family, as a list or by name.",
        )
    return [
        Effect(name, estimate, place)
        for name, estimate in named
        for place in range(len(estimate.terms) if every_effect else 1)
    ]


def _romano_wolf(effects: Sequence[Effect], p_values: Floats, *, draws: int, seed: int) -> Floats:
    if len(effects) == 1:
        return p_values
    tests = [effect.estimate.permutation for effect in effects if _is_permuted(effect)]
    if len(tests) == len(effects):
        return _by_permutation([test for test in tests if test is not None], p_values)
    correlation = None if tests else joint_correlation(effects)
    if correlation is None:
        raise EstimationError(
            "These estimates share no draws, so Romano-Wolf cannot see how they move together.",
            where="method",
            mend="Use ClusterRobust() (or Permutation()) for all, with unit= or cluster= in every study, or "
            "method='holm'.",
        )
    chunks = multiplier_draws(correlation, draws=draws, seed=seed)
    return step_down(p_values, (2 * ndtr(-np.abs(z)) for z in chunks), bound=True)


def _is_permuted(effect: Effect) -> bool:
    chosen = effect.estimate.settings.get("inference") or {}
    return (
        chosen.get("method") == "permutation"
        and effect.place == 0
        and effect.estimate.permutation is not None
    )


def _by_permutation(tests: Sequence[PermutationTest], p_values: Floats) -> Floats:
    first = tests[0]
    for test in tests[1:]:
        if not _same_draws(first, test):
            raise EstimationError(
                "These permutation tests go through different assignments.",
                where="method",
                mend="Use the same units, strata, draws and seed for all, or method='holm'.",
            )
    reference = np.column_stack([_own_p_values(test) for test in tests])
    return step_down(p_values, [reference], is_exact=first.is_exact)


def _same_draws(one: PermutationTest, two: PermutationTest) -> bool:
    drawn = (one.draws, one.seed) == (two.draws, two.seed) or one.is_exact
    if any(isinstance(test.parts[0], DateShifts | DonorRanks) for test in (one, two)):
        return False  # nothing says that their donors, or their dates, are the same
    return drawn and all(
        np.array_equal(getattr(one.parts[0], name), getattr(two.parts[0], name))
        for name in ("observed", "strata")
    )


def _own_p_values(test: PermutationTest) -> Floats:
    """Return the two-sided p-value that each assignment would have had."""
    found = test.statistics
    assert isinstance(found, AssignmentStatistics)
    defined = found.denominators > 0
    size = np.full(len(defined), np.inf)  # undefined counts as extreme
    size[defined] = np.abs(found.numerators[defined] / found.denominators[defined])
    ordered = np.sort(size)
    tie = _TIE * max(float(np.median(size[defined])) if defined.any() else 0.0, 1e-300)
    smaller = np.searchsorted(
        ordered, np.where(np.isfinite(size), size * (1 - _TIE) - tie, size), side="left"
    )
    extreme = len(size) - smaller
    return np.asarray(extreme / len(size) if test.is_exact else (1 + extreme) / (1 + len(size)))
