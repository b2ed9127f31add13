"""Draw, carry out and count: in parts, by several processes, with the same counts whatever the parts."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import NamedTuple

from impactkit.errors import ImpactkitError
from impactkit.simulation.cell import Cell
from impactkit.simulation.grid import cells_named
from impactkit.simulation.pipeline import Judged, best, in_full, lazily
from impactkit.simulation.tally import Tally

EVERY = 20
"""One draw in so many is carried out in full as well, and must give the same verdict."""


class Part(NamedTuple):
    """Some draws of one cell.

    Parameters
    ----------
    cell : str
        Its name.
    seed : int
        The run's seed.
    first, last : int
        Number of the first draw, and of the one after the last.
    """

    cell: str
    seed: int
    first: int
    last: int


class Counted(NamedTuple):
    """What was counted in one part.

    Parameters
    ----------
    part : Part
        Which draws.
    tally : Tally
        The counts.
    seconds : float
        Processor time.
    """

    part: Part
    tally: Tally
    seconds: float


def draw_seed(seed: int, cell: str, number: int) -> int:
    """Return the seed of one draw, from the run's seed, the cell's name and the draw's number alone.

    Parameters
    ----------
    seed : int
        The run's seed.
    cell : str
        The cell's name.
    number : int
        The draw's number.

    Returns
    -------
    int
        0 to 2**64 - 1: the first eight bytes of a SHA-256.

    Examples
    --------
    >>> draw_seed(1, "did-8-null", 0) == draw_seed(1, "did-8-null", 1)
    False
    """
    return int.from_bytes(hashlib.sha256(f"{seed}/{cell}/{number}".encode()).digest()[:8], "big")


def count(cell: Cell, *, seed: int, first: int, last: int) -> Tally:
    """Carry out some draws of a cell and count.

    Parameters
    ----------
    cell : Cell
        The cell.
    seed : int
        The run's seed.
    first, last : int
        Number of the first draw, and of the one after the last.

    Returns
    -------
    Tally
        The counts.

    Raises
    ------
    AssertionError
        If asking only what can change the verdict gave another verdict than asking everything.

    Examples
    --------
    >>> from impactkit.simulation.grid import cells_named
    >>> count(cells_named(["did-8-twice"])[0], seed=1, first=0, last=3).draws
    3
    """
    tally = Tally()
    for number in range(first, last):
        tally.draws += 1
        frame = cell.world.draw(draw_seed(seed, cell.name, number))
        try:
            attempts = cell.attempts(frame)
            judged = [one for promises in attempts for one in lazily(cell, promises)]
            _note(tally, cell, judged)
            if number % EVERY == 0:
                full = [one for promises in attempts for one in in_full(cell, promises)]
                _compare(tally, judged, full)
        except ImpactkitError as refusal:
            tally.refused[str(refusal.troubles[0].what)] += 1
    return tally


def _note(tally: Tally, cell: Cell, judged: Sequence[Judged]) -> None:
    told = best(judged)
    status = told.verdict.status
    tally.verdicts[status] += 1
    reason = told.verdict.reasons[0].code if told.verdict.reasons else "none"
    tally.reasons[f"{status}: {reason.removeprefix('verdict.reason.')}"] += 1
    tally.unnamed += status == "supported" and not told.is_named
    lowered = [one for one in judged if one.unlowered == "supported" and one.verdict.status != "supported"]
    if lowered and status != "supported":
        tally.lowered += 1
        tally.lowered_by.update({name for one in lowered for name in one.failed})
    tally.add_estimate(judged[0].estimate.interval.point)
    for rule in (*cell.naive, *cell.rivals):
        tally.rules[rule.name] += any(rule.supports(one) for one in judged)


def _compare(tally: Tally, judged: Sequence[Judged], full: Sequence[Judged]) -> None:
    assert [one.verdict.status for one in judged] == [one.verdict.status for one in full], (
        "asking less gave another verdict"
    )
    tally.asked += 1
    tally.failed.update({name for one in full for name in one.failed})
    tally.low_grade += all(one.value < 3 for one in full)


def counted(part: Part) -> Counted:
    """Carry out one part; a function that another process can find.

    Parameters
    ----------
    part : Part
        Which draws of which cell.

    Returns
    -------
    Counted
        The counts and the time.
    """
    began = time.process_time()
    cell = cells_named([part.cell])[0]
    tally = count(cell, seed=part.seed, first=part.first, last=part.last)
    return Counted(part, tally, time.process_time() - began)


def run(parts: Sequence[Part], *, processes: int) -> Iterator[Counted]:
    """Carry out parts, each as soon as a process is free.

    Parameters
    ----------
    parts : sequence of Part
        In the order in which they are begun.
    processes : int
        How many at once; with 1 no other process is started.

    Yields
    ------
    Counted
        In the order in which they are done.
    """
    if processes == 1:
        yield from map(counted, parts)
        return
    waiting = iter(parts)
    # Spawned, so that the same holds on every system, and nothing half-done is inherited.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: set[Future[Counted]] = set()
        for part in waiting:
            running.add(pool.submit(counted, part))
            if len(running) >= 2 * processes:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        for one in running:
            yield one.result()
