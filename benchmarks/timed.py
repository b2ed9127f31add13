"""How a workload is timed: once to the end, again while it is quick, and the median told."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable

Answer = tuple[float, float]
Work = Callable[[], Answer]
SECONDS, RUNS = 0.5, 15
"""A workload that is done sooner is repeated, and the median told."""


def tell(work: Work) -> None:
    """Print what a workload took, as JSON."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    taken: list[tuple[float, float]] = []
    while len(taken) < RUNS and sum(wall for _, wall in taken) < SECONDS:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        taken.append((time.process_time() - cpu, time.perf_counter() - wall))
    print(
        json.dumps(
            {
                "cpu": statistics.median(cpu for cpu, _ in taken),
                "wall": statistics.median(wall for _, wall in taken),
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "before": before,
                "answer": " ".join(f"{value:.10g}" for value in answer),
            }
        )
    )
