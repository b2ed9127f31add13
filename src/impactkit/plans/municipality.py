"""The municipality a plan names: a code that exists, and did so when the investment started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.errors import Trouble, Value
from impactkit.indicators import Regions

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

_WHERE = "{file}, [project] municipality"
_NO_REAL_ONE = "0000"  # what the templates hold until somebody writes a real one


def municipality(plan: Plan) -> list[Trouble]:
    """Return what is wrong with the code of the municipality.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of Trouble
        Empty when all is well; ``{file}`` is left to be filled in.
    """
    code, start = plan.project.municipality, plan.project.investment_start
    regions = Regions.default().filter(kind="municipality")
    if code is None or code == _NO_REAL_ONE:
        return []
    if code not in regions:
        trouble = regions.unknown(code)
        return [Trouble(trouble.what, _WHERE, trouble.mend, trouble.values)]
    region = regions[code]
    if region.valid_on(start):
        return []
    values: dict[str, Value] = {"code": code, "name": region.name, "start": start.isoformat()}
    values["now"] = ", ".join(item.code for item in regions.successors(code))
    what = "The code {code}, {name}, was not in use when the investment started, {start}."
    return [Trouble(what, _WHERE, 'Write municipality = "{now}".', values)]
