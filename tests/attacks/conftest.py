"""An honest bundle to tamper with, sealed once; a short page stands for its report: tests are fast."""

from datetime import UTC, datetime

import pytest

from impactkit import examples
from impactkit.evaluation import LOCK_NAME, evaluate
from impactkit.plans import Plan, lock
from impactkit.verification import seal as seal_module
from impactkit.verification import substance
from impactkit.verification.seal import seal
from verification.conftest import members_of, project, short_page

__all__ = ["project"]

LOCKED_ON = datetime(2022, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    """Return an honest bundle's file, and the digest of its lock, as the lender wrote it down."""
    folder = tmp_path_factory.mktemp("honest")
    file = examples.copy_example("norrgarden", folder / "norrgarden")
    plan = Plan.read(file)
    locked = lock(plan, now=LOCKED_ON)
    locked.write(file.parent / LOCK_NAME)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(seal_module, "rendered", short_page)
        return seal(evaluate(plan), folder / "bundle.zip"), locked.digest


@pytest.fixture
def members(honest):
    """Return the honest bundle's members."""
    return members_of(honest[0])


@pytest.fixture(autouse=True)
def short_reports(monkeypatch):
    monkeypatch.setattr(substance, "rendered", short_page)
    monkeypatch.setattr(seal_module, "rendered", short_page)
