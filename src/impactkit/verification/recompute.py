"""The whole evaluation once more, from the plan and the data that a bundle holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from impactkit.errors import ImpactkitError, PlanError, Trouble
from impactkit.evaluation import Evaluation, evaluate, evaluation_of
from impactkit.plans import Lock, Plan
from impactkit.plans.amendment import Amendment, chained
from impactkit.verification import manifest as names
from impactkit.verification.averages_in import refuse_superfluous, rows_from_averages
from impactkit.verification.bundle import Bundle
from impactkit.verification.plan_rows import RowDigests

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation:
    """What came of carrying out a bundle's plan again.

    Parameters
    ----------
    plan : Plan, optional
        The plan, if it could be read.
    lock : Lock, optional
        Its lock, if there is one that could be read.
    evaluation : Evaluation, optional
        What plan and data give; None when the data are withheld or cannot be evaluated.
    digests : RowDigests, optional
        Of the data's rows, where they are in the bundle.
    amendments : tuple of Amendment, optional
        What has changed since it was locked; None when the chain is broken.
    troubles : tuple of Trouble
        Why something could not be done.
    """

    plan: Plan | None = None
    lock: Lock | None = None
    evaluation: Evaluation | None = None
    digests: RowDigests | None = None
    amendments: tuple[Amendment, ...] | None = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def averaged(self) -> pd.DataFrame | None:
        """The averages of all claims, one below the other, where the numbers were computed from averages."""
        import pandas as pd

        results = self.evaluation.results if self.evaluation else ()
        held = [result.rows for result in results if result.rows is not None]
        every = [each for rows in held for each in (rows.averages, rows.other_averages) if each is not None]
        return pd.concat([each.frame for each in every], ignore_index=True) if every else None


def plan_in(bundle: Bundle, folder: Path) -> tuple[Plan, Lock | None, tuple[Amendment, ...]]:
    """Return a bundle's plan, to be carried out on the rows that lie in a folder.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    folder : Path
        With the data files that the plan names.

    Returns
    -------
    tuple of Plan, Lock or None, and tuple of Amendment
        As the bundle holds them.

    Raises
    ------
    PlanError
        If one of them cannot be read.
    """
    with TemporaryDirectory(prefix="impactkit-attest-") as place:
        file = Path(place) / "plan.toml"
        file.write_bytes(bundle.members[names.PLAN])
        plan = Plan.read(file)
        lock, troubles = _lock(bundle, Path(place))
    chain, broken = _chain(bundle, lock)
    if troubles or broken or chain is None:
        raise PlanError.of(troubles or broken)
    plan._path = folder / "plan.toml"
    return plan, lock, chain


@contextmanager
def recomputed(bundle: Bundle) -> Iterator[Recomputation]:
    """Carry out a bundle's plan on the data it holds.

    Parameters
    ----------
    bundle : Bundle
        The bundle.

    Yields
    ------
    Recomputation
        Its plan can read its data until the block ends.

    Notes
    -----
    The readers of tables read files, so plan and data are written to a folder that only this user can open
    and that is gone afterwards. Nothing else of the archive is written, no name is taken from it but those
    the plan gives its data, and these were refused on opening unless they are plain names on every computer.
    """
    with TemporaryDirectory(prefix="impactkit-verify-") as place:
        folder = Path(place)
        (folder / "plan.toml").write_bytes(bundle.members[names.PLAN])
        try:
            plan = Plan.read(folder / "plan.toml")
        except ImpactkitError as error:
            yield Recomputation(troubles=error.troubles)
            return
        for name in set(plan.data.files) & bundle.data.keys():
            file = folder / "data" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(bundle.data[name])
        # The rows lie in a folder of their own: a data file named plan.toml must not replace the plan.
        plan._path = folder / "data" / "plan.toml"
        yield _carried_out(bundle, plan, folder)


def _carried_out(bundle: Bundle, plan: Plan, folder: Path) -> Recomputation:
    lock, troubles = _lock(bundle, folder)
    chain, broken = _chain(bundle, lock)
    known = Recomputation(plan=plan, lock=lock, amendments=chain, troubles=troubles or broken)
    if bundle.manifest.data == "withheld" or known.troubles:
        return known
    digests = None
    try:
        if bundle.manifest.data == "aggregates":
            source = partial(rows_from_averages, bundle.averages)
            evaluation = evaluation_of(plan, lock=lock, amendments=chain or (), source=source)
            refuse_superfluous(evaluation, bundle.averages)
        else:
            evaluation = evaluate(plan, lock=lock, amendments=chain)
            digests = RowDigests.of(plan)
    except ImpactkitError as error:
        return replace(known, troubles=error.troubles)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        # A bundle comes from somebody else: whatever it makes fail is its failure, told as such.
        trouble = Trouble(
            "The computation broke off: {kind}.",
            "bundle.zip",
            "Ask for the bundle again. If it breaks off again, report it with the bundle.",
            {"kind": type(error).__name__},
        )
        return replace(known, troubles=(trouble,))
    return replace(known, evaluation=evaluation, digests=digests)


def _chain(bundle: Bundle, lock: Lock | None) -> tuple[tuple[Amendment, ...] | None, tuple[Trouble, ...]]:
    """Return the amendments a bundle holds, or None and why they are no chain from its lock."""
    try:
        found = chained(
            bundle.amendments,
            lock_digest=bundle.manifest.lock_digest or "",
            locked=lock.plan if lock else None,
        )
    except ImpactkitError as error:
        return None, error.troubles
    return found, ()


def _lock(bundle: Bundle, folder: Path) -> tuple[Lock | None, tuple[Trouble, ...]]:
    if names.LOCK not in bundle.members:
        return None, ()
    (folder / "plan.lock.json").write_bytes(bundle.members[names.LOCK])
    try:
        return Lock.read(folder / "plan.lock.json"), ()
    except ImpactkitError as error:
        return None, error.troubles
