"""Sealing: an evaluation with its plan, data, numbers and report in one file that anyone can verify."""

from __future__ import annotations

import platform
from dataclasses import replace
from pathlib import Path
from typing import Literal

from impactkit.errors import DataError, PlanError, UsageError
from impactkit.evaluation import Evaluation
from impactkit.plans import Plan
from impactkit.plans.project_key import project_key
from impactkit.provenance import canonical_json, file_digest, versions, write_whole
from impactkit.reporting.disclosure import protected_claims
from impactkit.schema import no_such_choice
from impactkit.verification import manifest as names
from impactkit.verification.averages_apart import told_by_difference
from impactkit.verification.averages_in import averages_of
from impactkit.verification.descriptors import described
from impactkit.verification.disclosure import refuse_disclosures
from impactkit.verification.ledger import LEDGER_NAME, Ledger
from impactkit.verification.manifest import Held, Manifest, digest, members_of
from impactkit.verification.plan_rows import RowDigests, committed
from impactkit.verification.results import lock_told, record_of, rendered, rows_told
from impactkit.verification.safe_zip import read_archive, write_archive
from impactkit.wording import Language

Rows = Literal["public", "aggregates", "commitment"]
_HELD: dict[Rows, Held] = {"public": "included", "aggregates": "aggregates", "commitment": "withheld"}


def seal(
    evaluation: Evaluation,
    path: str | Path,
    *,
    language: Language | None = None,
    rows: Rows | None = None,
) -> Path:
    """Write a bundle: plan, lock, data, numbers and report, with a manifest of digests.

    Parameters
    ----------
    evaluation : Evaluation
        What to seal.
    path : str or Path
        The file, usually ``bundle.zip``; replaced if it stands.
    language : {"sv", "en"}, optional
        The report's language; the plan's when left out.
    rows : {"public", "aggregates", "commitment"}, optional
        What goes along of the data: the rows themselves, the averages over areas, or nothing that can be
        read. When left out, the rows of a plan that says they are public, else the averages of a plan that
        has ``aggregate_by``, else nothing.

    Returns
    -------
    Path
        The file. Sealed again from the same plan, data and versions, it holds the same bytes.

    Raises
    ------
    PlanError, DataError
        If the plan or a data file has changed since it was evaluated, or something in them looks like a
        personal identity number. Nothing is written then.
    UsageError
        If the plan was never read from a file, the folder is not there, or the run is exploratory.

    Notes
    -----
    Rows go along only when the plan says ``public = true``. Otherwise neither they, nor a lock that holds
    plain digests of them, nor each row's influence are in the bundle. From averages a reviewer can compute
    every number again; from a commitment none, and verify says so. With the project's key beside the plan
    the bundle also holds a keyed commitment to the rows, so that single ones can be shown later, and an
    auditor can see that the rows at home are the ones that were sealed.
    """
    target = Path(path)
    if evaluation.exploratory:
        raise UsageError(
            "An exploratory run is never sealed.",
            where="{file}",
            mend="Evaluate the locked plan without exploratory=True, then seal.",
            values={"file": evaluation.plan.file_name},
        )
    if not target.parent.is_dir():
        raise UsageError(
            "There is no folder {folder}.",
            where="{folder}",
            mend="Make the folder first, or choose another.",
            values={"folder": str(target.parent)},
        )
    plan_bytes = _plan_as_written(evaluation.plan)
    _refuse_changed_data(evaluation)
    held = _held(evaluation.plan, rows)
    contents = _contents(evaluation, plan_bytes, language or evaluation.plan.language, held)
    refuse_disclosures(evaluation.plan, names.prose(contents))
    content = write_archive(contents)
    # What cannot be opened again must not be sealed.
    read_archive(content)
    write_whole(target, content)
    return target


def _held(plan: Plan, rows: Rows | None) -> Held:
    if rows is None:
        rows = "public" if plan.data.public else "aggregates" if plan.data.aggregate_by else "commitment"
    if rows == "public" and not plan.data.public:
        raise PlanError(
            "The plan does not say that its rows are public, so they do not go into a bundle.",
            where="{file}, [data]",
            mend="Seal the averages or a commitment; or say public = true, where that harms nobody.",
            values={"file": plan.file_name},
        )
    if rows not in _HELD:
        raise no_such_choice(UsageError, "rows", given=str(rows), choices=list(_HELD))
    return _HELD[rows]


