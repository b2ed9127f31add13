"""What a power curve shows: the chance of each verdict by how large the true effect is."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.errors import UsageError
from impactkit.evidence.verdict import STATUSES, Status
from impactkit.plans.claim_power import ClaimPower
from impactkit.plans.power import Power
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_number, format_share, say

ENOUGH = 0.8
_SEEN = 0.005  # a verdict that never comes so often has no line


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPicture:
    """The chance of each verdict by true effect, one panel a claim.

    Parameters
    ----------
    heading : str
        What it is about.
    language : {"sv", "en"}
        The language of its words.
    claims : tuple of ClaimPower
        One a panel.
    """

    heading: str
    language: Language
    claims: tuple[ClaimPower, ...]

    @classmethod
    def of(cls, power: Power | ClaimPower, language: Language, *, claim: str | None = None) -> PowerPicture:
        """Return the picture of what a plan can show, of all its claims or of one.

        Parameters
        ----------
        power : Power or ClaimPower
            What the plan can show.
        language : {"sv", "en"}
            The language of its words.
        claim : str, optional
            The id of one.

        Returns
        -------
        PowerPicture
            One panel a claim.

        Raises
        ------
        UsageError
            If the plan has no such claim.
        """
        claims = power.claims if isinstance(power, Power) else (power,)
        if claim is not None:
            claims = tuple(each for each in claims if each.claim == claim)
        if not claims:
            raise UsageError(
                "There is no claim {claim} in this plan.",
                where="claim",
                mend="Give one of the plan's claims, or leave claim= out.",
                values={"claim": str(claim)},
            )
        return cls(heading=say("figure.power.title", language), language=language, claims=claims)

    def shown(self, claim: ClaimPower) -> tuple[Status, ...]:
        """Return the verdicts that have a line: those that come up at all, "supported" always."""
        return tuple(
            status
            for status in STATUSES
            if status == "supported" or max(each.chances[status] for each in claim.chances) >= _SEEN
        )

    def name(self, status: Status) -> str:
        """Return what a verdict is called."""
        return say(f"verdict.name.{status}", self.language)

    def title(self, claim: ClaimPower) -> str:
        """Return what stands above a panel: the claim and what was promised."""
        decimals = len(f"{claim.claimed:.6g}".partition(".")[2])
        size = format_number(claim.claimed, self.language, decimals=decimals)
        kind = "margin" if claim.is_of_margin else "claim"
        told = say(f"figure.power.{kind}", self.language, claim=claim.claim, size=size)
        unit = claim.unit[self.language]
        return f"{told} {unit}" if unit else told

    @property
    def alt_text(self) -> str:
        """The figure in words: the chance of "supported" at each true effect."""
        told = [say("figure.power.alt", self.language)]
        for claim in self.claims:
            chances = "; ".join(
                say(
                    "figure.power.point",
                    self.language,
                    multiple=format_number(each.multiple, self.language, decimals=1),
                    chance=format_share(each.chances["supported"], self.language),
                )
                for each in claim.chances
            )
            told.append(f"{self.title(claim)}: {self.name('supported').lower()} {chances}.")
        return " ".join(told)

    def table(self) -> Table:
        """Return every chance as a table, one row a claim and true effect."""
        first = say("figure.power.axis", self.language)
        return Table(
            caption=self.heading,
            header=(say("plot.table.claim", self.language), first, *(self.name(s) for s in STATUSES)),
            rows=tuple(
                (
                    claim.claim,
                    format_number(each.multiple, self.language, decimals=1),
                    *(format_share(each.chances[s], self.language, decimals=1) for s in STATUSES),
                )
                for claim in self.claims
                for each in claim.chances
            ),
        )
