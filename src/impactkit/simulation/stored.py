"""The counts of a cell on disk: one JSON file a cell, to which more draws can be added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from impactkit.errors import ImpactkitError
from impactkit.provenance import versions, write_whole
from impactkit.simulation.cell import Cell
from impactkit.simulation.run import Counted
from impactkit.simulation.tally import Tally

_NAMED = ("impactkit", "numpy", "pandas", "python", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was counted in the first draws of a cell.

    Parameters
    ----------
    cell : str
        Its name.
    seed : int
        The run's seed.
    code : str
        A digest of the code that counted.
    made_with : dict of str to str
        Versions of what counted.
    seconds : float
        Processor time.
    tally : Tally
        The counts of draws 0, 1 and so on; ``tally.draws`` of them.
    """

    cell: str
    seed: int
    code: str
    made_with: dict[str, str]
    seconds: float
    tally: Tally

    def with_part(self, part: Counted) -> Stored:
        """Return the counts with those of the draws that follow."""
        assert part.part.first == self.tally.draws
        return replace(self, tally=self.tally + part.tally, seconds=self.seconds + part.seconds)

    def write(self, folder: Path) -> None:
        """Write the file of the cell, whole or not at all.

        Parameters
        ----------
        folder : Path
            Where it stands; made if need be.
        """
        folder.mkdir(parents=True, exist_ok=True)
        record: dict[str, Any] = {
            "cell": self.cell,
            "seed": self.seed,
            "code": self.code,
            "made_with": self.made_with,
            "seconds": round(self.seconds, 1),
            "tally": self.tally.to_record(),
        }
        text = json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n"
        write_whole(folder / f"{self.cell}.json", text.encode("utf-8"))


def nothing_yet(cell: Cell, seed: int) -> Stored:
    """Return no counts of a cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    seed : int
        The run's seed.

    Returns
    -------
    Stored
        To which counts are added.
    """
    made_with = {name: version for name, version in versions().items() if name in _NAMED}
    return Stored(
        cell=cell.name, seed=seed, code=code_digest(), made_with=made_with, seconds=0.0, tally=Tally()
    )


def read_stored(folder: Path, cells: Sequence[Cell]) -> tuple[Stored, ...]:
    """Return what is stored of cells; those without a file are left out.

    Parameters
    ----------
    folder : Path
        Where the files stand.
    cells : sequence of Cell
        Which cells.

    Returns
    -------
    tuple of Stored
        In their order.
    """
    found = ((folder / f"{cell.name}.json") for cell in cells)
    return tuple(_read(path) for path in found if path.is_file())


def begun(folder: Path | None, cell: Cell, seed: int) -> Stored:
    """Return what was counted of a cell before, if by the same code; nothing yet otherwise.

    Parameters
    ----------
    folder : Path, optional
        Where files stand; None to keep none.
    cell : Cell
        The cell.
    seed : int
        The run's seed.

    Returns
    -------
    Stored
        To which counts are added.

    Raises
    ------
    ImpactkitError
        If the file holds counts with another seed.
    """
    fresh = nothing_yet(cell, seed)
    path = None if folder is None else folder / f"{cell.name}.json"
    if path is None or not path.is_file():
        return fresh
    earlier = _read(path)
    if earlier.seed != seed:
        raise ImpactkitError(
            "{file} was counted with seed {seed}.",
            where="--out",
            mend="Use the same seed, or another folder.",
            values={"file": str(path), "seed": earlier.seed},
        )
    same = (earlier.code, earlier.made_with) == (fresh.code, fresh.made_with)
    return earlier if same else fresh


def _read(path: Path) -> Stored:
    record = json.loads(path.read_text("utf-8"))
    return Stored(**{**record, "tally": Tally.from_record(record["tally"])})


@cache
def code_digest() -> str:
    """Return a digest of the library's code and rules: counts of different code are not added up.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    digest = hashlib.sha256()
    _take_in(files("impactkit"), digest)
    return digest.hexdigest()[:12]


_COUNTS = ("data", "effects", "evidence", "schema.py", "simulation")
"""What verdicts rest on; reports, plots and the catalogue may change meanwhile."""


def _take_in(place: Traversable, digest: Any, *, top: bool = True) -> None:
    for item in sorted(place.iterdir(), key=lambda one: one.name):
        if top and item.name not in _COUNTS:
            continue
        if item.is_dir():
            _take_in(item, digest, top=False)
        elif item.name.endswith((".py", ".toml")) and item.name not in ("table.py", "battery.py"):
            digest.update(item.name.encode() + b"\0" + item.read_bytes())
