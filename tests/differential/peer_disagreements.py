"""Where other software disagrees with ours, and why: every other number must agree.

The reasons are told at length in docs/explanation/agreement-with-other-software.md.
"""

from collections.abc import Callable
from typing import Any, NamedTuple


class Case(NamedTuple):
    """A panel, its options, and what makes starts late."""

    frame: Any
    chosen: Any

    @property
    def late(self):
        """Whether somebody starts after the data."""
        return bool((self.frame["start"] > self.frame["time"].max()).any())

    @property
    def soon(self):
        """Whether somebody starts after the data, but so soon that effects may have come early."""
        last = self.frame["time"].max()
        starts = self.frame["start"]
        return bool(((starts > last) & (starts <= last + self.chosen.anticipation)).any())


class Reason(NamedTuple):
    """One cause of disagreement.

    ``what`` says how far it goes: "all"; "errors" for standard errors alone; "factor" for standard errors
    that all differ by the same factor; "leads", "early" (leads and the cells they are made of), "averages",
    "errors of averages", "overall" and "groups" for some keys alone.
    """

    question: str
    peer: str
    why: str
    what: str
    applies: Callable[[Case], bool]


def is_covered(reasons, key, part):
    """Return whether a disagreement of a key's "point", "error" or "key" is one that the reasons explain."""
    return any(
        reason.what == "all"
        or (reason.what in ("errors", "factor") and part == "error")
        or (reason.what == "averages" and not key[0].isdigit())
        or (reason.what == "errors of averages" and not key[0].isdigit() and part == "error")
        or (reason.what == "overall" and key in ("simple", "dynamic", "calendar", "group"))
        or (reason.what == "groups" and key.startswith("group"))
        or (reason.what in ("leads", "early") and (key == "dynamic" or key.startswith("dynamic|-")))
        or (reason.what == "early" and is_early(key))
        for reason in reasons
    )


def is_early(key):
    """Return whether a key is a cohort in a period before its start."""
    first, _, second = key.partition("|")
    return first.isdigit() and float(second) < float(first)


def from_levels(c):
    return c.chosen.cross_sections and c.chosen.adjustment == "doubly_robust"


def by_propensity(c):
    return c.chosen.adjustment in ("weighting", "doubly_robust")


def is_hole_in_base(c):
    """Whether the base period of a cohort is missing, so that an earlier one is its base."""
    return c.chosen.hole and c.chosen.anticipation > 0


def varying(c):
    return c.chosen.weight == "varying"


def weighted(c):
    return c.chosen.weight != "none"


STAGGERED = [
    *(
        Reason("staggered", peer, "weights of another period than ours", "all", varying)
        for peer in ("csdid", "moderndid", "differences")
    ),
    *(
        Reason("staggered", peer, "leads of the last cohort left out", "leads", lambda c: c.chosen.all_start)
        for peer in ("csdid", "StatsPAI", "moderndid", "differences")
    ),
    *(
        Reason(
            "staggered",
            peer,
            "shares of cohorts from fewer rows",
            "errors of averages",
            lambda c: c.chosen.all_start and c.chosen.cross_sections,
        )
        for peer in ("csdid", "StatsPAI", "moderndid")
    ),
    *(
        Reason("staggered", peer, "the reference's 0 in averages", "leads", is_hole_in_base)
        for peer in ("csdid", "moderndid", "differences", "diff-diff")
    ),
    *(
        Reason("staggered", peer, "controls that may have reacted", "all", lambda c: c.soon)
        for peer in ("StatsPAI", "moderndid", "differences")
    ),
    Reason("staggered", "moderndid", "shares of cohorts without weights", "averages", weighted),
    Reason("staggered", "moderndid", "clusters ignored", "errors", lambda c: c.chosen.cluster),
    Reason("staggered", "moderndid", "sign in the influence", "errors", from_levels),
    Reason("staggered", "differences", "levels where rows are missing", "all", lambda c: c.chosen.gaps),
    Reason(
        "staggered",
        "differences",
        "those who start after the data are no controls",
        "all",
        lambda c: c.chosen.cross_sections and c.late,
    ),
    Reason("staggered", "differences", "sign in the influence", "errors", from_levels),
    Reason("staggered", "differences", "propensities less converged", "errors", by_propensity),
    Reason(
        "staggered",
        "diff-diff",
        "controls' residuals over the treated",
        "all",
        lambda c: c.chosen.adjustment == "doubly_robust",
    ),
    Reason(
        "staggered", "diff-diff", "those who start after the data are no controls", "all", lambda c: c.late
    ),
    Reason(
        "staggered",
        "diff-diff",
        "covariates of the base period, not the earlier one",
        "early",
        lambda c: c.chosen.covariate == "varying" and c.chosen.base == "universal",
    ),
    Reason("staggered", "diff-diff", "G/(G-1)", "factor", lambda c: c.chosen.cluster or weighted(c)),
    Reason(
        "staggered", "diff-diff", "averages over early effects", "overall", lambda c: c.chosen.anticipation
    ),
    Reason("staggered", "diff-diff", "averages by rows seen", "averages", lambda c: c.chosen.gaps),
]
REGRESSIONS = [
    Reason("imputation", "diff-diff", "G/(G-1), and weights themselves", "errors", weighted),
    Reason("imputation", "diff-diff", "averages by rows seen", "groups", lambda c: c.chosen.gaps),
    Reason("imputation", "pyfixest", "first stage less converged", "all", lambda c: True),
    Reason("sun_abraham", "diff-diff", "G/(G-1) alone", "factor", weighted),
    Reason("sun_abraham", "diff-diff", "no base period found", "all", is_hole_in_base),
    Reason(
        "sun_abraham",
        "StatsPAI",
        "a dropped covariate counted",
        "factor",
        lambda c: c.chosen.covariate == "constant",
    ),
    Reason("sun_abraham", "StatsPAI", "event time in ranks", "leads", lambda c: c.chosen.hole),
    Reason("sun_abraham", "StatsPAI", "controls that may have reacted", "all", lambda c: c.soon),
    Reason("extended", "diff-diff", "G/(G-1) alone", "factor", weighted),
    Reason("extended", "diff-diff", "averages by rows", "overall", weighted),
]
EVERY = [*STAGGERED, *REGRESSIONS]
