"""What an estimator found: effects with their uncertainty, from what, and in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from impactkit.effects.bands import held_at_once, simultaneous
from impactkit.effects.comparability import Comparability
from impactkit.effects.counterfactual import Counterfactual
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.deferred import Deferred
from impactkit.errors import EstimationError
from impactkit.provenance import json_ready
from impactkit.wording import Facts, Message, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.effects.permutation_test import PermutationTest
    from impactkit.effects.threshold_view import ThresholdView
    from impactkit.effects.uncertainty import Resampled

Floats = npt.NDArray[np.float64]
Group = Literal["treated", "comparison"]
Measure = Literal["difference", "log_ratio", "ratio"]
Aggregation = Literal["simple", "dynamic", "group", "calendar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One estimated effect.

    Parameters
    ----------
    name : str
        Its name in a table.
    interval : Interval
        The effect with its uncertainty.
    event_time : float, optional
        Periods since the start, for event-study terms.
    time : float, optional
        The period it concerns.
    group : float, optional
        The start of the cohort it concerns.
    measure : {"difference", "log_ratio", "ratio"}
        A difference in the outcome's unit, or a ratio (or its logarithm), which has none.
    """

    name: str
    interval: Interval
    event_time: float | None = None
    time: float | None = None
    group: float | None = None
    measure: Measure = "difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMean:
    """The mean outcome of one group in one period, in the outcome's unit.

    Parameters
    ----------
    group : {"treated", "comparison"}
        Which group.
    period : float, optional
        The period; None in a cross section.
    period_name : str, optional
        How the period is written: a year, or a date.
    mean : float
        The (weighted) mean.
    n : int
        Rows behind it.
    """

    group: Group
    period: float | None
    mean: float
    n: int
    period_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the estimate rests on.

    Parameters
    ----------
    n_rows, n_units, n_treated : int
        Rows used, units used, treated units used (rows where there are no units).
    n_clusters, n_treated_clusters, n_comparison_clusters : int
        Clusters of the standard error, those with a treated row, and those with a comparison row.
    left_out : tuple of Message
        Rows left out, counted by reason.
    """

    n_rows: int
    n_units: int
    n_treated: int
    n_clusters: int
    n_treated_clusters: int
    n_comparison_clusters: int
    left_out: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaterTerms:
    """Terms that are put together when they are asked for, of numbers that are known.

    Parameters
    ----------
    headline : Interval
        The first term's.
    make : callable
        Returns the terms.
    """

    headline: Interval
    make: Callable[[], tuple[Term, ...]]

    def __call__(self) -> tuple[Term, ...]:
        """Return the terms."""
        return self.make()


class Aggregates(Protocol):
    """What other averages of a staggered design's effects are made from."""

    def aggregate(self, estimate: Estimate, kind: Aggregation, balance: float | None) -> Estimate:
        """Return the estimate with other averages in place of its effects."""


