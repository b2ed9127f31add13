"""Observations: what was recorded of each indicator, for each unit and period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.account import Account
from impactkit.data.fault import Fault
from impactkit.data.periods import Frequency, period_of
from impactkit.data.texts import Texts
from impactkit.wording import Facts, Message, Shown, current_language, say, what_is_wrong

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["value", "missing", "withheld"]
_SHOWN = 5  # warnings that are told on the card
LONG = ("indicator", "unit", "period", "value", "status", "cell")
Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Observations(Shown):
    """What was recorded: one row for each indicator, unit, period and group.

    Parameters
    ----------
    indicator, unit, period, status : Texts
        Of each row. Periods are written as 2024, 2024/25, 2024Q1, 2024M01, 2024W01 or 2024-01-31; a status is
        value, missing or withheld.
    value : ndarray, shape (n,)
        In the indicator's unit, with its decimals; nan where there is none.
    by : mapping of str to Texts
        What splits a unit's values further, such as gender.
    beside : mapping of str to ndarray
        Numbers that go with each value: n, std_error.
    places : callable
        Returns the cell that each value stood in.
    others : mapping of str to callable
        Returns the text of each row in the file's other columns.
    file : str
        Name of the file.
    account : Account
        What became of every row of the file.
    warnings : tuple of Fault
        What should be looked at although the values stand.
    labels : mapping of str to mapping of str to str
        What codes stand for, by column.
    titles : mapping of str to str
        What columns hold, in words.

    See Also
    --------
    impactkit.read : Read them from a file.
    """

    indicator: Texts
    unit: Texts
    period: Texts
    value: Floats
    status: Texts
    by: Mapping[str, Texts] = field(default_factory=dict)
    beside: Mapping[str, Floats] = field(default_factory=dict)
    places: Callable[[], Objects]
    others: Mapping[str, Callable[[], Objects]] = field(default_factory=dict)
    file: str
    account: Account
    warnings: tuple[Fault, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the indicators, in the order of the file."""
        return self.indicator.used()

    @property
    def units(self) -> tuple[str, ...]:
        """The units, in the order of the file."""
        return self.unit.used()

    @property
    def periods(self) -> tuple[int, ...] | tuple[str, ...]:
        """The periods, in order of time: years as numbers, others as they are written."""
        used = sorted(self.period.used(), key=_start)
        return tuple(map(int, used)) if self.frequency == "year" else tuple(used)

    @cached_property
    def frequency(self) -> Frequency | Literal["mixed"]:
        """How long the periods are; mixed if different indicators have different ones."""
        kinds = {found.frequency for found in map(period_of, self.period.used()) if found}
        return kinds.pop() if len(kinds) == 1 else "mixed"

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        n = len(self.indicators)
        return f"Observations({len(self)} rows, {n} indicators, {len(self.units)} units, from {self.file})"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The long table, made when it is first asked for; see `to_frame`."""
        import pandas as pd

        period: Objects | npt.NDArray[np.int64] = self.period.to_array()
        if self.frequency == "year":
            # A label that no row has, as of a row set aside, may be no year.
            used = set(self.period.used())
            years = [int(text) if text in used else 0 for text in self.period.labels]
            period = np.array(years, dtype=np.int64)[self.period.codes]
        columns: dict[str, Any] = {
            "indicator": self.indicator.to_array(),
            "unit": self.unit.to_array(),
            "period": period,
            "value": self.value,
            "status": self.status.to_array(),
            "cell": self.places(),
            **{name: texts.to_array() for name, texts in self.by.items()},
            **self.beside,
            **{f"source_{name}" if name in LONG else name: texts() for name, texts in self.others.items()},
        }
        return pd.DataFrame(columns)

    def to_frame(self) -> pd.DataFrame:
        """Return the long table: indicator, unit, period, value, status, cell, then what splits and the rest.

        Returns
        -------
        DataFrame
            A copy. The columns are those that split (gender), numbers beside the value (n, std_error), and
            the file's other columns as text.
        """
        return self.frame.copy()

    def labelled(self) -> pd.DataFrame:
        """Return the long table with labels in place of codes, where the file has labels.

        Returns
        -------
        DataFrame
            A code without a label stays as it is.
        """
        frame = self.to_frame()
        for column, labels in self.labels.items():
            if column in frame.columns:
                frame[column] = [labels.get(str(code), code) for code in frame[column]]
        return frame

    def wide(self) -> pd.DataFrame:
        """Return one row for each unit, period and group, with a column an indicator, as a `Study` takes it.

        Returns
        -------
        DataFrame
            unit, period (a year, or else the first day), what splits, the file's other columns, then one
            column of numbers for each indicator's id; with one indicator, also n and std_error.
        """
        frame = self.frame
        if self.frequency != "year":
            frame = frame.assign(period=np.array([_start(text) for text in frame["period"]], "datetime64[s]"))
        keys = ["unit", "period", *self.by]
        beside = list(self.beside) if len(self.indicators) == 1 else []
        others = [name for name in frame.columns if name not in (*LONG, *keys, *self.beside)]
        about = frame[[*keys, *others, *beside]].drop_duplicates(keys).set_index(keys)
        values = frame.pivot(index=keys, columns="indicator", values="value")[list(self.indicators)]
        values.columns.name = None
        return about.join(values).reset_index()

    def _facts(self) -> Facts:
        counts = self.frame["status"].value_counts()
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("observations.row.indicators"), ", ".join(self.indicators)),
            (Message("observations.row.units"), str(len(self.units))),
            (Message("observations.row.periods"), ", ".join(map(str, self.periods))),
        ]
        rows += [
            (Message(f"observations.row.{status}"), str(int(counts.get(status, 0))))
            for status in ("value", "missing", "withheld")
        ]
        rows.append((Message("observations.row.account"), self.account.in_words()))
        if self.warnings:
            rows.append((Message("observations.row.warnings"), str(len(self.warnings))))
        language = current_language()
        told = [what_is_wrong(fault.trouble(), language) for fault in self.warnings[:_SHOWN]]
        if len(self.warnings) > _SHOWN:
            told.append(say("observations.more", language, n=len(self.warnings) - _SHOWN))
        return Facts(title=Message("observations.title", {"file": self.file}), rows=rows, warnings=told)


def _start(text: str) -> np.datetime64:
    found = period_of(text)
    return np.datetime64(found.start if found else "NaT")
