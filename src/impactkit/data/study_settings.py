"""What the settings of a study lack or contradict."""

from __future__ import annotations

from impactkit.data.roles import Roles
from impactkit.errors import Trouble


def setting_troubles(
    roles: Roles, *, start: float | None, switching: bool, rates: str | None
) -> list[Trouble]:
    """Return what the settings of a study lack or contradict.

    Parameters
    ----------
    roles : Roles
        The part each column plays.
    start : float, optional
        First treated period of everybody in the group.
    switching : bool
        Whether treatment may be switched off.
    rates : str, optional
        How rows of rates weigh.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    found = []
    if rates is not None and rates not in ("weighted", "equal"):
        mend = "Use 'weighted' (rows weigh their exposure) or 'equal'."
        found.append(Trouble("{given!r} is no way to weigh rates.", "rates", mend, {"given": str(rates)}))
    if rates is not None and roles.exposure is None:
        mend = "Give exposure= (the column of inhabitants or person-years), or leave rates= out."
        found.append(Trouble("Rates need what the outcome is counted over.", "rates", mend))
    if rates is not None and roles.pre_outcome is not None:
        mend = "Divide both outcomes by their exposures first, and give the rates as outcome and pre_outcome."
        found.append(Trouble("The exposure of the outcome before is not known.", "pre_outcome", mend))
    if switching and (roles.treated is None or roles.unit is None or roles.time is None):
        mend = "Give treated= (0 or 1 in every row), unit= and time=."
        found.append(Trouble("Treatment that switches needs each unit's path.", "switching", mend))
    if switching and (start is not None or roles.first_treated is not None):
        mend = "Leave out start= and first_treated=; the path says when treatment is on."
        found.append(Trouble("Treatment that switches has no single start.", "switching", mend))
    if switching and roles.dose is not None:
        mend = "Leave dose= out, or give the first treated period and the dose of each unit."
        found.append(Trouble("A dose that switches is not taken.", "dose", mend))
    return found
