"""Print every number of every estimator as JSON; test_processes runs it under many environments."""

import json
import sys

from impactkit.effects import estimators, worlds
from impactkit.effects.worlds import TwoGroupPanel


def main():
    drawn = [kind() for kind in worlds.ALL] + [TwoGroupPanel(slope=0.5), TwoGroupPanel(n_units=2000)]
    found = [
        estimator().estimate(world.study(world.draw(1))).to_record()
        for estimator in estimators.ALL
        for world in drawn
        if estimator.model_fields["method"].default in world.designs
    ]
    json.dump(found, sys.stdout, sort_keys=True)


main()
