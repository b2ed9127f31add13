"""Is the effect the same for all? One question a file, listed in ``ALL``; asked of groups declared before."""

from impactkit.evidence.heterogeneity.best_linear_projection import best_linear_projection
from impactkit.evidence.heterogeneity.subgroup_effects import subgroup_effects

ALL = (best_linear_projection, subgroup_effects)

__all__ = ["ALL", "best_linear_projection", "subgroup_effects"]
