"""Import one package in a fresh interpreter and print what it took."""

import json
import resource
import sys
import time


def main() -> None:
    """Import once and print what it took."""
    package, *further = sys.argv[1].split(" with ")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    found = __import__(package)
    if further:
        _ = found.Study, found.DifferenceInDifferences
    print(
        json.dumps(
            {
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - wall,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "before": before,
                "answer": found.__version__,
            }
        )
    )


main()
