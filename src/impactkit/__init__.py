"""Plan, measure and verify the impact claim of a social investment.

The public names are loaded when they are first used, so that ``import impactkit`` costs little more than
pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "indicators.catalogue": ("Catalogue",),
    "indicators.indicator": ("Indicator",),
    "data.fault": ("Fault",),
    "data.fault_table": ("faults",),
    "data.layout": ("Layout",),
    "data.observations": ("Observations",),
    "data.pairing": ("pair",),
    "data.read": ("read",),
    "data.study": ("Study",),
    "effects.estimate": ("Estimate",),
    "effects.interval": ("Interval",),
    "effects.estimators": (
        "AugmentedSyntheticControl",
        "BeforeAfter",
        "ContinuousDose",
        "DifferenceInDifferences",
        "DoublyRobust",
        "ExtendedTwoWayFixedEffects",
        "GComputation",
        "Imputation",
        "InstrumentalVariable",
        "InterruptedTimeSeries",
        "Matching",
        "MixedModel",
        "PenalisedSyntheticControl",
        "RandomisedTrial",
        "RegressionDiscontinuity",
        "StackedDifferenceInDifferences",
        "StaggeredDifferenceInDifferences",
        "StructuralTimeSeries",
        "SunAbraham",
        "SwitchingDifferenceInDifferences",
        "SyntheticControl",
        "SyntheticDifferenceInDifferences",
        "TripleDifference",
        "Weighting",
    ),
    "evidence.check": ("check",),
    "evidence.check_result": ("CheckResult",),
    "evidence.claim": ("Claim",),
    "evidence.grade": ("EvidenceGrade", "grade"),
    "evidence.judge": ("judge",),
    "evidence.multiplicity": ("adjust",),
    "evidence.value": ("value",),
    "evidence.verdict": ("Verdict",),
    "plans.advice": ("advise",),
    "plans.amendment": ("amend",),
    "plans.power": ("power",),
    "plans": ("Lock", "Plan", "lock", "new_project"),
    "exchange.export": ("export",),
    "evaluation": ("Evaluation", "evaluate"),
    "reporting.report": ("Report",),
    "reporting.plot": ("plot",),
    "reporting.render": ("render",),
    "reporting.tabulate": ("table",),
    "verification.seal": ("seal",),
    "verification.verify": ("Verification", "verify"),
    "errors": ("ImpactkitError",),
    "wording": ("told", "use_language"),
}
_SHELVES = {
    "heterogeneity": "evidence.heterogeneity",
    "inference": "effects.inference",
    "plans": "plans",
    "privacy": "privacy",
    "robustness": "evidence.robustness",
    "sources": "sources",
}
_MOVED = {  # old names, until version 0.3
    **dict.fromkeys(("pre_trend_power", "sensitivity"), "robustness"),
    **dict.fromkeys(("EffectChain", "Project", "Receipt"), "plans"),
    **dict.fromkeys(("new_key", "pseudonymise"), "privacy"),
    **dict.fromkeys(("Evidence", "Kolada", "Pairing", "PxWeb", "Query", "Regions"), "sources"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted((*_HOME_OF, *_SHELVES))


def __getattr__(name: str) -> Any:
    if name in _SHELVES:
        found = import_module(f"impactkit.{_SHELVES[name]}")
    elif name in _HOME_OF:
        found = getattr(import_module(f"impactkit.{_HOME_OF[name]}"), name)
    elif name in _MOVED:
        return _moved(name)
    else:
        raise AttributeError(f"module 'impactkit' has no attribute {name!r}")
    globals()[name] = found
    return found


def _moved(name: str) -> Any:
    import warnings

    shelf = _MOVED[name]
    warnings.warn(
        f"impactkit.{name} is now impactkit.{shelf}.{name}; the old name goes in version 0.3.",
        DeprecationWarning,
        stacklevel=3,
    )
    return getattr(import_module(f"impactkit.{_SHELVES[shelf]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


__version__ = "0.1.0"
