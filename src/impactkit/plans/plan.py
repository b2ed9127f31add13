"""The plan: what is promised, how it will be measured, and how it will be judged."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PrivateAttr, StrictInt, StringConstraints, ValidationError, model_validator

from impactkit.errors import PlanError, Trouble
from impactkit.evidence import Claim
from impactkit.evidence.circumstances import Circumstances
from impactkit.indicators import Catalogue, Indicator
from impactkit.plans.contradictions import contradictions, too_late
from impactkit.plans.data_files import SPREAD, DataFiles
from impactkit.plans.estimator_settings import EstimatorSettings
from impactkit.plans.outcome_contract import OutcomeContract
from impactkit.plans.plan_file import found_file, parsed
from impactkit.plans.project import Goals, Loan, Project, Requirements
from impactkit.plans.refused import refused
from impactkit.plans.valuation import Valuation
from impactkit.provenance import canonical_json, write_whole
from impactkit.schema import Exact, Written, fault, troubles_of
from impactkit.wording import Facts, Language, Message, Shown, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from impactkit.plans.collection_form import Value
    from impactkit.plans.requirements import Unmet


class Decision(Written):
    """How the claims will be judged, decided beforehand.

    Parameters
    ----------
    alpha : Decimal
        Two-sided level over all primary claims, written as text.
    multiplicity : {"holm", "romano_wolf"}
        How several claims share it: Holm's shares, or the larger ones that Romano and Wolf's step-down finds
        where effects move together.
    family : {"primary", "all"}, optional
        The claims that share it; the primary ones when left out.
    conclusion : {"all", "any"}, optional
        What the primary claims say together: the project is supported only if all of them are, or if any one
        is. All, when left out.
    small_cell : int
        The smallest group that may be shown.
    disclosure_off : str, optional
        Why groups smaller than that are shown although the rows are not public, in at least 20 characters.
        It is told in the report and by ``verify``.
    decided : date, optional
        When the plan was decided. A statement, not a proof: only a receipt from somebody else proves a date.

    Examples
    --------
    >>> Decision().alpha
    Decimal('0.05')
    """

    alpha: Annotated[Exact, Field(gt=0, lt=1)] = Decimal("0.05")
    multiplicity: Literal["holm", "romano_wolf"] = "holm"
    family: Literal["primary", "all"] | None = None
    conclusion: Literal["all", "any"] | None = None
    small_cell: Annotated[StrictInt, Field(ge=5)] = 10
    disclosure_off: Annotated[str, StringConstraints(min_length=20, strip_whitespace=True)] | None = None
    decided: date | None = None


class Plan(Shown, Written):
    """What is promised, how it will be measured, and how it will be judged.

    Parameters
    ----------
    impactkit : 1
        The version of the plan's form.
    language : {"sv", "en"}
        The language of its report.
    project : Project
        What is done, for whom and why.
    loan : Loan, optional
        The amounts.
    goals : Goals, optional
        What the investment and the social effort are to reach.
    requirements : Requirements, optional
        How the lender's basic requirements are met.
    indicators : tuple of Indicator, optional
        Indicators of the project's own, so that the locked plan carries their definitions.
    claims : tuple of Claim
        At least one primary.
    circumstances : Circumstances, optional
        How it was chosen who got it, and what else no number in the data tells.
    data : DataFiles
        Files and roles.
    estimator : estimator
        How the effect is estimated, with its inference.
    decision : Decision
        How the claims are judged.
    outcome_contract : OutcomeContract, optional
        What is paid for verified effects, where payment follows them.
    value : Valuation, optional
        What it cost, and what its effects are set against.

    See Also
    --------
    Plan.read : Read one from a file; every trouble is told at once.
    """

    impactkit: Literal[1]
    language: Language = "sv"
    project: Project
    loan: Loan | None = None
    goals: Goals | None = None
    requirements: Requirements | None = None
    indicators: tuple[Indicator, ...] | None = None
    claims: tuple[Claim, ...]
    circumstances: Circumstances | None = None
    data: DataFiles
    estimator: EstimatorSettings
    decision: Decision = Decision()
    outcome_contract: OutcomeContract | None = None
    value: Valuation | None = None
    _path: Path | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> Plan:
        found = contradictions(self)
        if found:
            raise fault(*found)
        return self

    @classmethod
    def read(cls, path: str | Path) -> Plan:
        """Read a plan from a TOML file.

        Parameters
        ----------
        path : str or Path
            The file, or the folder that holds ``plan.toml``.

        Returns
        -------
        Plan
            The plan; it remembers its folder.

        Raises
        ------
        PlanError
            With every trouble at once: the file is missing or not TOML, keys are unknown (did you mean) or
            missing, values cannot be used, or the plan contradicts itself.
        """
        file = found_file(Path(path))
        plan = cls.of(parsed(file), file=file.name)
        plan._path = file
        return plan

    @classmethod
    def of(cls, content: dict[str, Any], *, file: str = "plan.toml") -> Plan:
        """Return the plan that parsed content describes.

        Parameters
        ----------
        content : dict
            Tables as TOML or a lock holds them.
        file : str
            The name to use in errors.

        Returns
        -------
        Plan
            The plan, without a folder.

        Raises
        ------
        PlanError
            With every trouble at once.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise PlanError.of(troubles_of(error, cls, file)) from None

    @property
    def folder(self) -> Path:
        """The folder the plan was read from; the current one when it was made in code."""
        return self._path.parent if self._path else Path()

    @property
    def file_name(self) -> str:
        """The name of the plan's file."""
        return self._path.name if self._path else "plan.toml"

    def content(self) -> dict[str, Any]:
        """Return all it says, defaults written out, for JSON: decimals as text, ISO dates, no floats."""
        content: dict[str, Any] = _without_floats(self.model_dump(mode="json", exclude_none=True))
        return content

    def __repr__(self) -> str:
        ids = ", ".join(claim.id for claim in self.claims)
        return one_line("Plan", repr(self.project.name), self.file_name, self._method, f"claims {ids}")

    @property
    def _method(self) -> str:
        return str(self.estimator.model_dump(include={"method"})["method"])

    def _facts(self) -> Facts:
        return Facts(
            title=Message("shown.plan.title", {"project": self.project.name}),
            rows=[
                (Message("shown.plan.file"), self.file_name if self._path else Message("shown.plan.made")),
                *((claim.id, claim.promise(self.catalogue)) for claim in self.claims),
                (Message("shown.plan.method"), Message(f"report.method.{self._method}.name")),
                (Message("shown.plan.digest"), self.digest),
            ],
        )

    @property
    def catalogue(self) -> Catalogue:
        """The packaged indicators with the plan's own on top."""
        return Catalogue.default().layered(self.indicators) if self.indicators else Catalogue.default()

    def unmet(self) -> tuple[Unmet, ...]:
        """Return what the lender's five basic requirements ask for and the plan does not show.

        Returns
        -------
        tuple of Unmet
            Each with its key and, as text, what to write; empty when all five are shown.
        """
        from impactkit.plans.requirements import unmet

        return unmet(self)

    def write_form(self, path: str | Path, *, rows: Sequence[Sequence[Value]] = ()) -> Path:
        """Write the Excel form that the plan's values are collected in.

        Parameters
        ----------
        path : str or Path
            The workbook; one that is there is replaced.
        rows : sequence of sequence of str, int, float or None
            Values to fill it with: unit, period, treated, then one for each claim.

        Returns
        -------
        Path
            The workbook, which :func:`impactkit.read` reads back.
        """
        from impactkit.plans.collection_form import collection_form, columns_for

        file = Path(path)
        write_whole(file, collection_form(columns_for(self), language=self.language, rows=rows))
        return file

    @property
    def digest(self) -> str:
        """SHA-256 of the plan's content as canonical JSON, 64 hexadecimal digits."""
        return hashlib.sha256(canonical_json(self.content())).hexdigest()

    def seed_for(self, claim_id: str) -> int:
        """Return the seed of a claim's random draws: fixed by the plan, so that nobody chooses it.

        Parameters
        ----------
        claim_id : str
            The claim.

        Returns
        -------
        int
            0 to 2**48 - 1: the first six bytes of SHA-256(plan digest || claim id).
        """
        claim = self.claim(claim_id)
        drawn = hashlib.sha256(bytes.fromhex(self.digest) + claim.id.encode("utf-8")).digest()
        return int.from_bytes(drawn[:6], "big")

    def claim(self, claim_id: str) -> Claim:
        """Return the claim with this id.

        Parameters
        ----------
        claim_id : str
            Its id.

        Returns
        -------
        Claim
            The claim.

        Raises
        ------
        PlanError
            If the plan has none such.
        """
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        known = ", ".join(claim.id for claim in self.claims)
        values = {"claim": claim_id, "known": known, "file": self.file_name}
        what = "There is no claim {claim}."
        raise PlanError(what, where="{file}, [[claims]]", mend="Choose among {known}.", values=values)

    def roles(self, claim_id: str | None = None) -> dict[str, Any]:
        """Return the keyword roles that make a `Study` of the plan's rows.

        Parameters
        ----------
        claim_id : str, optional
            The claim whose outcome is measured; the plan's own outcome when left out.

        Returns
        -------
        dict
            Role by keyword, those that are played.
        """
        roles = self.data.analysed.roles(self.claim(claim_id).outcome if claim_id else None)
        if self.data.aggregate_by is not None and self._carries_uncertainty:
            roles["std_error"] = SPREAD
        return roles

    @property
    def _carries_uncertainty(self) -> bool:
        inference = getattr(self.estimator, "inference", None)
        return getattr(inference, "method", None) == "given_uncertainty"

    def rows(self) -> pd.DataFrame:
        """Return the plan's rows as a typed frame, whatever years they reach.

        Returns
        -------
        DataFrame
            Numbers where a role needs numbers, text elsewhere.

        Raises
        ------
        DataError
            With every fault of the files.
        """
        from impactkit.plans.rows import typed_rows

        outcomes = [self.data.outcome, *(claim.outcome for claim in self.claims if claim.outcome)]
        return typed_rows(self.data, self.folder, outcomes=outcomes, groups=self.group_columns)

    @property
    def group_columns(self) -> list[str]:
        """The columns of subgroups and of the areas that rows are averaged over."""
        groups = [claim.subgroup.column for claim in self.claims if claim.subgroup]
        return [*groups, *([self.data.aggregate_by] if self.data.aggregate_by else [])]

    def frame(self) -> pd.DataFrame:
        """Return the plan's rows as a typed frame that reaches every claim's year.

        Returns
        -------
        DataFrame
            Numbers where a role needs numbers, text elsewhere.

        Raises
        ------
        DataError
            With every fault of the files.
        PlanError
            If a claim is about a year after the last follow-up in the data, or its indicator refuses the
            comparison or the values and the claim does not accept that in words.
        """
        from impactkit.plans.rows import last_year

        rows = self.rows()
        last = last_year(rows, self.data)
        found = (too_late(self.claims, last) if last else []) + refused(self, frame=rows)
        if found:
            raise PlanError.of([_in_file(trouble, self.file_name) for trouble in found])
        return rows


def _in_file(trouble: Trouble, file: str) -> Trouble:
    return Trouble(trouble.what, trouble.where, trouble.mend, {**trouble.values, "file": file})


def _without_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_floats(item) for item in value]
    return repr(value) if isinstance(value, float) else value
