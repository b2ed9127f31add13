"""Which column of a table is what, where the table does not say it in words that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

from impactkit.data.numbers import DecimalMark
from impactkit.wording import Facts, Message, Shown, one_line

Mark = Literal["missing", "withheld", "zero"]
Convention = Literal["scb", "skolverket"]

CONVENTIONS: Mapping[str, Mapping[str, Mark]] = {
    # Statistics Sweden: not available; cannot occur; nothing to report.
    "scb": {"..": "missing", ".": "missing", "-": "zero", "\N{EN DASH}": "zero"},
    # The National Agency for Education: missing or not applicable; too few pupils to be shown.
    "skolverket": {".": "missing", "..": "withheld"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Shown):
    """Which column of a table is what. Everything left out is found from headings that say it plainly.

    Parameters
    ----------
    header : int or (int, int), optional
        The row with the headings, counted from 1, or the first and the last of several such rows.
    unit : str, optional
        The column with the unit (a municipality code, an area, a person's key); or, written ``="0114"``, the
        one unit that the whole file is about.
    name : str, optional
        The column with the unit's name, which is held against its code.
    period : str or int, optional
        The column with the period; or the year that the whole file is about.
    indicator : str, optional
        The column with the indicators' ids; or the id of the one indicator that the file is about.
    values : mapping of str to str, optional
        For columns that each hold an indicator: its id by the column's heading.
    by : sequence of str
        Columns that split a unit's value further, such as gender and age.
    units : mapping of str to str
        The unit that values are written in, by indicator id, where it is not the indicator's own:
        ``"fraction"``, ``"per mille"``, ``"thousands"``, ``"millions"``, ``"per 100 000"`` and so on.
    n, std_error, margin : str, optional
        Columns with how many answered, the standard error, or the 95 % margin of error of each value.
    marks : mapping of str to {"missing", "withheld", "zero"}, or {"scb", "skolverket"}
        What signs in place of a number mean, such as ``{"..": "missing", "<5": "withheld", "-": "zero"}``, or
        whose conventions the file follows. An empty cell is missing; no other sign is guessed.
    decimal : {",", "."}, optional
        The decimal mark, when the file does not make it plain.

    See Also
    --------
    impactkit.read : Takes a layout.

    Examples
    --------
    >>> Layout(unit="Omrade", period=2024, values={"Andel trygga": "safety/feels-safe-after-dark"}).period
    2024
    """

    header: int | tuple[int, int] | None = None
    unit: str | None = None
    name: str | None = None
    period: str | int | None = None
    indicator: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    by: Sequence[str] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    n: str | None = None
    std_error: str | None = None
    margin: str | None = None
    marks: Mapping[str, Mark] | Convention = field(default_factory=dict)
    decimal: DecimalMark | None = None

    def _said(self) -> dict[str, object]:
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in said.items() if value is not None and value not in ({}, ())}

    def __repr__(self) -> str:
        return one_line("Layout", *(f"{name}={value!r}" for name, value in self._said().items()))

    def _facts(self) -> Facts:
        rows = [(name, _spelt(value)) for name, value in self._said().items()]
        return Facts(title=Message("shown.layout.title"), rows=rows or [("", Message("shown.layout.empty"))])

    @property
    def signs(self) -> dict[str, Mark]:
        """What each sign means, the conventions spelt out."""
        return dict(CONVENTIONS[self.marks] if isinstance(self.marks, str) else self.marks)

    def over(self, other: Layout | None) -> Layout:
        """Return this layout, with what it leaves out taken from another.

        Parameters
        ----------
        other : Layout, optional
            What is known from elsewhere.

        Returns
        -------
        Layout
            This one's answers first.
        """
        if other is None:
            return self
        # A dimension that the source takes for the unit, where another is named, splits the values further.
        pairs = ((self.unit, other.unit), (self.period, other.period), (self.indicator, other.indicator))
        displaced = [str(theirs) for mine, theirs in pairs if mine is not None and theirs not in (None, mine)]
        by = dict.fromkeys((*self.by, *other.by, *displaced))
        spoken = {self.unit, self.period, self.indicator}
        return Layout(
            header=self.header or other.header,
            unit=self.unit or other.unit,
            name=self.name or other.name,
            period=other.period if self.period is None else self.period,
            indicator=self.indicator or other.indicator,
            values={**other.values, **self.values},
            by=tuple(name for name in by if name not in spoken),
            units={**other.units, **self.units},
            n=self.n or other.n,
            std_error=self.std_error or other.std_error,
            margin=self.margin or other.margin,
            marks={**other.signs, **self.signs},
            decimal=self.decimal or other.decimal,
        )


def _spelt(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {told}" for key, told in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)
