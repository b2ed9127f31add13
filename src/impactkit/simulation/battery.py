"""The honesty battery: worlds with a known truth through the whole pipeline, and every verdict counted.

``python -m impactkit.simulation.battery`` makes the quick run and fails if a cell breaks its bar;
``--full`` makes the long one, cell by cell, and can be stopped and begun again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from impactkit.errors import ImpactkitError
from impactkit.provenance import write_whole
from impactkit.simulation.bar import Result, keeps
from impactkit.simulation.cell import Cell
from impactkit.simulation.grid import cells_named, every_cell
from impactkit.simulation.run import Counted, Part, run
from impactkit.simulation.stored import Stored, begun, read_stored
from impactkit.simulation.table import as_results, page, summary
from impactkit.wording import Message
from impactkit.wording.progress import progressed

_LARGEST, _SMALLEST, _SHARES = 100, 4, 8
"""Draws of a part, at most and at least; and into how many parts a cell is cut, if these allow it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the battery from the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        What was written after the command; the process's own when left out.

    Returns
    -------
    int
        0 when every cell keeps its bar or is known not to, 1 when another does not, 2 when the command cannot
        be followed.
    """
    # Read by libraries of linear algebra when the other processes load them: threads would only wait.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    asked = _parser().parse_args(arguments)
    try:
        cells = cells_named(asked.cells.split(",")) if asked.cells else every_cell()
        if asked.list:
            print(*(f"{cell.name:36s} {cell.assumption:7s} {cell.sentence}" for cell in cells), sep="\n")
            return 0
        if asked.write is not None and not asked.full:
            return _write(asked.write, read_stored(asked.out or asked.write.with_suffix(""), cells))
        found = _carried_out(asked, cells)
    except ImpactkitError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(*summary(found, full=asked.full), sep="\n")
    if asked.write is not None:
        return _write(asked.write, read_stored(asked.out, every_cell()))
    return _exit_code(as_results(found), full=asked.full)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m impactkit.simulation.battery", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the long run; needs --out")
    parser.add_argument("--draws", type=int, help="at most so many of each cell")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cells", help="names with commas between, or patterns such as did-*-null")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, help="the folder for one file of counts a cell")
    parser.add_argument("--write", type=Path, help="write the page from the folder's counts")
    parser.add_argument("--list", action="store_true", help="print the cells and stop")
    return parser


def _carried_out(asked: argparse.Namespace, cells: Sequence[Cell]) -> tuple[Stored, ...]:
    if asked.full and asked.out is None:
        raise ImpactkitError(
            "The full run has nowhere to keep its counts.",
            where="--out",
            mend="Name a folder, such as --out docs/results/battery.",
        )
    began = time.monotonic()
    stored = {cell.name: begun(asked.out, cell, asked.seed) for cell in cells}
    parts = [part for cell in _slow_first(cells) for part in _parts(cell, stored[cell.name], asked)]
    waiting: dict[tuple[str, int], Counted] = {}
    counted = run(parts, processes=asked.processes)
    for place, one in enumerate(progressed(counted, Message("progress.battery"), total=len(parts))):
        waiting[one.part.cell, one.part.first] = one
        name = one.part.cell
        while (name, stored[name].tally.draws) in waiting:
            stored[name] = stored[name].with_part(waiting.pop((name, stored[name].tally.draws)))
            if asked.out is not None:
                stored[name].write(asked.out)
        if asked.full and place % 20 == 0:
            minutes = (time.monotonic() - began) / 60
            print(f"{place + 1} of {len(parts)} parts, {minutes:.1f} minutes, {name}", flush=True)
    seconds = sum(one.seconds for one in stored.values())
    print(f"{time.monotonic() - began:.0f} s, {seconds:.0f} s of processor time, {len(cells)} cells")
    planned = [
        cell.draws.full * stored[cell.name].seconds / max(stored[cell.name].tally.draws, 1) for cell in cells
    ]
    print(f"The full run of these cells takes about {sum(planned) / 60:.0f} minutes of processor time.")
    return tuple(stored.values())


def _slow_first(cells: Sequence[Cell]) -> list[Cell]:
    """Return cells with those first that are drawn least, because a draw is slow: none is left for last."""
    return sorted(cells, key=lambda cell: cell.draws)


def _parts(cell: Cell, stored: Stored, asked: argparse.Namespace) -> Iterator[Part]:
    planned = cell.draws.full if asked.full else cell.draws.quick
    wanted = planned if asked.draws is None else min(planned, asked.draws)
    size = min(max(wanted // _SHARES, _SMALLEST), _LARGEST)
    for first in range(stored.tally.draws, wanted, size):
        yield Part(cell.name, asked.seed, first, min(first + size, wanted))


def _write(path: Path, stored: Sequence[Stored]) -> int:
    if not stored:
        raise ImpactkitError(
            "There are no counts to write a page from.",
            where="--out",
            mend="Make the full run first: --full --out docs/results/battery.",
        )
    write_whole(path, page(stored).encode("utf-8"))
    print(f"{path}: {len(stored)} cells")
    return _exit_code(as_results(stored), full=True)


def _exit_code(results: Sequence[Result], *, full: bool) -> int:
    """Return 1 if a cell fails of which it is not known, and said, that it does."""
    return int(any(not keeps(result, full=full) and not result.cell.falls_short for result in results))


if __name__ == "__main__":
    sys.exit(main())
