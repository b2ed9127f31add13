"""An attestation: a bundle whose rows stay at home, computed again by an auditor who was let in to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from impactkit.carried_out import rows_of
from impactkit.errors import ImpactkitError, Trouble, UsageError
from impactkit.evaluation import Evaluation, evaluation_of
from impactkit.plans import Lock, Plan
from impactkit.plans.lock import locked_file
from impactkit.plans.project import Text
from impactkit.plans.project_key import read_key
from impactkit.plans.roster import Digest, roster
from impactkit.plans.strict_file import read_strictly
from impactkit.provenance import canonical_json, versions
from impactkit.schema import Written
from impactkit.verification import manifest as names
from impactkit.verification.averages_in import averages_of
from impactkit.verification.bundle import Bundle, open_bundle
from impactkit.verification.commitment import Commitment
from impactkit.verification.difference import Difference, compare
from impactkit.verification.manifest import digest
from impactkit.verification.plan_rows import committed
from impactkit.verification.recompute import plan_in
from impactkit.verification.results import record_of, rendered
from impactkit.wording import Message

SPEC: Literal["ikattestation1"] = "ikattestation1"
SUFFIX = ".attestation.json"
Answer = Literal["same", "other", "not_asked"]
MOST_ATTESTED = 2**20


class Attestation(Written):
    """What an auditor on the premises found.

    Parameters
    ----------
    spec : "ikattestation1"
        The form.
    manifest_sha256 : str
        Of the bundle that was looked at.
    auditor : str
        Who looked.
    on : date
        The day: a statement.
    rows : int
        Rows that the first claim was estimated on.
    values : int
        Values of results.json that were computed again.
    differences : int
        How many of them are others.
    report, averages, commitment, lock : {"same", "other", "not_asked"}
        Whether the report, the averages, the commitment to the rows and the locked files and roster are
        those of the rows; not asked where the bundle has none, or without the key.
    holds : bool
        Whether nothing was other than it should be.
    versions : dict of str to str
        What it was computed with.
    """

    spec: Literal["ikattestation1"] = SPEC
    manifest_sha256: Digest
    auditor: Text
    on: date
    rows: Annotated[StrictInt, Field(ge=0)]
    values: Annotated[StrictInt, Field(ge=0)]
    differences: Annotated[StrictInt, Field(ge=0)]
    report: Answer
    averages: Answer
    commitment: Answer
    lock: Answer
    holds: StrictBool
    versions: dict[str, str]

    @property
    def all_hold(self) -> bool:
        """Whether no answer is that something is other, and no value differs."""
        answers = (self.report, self.averages, self.commitment, self.lock)
        return "other" not in answers and self.differences == 0

    def to_bytes(self) -> bytes:
        """Return it as it is written and signed: canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))

    @classmethod
    def read(cls, content: bytes, name: str) -> Attestation:
        """Read an attestation, strictly.

        Parameters
        ----------
        content : bytes
            The file.
        name : str
            Its name in errors.

        Returns
        -------
        Attestation
            What it says.

        Raises
        ------
        PlanError, UsageError
            If it is anything else than one, or says that all holds beside something that does not.
        """
        if len(content) > MOST_ATTESTED:
            raise _contradicts(name)
        found = read_strictly(content, cls, name)
        if found.to_bytes() != content or found.holds != found.all_hold:
            raise _contradicts(name)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """An attestation with what it rests on, which stays with the auditor.

    Parameters
    ----------
    attestation : Attestation
        What may leave.
    differences : tuple of Difference
        Values that are others.
    troubles : tuple of Trouble
        Why the plan could not be carried out on the rows.
    """

    attestation: Attestation
    differences: tuple[Difference, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def conclusion(self) -> Message:
        """What was found, in words."""
        said = "holds" if self.attestation.holds else "fails"
        return Message(f"attest.{said}", {"n": self.attestation.values})


def attest(
    path: str | Path,
    *,
    data: str | Path,
    auditor: str,
    key: str | Path | None = None,
    now: datetime | None = None,
) -> Attested:
    """Compute a bundle again from the rows that it does not hold.

    Parameters
    ----------
    path : str or Path
        The bundle.
    data : str or Path
        The folder with the data files that its plan names.
    auditor : str
        Who looks: an internal auditor, or a third party that both sides agreed on.
    key : str or Path, optional
        The project's key, to open the commitment and the keyed digests of the lock.
    now : datetime, optional
        The time to state; the clock's when left out.

    Returns
    -------
    Attested
        To be signed by the auditor; nothing of any row is in the attestation.

    Raises
    ------
    UsageError, UnsafeBundleError, UnsupportedVersionError
        If the bundle, the folder or the key cannot be read.
    PlanError
        If the bundle's plan cannot be read.
    """
    bundle, secret = open_bundle(path), None if key is None else read_key(Path(key))
    folder = Path(data)
    if not folder.is_dir():
        raise UsageError(
            "There is no folder {folder}.",
            where="{folder}",
            mend="Name the folder that holds the data files of the plan.",
            values={"folder": str(folder)},
        )
    plan, lock, amendments = plan_in(bundle, folder)
    try:
        evaluation = evaluation_of(plan, lock=lock, amendments=amendments, source=rows_of)
    except ImpactkitError as error:
        return Attested(attestation=_broken(bundle, auditor, now), troubles=error.troubles)
    found = compare(bundle.results, record_of(_as_sealed(evaluation, bundle)))
    made = _attestation(bundle, auditor, now).model_copy(
        update={
            "rows": evaluation.results[0].study.n_rows,
            "values": found.n_compared,
            "differences": len(found.differences),
            "report": _answer(_report(evaluation, bundle)),
            "averages": _answer(_averages(evaluation, bundle)),
            "commitment": _answer(_commitment(plan, bundle, secret)),
            "lock": _answer(_locked(plan, lock, secret)),
        }
    )
    made = made.model_copy(update={"holds": made.all_hold})
    return Attested(attestation=made, differences=found.differences)


def _answer(same: bool | None) -> Answer:
    return "not_asked" if same is None else "same" if same else "other"


def _attestation(bundle: Bundle, auditor: str, now: datetime | None) -> Attestation:
    return Attestation(
        manifest_sha256=digest(bundle.members[names.MANIFEST]),
        auditor=auditor,
        on=(now or datetime.now(UTC)).date(),
        rows=0,
        values=0,
        differences=0,
        report="not_asked",
        averages="not_asked",
        commitment="not_asked",
        lock="not_asked",
        holds=False,
        versions=versions(),
    )


def _broken(bundle: Bundle, auditor: str, now: datetime | None) -> Attestation:
    """Return what is attested when the plan cannot be carried out on the rows at all."""
    return _attestation(bundle, auditor, now).model_copy(update={"report": "other"})


def _as_sealed(evaluation: Evaluation, bundle: Bundle) -> Evaluation:
    """Return an evaluation as it is recorded where the files are not in the bundle."""
    if bundle.manifest.data == "included":
        return evaluation
    return dataclasses.replace(evaluation, data_digests={})


def _report(evaluation: Evaluation, bundle: Bundle) -> bool:
    told = dataclasses.replace(_as_sealed(evaluation, bundle), made_with=bundle.manifest.versions)
    return rendered(told, bundle.manifest.language) == bundle.members[names.REPORT]


def _averages(evaluation: Evaluation, bundle: Bundle) -> bool | None:
    if bundle.manifest.data != "aggregates":
        return None
    try:
        return averages_of(evaluation) == bundle.averages
    except ImpactkitError:
        return False


def _commitment(plan: Plan, bundle: Bundle, key: bytes | None) -> bool | None:
    if names.COMMITMENT not in bundle.members or key is None:
        return None
    said = read_strictly(bundle.members[names.COMMITMENT], Commitment, names.COMMITMENT)
    return committed(plan, key=key) == said


def _locked(plan: Plan, lock: Lock | None, key: bytes | None) -> bool | None:
    """Return whether the locked baseline and roster are there still; a single file grows afterwards."""
    if lock is None or (not plan.data.public and key is None):
        return None
    finished: Sequence[str | None] = (plan.data.baseline,) if plan.data.baseline else ()
    for file in lock.files:
        here = plan.folder / file.name
        if file.name in finished and locked_file(here, public=plan.data.public, key=key) != file:
            return False
    now = roster(plan.rows(), plan.data, key=key)
    if lock.roster is None or now is None:
        return lock.roster is None
    same = (now.treated, now.comparison) == (lock.roster.treated, lock.roster.comparison)
    return same and set(lock.roster.periods) <= set(now.periods)


def _contradicts(name: str) -> UsageError:
    return UsageError(
        "{file} is no attestation as impactkit attest writes it.",
        where="{file}",
        mend="Ask the auditor for it again.",
        values={"file": name},
    )
