"""For whom a report is written: one level a file, named as it is asked for and listed in ``ALL``."""

from impactkit.reporting.levels.full import full

ALL = (full,)

__all__ = ["ALL", "full"]
