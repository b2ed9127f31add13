"""A claim: what the investment is said to change, for which indicator, by how much and by when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints, model_validator

from impactkit.errors import Trouble
from impactkit.indicators import RefusalKind
from impactkit.schema import PositiveExact, Written, fault

Role = Literal["primary", "secondary", "guardrail"]
Change = Literal["increase", "decrease", "no_harm"]
Movement = Literal["increase", "decrease"]

_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Reason = Annotated[str, StringConstraints(min_length=20, strip_whitespace=True)]
_IN_CLAIM = '{file}, claim "{claim}"'


class Claim(Written):
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
    change : {"increase", "decrease", "no_harm"}
        The change that is promised.
    harm : {"increase", "decrease"}, optional
        Which movement would be harm; required for ``no_harm``, refused otherwise.
    minimum_effect : Decimal
        The smallest change worth claiming, in the indicator's unit, above 0; for ``no_harm`` the margin.
        Written as text (``"2.5"``) or a whole number, so that the locked plan holds what was written.
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

    @property
    def direction(self) -> Literal[1, -1]:
        """The sign that makes good positive: +1 when a rise is good, -1 when a fall is."""
        good_is_up = self.change == "increase" or self.harm == "decrease"
        return 1 if good_is_up else -1
