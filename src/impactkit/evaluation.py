"""The whole chain on one page: from a plan to verdicts. Everything is validated before anything is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.carried_out import ClaimResult, carry_out, rows_of, studies_of
from impactkit.earlier_plan import EarlierPlan, RowSource, earlier_plans, held_to, n_late
from impactkit.errors import ImpactkitError, PlanError, Trouble
from impactkit.evidence.conclusion import Conclusion
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Lock, Plan, prior
from impactkit.plans.amendment import Amendment, is_seen, planned_groups, read_amendments
from impactkit.plans.lock import LOCK_NAME, Priority
from impactkit.plans.payment import Judged, Payments, payments_of
from impactkit.provenance import file_digest, json_ready, versions
from impactkit.wording import Facts, Language, Message, Shown, one_line

if TYPE_CHECKING:
    from impactkit.reporting.level import Level
    from impactkit.reporting.report import Report

__all__ = ["LOCK_NAME", "ClaimResult", "Evaluation", "evaluate", "problems"]
_CHANGED = "The plan has changed since it was locked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Shown):
    """A plan carried out: every claim with its verdict, and where the numbers come from.

    Parameters
    ----------
    plan : Plan
        What was promised.
    lock : Lock, optional
        The lock that stood beside the plan.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan was made before the follow-up.
    results : tuple of ClaimResult
        In the order of the plan's claims.
    conclusion : Conclusion
        What the primary claims say together.
    data_digests : dict of str to str
        SHA-256 of each data file.
    made_with : dict of str to str
        Versions.
    amendments : tuple of Amendment
        What has changed since the plan was locked.
    earlier : tuple of EarlierPlan
        The locked plan carried out on the same data, and the others that the verdicts told are held to; empty
        without amendments.
    exploratory : bool
        Whether everything was computed and nothing judged.
    """

    plan: Plan
    lock: Lock | None
    prior: Priority
    results: tuple[ClaimResult, ...]
    conclusion: Conclusion
    data_digests: dict[str, str]
    made_with: dict[str, str]
    amendments: tuple[Amendment, ...] = ()
    earlier: tuple[EarlierPlan, ...] = ()
    exploratory: bool = False

    @property
    def amendments_seen(self) -> tuple[bool, ...]:
        """Whether each amendment counts as made after the follow-up was seen."""
        return is_seen(self.amendments, locked=self.lock.plan) if self.lock else ()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts in the order of the claims."""
        return tuple(result.verdict for result in self.results)

    @property
    def payments(self) -> Payments | None:
        """What the plan's outcome contract pays; None where it has none."""
        return self.paid_for(self.results)

    def paid_for(self, results: Sequence[Judged]) -> Payments | None:
        """Return what the plan's outcome contract pays for its claims, as they are or as they may be shown.

        Parameters
        ----------
        results : sequence of Judged
            One a claim.

        Returns
        -------
        Payments or None
            At most what any earlier plan that counts pays: terms and promises that are changed after the
            follow-up was seen can lower a payment and never raise it.
        """
        found = payments_of(self.plan, results, prior=self.prior)
        for one in self.earlier if found is not None else ():
            if one.counts and found is not None:
                carried = one.carried
                bound = payments_of(carried.plan, carried.results, prior=carried.prior) if carried else None
                found = found.at_most(bound, by=one.name)
        return found

    def report(self, *, language: Language | None = None, level: Level = "full") -> Report:
        """Return the report.

        Parameters
        ----------
        language : {"sv", "en"}, optional
            Its language; the plan's when left out.
        level : {"full", "council", "letter"}
            For whom: everything, one page for those who decide, or a letter to the lender.

        Returns
        -------
        Report
            Structured; `render` writes it.
        """
        from impactkit.reporting.told import report_of

        return report_of(self, language or self.plan.language, level=level)

    def to_record(self) -> dict[str, Any]:
        """Return every number and reason that a reviewer recomputes, ready for JSON."""
        record = {
            "spec": "ikresults1",
            "plan_digest": self.plan.digest,
            "prior": self.prior,
            "results": [result.to_record() for result in self.results],
            "conclusion": json_ready(self.conclusion),
            "data_digests": self.data_digests,
        }
        if self.amendments:
            told = zip(self.amendments, self.amendments_seen, strict=True)
            record["amendments"] = [
                {
                    "number": one.number,
                    "digest": one.digest,
                    "counts_as_seen": seen,
                    "changed": list(one.changed),
                }
                for one, seen in told
            ]
            record["earlier"] = [one.to_record() for one in self.earlier]
        if self.exploratory:
            record["exploratory"] = True
        if self.payments is not None:
            record["payments"] = self.payments.to_record()
        return record

    def __repr__(self) -> str:
        told = [f"{verdict.claim} {verdict.status}" for verdict in self.verdicts]
        return one_line(
            "Evaluation", repr(self.plan.project.name), "exploratory" if self.exploratory else "", *told
        )

    def _facts(self) -> Facts:
        return Facts(
            title=Message("evaluation.title", {"project": self.plan.project.name}),
            rows=[(f"{v.claim} ({v.name})", v.reasons[0] if v.reasons else "") for v in self.verdicts],
            warnings=[Message("evaluation.exploratory")] if self.exploratory else (),
        )


