"""The data files of a plan, and which column plays which part."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from impactkit.errors import Trouble
from impactkit.plans.project import Text
from impactkit.schema import Period, Written, fault


def _beside_the_plan(name: str) -> str:
    if name.startswith(("/", "\\", "~")) or ":" in name or ".." in name.replace("\\", "/").split("/"):
        what = '{key} = "{value}" points outside the plan\'s folder.'
        raise fault(Trouble(what, "", "Put the file beside plan.toml and write its name.", {"value": name}))
    return name


#: Columns of averages over areas; no column of the files may be called so.
ANSWERS, MISSING, SPREAD, WEIGHT = "answers", "without_answer", "std_error_of_average", "average_answers"

FileName = Annotated[Text, AfterValidator(_beside_the_plan)]

_ADDED = frozenset({"instruments", "subgroups", "measured"})


class DataFiles(Written):
    """The data files, and which column plays which part.

    Parameters
    ----------
    file : str, optional
        One file with everything; or
    baseline, follow_up : str, optional
        one file for each measurement.
    sheet : str, optional
        The sheet of a workbook; the first when left out.
    outcome : str
        The column measured; a claim may name another.
    unit, time, treated, first_treated, cluster, stratum, weight, exposure : str, optional
        Columns; see `Study`.
    eligible, dose, pre_outcome, std_error, takeup, running, probability, arm : str, optional
        Columns; see `Study`.
    control : str, optional
        The arm that the others are compared with.
    instruments, subgroups : tuple of str
        Columns; see `Study`.
    measured : dict of str to int, float or date
        When covariates were measured; one measured at the start or later is refused.
    start : int, float or date, optional
        First treated period, when ``treated`` marks the group.
    switching : bool, optional
        Whether ``treated`` is a path that may be switched off.
    rates : {"weighted", "equal"}, optional
        Whether the outcome is divided by its exposure, and what rows then weigh.
    covariates : tuple of str
        Columns adjusted for.
    baseline_collected, follow_up_collected : date, optional
        When the measurements were made.
    baseline_kind : {"measured", "register", "none"}, optional
        Measured before the start; collected backwards from a register, whenever that was done; or no baseline
        from before the start at all.
    public : bool
        Whether the rows may be put in a bundle that others read.
    missing : tuple of str
        Texts that mean missing, beside the empty cell.
    evidence : tuple of str, optional
        Answers of Kolada or another service that the files were made from, as ``Evidence.save`` wrote them.
        Each is held against its digest, and goes into a bundle with the rows.
    decimal : {".", ","}, optional
        The decimal mark, when the file does not make it plain.
    aggregate_by : str, optional
        The column of areas (estates, schools, municipalities) that rows about people are averaged over, in
        each period, before anything is estimated. The averages may then leave where the rows may not.
    aggregate_weight : {"equal", "answers"}, optional
        Whether every area weighs the same, so that the effect is that on the average area, or by its answers,
        so that it is closer to that on the average person. The same, when left out.

    Examples
    --------
    >>> DataFiles(file="data.csv", outcome="y", treated="group").names
    ('data.csv',)
    """

    file: FileName | None = None
    baseline: FileName | None = None
    follow_up: FileName | None = None
    sheet: Text | None = None
    outcome: Text
    unit: Text | None = None
    time: Text | None = None
    treated: Text | None = None
    first_treated: Text | None = None
    start: Period | None = None
    cluster: Text | None = None
    stratum: Text | None = None
    weight: Text | None = None
    exposure: Text | None = None
    rates: Literal["weighted", "equal"] | None = None
    switching: bool | None = None
    eligible: Text | None = None
    dose: Text | None = None
    covariates: tuple[Text, ...] = ()
    pre_outcome: Text | None = None
    std_error: Text | None = None
    takeup: Text | None = None
    running: Text | None = None
    probability: Text | None = None
    arm: Text | None = None
    control: Text | None = None
    instruments: tuple[Text, ...] = ()
    subgroups: tuple[Text, ...] = ()
    measured: dict[Text, Period] = Field(default_factory=dict)
    baseline_collected: date | None = None
    follow_up_collected: date | None = None
    baseline_kind: Literal["measured", "register", "none"] | None = None
    public: bool = False
    missing: tuple[str, ...] = ()
    evidence: tuple[FileName, ...] = ()
    decimal: Literal[".", ","] | None = None
    aggregate_by: Text | None = None
    aggregate_weight: Literal["equal", "answers"] | None = None

    @model_validator(mode="after")
    def _one_file_or_two(self) -> DataFiles:
        pair = (self.baseline, self.follow_up)
        if (self.file is None) == (None in pair) or (self.file and any(pair)):
            what = "[data] must name one file, or a baseline and a follow_up."
            raise fault(Trouble(what, "", 'Write file = "data.xlsx", or both baseline and follow_up.'))
        if self.file is None and self.time is None:
            what = "[data] names two files but no time."
            raise fault(Trouble(what, "", 'Add time = "year": the column that tells the measurements apart.'))
        return self

    @model_validator(mode="after")
    def _can_be_averaged(self) -> DataFiles:
        if self.aggregate_by is None:
            if self.aggregate_weight is not None:
                what = "aggregate_weight says what areas weigh, but no aggregate_by says which areas."
                raise fault(Trouble(what, "", 'Add aggregate_by = "area", or remove aggregate_weight.'))
            return self
        rates = [name for name in ("exposure", "rates", "std_error") if getattr(self, name) is not None]
        if rates:
            what = "Rows with {names} are about areas already; aggregate_by is for rows about people."
            raise fault(Trouble(what, "", "Remove one of the two.", {"names": ", ".join(rates)}))
        named = {str(getattr(self, role)) for role in (*_ROLES, "outcome", "aggregate_by")}
        taken = sorted({ANSWERS, MISSING, SPREAD, WEIGHT} & {*named, *self.covariates})
        if taken:
            what = "The averages have columns of their own that are called {names}."
            raise fault(
                Trouble(what, "", "Give the columns of the file other names.", {"names": ", ".join(taken)})
            )
        return self

    @model_serializer(mode="wrap")
    def _as_before(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out empty keys that plans did not have at first: the digests of those plans stay."""
        content: dict[str, Any] = written(self)
        return {key: value for key, value in content.items() if value or key not in _ADDED}

    @property
    def names(self) -> tuple[str, ...]:
        """The files, the baseline first."""
        return tuple(name for name in (self.file, self.baseline, self.follow_up) if name is not None)

    @property
    def files(self) -> tuple[str, ...]:
        """The files, then the evidence that they were made from."""
        return (*self.names, *self.evidence)

    @property
    def grouped(self) -> tuple[str, ...]:
        """The columns of names that group rows: clusters, strata, arms and subgroups."""
        found = (self.cluster, self.stratum, self.arm, *self.subgroups)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    @property
    def averaged(self) -> tuple[str, ...]:
        """The columns of numbers beside the outcome that are averaged over areas."""
        found = (*self.covariates, self.pre_outcome, self.takeup, *self.instruments)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    @property
    def shows_units(self) -> bool:
        """Whether what is analysed is of areas, or of rows that anybody may see."""
        return self.public or self.aggregate_by is not None

    @property
    def analysed(self) -> DataFiles:
        """The roles in what is analysed: those of the averages, where rows are averaged over areas."""
        if self.aggregate_by is None:
            return self
        roles = {
            "unit": self.aggregate_by,
            "cluster": None if self.cluster == self.aggregate_by else self.cluster,
            "weight": WEIGHT if self.aggregate_weight == "answers" else None,
            "aggregate_by": None,
            "aggregate_weight": None,
        }
        return self.model_copy(update=roles)

    def roles(self, outcome: str | None = None) -> dict[str, Any]:
        """Return the roles as `Study` takes them, those that are played.

        Parameters
        ----------
        outcome : str, optional
            Another outcome than the plan's own.

        Returns
        -------
        dict
            Role by keyword.
        """
        played = {role: getattr(self, role) for role in _ROLES if getattr(self, role) not in (None, (), {})}
        return {**played, "outcome": outcome or self.outcome}


_ROLES = (
    "unit",
    "time",
    "treated",
    "first_treated",
    "start",
    "cluster",
    "stratum",
    "weight",
    "exposure",
    "rates",
    "switching",
    "eligible",
    "dose",
    "covariates",
    "pre_outcome",
    "std_error",
    "takeup",
    "running",
    "probability",
    "arm",
    "control",
    "instruments",
    "subgroups",
    "measured",
)
