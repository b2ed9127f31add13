"""Sealed bundles to verify and to tamper with. A short page stands for the report: tests are fast."""

import json
import tomllib
import zipfile
from datetime import UTC, datetime

import pytest

from impactkit import examples
from impactkit.errors import ImpactkitError
from impactkit.evaluation import LOCK_NAME, evaluate
from impactkit.plans import Plan, lock
from impactkit.provenance import canonical_json
from impactkit.verification import seal as seal_module
from impactkit.verification import substance
from impactkit.verification.descriptors import described as describing
from impactkit.verification.manifest import DESCRIPTORS, digest
from impactkit.verification.safe_zip import write_archive
from impactkit.verification.seal import seal

LOCKED_ON = datetime(2022, 9, 1, tzinfo=UTC)


def short_page(evaluation, language):
    versions = sorted(evaluation.made_with.items())
    tables = [claim.figures[0].table for claim in evaluation.report(language=language).claims]
    rows = "".join(
        f"<table>{''.join(row(cells) for cells in (table.header, *table.rows))}</table>" for table in tables
    )
    return f"<html lang={language}>{json.dumps(evaluation.to_record())}{versions}{rows}</html>".encode()


def row(cells):
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


@pytest.fixture
def short_reports(monkeypatch):
    monkeypatch.setattr(seal_module, "rendered", short_page)
    monkeypatch.setattr(substance, "rendered", short_page)


@pytest.fixture
def project(tmp_path):
    """Return a function that copies an example, changes its files, locks it and evaluates it."""

    def made(name="norrgarden", *, locked=True, change=lambda text: text, data=lambda text: text):
        file = examples.copy_example(name, tmp_path / name)
        file.write_text(change(file.read_text("utf-8")), "utf-8")
        rows = file.parent / "data.csv"
        rows.write_text(data(rows.read_text("utf-8")), "utf-8")
        plan = Plan.read(file)
        for wanted in plan.data.names:
            (file.parent / wanted).write_bytes(rows.read_bytes())
        if locked:
            lock(plan, now=LOCKED_ON).write(file.parent / LOCK_NAME)
        return evaluate(plan)

    return made


@pytest.fixture
def sealed(project, short_reports, tmp_path):
    """Return a function that seals an example."""
    return lambda *args, **kwargs: seal(project(*args, **kwargs), tmp_path / "bundle.zip")


@pytest.fixture
def opened():
    """Return a function that gives the members of a bundle by name."""
    return members_of


def members_of(bundle):
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def resealed(members, manifest=None, *, described=True):
    """Return an archive whose manifest and descriptions fit its members, as a careful forger's would."""
    members = dict(members)
    record = json.loads(members.pop("MANIFEST.json"))
    if described:
        members |= descriptions(members, record["versions"])
    record["members"] = [
        {"path": name, "sha256": digest(members[name]), "size": len(members[name])}
        for name in sorted(members)
    ]
    record["results_digest"] = digest(members["results.json"])
    if "plan/plan.lock.json" in members:
        record["lock_digest"] = digest(members["plan/plan.lock.json"])
    record.update(manifest or {})
    return write_archive({**members, "MANIFEST.json": canonical_json(record)})


def descriptions(members, versions):
    """Return what the bundle says of itself to archives, where its plan can be read."""
    try:
        plan = Plan.of(tomllib.loads(members["plan/plan.toml"].decode("utf-8-sig")))
        held = {name: held for name, held in members.items() if name not in DESCRIPTORS}
        return describing(plan, held, versions)
    except (ImpactkitError, ValueError, KeyError, RecursionError):
        return {}


@pytest.fixture
def resealing():
    """Return a function that gives the bytes of an archive whose manifest fits its members."""
    return resealed


@pytest.fixture
def forged(sealed, tmp_path):
    """Return a function that changes members of a sealed bundle and makes the manifest fit."""

    def made(change, /, **kwargs):
        members = members_of(sealed(**kwargs))
        manifest = change(members)
        file = tmp_path / "forged.zip"
        file.write_bytes(resealed(members, manifest))
        return file

    return made
