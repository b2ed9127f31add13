"""Does the answer stand? One question a file, listed in ``ALL``; none is an answer of its own."""

from impactkit.evidence.robustness.arms_at_once import arms_at_once
from impactkit.evidence.robustness.bandwidths import bandwidths
from impactkit.evidence.robustness.donuts import donuts
from impactkit.evidence.robustness.hidden_bias import hidden_bias
from impactkit.evidence.robustness.leave_one_out import leave_one_out
from impactkit.evidence.robustness.lee_bounds import lee_bounds
from impactkit.evidence.robustness.manski_bounds import manski_bounds
from impactkit.evidence.robustness.near_optimal import near_optimal
from impactkit.evidence.robustness.placebo_cutoffs import placebo_cutoffs
from impactkit.evidence.robustness.placebo_in_time import placebo_in_time
from impactkit.evidence.robustness.pre_trend_power import pre_trend_power
from impactkit.evidence.robustness.sensitivity import sensitivity
from impactkit.evidence.robustness.specifications import specifications
from impactkit.evidence.robustness.spillover_ring import spillover_ring
from impactkit.evidence.robustness.two_way_decomposition import two_way_decomposition

ALL = (
    bandwidths,
    donuts,
    arms_at_once,
    hidden_bias,
    leave_one_out,
    lee_bounds,
    manski_bounds,
    near_optimal,
    placebo_cutoffs,
    placebo_in_time,
    pre_trend_power,
    sensitivity,
    specifications,
    spillover_ring,
    two_way_decomposition,
)

__all__ = [
    "ALL",
    "arms_at_once",
    "bandwidths",
    "donuts",
    "hidden_bias",
    "leave_one_out",
    "lee_bounds",
    "manski_bounds",
    "near_optimal",
    "placebo_cutoffs",
    "placebo_in_time",
    "pre_trend_power",
    "sensitivity",
    "specifications",
    "spillover_ring",
    "two_way_decomposition",
]
