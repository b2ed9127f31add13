"""For whom a report is written: one level a file, named as it is asked for and listed in ``ALL``."""

from impactkit.reporting.levels.council import council
from impactkit.reporting.levels.full import full
from impactkit.reporting.levels.letter import letter

ALL = (full, council, letter)

__all__ = ["ALL", "council", "full", "letter"]
