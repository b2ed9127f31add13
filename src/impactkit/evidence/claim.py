"""A claim: what the investment is said to change, for which indicator, by how much and by when."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints, model_validator

from impactkit.errors import Trouble, Value
from impactkit.indicators import Catalogue, RefusalKind
from impactkit.schema import Exact, PositiveExact, Written, fault
from impactkit.wording import Facts, Message, Shown, current_language, format_number, say
from impactkit.wording.card import Row

Role = Literal["primary", "secondary", "guardrail"]
Change = Literal["increase", "decrease", "no_harm", "no_effect"]
Movement = Literal["increase", "decrease"]

_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Reason = Annotated[str, StringConstraints(min_length=20, strip_whitespace=True)]
_IN_CLAIM = '{file}, claim "{claim}"'


class Subgroup(Written):
    """The rows a claim is about, where it is not about all.

    Parameters
    ----------
    column : str
        The column that says who belongs to which group.
    value : str
        What it says of this group, as text.
    compared_with : str, optional
        What it says of those the group is compared with; all others when left out.

    Examples
    --------
    >>> Subgroup(column="kön", value="kvinnor").value
    'kvinnor'
    """

    column: _Text
    value: _Text
    compared_with: _Text | None = None


class Claim(Shown, Written):
    """What the investment is said to change, for which indicator, by how much and by when.

    Parameters
    ----------
    id : str
        Its name in the plan and the report, such as ``C1``.
    indicator : str
        The indicator's id in the catalogue, such as ``safety/feels-safe-after-dark``.
    outcome : str, optional
        The column that holds the outcome; the plan's ``[data].outcome`` when left out.
    role : {"primary", "secondary", "guardrail"}
        Primary claims share alpha and carry the conclusion; the others can lower it, never raise it.
    change : {"increase", "decrease", "no_harm", "no_effect"}
        The change that is promised. ``no_harm`` (not worse by more than the margin) is non-inferiority;
        ``no_effect`` (neither up nor down by more than the margin) is equivalence.
    harm : {"increase", "decrease"}, optional
        Which movement would be harm; required for ``no_harm``, refused otherwise.
    minimum_effect : Decimal
        The smallest change worth claiming, in the indicator's unit, above 0; for ``no_harm`` and
        ``no_effect`` the margin. Written as text (``"2.5"``) or a whole number, so that the locked plan holds
        what was written.
    relative : bool
        Whether ``minimum_effect`` is in per cent of what the outcome would have been without the investment.
    target : Decimal, optional
        A level to be reached by that year, in the indicator's unit. Whether it was reached, and whether the
        investment is shown to have an effect, are told apart: a level may be reached on its own.
    subgroup : Subgroup, optional
        The group the claim is about. The report also tells whether its effect differs from the others'.
    unit : str, optional
        The unit shown after numbers; the indicator's when left out.
    by : int
        The follow-up year the claim is about.
    baseline_indicator : str, optional
        The indicator the baseline was measured with, when it was another than the claim's.
    basis : {"total", "financed_share"}, optional
        A claim is judged on the whole investment; with ``financed_share`` the report also tells the loan's
        share of the effect. That is refused for shares, means, rates and indices, whose parts mean nothing.
    data_source, validation_method : str, optional
        Where the values come from, and how somebody else can see that they are right.
    accept : dict, optional
        What the indicator refuses and the plan accepts all the same, with the reason in words of at least 20
        characters: ``accept = { definition_break = "..." }``. The report shows it.

    Raises
    ------
    pydantic.ValidationError
        With every fault, when a value cannot be used. :meth:`Plan.read` tells them as one `PlanError`.

    Examples
    --------
    >>> claim = Claim(id="C1", indicator="housing/tenant-turnover", role="primary", change="decrease",
    ...               minimum_effect="1.5", by=2026)
    >>> claim.direction, claim.minimum_effect
    (-1, Decimal('1.5'))
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
    indicator: _Text
    outcome: _Text | None = None
    role: Role
    change: Change
    harm: Movement | None = None
    minimum_effect: PositiveExact
    relative: bool = False
    target: Exact | None = None
    subgroup: Subgroup | None = None
    unit: _Text | None = None
    by: Annotated[StrictInt, Field(ge=1900, le=2200)]
    baseline_indicator: _Text | None = None
    basis: Literal["total", "financed_share"] | None = None
    data_source: _Text | None = None
    validation_method: _Text | None = None
    accept: dict[RefusalKind, _Reason] | None = None

    @model_validator(mode="after")
    def _harm_goes_with_no_harm(self) -> Claim:
        if self.change == "no_harm" and self.harm is None:
            mend = 'Add harm = "increase" or harm = "decrease": the movement that would be harm.'
            raise fault(
                Trouble("A claim of no harm must say what harm is.", _IN_CLAIM, mend, {"claim": self.id})
            )
        if self.change != "no_harm" and self.harm is not None:
            mend = 'Remove harm, or write change = "no_harm".'
            what = 'harm = "{harm}" means nothing when change = "{change}".'
            raise fault(
                Trouble(what, _IN_CLAIM, mend, {"claim": self.id, "harm": self.harm, "change": self.change})
            )
        return self

    @model_validator(mode="after")
    def _can_be_measured(self) -> Claim:
        values: dict[str, Value] = {"claim": self.id, "minimum": str(self.minimum_effect)}
        if self.relative and self.minimum_effect >= 100 and not self.good_is_up:
            what = "Nothing can fall by {minimum} per cent or more."
            raise fault(
                Trouble(what, _IN_CLAIM, "Write a minimum_effect below 100, or relative = false.", values)
            )
        if self.target is not None and self.change in ("no_harm", "no_effect"):
            what = "A claim of {change} has a margin, and no level to reach."
            mend = 'Remove target, or write change = "increase" or "decrease".'
            raise fault(Trouble(what, _IN_CLAIM, mend, {**values, "change": self.change}))
        return self

    def _facts(self) -> Facts:
        rows: list[Row] = [(Message("shown.claim.row.promise"), self.promise())]
        if self.target is not None:
            rows.append((Message("shown.claim.row.target"), _told(self.target)))
        if self.subgroup is not None:
            rows.append(
                (Message("shown.claim.row.subgroup"), f"{self.subgroup.column} = {self.subgroup.value}")
            )
        for name in ("data_source", "validation_method"):
            if text := getattr(self, name):
                rows.append((Message(f"shown.claim.row.{name}"), text))
        rows += [(Message("shown.claim.row.accept"), why) for why in (self.accept or {}).values()]
        return Facts(title=Message("shown.claim.title", {"id": self.id}), rows=rows)

    def promise(self, catalogue: Catalogue | None = None) -> Message:
        """Return what is promised, in one sentence.

        Parameters
        ----------
        catalogue : Catalogue, optional
            Where the indicator is found; the packaged one when left out.

        Returns
        -------
        Message
            The indicator, the direction, the size, the year and the role.
        """
        language, known = current_language(), catalogue or Catalogue.default()
        found = next((each for each in known if each.id == self.indicator), None)
        unit = self.unit or (found.unit_of_change(language) if found else "")
        return Message(
            f"cli.promise.{self.change}",
            {
                "name": found.name.text(language) if found else self.indicator,
                "role": Message(f"cli.role.{self.role}"),
                "size": _told(self.minimum_effect),
                "unit": say("cli.promise.per_cent", language) if self.relative else unit,
                "by": str(self.by),
            },
        )

    @property
    def good_is_up(self) -> bool:
        """Whether a rise is good; for ``no_effect``, where neither is, a rise counts as up."""
        return self.change in ("increase", "no_effect") or self.harm == "decrease"

    @property
    def is_of_margin(self) -> bool:
        """Whether it says that nothing happens beyond a margin, rather than that something does."""
        return self.change in ("no_harm", "no_effect")

    @property
    def direction(self) -> Literal[1, -1]:
        """The sign that makes good positive: +1 when a rise is good, -1 when a fall is."""
        return 1 if self.good_is_up else -1


def _told(number: Decimal) -> str:
    decimals = max(0, -int(number.as_tuple().exponent))
    return format_number(float(number), current_language(), decimals=decimals)
