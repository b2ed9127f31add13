"""The methods by what they rest on, for the checks that ask about it."""

from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.evidence.leads import LEAD_DESIGNS

SERIES_DESIGNS = frozenset({"interrupted_time_series", "structural_time_series"})
"""One series, with or without another beside it."""
BASELINE_DESIGNS = (
    DONOR_DESIGNS | LEAD_DESIGNS | SERIES_DESIGNS | {"before_after", "switching_difference_in_differences"}
)
"""Those that rest on how it was before the start."""
ALIKE_DESIGNS = frozenset({"doubly_robust", "g_computation", "matching", "weighting"})
"""Those that make two groups measured once alike in what was measured before."""
ALL_DESIGNS = (
    BASELINE_DESIGNS
    | ALIKE_DESIGNS
    | {"instrumental_variable", "mixed_model", "randomised_trial", "regression_discontinuity"}
)
COMPARED_DESIGNS = ALL_DESIGNS - {"before_after"}
"""Those that may compare with somebody who did not get it; a series may stand alone."""
