"""What the settings of a study lack or contradict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from impactkit.data.roles import Roles, did_you_mean
from impactkit.errors import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySettings:
    """What is said of a study as a whole.

    Parameters
    ----------
    start : float, optional
        First treated period shared by all treated.
    switching : bool
        Whether treatment may be switched off.
    rates : {"weighted", "equal"}, optional
        Whether the outcome is divided by its exposure, and what rows then weigh.
    control : str, optional
        Name of the arm that is compared with.
    measured : mapping of str to float
        When covariates were measured, as period values.
    """

    start: float | None = None
    switching: bool = False
    rates: Literal["weighted", "equal"] | None = None
    control: str | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


def setting_troubles(roles: Roles, settings: StudySettings) -> list[Trouble]:
    """Return what the settings of a study lack or contradict.

    Parameters
    ----------
    roles : Roles
        The part each column plays.
    settings : StudySettings
        What is said of the study as a whole.

    Returns
    -------
    list of Trouble
        Empty when all is well.
    """
    found = _arm_troubles(roles, settings) + _measured_troubles(roles, settings)
    start, switching, rates = settings.start, settings.switching, settings.rates
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


def late_covariates(measured: Mapping[str, float], *, start: float | None, first: float) -> list[Trouble]:
    """Return a trouble for each covariate that was measured when the project had started.

    Parameters
    ----------
    measured : mapping of str to float
        When covariates were measured, as period values.
    start : float, optional
        The start the study names.
    first : float
        The earliest start in the data; infinite where there is none.

    Returns
    -------
    list of Trouble
        A covariate that the project may have changed is part of the effect, and adjusting for it hides it.

    Examples
    --------
    >>> late_covariates({"age": 2019.0}, start=2020.0, first=2020.0)
    []
    """
    begins = start if start is not None else first
    if not np.isfinite(begins):
        return []
    return [
        Trouble(
            "Covariate {name!r} was measured after the start: adjusting for it hides part of the effect.",
            "measured",
            "Take it out of covariates=, or use how it was before the start.",
            {"name": name},
        )
        for name, when in measured.items()
        if when >= begins
    ]


def _arm_troubles(roles: Roles, settings: StudySettings) -> list[Trouble]:
    if roles.arm is None:
        if settings.control is None:
            return []
        mend = "Give arm= (the column with the names of the arms), or leave control= out."
        return [Trouble("control names an arm, but no column says who is in which.", "control", mend)]
    if (settings.control is None) == (roles.treated is None):
        mend = "Give control= (the name of the arm compared with) or treated= (0 for that arm): one of them."
        return [Trouble("Several arms need to know which one is compared with.", "arm", mend)]
    if roles.unit is not None and roles.time is not None and settings.start is None:
        mend = "Give start=: the first treated period of all arms."
        return [Trouble("Several arms followed over time need a start.", "arm", mend)]
    return []


def _measured_troubles(roles: Roles, settings: StudySettings) -> list[Trouble]:
    before = [*roles.covariates, *([roles.pre_outcome] if roles.pre_outcome else [])]
    found = [
        Trouble(
            "measured tells when {name!r} was measured, which is no covariate.",
            "measured",
            "Did you mean {near}?",
            {"name": name, "near": did_you_mean(name, before)},
        )
        for name in settings.measured
        if name not in before
    ]
    if settings.measured and settings.start is None and roles.time is None:
        mend = "Give start=: when the project started, written in the same way."
        found.append(
            Trouble("When covariates were measured says nothing without the start.", "measured", mend)
        )
    return found
