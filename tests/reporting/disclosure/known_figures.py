"""What a reader knows of groups of people, from lists."""

import numpy as np

from impactkit.reporting.disclosure.audit import Known


def known(parts, values, *, floor=None, slack=None):
    parts = np.array(parts, dtype=float)
    return Known(
        parts=parts,
        values=np.array(values, dtype=float),
        at_least_one=np.zeros((0, parts.shape[1])) if floor is None else np.array(floor, dtype=float),
        slack=None if slack is None else np.array(slack, dtype=float),
    )
