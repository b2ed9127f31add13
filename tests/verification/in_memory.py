"""A sealed bundle and what came of it, made once: each step of a verification is then asked in milliseconds.

Nothing of it is ever changed: a test takes a copy with something else in it.
"""

import atexit
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from impactkit import examples
from impactkit.evaluation import LOCK_NAME, Evaluation, evaluate
from impactkit.plans import Lock, Plan, lock
from impactkit.plans.amendment import Amendment
from impactkit.plans.receipt import Receipt
from impactkit.provenance import canonical_json
from impactkit.verification import seal as seal_module
from impactkit.verification.bundle import Bundle, open_bundle
from impactkit.verification.manifest import RESULTS
from impactkit.verification.recompute import Recomputation, recomputed
from impactkit.verification.seal import seal
from impactkit.verification.verification import Step
from verification.conftest import LOCKED_ON, short_page

OTHER = "0" * 64
LOCKED_DAY = "2022-09-01"
Said = tuple[str, str, dict[str, Any]]
WHY = "The committee decided this after a hearing with the tenants."


def told(step: Step) -> tuple[str, str, str, dict[str, Any]]:
    """Return all that a step says: its name, its state, its sentence and what fills that."""
    # A sentence that is not written, or lacks what fills it, cannot be said.
    assert step.sentence.text("sv") != step.sentence.text("en")
    return step.name, step.state, step.sentence.code, dict(step.sentence.values)


def said(name: str, step: Step) -> Said:
    """Return the state, the last part of the code and the values of a step of a name."""
    named, state, code, values = told(step)
    assert (named, code.rpartition(".")[0]) == (name, f"verify.{name}")
    return state, code.rpartition(".")[2], values


@cache
def folder() -> Path:
    """Return a folder that is there until the tests end, with the example and its lock in it."""
    made = Path(mkdtemp(prefix="impactkit-steps-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    file = examples.copy_example("norrgarden", made / "norrgarden")
    lock(Plan.read(file), now=LOCKED_ON).write(file.parent / LOCK_NAME)
    return file.parent


@cache
def file() -> Path:
    """Return the example's bundle: seven areas, 49 rows, two claims, locked and with its rows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(seal_module, "rendered", short_page)
        return seal(evaluate(folder()), folder() / "bundle.zip")


@cache
def bundle() -> Bundle:
    return open_bundle(file())


@cache
def found() -> Recomputation:
    with recomputed(bundle()) as made:
        assert made.troubles == ()
    plan(made)._path = folder() / "plan.toml"
    return made


def plan(of: Recomputation | None = None) -> Plan:
    made = (of or found()).plan
    assert made is not None
    return made


def locked() -> Lock:
    made = found().lock
    assert made is not None
    return made


def evaluation() -> Evaluation:
    made = found().evaluation
    assert made is not None
    return made


def other_plan(data: dict[str, Any] | None = None, **values: Any) -> Plan:
    """Return the plan with other values, reading the same rows."""
    kept = plan()
    made = kept.model_copy(update={**values, "data": kept.data.model_copy(update=data or {})})
    made._path = kept._path
    return made


def with_manifest(**values: Any) -> Bundle:
    """Return the bundle with other values in its manifest."""
    return replace(bundle(), manifest=bundle().manifest.model_copy(update=values))


def with_members(of: Bundle | None = None, **contents: bytes | None) -> Bundle:
    """Return a bundle with other members (None: left out), ``__`` for a slash and ``_`` for a dot."""
    kept = of or bundle()
    changed = {name.replace("__", "/").replace("_", "."): content for name, content in contents.items()}
    members = {**kept.members, **changed}
    return replace(kept, members={name: held for name, held in members.items() if held is not None})


def with_results(change: Callable[[dict[str, Any]], None], of: Bundle | None = None) -> Bundle:
    """Return a bundle that claims something else."""
    kept = of or bundle()
    results = open_json(kept.members[RESULTS])
    change(results)
    return replace(kept, results=results, members={**kept.members, RESULTS: canonical_json(results)})


def open_json(content: bytes) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(content)
    return record


def amendment(number: int = 1, **values: Any) -> Amendment:
    """Return an amendment of 2022-10-01, before the follow-up, that says it was made unseen."""
    said = {
        "number": number,
        "previous": OTHER,
        "reason": WHY,
        "author": "Anna Ek",
        "date": date(2022, 10, 1),
        "data_seen": False,
        "plan": {},
        "plan_digest": plan().digest,
        "changed": ("decision.alpha",),
    }
    return Amendment.model_validate({**said, **values})


def receipt(**values: Any) -> Receipt:
    """Return a receipt of the lock and the plan, from before the follow-up."""
    said = {
        "project": "A project",
        "borrower": "A borrower",
        "loan_sek": None,
        "lock_digest": locked().digest,
        "plan_digest": plan().digest,
        "amendment_head": None,
        "ledger_head": None,
        "locked_on": LOCKED_ON,
        "received_on": date(2022, 9, 5),
        "received_by": "The lender",
    }
    return Receipt.model_validate({**said, **values})
