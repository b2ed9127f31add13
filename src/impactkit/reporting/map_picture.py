"""What a map shows: a value for each area, in steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.errors import DataError
from impactkit.reporting.areas import Area, read_areas
from impactkit.reporting.axis_steps import even_places
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_number, say

if TYPE_CHECKING:
    import pandas as pd

_STEPS = 5
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Values that are drawn alike.

    Parameters
    ----------
    low, high : float
        From and to; the highest value belongs to the last step.
    label : str
        How that is written.
    """

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPicture:
    """A value for each area.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    areas : tuple of Area
        All areas, in the order of the file.
    values : mapping of str to float
        By code; areas without one are drawn hatched.
    steps : tuple of Step
        From the lowest to the highest.
    """

    heading: str
    measure: Measure
    areas: tuple[Area, ...]
    values: Mapping[str, float]
    steps: tuple[Step, ...]

    @classmethod
    def of(
        cls, values: pd.Series[Any], areas: str | Path | Mapping[str, Any], measure: Measure
    ) -> MapPicture:
        """Return the picture of a column with one row an area.

        Parameters
        ----------
        values : Series
            Its index holds the areas' codes and is named as the property of the GeoJSON that holds them (the
            features' ``id`` where it has no name); a missing value is an area without one.
        areas : path or mapping
            See `read_areas`.
        measure : Measure
            How its numbers are written.

        Returns
        -------
        MapPicture
            With at most five steps.

        Raises
        ------
        DataError
            If a code has no area or stands twice, or a value is no number.

        Examples
        --------
        >>> import pandas as pd
        >>> ring = [[15, 59], [16, 59], [16, 60], [15, 59]]
        >>> feature = {"type": "Feature", "id": "A", "geometry": {"type": "Polygon", "coordinates": [ring]}}
        >>> areas = {"type": "FeatureCollection", "features": [feature]}
        >>> MapPicture.of(pd.Series({"A": 12.5}, name="share"), areas, Measure(language="en")).table().rows
        (('A', '12.5'),)
        """
        key = None if values.index.name is None else str(values.index.name)
        found = read_areas(areas, key=key)
        by_code = _by_code(values, {area.code for area in found}, key=key or "id")
        name = str(values.name) if values.name is not None else ""
        return cls(
            heading=say("figure.map.title", measure.language, name=name),
            measure=measure,
            areas=found,
            values=by_code,
            steps=_steps(list(by_code.values()), measure.language),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def without(self) -> tuple[str, ...]:
        """The codes of the areas without a value."""
        return tuple(area.code for area in self.areas if area.code not in self.values)

    def step(self, value: float) -> int:
        """Return which step a value belongs to."""
        return next(k for k in range(len(self.steps) - 1, -1, -1) if value >= self.steps[k].low or k == 0)

    @property
    def note(self) -> str:
        """Which areas have no value; empty when all have one."""
        names = ", ".join(self.without)
        return say("figure.map.without", self.language, n=len(self.without), names=names) if names else ""

    @property
    def alt_text(self) -> str:
        """The figure in words: how many areas, the lowest and the highest, and those without a value."""
        ranked = sorted(self.values, key=lambda code: self.values[code])
        ends = [ranked[:_NAMED], ranked[::-1][:_NAMED]]
        low, high = (
            "; ".join(f"{code} {self.measure.number(self.values[code])}" for code in codes) for codes in ends
        )
        told = say("figure.map.alt", self.language, n=len(self.areas), low=low, high=high)
        return f"{told} {self.note}".strip()

    def table(self) -> Table:
        """Return the values as a table, one row an area."""
        none = say("figure.map.none", self.language)
        return Table(
            caption=self.heading,
            header=(say("plot.table.area", self.language), say("plot.table.value", self.language)),
            rows=tuple(
                (
                    area.code,
                    self.measure.level(self.values[area.code]) if area.code in self.values else none,
                )
                for area in self.areas
            ),
            numeric=True,
        )


def _by_code(values: pd.Series[Any], known: set[str], *, key: str) -> dict[str, float]:
    codes = [str(code) for code in values.index]
    twice = sorted({code for code in codes if codes.count(code) > 1}) if len(set(codes)) < len(codes) else []
    astray = [code for code in codes if code not in known]
    for faulty, what in (
        (twice, "{n} codes stand more than once, such as {code}."),
        (astray, "{n} codes have no area, such as {code}."),
    ):
        if faulty:
            raise DataError(
                what,
                where="areas",
                mend="Give each area once, by its code in {key}; codes read as numbers lose zeros.",
                values={"n": len(faulty), "code": faulty[0], "key": key},
            )
    try:
        numbers = [math.nan if each is None else float(each) for each in values]
    except (TypeError, ValueError) as error:
        raise _no_number() from error
    if any(math.isinf(number) for number in numbers) or all(math.isnan(number) for number in numbers):
        raise _no_number()
    return {code: x for code, x in zip(codes, numbers, strict=True) if not math.isnan(x)}


def _no_number() -> DataError:
    return DataError(
        "The values of a map must be numbers, and at least one of them known.",
        where="plot",
        mend="Give a column of numbers; leave out what is not known.",
    )


def _steps(values: list[float], language: Language) -> tuple[Step, ...]:
    """Return at most five steps between round numbers."""
    low, high = min(values), max(values)
    if low == high:
        return (Step(low=low, high=high, label=format_number(low, language)),)
    tried = (even_places(low, high, most=n) for n in range(_STEPS + 2, 0, -1))
    inside = ([at for at in places if low < at < high] for places in tried)
    inner = next((found for found in inside if len(found) < _STEPS), [])
    ends = [low, *inner, high]
    width = inner[1] - inner[0] if len(inner) > 1 else high - low
    decimals = max(0, -math.floor(math.log10(width) + 1e-9))
    written = [format_number(end, language, decimals=decimals) for end in ends]
    return tuple(
        Step(low=ends[k], high=ends[k + 1], label=f"{written[k]}–{written[k + 1]}")
        for k in range(len(ends) - 1)
    )