def evaluate(
    plan: Plan | str | Path,
    *,
    lock: Lock | None = None,
    amendments: Sequence[Amendment] | None = None,
    exploratory: bool = False,
) -> Evaluation:
    """Carry out a plan: read its data, estimate, check, grade and judge every claim.

    Parameters
    ----------
    plan : Plan or path
        The plan.
    lock : Lock, optional
        The plan's lock; the one beside the plan when left out.
    amendments : sequence of Amendment, optional
        What has changed since; those beside the plan when left out.
    exploratory : bool
        Compute everything and judge nothing: whatever the plan says, locked or not. Such a run is marked as
        one wherever it is told, and cannot be sealed.

    Returns
    -------
    Evaluation
        With a verdict for every claim.

    Raises
    ------
    ImpactkitError
        With every fault at once: of the data files, of the roles, or because the lock and its amendments hold
        another plan. Nothing is estimated before all of it is right.

    Notes
    -----
    With amendments the plans before are carried out on the same data too. An amendment made after the
    follow-up was seen can lower a verdict and never raise it: what is told is the least favourable of the
    plan that stood then and every plan since.
    """
    plan = plan if isinstance(plan, Plan) else Plan.read(plan)
    if exploratory:
        return _explored(plan)
    lock, chain = _locked_beside(plan) if lock is None else (lock, amendments)
    if chain is None:
        chain = read_amendments(plan.folder, lock) if lock else ()
    return evaluation_of(plan, lock=lock, amendments=chain, source=rows_of)


def evaluation_of(
    plan: Plan, *, lock: Lock | None, amendments: Sequence[Amendment], source: RowSource
) -> Evaluation:
    """Carry out a plan and those before it on rows that come from anywhere.

    Parameters
    ----------
    plan : Plan
        The plan.
    lock : Lock or None
        Its lock.
    amendments : sequence of Amendment
        What has changed since.
    source : callable
        Gives what the claims of a plan are estimated on: made of its files, or of the averages in a bundle
        whose rows stay at home.

    Returns
    -------
    Evaluation
        With a verdict for every claim.

    Raises
    ------
    ImpactkitError
        With every fault at once.
    """
    when = prior(plan, lock)
    late = n_late(lock, amendments) if lock else 0
    carried = carry_out(plan, rows=source(plan, number=None), prior=when, n_late=late)
    earlier = earlier_plans(plan, lock, amendments, source=source) if lock else ()
    carried, conclusion = held_to(earlier, carried)
    carried = carried.with_groups(planned_groups(plan, lock, amendments, prior=when))
    return Evaluation(
        plan=plan,
        lock=lock,
        prior=when,
        results=carried.results,
        conclusion=conclusion,
        data_digests=_digests(plan),
        made_with=versions(),
        amendments=tuple(amendments),
        earlier=earlier,
    )


def _explored(plan: Plan) -> Evaluation:
    rule = plan.decision.conclusion or "all"
    reason = Message("verdict.reason.exploratory")
    when = prior(plan, None)
    return Evaluation(
        plan=plan,
        lock=None,
        prior=when,
        results=carry_out(plan, rows=rows_of(plan), prior=when).unjudged().with_groups(frozenset()).results,
        conclusion=Conclusion(rule=rule, status="not_assessable", reasons=(reason,)),
        data_digests=_digests(plan),
        made_with=versions(),
        exploratory=True,
    )


def _digests(plan: Plan) -> dict[str, str]:
    there = [name for name in plan.data.files if (plan.folder / name).is_file()]
    return {name: file_digest(plan.folder / name) for name in there}


def _locked_beside(plan: Plan) -> tuple[Lock | None, tuple[Amendment, ...]]:
    """Return the lock beside a plan and what amends it; refuse a plan that is not the last of them."""
    path = plan.folder / LOCK_NAME
    if not path.is_file():
        return None, ()
    lock = Lock.read(path)
    chain = read_amendments(plan.folder, lock)
    if (chain[-1] if chain else lock).plan_digest != plan.digest:
        what = "The plan has changed since it was last amended." if chain else _CHANGED
        raise PlanError(
            what,
            where="{file} and {lock}",
            mend="Restore the plan, or write an amendment that gives the reason: impactkit amend {file}.",
            values={"file": plan.file_name, "lock": chain[-1].file_name if chain else LOCK_NAME},
        )
    return lock, chain


def problems(plan: Plan) -> tuple[Trouble, ...]:
    """Return all that keeps a plan from being evaluated, without estimating anything.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of Trouble
        Empty when it can be evaluated.
    """
    try:
        _locked_beside(plan)
        studies_of(plan, rows_of(plan))
    except ImpactkitError as error:
        return error.troubles
    return ()
