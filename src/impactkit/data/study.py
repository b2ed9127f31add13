"""A study: a table, and who plays which part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

from impactkit.data.columns import Columns, LeftOut
from impactkit.data.period_value import When, period_value
from impactkit.data.roles import Roles
from impactkit.data.study_columns import study_columns
from impactkit.data.study_settings import StudySettings
from impactkit.wording import Facts, Message, Shown

Kind = Literal["cross_section", "repeated_cross_sections", "panel"]
Rates = Literal["weighted", "equal"]


@dataclass(frozen=True, slots=True)
class Study(Shown):
    """A table with the part each column plays, checked and coded once.

    Without ``unit`` it is a cross section, or repeated cross sections when ``time`` is given; with both a
    panel.

    Parameters
    ----------
    frame : DataFrame
        pandas, polars, pyarrow, duckdb or anything narwhals reads; never changed.
    outcome : str
        Column measured.
    unit, time : str, optional
        Columns that say who and when. Times are numbers (years) or dates.
    first_treated : str, optional
        Column with the first treated period; 0, inf or missing means never.
    treated : str, optional
        Column of 0 and 1. In a panel an absorbing path (0 before the start, 1 from it on); with ``start``,
        or in a cross section, the group.
    switching : bool
        Whether ``treated`` is a path that may also be switched off again. Only estimators of such paths take
        the study.
    start : float, date or str, optional
        First treated period, shared by all treated; makes ``treated`` the group. A year, or a date or month
        (``2022-03-01``, ``2022-03``) where times are dates; kept as the number that stands for it.
    cluster, stratum : str, optional
        Columns of the cluster in which treatment was assigned or errors go together, and of the assignment
        stratum.
    eligible : str, optional
        Column of 0 and 1: who within the treated areas the project is for (and would be for elsewhere), the
        same in all rows of a unit; used by ``TripleDifference``.
    dose : str, optional
        Column with how much of the project the unit gets once it has started, such as the share of an area; 0
        for none, the same in all rows of a unit. Alone with ``start`` it says who is treated; used by
        ``ContinuousDose``.
    weight : str, optional
        Column of positive precision weights.
    exposure : str, optional
        Column with what the outcome is counted over: person-years, inhabitants, pupils; above 0.
    rates : {"weighted", "equal"}, optional
        Whether the outcome is divided by its exposure, and rows weigh their exposure (so that averages are
        those of people) or the same (those of areas). Left out, the outcome stays a count, which only
        estimators of counts take.
    covariates : sequence of str
        Columns adjusted for.
    pre_outcome : str, optional
        Column with the outcome before the start (for randomised trials).
    std_error : str, optional
        Column with the standard error that each outcome came with, where a row is a mean or a share of many
        answers; used by ``GivenUncertainty``.
    takeup : str, optional
        Column with the treatment that was received (0 or 1, or how much), where ``treated``, a threshold or
        ``instruments`` only make it likelier.
    running : str, optional
        Column with the score by which a rule decides; used by ``RegressionDiscontinuity``.
    probability : str, optional
        Column with the chance, above 0 and below 1, with which each row was assigned to treatment.
    arm : str, optional
        Column with the names of the arms, in a lottery with several; ``control`` or ``treated`` says which
        one the others are compared with.
    control : str, optional
        Name of that arm.
    instruments : sequence of str
        Columns that move ``takeup`` and the outcome through it alone; used by ``InstrumentalVariable``.
    subgroups : sequence of str
        Columns of groups for which effects are told apart, declared beforehand.
    measured : mapping of str to float, date or str
        When covariates were measured: one measured at the start or later is refused.

    Raises
    ------
    StudyError
        With every fault at once: missing columns (did you mean), text among numbers, duplicates of unit and
        time, a start that changes within a unit, treatment that is switched off (without ``switching``),
        an exposure of 0, missing clusters, codes read as numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aabb"), "year": [1, 2, 1, 2], "y": [1.0, 3, 1, 1]})
    >>> frame["start"] = [2, 2, 0, 0]
    >>> Study(frame, outcome="y", unit="area", time="year", first_treated="start")
    Study(panel, outcome='y', 4 rows, 2 units, 1 treated, 2 periods)
    """

    frame: Any
    _: KW_ONLY
    outcome: str
    unit: str | None = None
    time: str | None = None
    first_treated: str | None = None
    treated: str | None = None
    start: When | None = None
    switching: bool = False
    cluster: str | None = None
    weight: str | None = None
    exposure: str | None = None
    rates: Rates | None = None
    covariates: Sequence[str] = ()
    stratum: str | None = None
    pre_outcome: str | None = None
    std_error: str | None = None
    eligible: str | None = None
    dose: str | None = None
    takeup: str | None = None
    running: str | None = None
    probability: str | None = None
    arm: str | None = None
    control: str | None = None
    instruments: Sequence[str] = ()
    subgroups: Sequence[str] = ()
    measured: Mapping[str, When] = field(default_factory=dict)
    columns: Columns = field(init=False, repr=False, compare=False)
    left_out: tuple[LeftOut, ...] = field(init=False, repr=False, compare=False)
    notes: tuple[Message, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for role in ("covariates", "instruments", "subgroups"):
            object.__setattr__(self, role, tuple(getattr(self, role)))
        measured = {name: period_value(when) for name, when in self.measured.items()}
        object.__setattr__(self, "measured", measured)
        object.__setattr__(self, "start", None if self.start is None else period_value(self.start))
        settings = StudySettings(
            start=self.start_value,
            switching=self.switching,
            rates=self.rates,
            control=self.control,
            measured=measured,
        )
        columns, left_out, notes = study_columns(self.frame, self.roles, settings)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "left_out", left_out)
        object.__setattr__(self, "notes", notes)

    @property
    def roles(self) -> Roles:
        """The part each column plays."""
        return Roles(
            outcome=self.outcome,
            unit=self.unit,
            time=self.time,
            first_treated=self.first_treated,
            treated=self.treated,
            cluster=self.cluster,
            weight=self.weight,
            exposure=self.exposure,
            stratum=self.stratum,
            eligible=self.eligible,
            dose=self.dose,
            pre_outcome=self.pre_outcome,
            std_error=self.std_error,
            takeup=self.takeup,
            running=self.running,
            probability=self.probability,
            arm=self.arm,
            covariates=tuple(self.covariates),
            instruments=tuple(self.instruments),
            subgroups=tuple(self.subgroups),
        )

    @property
    def start_value(self) -> float | None:
        """The first treated period as a number: days since 1970-01-01 where times are dates."""
        return None if self.start is None else period_value(self.start)

    @property
    def kind(self) -> Kind:
        """Cross section, repeated cross sections or panel."""
        if self.time is None:
            return "cross_section"
        return "repeated_cross_sections" if self.unit is None else "panel"

    @property
    def n_rows(self) -> int:
        """Rows that take part."""
        return len(self.columns.outcome)

    @property
    def n_treated(self) -> int:
        """Treated units that take part, or treated rows where there are no units."""
        return self.columns.n_treated

    @property
    def shape(self) -> str:
        """What a reader sees: cross sections of one row each are a series."""
        is_series = self.kind == "repeated_cross_sections" and self.n_rows == len(self.columns.periods)
        return "series" if is_series else self.kind

    def __repr__(self) -> str:
        parts = [self.shape.replace("_", " "), f"outcome={self.outcome!r}", f"{self.n_rows} rows"]
        if self.unit is not None:
            parts.append(f"{self.columns.n_units} units")
        if self.shape != "series":
            parts.append(f"{self.n_treated} treated")
        if self.time is not None:
            parts.append(f"{len(self.columns.periods)} periods")
        return f"Study({', '.join(parts)})"

    def _facts(self) -> Facts:
        c = self.columns
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("study.row.kind"), Message(f"study.kind.{self.shape}")),
            (Message("study.row.rows"), Message("study.count", {"n": self.n_rows})),
        ]
        if self.shape != "series":
            rows += [
                (Message("study.row.units"), Message("study.count", {"n": c.n_units})),
                (Message("study.row.treated"), Message("study.count", {"n": self.n_treated})),
            ]
        if c.period_names:
            rows.append((Message("study.row.periods"), f"{c.period_names[0]}–{c.period_names[-1]}"))
        rows += [(Message(f"study.role.{role}"), column) for role, column in self.roles.named()]
        rows += [(Message("study.row.left_out"), message) for message in self.left_out_in_words()]
        return Facts(title=Message("study.title"), rows=rows, warnings=self.notes)

    def left_out_in_words(self) -> tuple[Message, ...]:
        """Return the rows left out, counted by reason."""
        return tuple(
            Message(
                f"study.left_out.{item.reason}",
                {"n": item.n, "treated": item.n_treated, "comparison": item.n_comparison},
            )
            for item in self.left_out
        )
