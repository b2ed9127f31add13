"""Power before the money: how likely each verdict is, should a claim be true, half true or false."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.evidence.verdict import STATUSES
from impactkit.plans.assumed import Assumed
from impactkit.plans.claim_power import ClaimPower
from impactkit.plans.payment_chance import PaymentChance
from impactkit.plans.plan import Plan
from impactkit.plans.power_asked import share_of
from impactkit.plans.power_claim import claim_power
from impactkit.provenance import json_ready
from impactkit.wording import Facts, Language, current_language, format_number, one_line, say
from impactkit.wording.card import card, table
from impactkit.wording.money import about_kronor
from impactkit.wording.numbers import format_share
from impactkit.wording.shown import as_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What a plan can show, claim by claim.

    Parameters
    ----------
    project : str
        The project's name.
    alpha : float
        The plan's two-sided level.
    claims : tuple of ClaimPower
        In the order of the plan.

    See Also
    --------
    power : the usual way to make one.
    """

    project: str
    alpha: float
    claims: tuple[ClaimPower, ...]

    def tidy(self) -> pd.DataFrame:
        """Return one row a claim, true effect and verdict.

        Returns
        -------
        DataFrame
            Columns claim, multiple, effect, verdict, chance, conf_low, conf_high (95 %, of the simulation),
            method.
        """
        import pandas as pd

        rows = []
        for claim in self.claims:
            for each in claim.chances:
                for status in STATUSES:
                    low, high = each.limits(status)
                    rows.append(
                        {
                            "claim": claim.claim,
                            "multiple": each.multiple,
                            "effect": each.effect,
                            "verdict": status,
                            "chance": each.chances[status],
                            "conf_low": low,
                            "conf_high": high,
                            "method": claim.method,
                        }
                    )
        return pd.DataFrame(rows)

    def tidy_payments(self) -> pd.DataFrame:
        """Return what an outcome contract can be expected to pay, one row a claim, rule and true effect.

        Returns
        -------
        DataFrame
            Columns claim, basis, is_agreed, multiple, effect, chance, chance_low, chance_high, expected,
            expected_low, expected_high (SEK; limits are 95 %, of the simulation), n_draws; no rows without a
            contract. At ``multiple`` 0 a payment is false; elsewhere one minus ``chance`` is the chance that
            a true effect is not paid for.
        """
        import pandas as pd

        columns = [field.name for field in fields(PaymentChance)]
        rows = [
            {"claim": claim.claim, **{name: getattr(each, name) for name in columns}}
            for claim in self.claims
            for each in claim.payments
        ]
        return pd.DataFrame(rows, columns=["claim", *columns])

    def to_record(self) -> dict[str, Any]:
        """Return every number and reason, ready for JSON (an infinite number is written inf)."""
        claims = json_ready(self.claims)
        for claim in claims:
            if not claim["payments"]:
                del claim["payments"]
        return {"project": self.project, "alpha": self.alpha, "claims": claims}

    def __repr__(self) -> str:
        return one_line("Power", repr(self.project), *(claim.claim for claim in self.claims))

    def __str__(self) -> str:
        language = current_language()
        told = [
            Facts(
                title=say("power.in_words", language, claim=claim.claim),
                rows=[("", sentence) for sentence in claim.in_words(language)],
            )
            for claim in self.claims
        ]
        return "\n".join(map(as_text, told))

    def _repr_html_(self) -> str:
        language = current_language()
        parts = []
        for claim in self.claims:
            header, rows = chance_table(claim, language)
            parts.append(table(say("power.title", language, claim=claim.claim), header, rows))
            says = say("robustness.row.says", language)
            title = say("power.in_words", language, claim=claim.claim)
            parts.append(card(title, [(says, sentence) for sentence in claim.in_words(language)]))
            if claim.payments:
                title = say("money.power.title", language, claim=claim.claim)
                parts.append(table(title, *payment_table(claim, language)))
        return "".join(parts)


