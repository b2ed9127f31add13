"""Print the numbers of every estimator and inference as JSON; test_processes runs it in many environments."""

import json
import sys

from pydantic import ValidationError

from impactkit.effects import estimators, inference, worlds
from impactkit.effects.worlds import StaggeredPanel, TwoGroupPanel
from impactkit.errors import EstimationError

LARGE = 5000  # one path is enough there
KINDS = ("simple", "dynamic", "group", "calendar")


def records(estimator, study):
    """Yield an estimate with its own inference, then with each other that it takes, and its averages."""
    plain = estimator().estimate(study)
    yield plain.to_record()
    if plain.cohorts is not None and study.n_rows < LARGE:
        yield from (plain.aggregate(kind).to_record() for kind in KINDS)
    for kind in inference.ALL if study.n_rows < LARGE else ():
        try:
            yield estimator(inference=few(kind), permutation=None).estimate(study).to_record()
        except (ValidationError, EstimationError):
            continue


def few(kind):
    """Return an inference; the one that solves a programme for every draw with as few as it takes."""
    return kind(draws=79) if kind is inference.PredictionInterval else kind()


def main():
    drawn = [kind() for kind in worlds.ALL]
    drawn += [TwoGroupPanel(slope=0.5), TwoGroupPanel(n_units=2000), StaggeredPanel(slope=0.5)]
    found = [
        record
        for estimator in estimators.ALL
        for world in drawn
        if estimator.model_fields["method"].default in world.designs
        for record in records(estimator, world.study(world.draw(1)))
    ]
    json.dump(found, sys.stdout, sort_keys=True)


main()