@dataclass(frozen=True, kw_only=True)
class Estimate(Shown):
    """What an estimator found.

    Parameters
    ----------
    settings : dict
        The estimator's settings, by which anyone can run it again; ``settings["method"]`` is its slug.
    outcome : str
        The outcome's name.
    estimand : Message
        In words: whose effect, on what, compared with what, over which periods.
    terms : tuple of Term
        The estimated effects; the first is the headline. May be given as `LaterTerms`.
    inference : Message
        In words: how the uncertainty was found.
    sample : Sample
        What it rests on.
    means : tuple of GroupMean
        The groups' means over time, for a figure.
    start : float, optional
        First treated period.
    adjusted_for : tuple of str
        Covariates that entered.
    warnings : tuple of Message
        What a reader must know; the answer stands.
    contributions : Contributions
        Each cluster's contribution to each estimation error; ``influence`` is the matrix.
    covariance : ndarray, shape (n_terms, n_terms)
        Covariance of the terms, in the outcome's unit squared; may be given as a function that returns it.
    permutation : PermutationTest, optional
        The permutation test that stands beside the interval.
    bootstrap : Resampled, optional
        The test by resampling of the headline, if that is the inference.
    counterfactual : Counterfactual, optional
        What would have been, by period, where the method builds it.
    cohorts : Aggregates, optional
        What other averages of a staggered design's effects are made from.
    comparability : Comparability, optional
        How alike the groups were made, where the method weights or matches them.
    threshold : ThresholdView, optional
        Rows and curves near a threshold, for a figure.
    cluster_names : callable, optional
        Returns the name of each cluster in ``influence``, by which estimates on the same clusters are joined.
    """

    settings: dict[str, Any]
    outcome: str
    estimand: Message
    terms: Deferred[tuple[Term, ...]] = Deferred()  # noqa: RUF009 (a descriptor)
    inference: Message
    sample: Sample
    means: Deferred[tuple[GroupMean, ...]] = field(default=Deferred(tuple))
    start: float | None = None
    adjusted_for: tuple[str, ...] = ()
    warnings: tuple[Message, ...] = ()
    contributions: Contributions = field(
        default_factory=lambda: Contributions.of(np.empty((0, 0))), repr=False, compare=False
    )
    covariance: Deferred[Floats] = field(
        default=Deferred(lambda: np.empty((0, 0))), repr=False, compare=False
    )
    permutation: PermutationTest | None = field(default=None, repr=False, compare=False)
    bootstrap: Resampled | None = field(default=None, repr=False, compare=False)
    counterfactual: Deferred[Counterfactual | None] = field(
        default=Deferred(lambda: None), repr=False, compare=False
    )
    cohorts: Aggregates | None = field(default=None, repr=False, compare=False)
    comparability: Comparability | None = field(default=None, repr=False, compare=False)
    threshold: Deferred[ThresholdView | None] = field(
        default=Deferred(lambda: None), repr=False, compare=False
    )
    cluster_names: Callable[[], npt.NDArray[np.str_]] | None = field(default=None, repr=False, compare=False)

    @property
    def influence(self) -> Floats:
        """Each cluster's contribution to each estimation error, shape (n_clusters, n_terms)."""
        return self.contributions.matrix

    @property
    def method(self) -> str:
        """The estimator's slug."""
        return str(self.settings["method"])

    @property
    def interval(self) -> Interval:
        """The headline effect with its uncertainty."""
        terms = vars(self)["terms"]
        return terms.headline if isinstance(terms, LaterTerms) else self.terms[0].interval

    def tidy(self) -> pd.DataFrame:
        """Return one row an effect.

        Returns
        -------
        pandas.DataFrame
            Columns term, estimate, std_error, statistic, p_value, conf_low, conf_high, and event_time and
            time, and group, where they apply.
        """
        import pandas as pd

        table = pd.DataFrame([_tidy_row(term) for term in self.terms])
        return table.drop(columns=[name for name in _WHERE if table[name].isna().all()])

    def bands(self, *, level: float | None = None, draws: int = 19_999, seed: int = 1) -> pd.DataFrame:
        """Return limits that hold for all effects under the headline at once.

        Parameters
        ----------
        level : float, optional
            The chance that all of them lie within; the headline's own level when left out.
        draws, seed : int
            Multiplier draws behind the critical value, and where they start. Standard errors are not drawn.

        Returns
        -------
        pandas.DataFrame
            The columns of ``tidy()``, with each effect's own limits at the level, then critical_value,
            band_low and band_high, which are nan for effects whose uncertainty is unknown. ``attrs`` holds
            level, pointwise_level, draws, seed and n_left_out. An estimate of one effect has its own limits.

        Raises
        ------
        EstimationError
            If no effect has a standard error from the clusters' contributions.
        """
        import pandas as pd

        level = level or self.interval.level
        shown = held_at_once(self.influence, has_arms=self.settings.get("arm") is not None)
        terms = [self.terms[k] for k in shown]
        own = self.covariance[np.ix_(shown, shown)]
        found = simultaneous([t.interval for t in terms], own, level=level, draws=draws, seed=seed)
        table = pd.DataFrame([_tidy_row(replace(t, interval=t.interval.at(level))) for t in terms])
        table = table.assign(critical_value=found.critical, band_low=found.low, band_high=found.high)
        table.attrs = {"level": level, "pointwise_level": found.pointwise_level, "draws": draws, "seed": seed}
        table.attrs["n_left_out"] = int(np.isnan(found.critical).sum())
        return table.drop(columns=[name for name in _WHERE if table[name].isna().all()])

    def aggregate(self, kind: Aggregation, *, balance: float | None = None) -> Estimate:
        """Return other averages of a staggered design's group-time effects.

        Parameters
        ----------
        kind : {"simple", "dynamic", "group", "calendar"}
            The average over treated cells; by time since the start; by cohort; by period. The first term of
            each is the overall average.
        balance : float, optional
            For ``"dynamic"``: keep the cohorts followed at least this long after their start, and event times
            up to it, so that every event time averages the same cohorts.

        Returns
        -------
        Estimate
            With the same sample and inference.

        Raises
        ------
        EstimationError
            If the estimate has no group-time effects to average.
        """
        if self.cohorts is None:
            raise EstimationError(
                "This estimate has no group-time effects to average.",
                where="aggregate",
                mend="Use StaggeredDifferenceInDifferences; an estimate read from a file must be run again.",
            )
        return self.cohorts.aggregate(self, kind, balance)

    def glance(self) -> pd.DataFrame:
        """Return one row about the estimate as a whole.

        Returns
        -------
        pandas.DataFrame
            Columns method, estimand, n_rows, n_units, n_treated, n_clusters, n_treated_clusters, inference,
            warnings.
        """
        import pandas as pd

        counts = ("n_rows", "n_units", "n_treated", "n_clusters", "n_treated_clusters")
        row = {
            "method": self.method,
            "estimand": str(self.estimand),
            **{name: getattr(self.sample, name) for name in counts},
            "inference": str(self.inference),
            "warnings": "; ".join(str(message) for message in self.warnings),
        }
        return pd.DataFrame([row])

    def to_record(self) -> dict[str, Any]:
        """Return everything but the draws of the permutation test, ready for JSON (nan becomes None)."""
        left = {"permutation", "cohorts", "contributions", "bootstrap", "cluster_names", "threshold"}
        left |= {name for name in ("counterfactual", "comparability") if getattr(self, name) is None}
        record = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in left}
        test = self.permutation and self.permutation.to_record()
        return dict(json_ready({**record, "influence": self.influence, "permutation": test}))

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Estimate:
        """Return the estimate a record holds, without the permutation draws."""
        terms = [{**t, "interval": Interval.from_record(t["interval"])} for t in record["terms"]]
        sample = {**record["sample"], "left_out": _messages(record["sample"]["left_out"])}
        n_terms, built, alike = len(terms), record.get("counterfactual"), record.get("comparability")
        return cls(
            settings=record["settings"],
            outcome=record["outcome"],
            estimand=Message.from_record(record["estimand"]),
            terms=tuple(Term(**t) for t in terms),
            inference=Message.from_record(record["inference"]),
            sample=Sample(**sample),
            means=tuple(GroupMean(**mean) for mean in record["means"]),
            start=record["start"],
            adjusted_for=tuple(record["adjusted_for"]),
            warnings=_messages(record["warnings"]),
            contributions=Contributions.of(np.array(record["influence"], dtype=float).reshape(-1, n_terms)),
            covariance=np.array(record["covariance"], dtype=float).reshape(n_terms, n_terms),
            counterfactual=None if built is None else Counterfactual.from_record(built),
            comparability=None if alike is None else Comparability.from_record(alike),
        )

    def __repr__(self) -> str:
        found = self.interval
        limits = "" if found.reason else f"{100 * found.level:g}% limits {found.low:.4g} to {found.high:.4g}"
        return one_line("Estimate", self.method, f"outcome={self.outcome!r}", f"{found.point:.4g}", limits)

    def _facts(self) -> Facts:
        counts = {f.name: getattr(self.sample, f.name) for f in fields(Sample)[:-1]}
        rows = [
            (Message("estimate.row.estimand"), self.estimand),
            (Message("estimate.row.effect"), Message("estimate.effect", {"point": self.interval.point})),
            (Message("estimate.row.interval"), self.limits()),
            (Message("estimate.row.inference"), self.inference),
            (Message("estimate.row.sample"), Message("estimate.sample", counts)),
        ]
        title = Message("estimate.title", {"outcome": self.outcome})
        return Facts(title=title, rows=rows, warnings=self.warnings)

    def limits(self) -> Message:
        """Return the interval in words, or why there is none."""
        return self.interval.limits()


_WHERE = ("group", "time", "event_time")


def _messages(records: list[dict[str, Any]]) -> tuple[Message, ...]:
    return tuple(Message.from_record(record) for record in records)


def _tidy_row(term: Term) -> dict[str, Any]:
    found = term.interval
    return {
        "term": term.name,
        **{name: math.nan if getattr(term, name) is None else getattr(term, name) for name in _WHERE},
        "estimate": found.point,
        "std_error": found.std_error,
        "statistic": found.statistic,
        "p_value": found.p_value,
        "conf_low": found.low,
        "conf_high": found.high,
    }