def _contents(evaluation: Evaluation, plan_bytes: bytes, language: Language, held: Held) -> dict[str, bytes]:
    if held != "included":
        # The files are not in the bundle, so nobody could hold their digests against them.
        evaluation = replace(evaluation, data_digests={})
    plan, lock = evaluation.plan, evaluation.lock
    shown = protected_claims(plan, evaluation.results)
    rows = rows_told(shown)
    contents = {
        names.PLAN: plan_bytes,
        names.RESULTS: canonical_json(record_of(evaluation, shown=shown)),
        names.REPORT: rendered(evaluation, language),
        names.ENVIRONMENT: canonical_json(
            {
                "spec": "ikenvironment1",
                "versions": versions(),
                "system": platform.system(),
                "machine": platform.machine(),
            }
        ),
    }
    contents |= {one.file_name: one.to_bytes() for one in evaluation.amendments}
    if (ledger := plan.folder / LEDGER_NAME).is_file():
        contents[names.LEDGER] = Ledger.read(ledger).to_bytes()
    contents |= _data_in(evaluation, held, is_counted=rows is not None)
    if (passed_on := lock_told(lock, shown)) is not None:
        contents[names.LOCK] = passed_on.to_bytes()
    contents |= described(plan, contents, evaluation.made_with)
    digests = RowDigests.of(plan) if held == "included" else None
    made = Manifest(
        project=plan.project.name,
        language=language,
        data=held,
        rows=rows,
        fingerprint=digests.fingerprint if digests else None,
        columns=digests.columns if digests else None,
        plan_digest=plan.digest,
        lock_digest=lock.digest if lock else None,
        results_digest=digest(contents[names.RESULTS]),
        versions=evaluation.made_with,
        members=members_of(contents),
    )
    return {**contents, names.MANIFEST: canonical_json(made.model_dump(mode="json"))}


def _data_in(evaluation: Evaluation, held: Held, *, is_counted: bool) -> dict[str, bytes]:
    """Return what goes along of the data: rows, averages, and a commitment where there is a key.

    A commitment tells how many rows there are, so that it goes along only where that is told.
    """
    plan = evaluation.plan
    if held == "included":
        return {names.DATA + name: (plan.folder / name).read_bytes() for name in plan.data.files}
    found: dict[str, bytes] = {}
    if held == "aggregates":
        found |= {names.AVERAGES + name: file for name, file in averages_of(evaluation).items()}
        _refuse_telling(evaluation)
    key = project_key(plan.folder) if is_counted else None
    if key is not None:
        found[names.COMMITMENT] = committed(plan, key=key).to_bytes()
    return found


def _refuse_telling(evaluation: Evaluation) -> None:
    plan = evaluation.plan
    if not plan.data.public and (few := told_by_difference(evaluation)):
        raise DataError(
            "Averages over everybody and over a subgroup tell by their difference of fewer than {n} people: "
            "{places}.",
            where="{file}, [[claims]]",
            mend="Average over larger areas, leave the subgroup out of the plan, or seal with a commitment.",
            values={"n": plan.decision.small_cell, "places": "; ".join(few[:5]), "file": plan.file_name},
        )


def _plan_as_written(plan: Plan) -> bytes:
    file = plan.folder / plan.file_name
    if not file.is_file():
        raise UsageError(
            "The plan has no file, so there is nothing that can be sealed as written.",
            where="{file}",
            mend="Write the plan as plan.toml and read it with Plan.read.",
            values={"file": plan.file_name},
        )
    if Plan.read(file).digest != plan.digest:
        raise PlanError(
            "The plan has changed since it was evaluated.",
            where="{file}",
            mend="Evaluate it again, then seal.",
            values={"file": plan.file_name},
        )
    return file.read_bytes()


def _refuse_changed_data(evaluation: Evaluation) -> None:
    for name, evaluated in evaluation.data_digests.items():
        file = evaluation.plan.folder / name
        if not file.is_file() or file_digest(file) != evaluated:
            raise DataError(
                "{file} has changed since it was evaluated.",
                where="{file}",
                mend="Evaluate it again, then seal.",
                values={"file": name},
            )
