"""A problem that moves next door: what the treated gain, those they are compared with lose."""

from __future__ import annotations

from dataclasses import replace

from impactkit.effects.estimators import DifferenceInDifferences
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.evidence.circumstances import Assessed
from impactkit.simulation.cell import HONEST, TINY, Cell, Draws, promise
from impactkit.simulation.naive import BEFORE_AFTER, CR1
from impactkit.simulation.worlds import Moved

_LIKELY = Assessed(finding="likely", reason="Police reports rose in the comparison areas.")
_WORDS = "12 treated of 30 gain .4 and the others lose .4, so that nothing is gained"
_HIDDEN = Cell(
    name="moved-declared-unlikely",
    sentence=f"{_WORDS}; the plan says, wrongly, that it is unlikely",
    world=Moved(panel=TwoGroupPanel(n_treated=12, effect=0.0)),
    estimator=DifferenceInDifferences(),
    claims=(promise(TINY),),
    assumption="unseen",
    naive=(BEFORE_AFTER, CR1),
    draws=Draws(100, 4_000),
)

CELLS = (
    replace(
        _HIDDEN,
        name="moved-declared-likely",
        sentence=f"{_WORDS}; the plan says that it is likely",
        assumption="breaks",
        circumstances=HONEST.model_copy(update={"spillover": _LIKELY, "displacement": _LIKELY}),
    ),
    replace(
        _HIDDEN,
        name="moved-unassessed",
        sentence=f"{_WORDS}; the plan says nothing of it",
        assumption="breaks",
        circumstances=HONEST.model_copy(update={"spillover": None, "displacement": None}),
    ),
    _HIDDEN,
)
