"""A cube of statistics: a value for each combination of categories, as JSON-stat and PX hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from impactkit.data.cleaning import clean
from impactkit.data.layout import Layout, Mark
from impactkit.data.limits import check_shape
from impactkit.data.periods import period_of
from impactkit.data.table import Aside, CodedCells, Known, Table
from impactkit.data.texts import Texts
from impactkit.errors import DataError

VALUE, STATUS, INDICATOR = "value", "status", "indicator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One way in which a cube is divided.

    Parameters
    ----------
    name : str
        Its code.
    title : str
        Its name in words.
    codes : tuple of str
        The categories' codes, in the cube's order.
    labels : mapping of str to str
        What the codes stand for.
    role : {"time", "geo", "metric", ""}
        What the source says it is.
    """

    name: str
    title: str
    codes: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    role: str = ""

    @property
    def is_time(self) -> bool:
        """Whether it holds periods: the source says so, or every one of its categories is a period."""
        return self.role == "time" or (not self.role and all(map(period_of, self.codes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """A cube.

    Parameters
    ----------
    dimensions : tuple of Dimension
        The last one changes quickest.
    values : Texts
        A number, a sign or nothing for each cell.
    status : Texts, optional
        The source's remark on each cell.
    name : str
        The code of the table.
    title : str
        Its title.
    notes : tuple of str
        What the source says about it.
    """

    dimensions: tuple[Dimension, ...]
    values: Texts
    status: Texts | None = None
    name: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()


def cube_table(cube: Cube, *, file: str, marks: Mapping[str, Mark]) -> Table:
    """Return a cube as a long table, one row a cell.

    Parameters
    ----------
    cube : Cube
        The cube.
    file : str
        Name of the file.
    marks : mapping of str to {"missing", "withheld", "zero"}
        What the source's signs mean.

    Returns
    -------
    Table
        A column a dimension, then the values and the source's remarks; `known` says which is what.

    Raises
    ------
    DataError
        If the number of values is not that of the combinations.
    """
    sizes = [len(dimension.codes) for dimension in cube.dimensions]
    n = int(np.prod(sizes, dtype=object)) if sizes else 0
    check_shape(file, n, len(sizes) + 2)
    if n != len(cube.values) or not n:
        raise DataError(
            "The file says it holds {expected} values, but {found} are there.",
            where="{file}",
            mend="Fetch it again; the download may have been cut short.",
            values={"file": file, "expected": n, "found": len(cube.values)},
        )
    names = [dimension.name for dimension in cube.dimensions]
    columns, repeat = [], n
    for dimension, size in zip(cube.dimensions, sizes, strict=True):
        repeat //= size
        block = np.repeat(np.arange(size), repeat)
        columns.append(Texts(np.tile(block, n // len(block)), tuple(map(clean, dimension.codes))))
    headings = _distinct([*names, VALUE, *([STATUS] if cube.status else [])])
    held = [*columns, cube.values.each(clean), *([cube.status] if cube.status else [])]
    return Table(
        file=file,
        header=tuple(headings),
        held=CodedCells(held),
        rows=range(n),
        letters=tuple(range(len(headings))),
        decimal=".",
        aside=Aside(titles=(cube.title,) if cube.title else (), notes=cube.notes),
        known=Known(
            layout=_layout(cube, headings),
            marks=marks,
            labels={d.name: dict(d.labels) for d in cube.dimensions if d.labels},
            titles={d.name: d.title for d in cube.dimensions},
        ),
        by_name=True,
    )


def _layout(cube: Cube, headings: Sequence[str]) -> Layout:
    """Return what the dimensions are, as far as the source says."""
    time = next((d.name for d in cube.dimensions if d.is_time), None)
    metric = next((d.name for d in cube.dimensions if d.role == "metric"), None)
    geo = next((d.name for d in cube.dimensions if d.role == "geo"), None)
    told = {time, metric, geo}
    by = tuple(d.name for d in cube.dimensions if d.name not in told)
    value = headings[len(cube.dimensions)]
    values = {} if metric else {value: cube.name or "value"}
    return Layout(unit=geo, period=time, indicator=metric, values=values, by=by)


def _distinct(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        while name in found:
            name = f"{name}_"
        found.append(name)
    return found
