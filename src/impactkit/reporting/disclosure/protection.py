"""What must be hidden so that nothing hidden can be worked out: primary, then secondary suppression."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from impactkit.reporting.disclosure.audit import Known, limits_of
from impactkit.reporting.disclosure.figures import Figures
from impactkit.reporting.disclosure.moves import moves, reach, told_by

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_LEAST = 2
"""The lowest threshold that hides anything."""


def hidden_cells(figures: Figures, threshold: int, *, already: Flags | None = None) -> Flags:
    """Return which cells are hidden.

    Parameters
    ----------
    figures : Figures
        Everything that may be shown, of all tables and periods together.
    threshold : int
        The smallest count shown.
    already : ndarray of bool, shape (C,), optional
        Cells that are hidden before.

    Returns
    -------
    ndarray of bool, shape (C,)
        Those that would tell of single people by themselves, and those that must go with them: every hidden
        figure can then be at least ``threshold`` people more or fewer as far as a reader can tell.

    Notes
    -----
    Thresholds are raised one by one from 2 and what a lower one hides stays hidden, so that a higher one
    never shows more. At each, hidden figures are audited by linear programming over all tables at once; of
    the figures that pin the first one down, the cheapest is hidden as well, until the audit passes. That is
    a small pattern, not always the smallest. In the end, with everything hidden, it passes.

    References
    ----------
    .. [1] Fischetti, M., & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data with
       linear constraints. *Management Science*, 47(7).

    Examples
    --------
    >>> from impactkit.reporting.disclosure.figures import Cell
    >>> sizes = {"a": 3, "b": 20, "c": 30}
    >>> cells = tuple(Cell(name=name, counts=({name: 1},)) for name in sizes)
    >>> whole = Cell(name="all", counts=(dict.fromkeys(sizes, 1),), cost=5)
    >>> hidden_cells(Figures.of(sizes, (*cells, whole)), 10).tolist()
    [True, True, False, False]
    """
    before = np.zeros(len(figures.names), dtype=bool) if already is None else already
    return _searched(_Asked(figures=figures, threshold=threshold, already=before)).copy()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """A question about figures; two with the same numbers are the same."""

    figures: Figures
    threshold: int
    already: Flags
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        f = self.figures
        numbers = (f.parts, f.cell, f.sizes, f.values, f.unsafe, f.published, f.floor, f.cost, self.already)
        told = sha256(repr((self.threshold, [(a.shape, a.dtype.str) for a in numbers])).encode())
        for array in numbers:
            told.update(array.tobytes())
        object.__setattr__(self, "digest", told.hexdigest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=8)
def _searched(asked: _Asked) -> Flags:
    """Return the hidden cells; kept, as each report and bundle of an evaluation asks the same again."""
    figures, hidden = asked.figures, asked.already.copy()
    audited = _Audited(figures=figures)
    for at in range(_LEAST, asked.threshold + 1):
        hidden |= figures.too_small(at)
        while (found := audited.first_pinned(hidden, at)) is not None:
            hidden[_next_to_hide(figures, hidden, found)] = True
    return hidden & figures.published


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinned:
    """A hidden figure that can be placed too closely, and the shown figures that do it."""

    figure: int
    binding: Flags


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reader:
    """What a reader knows when some cells are hidden, and how people could be moved without it being seen."""

    known: Known
    ways: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Audited:
    """How far apart the limits of each hidden figure are known to lie; hiding more only moves them apart.

    What a reader knows is kept until more is hidden: a higher threshold often hides nothing new.
    """

    figures: Figures
    widths: dict[int, float] = field(default_factory=dict)
    readers: dict[bytes, _Reader] = field(default_factory=dict)

    def first_pinned(self, hidden: Flags, threshold: int) -> _Pinned | None:
        """Return the first hidden figure whose limits lie nearer than the threshold, if there is one."""
        figures, shown = self.figures, self.figures.shown(hidden)
        if not shown.any():
            return None
        reader = self._reader(hidden)
        known, near = reader.known, self._not_reached(hidden, reader, threshold)
        for k, binding in zip(near, told_by(figures.parts[near], known.parts), strict=True):
            if binding.any():
                return _pinned(k, binding, figures, hidden)
        for k in near:
            if self.widths[k] >= threshold:
                continue
            found = limits_of(figures.parts[[k]], known, room=float(threshold))
            # The true groups of people give the figures shown, so there are some that do.
            assert found is not None
            self._seen(near, np.vstack([found.points, figures.sizes]))
            if self.widths[k] < threshold:
                return _pinned(k, found.binding[0], figures, hidden)
        return None

    def _seen(self, targets: list[int], points: Floats) -> None:
        """Take note of how far apart hidden figures lie among groups of people that give what is shown."""
        values = points @ self.figures.parts[targets].T
        apart = np.round(np.fmax.reduce(values) - np.fmin.reduce(values), 3).tolist()
        for place, k in enumerate(targets):
            self.widths[k] = max(self.widths[k], apart[place])

    def _reader(self, hidden: Flags) -> _Reader:
        key = hidden.tobytes()
        if key not in self.readers:
            known = self.figures.known(hidden)
            self.readers.clear()
            self.readers[key] = _Reader(known=known, ways=moves(known.parts))
        return self.readers[key]

    def _not_reached(self, hidden: Flags, reader: _Reader, threshold: int) -> list[int]:
        """Return the hidden figures that are not yet known to have limits far enough apart."""
        figures = self.figures
        open_ = [
            k for k in np.flatnonzero(hidden[figures.cell]).tolist() if self.widths.get(k, 0) < threshold
        ]
        if open_:
            spare = figures.sizes - reader.known.at_least_one.any(axis=0)
            far = reach(figures.parts[open_], np.maximum(spare, 0), reader.ways)
            self.widths.update(zip(open_, far.tolist(), strict=True))
        return [k for k in open_ if self.widths[k] < threshold]


def _pinned(figure: int, binding: Flags, figures: Figures, hidden: Flags) -> _Pinned:
    used = np.zeros(len(figures.values), dtype=bool)
    used[figures.telling(hidden)[binding]] = True
    return _Pinned(figure=figure, binding=used)


def _next_to_hide(figures: Figures, hidden: Flags, found: _Pinned) -> int:
    """Return the cheapest shown cell that helps to pin a figure down; of all, where none stands out.

    A count of 0 comes last: it tells of nobody, and that is worth telling.
    """
    shown = figures.shown(hidden)
    somebody = shown & (figures.values != 0)
    best = next(some for some in (found.binding & somebody, somebody, shown) if some.any())
    cells = np.unique(figures.cell[best])
    size = np.array([figures.values[figures.cell == c].max() for c in cells])
    return int(cells[np.lexsort((cells, size, figures.cost[cells]))[0]])
