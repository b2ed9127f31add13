"""The specification table: the plan's estimator beside others on the same study."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.errors import UsageError
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.wording import Facts, Message, Shown, one_line
from impactkit.wording.progress import progressed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One way of estimating, and what it says.

    Parameters
    ----------
    method : str
        The estimator's slug.
    settings : str
        The settings that differ: from the planned ones for the same method, else from the method's defaults.
    is_planned : bool
        Whether it is the plan's.
    answer : Reestimated
        What it says.
    """

    method: str
    settings: str
    is_planned: bool
    answer: Reestimated

    @property
    def name(self) -> Message:
        """What the method is called, with the settings that differ."""
        called = Message(f"report.method.{self.method}.name")
        if not self.settings:
            return called
        return Message("robustness.specifications.with_settings", {"name": called, "settings": self.settings})

    @property
    def slug(self) -> str:
        """The method as a plan writes it, with the settings that differ."""
        return f"{self.method} ({self.settings})" if self.settings else self.method


@dataclass(frozen=True, slots=True, kw_only=True)
class Specifications(Shown):
    """Several ways of estimating one effect.

    Parameters
    ----------
    rows : tuple of Specification
        The planned one first; the others in the order given, never by what they say.
    """

    rows: tuple[Specification, ...]

    @property
    def planned(self) -> Specification:
        """The one that counts."""
        return self.rows[0]

    @property
    def others(self) -> tuple[Specification, ...]:
        """The others that give a number."""
        return tuple(row for row in self.rows[1:] if row.answer.is_estimated)

    @property
    def refused(self) -> tuple[Specification, ...]:
        """Those that cannot answer with this study."""
        return tuple(row for row in self.rows if not row.answer.is_estimated)

    def tidy(self) -> pd.DataFrame:
        """Return one row a specification.

        Returns
        -------
        pandas.DataFrame
            Columns method, settings, planned, estimate, std_error, conf_low, conf_high, p_value, n_rows,
            n_units, reason.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "method": row.method,
                    "settings": row.settings,
                    "planned": row.is_planned,
                    **row.answer.row(),
                }
                for row in self.rows
            ]
        )

    def in_words(self) -> tuple[Message, ...]:
        """Return what the table says, a sentence each: the plan's one counts."""
        return tuple(sentence for sentence in (self._counts(), self._range(), self._refused()) if sentence)

    def _counts(self) -> Message:
        answer = self.planned.answer
        if not answer.is_estimated:
            return Message("robustness.specifications.planned_refused", {"reason": answer.reason()})
        values = {"point": answer.point, "limits": answer.limits()}
        return Message("robustness.specifications.planned", values)

    def _range(self) -> Message | None:
        if not self.others:
            return None
        points = [row.answer.point for row in self.others]
        alike = sum(row.answer.side() == self.planned.answer.side() for row in self.others)
        values = {"n": len(points), "low": min(points), "high": max(points), "alike": alike}
        return Message("robustness.specifications.range", values)

    def _refused(self) -> Message | None:
        gone = [row.slug for row in self.refused]
        if not gone:
            return None
        return Message("robustness.specifications.refused", {"n": len(gone), "names": "; ".join(gone)})

    def __repr__(self) -> str:
        return one_line("Specifications", f"{len(self.rows)} ways")

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (_label(row), row.answer.told()) for row in self.rows
        ]
        rows += [(Message("robustness.row.says"), sentence) for sentence in self.in_words()]
        return Facts(title=Message("robustness.specifications.title"), rows=rows)


def specifications(
    study: Study,
    planned: Estimator,
    *,
    others: Sequence[Estimator] = (),
    grid: Mapping[str, Sequence[Any]] | None = None,
) -> Specifications:
    """Estimate one effect in several ways, the planned one marked.

    Parameters
    ----------
    study : Study
        The study.
    planned : Estimator
        The plan's estimator.
    others : sequence of Estimator
        Other estimators.
    grid : mapping of str to sequence, optional
        Settings of the planned estimator and the values they are to take; every combination is tried.

    Returns
    -------
    Specifications
        None is chosen: the plan's one counts. Those that refuse stand with their reason.

    Raises
    ------
    UsageError
        If the grid names a setting or a value that the planned estimator does not have.

    Notes
    -----
    The table shows how far the answer rests on choices another could have made. That many of them agree is
    no further proof: they share the same data and most assumptions.

    References
    ----------
    .. [1] Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. *Nature Human
       Behaviour*, 4.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences, StaggeredDifferenceInDifferences
    >>> from impactkit.effects.worlds import StaggeredPanel
    >>> world = StaggeredPanel()
    >>> found = specifications(world.study(world.draw(1)), StaggeredDifferenceInDifferences(),
    ...                        others=[DifferenceInDifferences()], grid={"control": ["never", "not_yet"]})
    >>> found.tidy()[["settings", "planned"]].values.tolist()
    [['', True], ['control=not_yet', False], ['', False]]
    >>> len(found.refused)
    1
    """
    estimators: list[Estimator] = []
    for estimator in (planned, *_combinations(planned, grid or {}), *others):
        if estimator not in estimators:
            estimators.append(estimator)
    return Specifications(
        rows=tuple(
            Specification(
                method=estimator.method,
                settings=_differing(estimator, planned),
                is_planned=at == 0,
                answer=reestimated(study, estimator),
            )
            for at, estimator in enumerate(progressed(estimators, Message("progress.specifications")))
        )
    )


def _combinations(planned: Estimator, grid: Mapping[str, Sequence[Any]]) -> Iterator[Estimator]:
    settings = planned.model_dump(mode="json")
    for values in itertools.product(*grid.values()):
        changed = dict(zip(grid, values, strict=True))
        try:
            yield type(planned)(**{**settings, **changed})
        except ValidationError as error:
            at = str(error.errors()[0]["loc"][0])
            raise UsageError(
                "{method} has no setting {name}={value}.",
                where="grid",
                mend="Use settings and values of the planned estimator.",
                values={"method": planned.method, "name": at, "value": str(changed.get(at))},
            ) from error


def _differing(estimator: Estimator, planned: Estimator) -> str:
    """Return the settings that differ, as text."""
    own = _flat(estimator.model_dump(mode="json"))
    usual = _flat(
        (planned if estimator.method == planned.method else type(estimator)()).model_dump(mode="json")
    )
    names = [name for name in (*own, *(n for n in usual if n not in own)) if own.get(name) != usual.get(name)]
    return ", ".join(f"{name}={own.get(name)}" for name in names if name in own)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found.update(_flat(value, f"{prefix}{name}."))
        else:
            found[prefix + name] = value
    return found


def _label(row: Specification) -> Message:
    return Message("robustness.specifications.plans", {"name": row.name}) if row.is_planned else row.name
