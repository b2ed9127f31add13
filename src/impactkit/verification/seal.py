"""Sealing: an evaluation with its plan, data, numbers and report in one file that anyone can verify."""

from __future__ import annotations

import platform
from pathlib import Path

from impactkit.errors import DataError, PlanError, UsageError
from impactkit.evaluation import Evaluation
from impactkit.plans import Plan
from impactkit.provenance import canonical_json, file_digest, versions, write_whole
from impactkit.verification import manifest as names
from impactkit.verification.disclosure import refuse_disclosures
from impactkit.verification.manifest import Manifest, digest, members_of
from impactkit.verification.results import data_fingerprint, record_of, rendered, rows_told
from impactkit.verification.safe_zip import read_archive, write_archive
from impactkit.wording import Language


def seal(evaluation: Evaluation, path: str | Path, *, language: Language | None = None) -> Path:
    """Write a bundle: plan, lock, data, numbers and report, with a manifest of digests.

    Parameters
    ----------
    evaluation : Evaluation
        What to seal.
    path : str or Path
        The file, usually ``bundle.zip``; replaced if it stands.
    language : {"sv", "en"}, optional
        The report's language; the plan's when left out.

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
        If the plan was never read from a file, or the folder is not there.

    Notes
    -----
    Rows go along only when the plan says ``public = true``. Otherwise neither they, nor the lock (which
    holds digests of them), nor each row's influence are in the bundle, and the manifest says withheld.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise UsageError(
            "There is no folder {folder}.",
            where="{folder}",
            mend="Make the folder first, or choose another.",
            values={"folder": str(target.parent)},
        )
    plan_bytes = _plan_as_written(evaluation.plan)
    _refuse_changed_data(evaluation)
    refuse_disclosures(evaluation.plan, plan_bytes.decode("utf-8-sig"))
    content = write_archive(_contents(evaluation, plan_bytes, language or evaluation.plan.language))
    # What cannot be opened again must not be sealed.
    read_archive(content)
    write_whole(target, content)
    return target


def _contents(evaluation: Evaluation, plan_bytes: bytes, language: Language) -> dict[str, bytes]:
    plan, lock = evaluation.plan, evaluation.lock
    contents = {
        names.PLAN: plan_bytes,
        names.RESULTS: canonical_json(record_of(evaluation)),
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
    if plan.data.public:
        contents |= {names.DATA + name: (plan.folder / name).read_bytes() for name in plan.data.files}
        if lock is not None:
            contents[names.LOCK] = lock.to_bytes()
    made = Manifest(
        project=plan.project.name,
        language=language,
        data="included" if plan.data.public else "withheld",
        rows=rows_told(evaluation),
        fingerprint=data_fingerprint(plan) if plan.data.public else None,
        plan_digest=plan.digest,
        lock_digest=lock.digest if lock else None,
        results_digest=digest(contents[names.RESULTS]),
        versions=evaluation.made_with,
        members=members_of(contents),
    )
    return {**contents, names.MANIFEST: canonical_json(made.model_dump(mode="json"))}


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
