"""Observations: what was recorded of each indicator, for each unit and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from impactkit.wording import Message, card

Status = Literal["value", "missing", "withheld"]
LONG = ("indicator", "unit", "period", "value", "status", "cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What was recorded: one row for each indicator, unit and period.

    Parameters
    ----------
    frame : DataFrame
        indicator (id), unit (text), period (year), value (float, nan when none), status (``value``,
        ``missing`` or ``withheld``), cell (where it stood), then the file's other columns as text.
    file : str
        Name of the file.

    See Also
    --------
    impactkit.read : Read them from a file.
    """

    frame: pd.DataFrame
    file: str

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the indicators, in the order of the file."""
        return tuple(dict.fromkeys(self.frame["indicator"]))

    @property
    def units(self) -> tuple[str, ...]:
        """The units, in the order of the file."""
        return tuple(dict.fromkeys(self.frame["unit"]))

    @property
    def periods(self) -> tuple[int, ...]:
        """The years, in order of time."""
        return tuple(sorted(int(period) for period in self.frame["period"].unique()))

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        n = len(self.indicators)
        return f"Observations({len(self)} rows, {n} indicators, {len(self.units)} units, from {self.file})"

    def to_frame(self) -> pd.DataFrame:
        """Return the long table: indicator, unit, period, value, status, cell, then the file's other columns.

        Returns
        -------
        DataFrame
            A copy.
        """
        return self.frame.copy()

    def wide(self) -> pd.DataFrame:
        """Return one row for each unit and period, with a column an indicator, as a `Study` takes it.

        Returns
        -------
        DataFrame
            unit, period, the file's other columns, then one column of numbers for each indicator's id.
        """
        others = [name for name in self.frame.columns if name not in LONG]
        keys = ["unit", "period"]
        about = self.frame[[*keys, *others]].drop_duplicates(keys).set_index(keys)
        values = self.frame.pivot(index=keys, columns="indicator", values="value")[list(self.indicators)]
        values.columns.name = None
        return about.join(values).reset_index()

    def _repr_html_(self) -> str:
        counts = self.frame["status"].value_counts()
        rows = [
            (Message("observations.row.indicators"), ", ".join(self.indicators)),
            (Message("observations.row.units"), str(len(self.units))),
            (Message("observations.row.periods"), ", ".join(map(str, self.periods))),
        ]
        rows += [
            (Message(f"observations.row.{status}"), str(int(counts.get(status, 0))))
            for status in ("value", "missing", "withheld")
        ]
        return card(Message("observations.title", {"file": self.file}), rows)
