"""What a figure of a threshold shows: means in bins of the score, and the curves on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from impactkit.effects.estimate import Estimate, Group
from impactkit.effects.kernels.binned_means import BinRule, Bins, Spacing
from impactkit.effects.threshold_view import ThresholdSide, ThresholdView
from impactkit.errors import UsageError
from impactkit.reporting.numbers import Measure, decimals_of
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_number, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPicture:
    """An outcome by a score, on both sides of a threshold.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How outcomes are written.
    view : ThresholdView
        Rows and curves.
    bins : dict of str to Bins
        Means, by group.
    """

    heading: str
    measure: Measure
    view: ThresholdView
    bins: dict[Group, Bins]

    @classmethod
    def of(
        cls,
        estimate: Estimate,
        measure: Measure,
        *,
        spacing: Spacing = "even",
        rule: BinRule = "variance",
        name: str | None = None,
    ) -> ThresholdPicture:
        """Return the picture of an estimate at a threshold; refused for any other.

        Parameters
        ----------
        estimate : Estimate
            Of `RegressionDiscontinuity`, as it was estimated and not read from a file.
        measure : Measure
            How outcomes are written.
        spacing : {"even", "quantile"}
            Bins of the same width, or of the same number of rows.
        rule : {"variance", "mse"}
            How many bins there are.
        name : str, optional
            What the outcome is called; its column when left out.

        Returns
        -------
        ThresholdPicture
            Not yet drawn.

        Raises
        ------
        UsageError
            If the estimate has no threshold, or its rows are not there.
        """
        view = estimate.threshold
        if view is None:
            raise UsageError(
                "This estimate has no rows near a threshold to show.",
                where="view",
                mend="Estimate with RegressionDiscontinuity, or leave view= out.",
            )
        treated, comparison = view.bins(spacing=spacing, rule=rule)
        heading = say(
            "figure.threshold.title", measure.language, name=name or estimate.outcome, running=view.running
        )
        bins: dict[Group, Bins] = {"treated": treated, "comparison": comparison}
        return cls(heading=heading, measure=measure, view=view, bins=bins)

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def cutoff_label(self) -> str:
        """The words at the threshold."""
        return say("figure.threshold.cutoff", self.language, cutoff=self._cutoff)

    @property
    def _cutoff(self) -> str:
        """The threshold with the decimals that it was given with."""
        cutoff = self.view.cutoff
        return format_number(cutoff, self.language, decimals=decimals_of(Decimal(f"{cutoff:.10g}")))

    def side(self, group: Group) -> ThresholdSide:
        """Return the rows and the curve of a group."""
        return self.view.treated if group == "treated" else self.view.comparison

    def label(self, group: Group) -> str:
        """Return what a group is called."""
        return say(f"plot.group.{group}", self.language)

    @property
    def note(self) -> str:
        """What dots and curves are."""
        return say("figure.threshold.note", self.language)

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        m, view = self.measure, self.view
        return say(
            "figure.threshold.alt",
            self.language,
            running=view.running,
            cutoff=self._cutoff,
            treated=m.level(view.treated.limit),
            comparison=m.level(view.comparison.limit),
            dots=len(self.bins["treated"].n) + len(self.bins["comparison"].n),
        )

    def table(self) -> Table:
        """Return the means in bins as a table, by rising score."""
        rows = []
        for group in ("treated", "comparison"):
            bins = self.bins[group]
            for low, high, mean, n in zip(bins.low, bins.high, bins.mean, bins.n, strict=True):
                ends = self._range(float(low), float(high))
                rows.append((float(low), (ends, self.label(group), self.measure.level(float(mean)), str(n))))
        header = (
            self.view.running,
            *(say(f"plot.table.{name}", self.language) for name in ("group", "mean", "rows")),
        )
        return Table(
            caption=self.heading,
            header=header,
            rows=tuple(cells for _, cells in sorted(rows, key=lambda row: row[0])),
            numeric=True,
        )

    def _range(self, low: float, high: float) -> str:
        """Return two scores with a word between them: a dash would look like a minus sign."""
        ends = {name: format_number(end, self.language) for name, end in (("low", low), ("high", high))}
        return say("report.span.both", self.language, **ends)
