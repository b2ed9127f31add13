"""A bundle, opened in memory: what it holds, when it holds neither more nor less than its manifest says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from impactkit.errors import UnsafeBundleError, UnsupportedVersionError, UsageError
from impactkit.plans import Plan
from impactkit.verification import manifest as names
from impactkit.verification.disclosure import check_workbook
from impactkit.verification.manifest import Manifest
from impactkit.verification.results import Record, read_json
from impactkit.verification.safe_zip import MOST_BYTES, read_archive

_AGAIN = "Ask for the bundle again, as impactkit seal wrote it; never unpack this one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle, opened in memory.

    Parameters
    ----------
    archive : bytes
        The file.
    members : dict of str to bytes
        Content by name, the manifest among it.
    manifest : Manifest
        What it says it holds.
    results : dict
        The numbers it claims.
    """

    archive: bytes
    members: dict[str, bytes]
    manifest: Manifest
    results: Record

    def read_plan(self) -> Plan:
        """Return the plan, without its data.

        Returns
        -------
        Plan
            Read anew each time.

        Raises
        ------
        PlanError
            With every trouble of it.
        """
        return Plan.of(tomllib.loads(self.members[names.PLAN].decode("utf-8-sig")))

    @property
    def averages(self) -> dict[str, bytes]:
        """The files of averages by their names without the folder."""
        return {
            name.removeprefix(names.AVERAGES): content
            for name, content in self.members.items()
            if name.startswith(names.AVERAGES)
        }

    @property
    def amendments(self) -> dict[str, bytes]:
        """The amendments by their file names."""
        return {
            name.removeprefix(names.AMENDMENTS): content
            for name, content in self.members.items()
            if name.startswith(names.AMENDMENTS)
        }

    @property
    def prose(self) -> str:
        """What people wrote: the plan, its amendments and the ledger, to be searched for personal numbers."""
        return names.prose(self.members)

    @property
    def data(self) -> dict[str, bytes]:
        """The data files by the names the plan gives them."""
        return {
            name.removeprefix(names.DATA): content
            for name, content in self.members.items()
            if name.startswith(names.DATA)
        }


def open_bundle(path: str | Path) -> Bundle:
    """Open a bundle without unpacking it.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Bundle
        Its content; nothing of it is verified yet.

    Raises
    ------
    UsageError
        If there is no such file.
    UnsafeBundleError
        If it is malformed or dangerous.
    UnsupportedVersionError
        If it is written for a specification this version does not know.
    """
    archive = _bytes(Path(path))
    members = read_archive(archive)
    manifest = _manifest(members)
    _refuse_other_members(manifest, members)
    results = read_json(members[names.RESULTS], names.RESULTS)
    _refuse_other_spec(results, "ikresults1", names.RESULTS)
    _refuse_other_plan(members[names.PLAN])
    if names.LOCK in members:
        _refuse_other_spec(read_json(members[names.LOCK], names.LOCK), "ikplan1", names.LOCK)
    for name in members:
        if name.startswith(names.AMENDMENTS):
            _refuse_other_spec(read_json(members[name], name), "ikamendment1", name)
    bundle = Bundle(archive=archive, members=members, manifest=manifest, results=results)
    for content in bundle.data.values():
        check_workbook(content)
    return bundle


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise UsageError(
            "There is no file {name}.",
            where="{folder}",
            mend="Check the name, or seal a bundle with: impactkit seal plan.toml.",
            values={"name": file.name, "folder": str(file.parent)},
        )
    if file.stat().st_size > 2 * MOST_BYTES:
        raise _malformed("The file is larger than any bundle that is read.", "bundle.zip")
    return file.read_bytes()


def _manifest(members: dict[str, bytes]) -> Manifest:
    if names.MANIFEST not in members:
        raise _malformed("The archive has no manifest, so it is no bundle.", names.MANIFEST)
    record = read_json(members[names.MANIFEST], names.MANIFEST)
    _refuse_other_spec(record, names.SPEC, names.MANIFEST)
    try:
        return Manifest.model_validate(record)
    except ValidationError:
        raise _malformed("The manifest does not have the form it should have.", names.MANIFEST) from None


def _refuse_other_members(manifest: Manifest, members: dict[str, bytes]) -> None:
    declared = [member.path for member in manifest.members]
    there = set(members) - {names.MANIFEST}
    if len(declared) != len(set(declared)) or set(declared) != there:
        odd = sorted(set(declared) ^ there) or sorted(declared)
        raise _malformed(
            "The archive and its manifest do not hold the same files: {names}.", names.MANIFEST, odd
        )
    if {manifest.fingerprint is None, manifest.columns is None} != {manifest.data != "included"}:
        raise _malformed("The manifest does not have the form it should have.", names.MANIFEST)
    data = {name for name in there if name.startswith(names.DATA)}
    averages = {name for name in there if name.startswith(names.AVERAGES)}
    locks = {names.LOCK} & there if manifest.lock_digest else set()
    if manifest.lock_digest:
        locks |= {name for name in there if name.startswith(names.AMENDMENTS)}
    rest = there - data - averages - locks - {names.COMMITMENT, names.LEDGER}
    held = {"included": (True, False), "aggregates": (False, True), "withheld": (False, False)}[manifest.data]
    if rest != names.REQUIRED or (bool(data), bool(averages)) != held:
        odd = sorted(rest ^ names.REQUIRED) or sorted(data | averages) or [names.DATA]
        raise _malformed(
            "The bundle lacks a file, or has one that does not belong in it: {names}.", names.MANIFEST, odd
        )


def _refuse_other_spec(record: Record, known: str, name: str) -> None:
    spec = record.get("spec")
    family = known.rstrip("0123456789")
    if isinstance(spec, str) and spec != known and spec.startswith(family):
        raise _unsupported(spec, known, name)
    if spec != known:
        raise _malformed("{name} does not say which form it has.", name)


def _refuse_other_plan(content: bytes) -> None:
    try:
        plan: dict[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _malformed("{name} is no plan.", names.PLAN) from None
    form = plan.get("impactkit")
    if isinstance(form, int) and form != 1:
        raise _unsupported(str(form), "1", names.PLAN)


def _unsupported(spec: str, known: str, name: str) -> UnsupportedVersionError:
    return UnsupportedVersionError(
        "{name} has the form {spec}; this version of impactkit knows {known}.",
        where="{name}",
        mend="Verify it with the version of impactkit that the bundle's environment.json names.",
        values={"name": name, "spec": spec[:40], "known": known},
    )


def _malformed(what: str, name: str, odd: list[str] | None = None) -> UnsafeBundleError:
    values = {"name": name, "names": ", ".join((odd or [])[:5])}
    return UnsafeBundleError(what, where="{name}", mend=_AGAIN, values=values)
