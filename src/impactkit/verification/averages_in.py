"""The averages in a bundle: written when it is sealed, read and held against the plan when it is verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from impactkit.carried_out import ClaimResult
from impactkit.earlier_plan import Rows
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
        If the plan averages over nothing, or an earlier one over other areas.
    DataError
        If all who answered in an area and period answered alike, so that the average tells what each of them
        answered, or an area has a name that a spreadsheet would take for a formula.
    """
    plan = evaluation.plan
    _refuse_without_averages(evaluation)
    found: dict[str, bytes] = {}
    troubles: list[Trouble] = []
    for number, result in _told(evaluation):
        assert result.rows is not None
        for name, held in _files(number, result.claim, result.rows):
            troubles += _telling(held, plan, name)
            found[name] = to_bytes(held)
    if troubles:
        raise DataError.of(troubles)
    return found


def rows_from_averages(files: Mapping[str, bytes], plan: Plan, *, number: int | None) -> Rows:
    """Return what the claims of a plan are estimated on, from the averages in a bundle.

    Parameters
    ----------
    files : mapping of str to bytes
        The bundle's averages by name.
    plan : Plan
        The bundle's plan, or one before it.
    number : int or None
        Of an earlier plan; None for the last.

    Returns
    -------
    sequence of ClaimRows
        In the order of the claims.

    Raises
    ------
    DataError, StudyError
        If a file is missing, superfluous, malformed, or holds an average of too few answers.
    """
    expected = {name for claim in plan.claims for name in _names(number, claim)}
    folder = _folder(number).rstrip("/")
    there = {name for name in files if name.rpartition("/")[0] == folder}
    if plan.data.aggregate_by is None or expected != there:
        raise _others(sorted(expected ^ there) or sorted(there))
    return tuple(_rows(number, plan, claim, files) for claim in plan.claims)


def refuse_superfluous(evaluation: Evaluation, files: Mapping[str, bytes]) -> None:
    """Refuse averages that no number was computed from.

    Parameters
    ----------
    evaluation : Evaluation
        What was computed from them.
    files : mapping of str to bytes
        The bundle's averages by name.

    Raises
    ------
    DataError
        With their names.
    PlanError
        If an earlier plan averages over other areas, or cannot be carried out.
    """
    _refuse_without_averages(evaluation)
    used = {name for number, claim in _told(evaluation) for name in _names(number, claim.claim)}
    if used != set(files):
        raise _others(sorted(used ^ set(files)))


def _refuse_without_averages(evaluation: Evaluation) -> None:
    """Refuse a plan that averages over nothing, or one before it that is not computed from the same areas."""
    plan = evaluation.plan
    over = plan.data.aggregate_by
    if over is None:
        raise PlanError(
            "The plan does not average over areas, so there are no averages to seal.",
            where="{file}, [data]",
            mend='Add aggregate_by = "area" before the plan is locked, or seal with a commitment.',
            values={"file": plan.file_name},
        )
    carried = [one.carried for one in evaluation.earlier]
    if any(each is None or each.plan.data.aggregate_by != over for each in carried):
        raise PlanError(
            "An earlier plan cannot be carried out on averages of these data, so they cannot be sealed.",
            where="{file}",
            mend="Seal with a commitment instead; the report tells what can be said of the earlier plan.",
            values={"file": plan.file_name},
        )


def _told(evaluation: Evaluation) -> list[tuple[int | None, ClaimResult]]:
    """Return every result of the last plan and of those before it, with the number of its plan."""
    found: list[tuple[int | None, ClaimResult]] = [(None, result) for result in evaluation.results]
    for one in evaluation.earlier:
        found += [(one.number, result) for result in (one.carried.results if one.carried else ())]
    return found


def _others(names: Sequence[str]) -> DataError:
    return DataError(
        "The averages in the bundle are not those of the plan's claims: {names}.",
        where="averages",
        mend="Ask for the bundle again, as impactkit seal wrote it; never unpack this one.",
        values={"names": ", ".join(names[:10])},
    )


def _rows(number: int | None, plan: Plan, claim: Claim, files: Mapping[str, bytes]) -> ClaimRows:
    outcome = claim.outcome or plan.data.outcome
    held = []
    for name in _names(number, claim):
        held.append(from_bytes(files[name], plan.data, outcome=outcome, name=name))
        if not plan.data.public:
            refuse_small(held[-1], plan, where=name)
    return from_averages(plan, held[0], held[1] if len(held) > 1 else None)


def _folder(number: int | None) -> str:
    return "" if number is None else f"plan-{number}/"


def _names(number: int | None, claim: Claim) -> tuple[str, ...]:
    own = _folder(number) + claim.id
    return (f"{own}.csv",) if claim.subgroup is None else (f"{own}.csv", f"{own}.others.csv")


def _files(number: int | None, claim: Claim, own: ClaimRows) -> list[tuple[str, Averages]]:
    held = [each for each in (own.averages, own.other_averages) if each is not None]
    return list(zip(_names(number, claim), held, strict=True))


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
