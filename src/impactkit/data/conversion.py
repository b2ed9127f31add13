"""Units that values may be written in, where somebody has declared it; nothing is converted otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping

from impactkit.data.fault import Fault
from impactkit.indicators import Indicator

RELATIVE: Mapping[str, float] = {
    "fraction": 1.0,
    "percent": 0.01,
    "per cent": 0.01,
    "per mille": 0.001,
    "per inhabitant": 1.0,
    "per 100": 1e-2,
    "per 1 000": 1e-3,
    "per 10 000": 1e-4,
    "per 100 000": 1e-5,
}
ABSOLUTE: Mapping[str, float] = {"ones": 1.0, "thousands": 1e3, "millions": 1e6}
_BASE = re.compile(r"per ([0-9][0-9,]*)")


def factor_of(written: str, indicator: Indicator, *, file: str) -> tuple[float, list[Fault]]:
    """Return what a value in the declared unit is multiplied by to be in the indicator's own.

    Parameters
    ----------
    written : str
        The declared unit, such as ``"fraction"`` or ``"thousands"``.
    indicator : Indicator
        What is measured.
    file : str
        Name of the file.

    Returns
    -------
    float
        The factor; 1 where the unit does not fit.
    list of Fault
        If it does not.

    Examples
    --------
    >>> from impactkit.indicators import Catalogue
    >>> factor_of("fraction", Catalogue.default()["safety/feels-safe-after-dark"], file="a.csv")
    (100.0, [])
    """
    base = _base_of(indicator)
    units = ABSOLUTE if base is None else RELATIVE
    if written in units:
        # Divided as whole numbers where they are: 1 / 0.01 is 100.0, and so is 0.001 / 1e-5.
        return round(units[written] / (1.0 if base is None else base), 12), []
    return 1.0, [
        Fault(
            file=file,
            value=written,
            problem="The unit {value} does not fit {indicator}, which is measured in {unit}.",
            mend="Choose among {choices}.",
            details={
                "indicator": indicator.id,
                "unit": indicator.unit.en,
                "choices": ", ".join(units),
            },
        )
    ]


def _base_of(indicator: Indicator) -> float | None:
    """Return what one of the indicator's unit is of a whole; None for things that are counted."""
    unit = indicator.unit.en
    if unit.startswith("per cent"):
        return 0.01
    if found := _BASE.search(unit):
        return 1.0 / int(found[1].replace(",", ""))
    return 1.0 if unit.startswith("per inhabitant") else None