def chance_table(claim: ClaimPower, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return the chances of one claim as texts.

    Parameters
    ----------
    claim : ClaimPower
        The claim.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    header : list of str
        The true effect, then each verdict.
    rows : list of list of str
        One a true effect.
    """
    header = [say("power.true_effect", language, unit=claim.unit[language])]
    header += [say(f"verdict.name.{status}", language) for status in STATUSES]
    rows = []
    for each in claim.chances:
        shown = format_number(each.effect, language, signed=True)
        kind = "margin" if claim.is_of_margin else "effect"
        when = say(f"power.row.{kind}", language, effect=shown, multiple=each.multiple)
        rows.append([when, *(_percent(each.chances[status], language) for status in STATUSES)])
    return header, rows


def payment_table(claim: ClaimPower, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return what a contract can be expected to pay for one claim, as texts.

    Parameters
    ----------
    claim : ClaimPower
        The claim.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    header : list of str
        The rule and the true effect, the chance of payment, and the mean payment.
    rows : list of list of str
        One a rule and true effect, the contract's own rule first.
    """
    header = [say(f"money.power.{name}", language) for name in ("rule", "effect", "chance", "expected")]
    rows = []
    for each in sorted(claim.payments, key=lambda one: not one.is_agreed):
        rule = say(f"money.rule.{each.basis}", language)
        shown = format_number(each.effect, language, signed=True)
        rows.append(
            [
                say("money.power.agreed", language, rule=rule) if each.is_agreed else rule,
                say("power.row.effect", language, effect=shown, multiple=each.multiple),
                _percent(each.chance, language),
                about_kronor(each.expected, language),
            ]
        )
    return header, rows


def _percent(share: float, language: Language) -> str:
    """Return a chance in whole per cent; one that is not nothing, or not sure, never looks so."""
    if 0 < share < 0.005:
        return "<\N{NO-BREAK SPACE}" + format_share(0.01, language)
    if 0.995 < share < 1 - 1e-9:
        return ">\N{NO-BREAK SPACE}" + format_share(0.99, language)
    return format_share(share, language)


def power(
    plan: Plan | str | Path,
    *,
    spread: float | None = None,
    correlation: float | None = None,
    n_treated: int | None = None,
    n_comparison: int | None = None,
    periods: int | None = None,
) -> Power:
    """Tell what a plan can show, before its follow-up is measured.

    Parameters
    ----------
    plan : Plan or path
        The plan; its data need hold the baseline only. Outcomes measured after the start are not used.
    spread : float, optional
        Standard deviation between units of a group at one time, in the outcome's unit; told from the baseline
        when left out.
    correlation : float, optional
        Between two measurements of the same unit; told from the baseline where it has several, else 0.5, and
        then shown for 0.3 to 0.9 too.
    n_treated, n_comparison : int, optional
        As if so many units took part.
    periods : int, optional
        Measurements after the start; those through the claim's year when left out.

    Returns
    -------
    Power
        For each claim the chance of every verdict at 0, half, one, one and a half and two times the claim,
        the smallest effect that would be seen, and what it would take to show the claim.

    Raises
    ------
    ImpactkitError
        If the plan's data and what is given do not make a study.

    Notes
    -----
    By formula for trials and balanced two-group panels without covariates, where the permutation test has
    many assignments: the estimate is normal and its standard error a chi-square with the design's degrees of
    freedom (`verdict_chances`). Else 200 follow-ups are drawn and the whole chain is carried out on each. How
    rows vary is told from the baseline alone: by the variogram of units that are followed, by resampling rows
    that are not, by the trend, season and autocorrelation of a series, and for designs with donors by
    pretended starts in the baseline. Effects are taken to be the same for all, and nothing that would hit one
    group alone is in it: the true chances are at most these.

    Examples
    --------
    >>> from impactkit.examples import copy_example
    >>> import tempfile
    >>> plan = Plan.read(copy_example("norrgarden", tempfile.mkdtemp() + "/norrgarden"))
    >>> found = power(plan)
    >>> found.claims[0].can_be_supported
    False
    """
    plan = plan if isinstance(plan, Plan) else Plan.read(plan)
    assumed = Assumed(
        spread=spread,
        correlation=correlation,
        n_treated=n_treated,
        n_comparison=n_comparison,
        periods=periods,
    )
    alpha = float(plan.decision.alpha)
    claims = tuple(claim_power(plan, claim, assumed, alpha=share_of(plan, claim)) for claim in plan.claims)
    return Power(project=plan.project.name, alpha=alpha, claims=claims)
