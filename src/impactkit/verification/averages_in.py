"""The averages in a bundle: written when it is sealed, read and held against the plan when it is verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from impactkit.errors import DataError, PlanError, Trouble
from impactkit.evaluation import Evaluation
from impactkit.plans.averages_file import from_bytes, to_bytes, unsafe_names
from impactkit.plans.claim_rows import ClaimRows, from_averages, refuse_small
from impactkit.plans.data_files import SPREAD

if TYPE_CHECKING:
    from impactkit.evidence import Claim
    from impactkit.plans import Plan
    from impactkit.plans.averages import Averages


def averages_of(evaluation: Evaluation) -> dict[str, bytes]:
    """Return the files of averages that an evaluation's numbers are computed from.

    Parameters
    ----------
    evaluation : Evaluation
        Of a plan with ``aggregate_by``.

    Returns
    -------
    dict of str to bytes
        By name: one a claim, and one for those a subgroup is compared with.

    Raises
    ------
    PlanError
        If the plan averages over nothing.
    DataError
        If all who answered in an area and period answered alike, so that the average tells what each of them
        answered, or an area has a name that a spreadsheet would take for a formula.
    """
    plan = evaluation.plan
    if plan.data.aggregate_by is None:
        raise PlanError(
            "The plan does not average over areas, so there are no averages to seal.",
            where="{file}, [data]",
            mend='Add aggregate_by = "area" before the plan is locked, or seal with a commitment.',
            values={"file": plan.file_name},
        )
    found: dict[str, bytes] = {}
    troubles: list[Trouble] = []
    for result in evaluation.results:
        own = result.rows
        assert own is not None and own.averages is not None
        for name, held in _files(result.claim, own.averages, own.other_averages):
            troubles += _telling(held, plan, name)
            found[name] = to_bytes(held)
    if troubles:
        raise DataError.of(troubles)
    return found


def rows_from_averages(plan: Plan, files: Mapping[str, bytes]) -> tuple[ClaimRows, ...]:
    """Return what every claim is estimated on, from the averages in a bundle.

    Parameters
    ----------
    plan : Plan
        The bundle's plan.
    files : mapping of str to bytes
        Its averages by name.

    Returns
    -------
    tuple of ClaimRows
        In the order of the claims.

    Raises
    ------
    DataError, StudyError
        If a file is missing, superfluous, malformed, or holds an average of too few answers.
    """
    expected = {name for claim in plan.claims for name in _names(claim)}
    if plan.data.aggregate_by is None or expected != set(files):
        raise DataError(
            "The averages in the bundle are not those of the plan's claims: {names}.",
            where="averages",
            mend="Ask for the bundle again, as impactkit seal wrote it; never unpack this one.",
            values={"names": ", ".join(sorted(expected ^ set(files)) or sorted(files))},
        )
    return tuple(_rows(plan, claim, files) for claim in plan.claims)


def _rows(plan: Plan, claim: Claim, files: Mapping[str, bytes]) -> ClaimRows:
    outcome = claim.outcome or plan.data.outcome
    held = []
    for name in _names(claim):
        held.append(from_bytes(files[name], plan.data, outcome=outcome, name=name))
        if not plan.data.public:
            refuse_small(held[-1], plan, where=name)
    return from_averages(plan, held[0], held[1] if len(held) > 1 else None)


def _names(claim: Claim) -> tuple[str, ...]:
    own = f"{claim.id}.csv"
    return (own,) if claim.subgroup is None else (own, f"{claim.id}.others.csv")


def _files(claim: Claim, own: Averages, others: Averages | None) -> list[tuple[str, Averages]]:
    held = (own,) if others is None else (own, others)
    return list(zip(_names(claim), held, strict=True))


def _telling(held: Averages, plan: Plan, name: str) -> list[Trouble]:
    found = []
    if unsafe := unsafe_names(held, plan.data):
        what = "Areas have names that a spreadsheet takes for a formula: {names}."
        values = {"names": ", ".join(unsafe[:10]), "file": name}
        found.append(Trouble(what, "{file}", "Give them names that begin with a letter or a digit.", values))
    alike = held.frame[held.frame[SPREAD] == 0]
    if len(alike) and not plan.data.public:
        areas = ", ".join(alike[str(plan.data.aggregate_by)].astype(str).unique()[:10])
        what = "All who answered in {areas} answered alike, so that the average tells what each answered."
        mend = "Average over larger areas, or seal with a commitment instead."
        found.append(Trouble(what, "{file}", mend, {"areas": areas, "file": name}))
    return found
