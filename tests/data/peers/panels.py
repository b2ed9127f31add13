"""Random panels that anybody draws alike: the script that asks other software, and the tests in CI.

Numbers come from the raw bits of PCG64 by additions and multiplications alone, so that neither a version of
numpy nor a mathematics library can change one of them.
"""

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd

N_PANELS = 200


class Draws:
    """A stream of numbers from a seed."""

    def __init__(self, seed):
        self.bits = np.random.PCG64(seed)

    def uniform(self, *shape):
        """Return numbers between 0 and 1."""
        raw = self.bits.random_raw(int(np.prod(shape, dtype=int)) or 1) >> np.uint64(11)
        return (raw.astype(np.float64) * 2.0**-53).reshape(shape)

    def bell(self, *shape):
        """Return numbers of mean 0 and variance 1: sums of twelve uniform ones."""
        found = self.uniform(12, *shape)
        total = found[0] - 6.0
        for part in found[1:]:
            total = total + part
        return total

    def pick(self, *options):
        """Return one of the options."""
        return options[int(self.uniform(1)[0] * len(options))]


class Options(NamedTuple):
    """What a panel is like, and what is asked of it."""

    covariate: str  # none, constant within units, or varying
    weight: str  # none, constant within units, or varying
    gaps: bool  # rows missing here and there
    hole: bool  # a whole period missing
    cluster: bool  # three units a cluster
    cross_sections: bool  # different people each time
    late: bool  # a cohort that starts after the data
    early: bool  # a cohort treated from the first period on
    all_start: bool  # nobody is never treated
    control: str
    base: str
    anticipation: int
    adjustment: str


def options(seed):
    """Return the options of a panel."""
    rng = Draws(10_000 + seed)
    covariate = rng.pick("none", "none", "constant", "constant", "varying")
    found = Options(
        covariate=covariate,
        weight=rng.pick("none", "none", "none", "constant", "constant", "varying"),
        gaps=rng.pick(False, False, True),
        hole=rng.pick(False, False, False, True),
        cluster=rng.pick(False, False, True),
        cross_sections=rng.pick(*[False] * 5, True),
        late=rng.pick(False, False, False, True),
        early=rng.pick(False, False, False, False, True),
        all_start=rng.pick(*[False] * 7, True),
        control=rng.pick("never", "not_yet"),
        base=rng.pick("varying", "universal"),
        anticipation=rng.pick(0, 0, 1),
        adjustment=rng.pick("regression", "weighting", "doubly_robust", "doubly_robust"),
    )
    if covariate == "none":
        found = found._replace(adjustment="none")
    if found.all_start:
        found = found._replace(control="not_yet", late=False)
    if found.cross_sections:
        found = found._replace(gaps=False, cluster=False)
    return found


def panel(seed):
    """Return a panel: unit, time, start (0 for never), y, x, w, lot (cluster)."""
    chosen, rng = options(seed), Draws(seed)
    n, T = 40 + int(rng.uniform(1)[0] * 50), 6 + int(rng.uniform(1)[0] * 3)
    starts = [0.0, 2013.0, 2014.0, 2016.0] if not chosen.all_start else [2017.0, 2013.0, 2014.0, 2016.0]
    starts += [2030.0] if chosen.late else []
    starts += [2010.0] if chosen.early else []
    arms = np.concatenate([np.repeat(np.arange(len(starts)), 6), np.zeros(6, dtype=int)])
    rest = (rng.uniform(n) * len(starts)).astype(int)
    start = np.array(starts)[np.append(arms, rest)[:n]]
    treated = (start > 0) & (start < 2030)
    fixed = 0.3 * treated + rng.bell(n)
    x = fixed[:, None] + (0.5 * rng.bell(n, T) if chosen.covariate == "varying" else np.zeros((n, T)))
    weight = 0.5 + 1.5 * rng.uniform(n)[:, None] + np.zeros((n, T))
    if chosen.weight == "varying":
        weight = weight * (0.8 + 0.4 * rng.uniform(n, T))
    elif chosen.weight == "none":
        weight = np.ones((n, T))
    time = 2010.0 + np.arange(T)
    effect = np.where(treated[:, None] & (time >= start[:, None]), 0.5 + 0.2 * (time - start[:, None]), 0.0)
    noise = rng.bell(n, T)
    for t in range(1, T):
        noise[:, t] = 0.5 * noise[:, t - 1] + noise[:, t]
    y = 3 * rng.bell(n)[:, None] + rng.bell(T) + 0.1 * x * np.arange(T) + effect + noise
    lots = n // 3
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), T),
            "time": np.tile(time, n).astype(int),
            "start": np.repeat(start, T).astype(int),
            "y": y.ravel(),
            "x": x.ravel(),
            "w": weight.ravel(),
            "lot": np.repeat(np.arange(n) % lots, T),
        }
    )
    kept = np.ones(len(frame), dtype=bool)
    if chosen.gaps:
        kept &= rng.uniform(len(frame)) >= 0.06
    if chosen.hole:
        kept &= (frame["time"] != 2011).to_numpy()
    frame = frame[kept].reset_index(drop=True)
    if chosen.cross_sections:
        frame["unit"] = np.arange(len(frame))
    return frame


def two_groups(seed):
    """Return the panel with one cohort and the never treated, or None where nobody is never treated."""
    if options(seed).all_start:
        return None
    frame = panel(seed)
    return frame[frame["start"].isin([0, 2013])].reset_index(drop=True)


def few_clusters(seed):
    """Return two groups with few clusters: each twelfth unit shares one, and treatment goes by cluster."""
    frame = panel(seed)
    n_clusters = 6 + seed % 6
    frame["lot"] = frame["unit"] % n_clusters
    frame["start"] = np.where(frame["lot"] < 2 + seed % 3, 2013, 0)
    return frame


def digest(frame):
    """Return what tells one panel from another."""
    return hashlib.sha256(frame.to_csv(index=False, float_format="%.17g").encode()).hexdigest()[:12]
