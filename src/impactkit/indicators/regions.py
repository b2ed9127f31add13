"""Region codes: municipalities, regions and counties, by code or name, with what became of old codes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from impactkit.errors import IndicatorError, Trouble, Value
from impactkit.wording import Message
from impactkit.wording.card import table

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["country", "region", "county", "municipality", "deso"]
Day = date | int
_DESO = re.compile(r"\d{4}[ABC]\d{4}")
_KIND_WORDS: dict[str, Kind] = {"kommun": "municipality", "stad": "municipality", "län": "county"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region with a code.

    Parameters
    ----------
    code : str
        Text that keeps its zeros.
    kind : {"country", "region", "county", "municipality", "deso"}
        What it is.
    name : str
        Its name.
    county : str
        Two digits; empty for the country.
    valid_from, valid_to : date, optional
        The first and last day of the code; None when it is older than the covered history, or still in use.
    successors : tuple of str
        Codes that took over.
    split_from : str
        The code that its area was part of before; empty when it was not split off within the covered history.
    """

    code: str
    kind: Kind
    name: str
    county: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    split_from: str = ""

    def valid_on(self, day: Day) -> bool:
        """Return whether the code was in use on a day, or at the end of a year.

        Parameters
        ----------
        day : date or int
            The day, or the year.

        Returns
        -------
        bool
            False before its first day and after its last.
        """
        on = _day(day)
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


class Regions:
    """Regions by code; iterating gives them in the order of their kind and code.

    Parameters
    ----------
    regions : iterable of Region
        What it holds.

    Examples
    --------
    >>> regions = Regions.default()
    >>> regions["0180"].name, regions.find("Botkyrka kommun").code
    ('Stockholm', '0127')
    >>> [region.code for region in regions.successors("1917")]
    ['0331']
    """

    def __init__(self, regions: Iterable[Region]) -> None:
        self._all = tuple(regions)
        self._by_code = {region.code: region for region in self._all}

    @classmethod
    def default(cls) -> Regions:
        """Return the regions of Sweden that come with impactkit.

        Returns
        -------
        Regions
            The country, 21 regions, 21 counties, 290 municipalities, and the codes known to have ended.
        """
        return _packaged()

    def __iter__(self) -> Iterator[Region]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Region:
        if not isinstance(code, str):
            values: dict[str, Value] = {"code": str(code), "mended": f"{code:04d}"}
            what = "The code {code} is a number; a region code is text and keeps its zeros."
            raise IndicatorError(what, where="code", mend='Write "{mended}".', values=values)
        if code not in self._by_code:
            raise IndicatorError.of([self.unknown(code)])
        return self._by_code[code]

    def __repr__(self) -> str:
        return f"Regions({len(self)} codes)"

    def _repr_html_(self) -> str:
        header = [
            str(Message(f"shown.regions.{name}"))
            for name in ("code", "kind", "name", "county", "valid_from", "valid_to")
        ]
        kinds = {kind: str(Message(f"shown.regions.of_kind.{kind}")) for kind in get_args(Kind)}
        rows = [
            (r.code, kinds[r.kind], r.name, r.county, _shown(r.valid_from), _shown(r.valid_to)) for r in self
        ]
        return table(str(Message("shown.regions.title", {"n": len(self)})), header, rows)

    def filter(
        self, *, kind: Kind | None = None, county: str | None = None, on: Day | None = None
    ) -> Regions:
        """Return the regions that meet every condition.

        Parameters
        ----------
        kind : {"country", "region", "county", "municipality", "deso"}, optional
            What they are.
        county : str, optional
            Two digits.
        on : date or int, optional
            Only codes in use on that day, or at the end of that year.

        Returns
        -------
        Regions
            In the same order.

        Examples
        --------
        >>> len(Regions.default().filter(kind="municipality", on=2024))
        290
        """
        return Regions(
            region
            for region in self
            if kind in (None, region.kind)
            and county in (None, region.county)
            and (on is None or region.valid_on(on))
        )

    def find(self, text: str, *, kind: Kind | None = None, on: Day | None = None) -> Region:
        """Return the one region that a name or a code means.

        Parameters
        ----------
        text : str
            A code, or a name with or without "kommun" or "län".
        kind : {"country", "region", "county", "municipality", "deso"}, optional
            What it is, when a name means several.
        on : date or int, optional
            When; today's codes when left out.

        Returns
        -------
        Region
            The only one.

        Raises
        ------
        IndicatorError
            If nothing has that name, with the nearest; or if several have, with all of them.

        Examples
        --------
        >>> Regions.default().find("Gotland", kind="municipality").code
        '0980'
        """
        if text in self._by_code and kind in (None, self._by_code[text].kind):
            return self._by_code[text]
        known = self.filter(kind=kind or _said_kind(text), on=on if on is not None else date.today())
        found = [region for region in known if _forms(text) & _forms(region.name)]
        if not found:
            raise IndicatorError.of([known.unknown(text)])
        if len(found) > 1:
            raise IndicatorError.of([_ambiguous(text, found)])
        return found[0]

    def check(self, *, code: str, name: str) -> Region:
        """Return the region that a code and a name both mean.

        Parameters
        ----------
        code : str
            Its code.
        name : str
            Its name.

        Returns
        -------
        Region
            The one they agree on.

        Raises
        ------
        IndicatorError
            If they disagree, or the code is unknown.
        """
        region = self[code]
        if _forms(name) & _forms(region.name):
            return region
        values: dict[str, Value] = {"code": code, "name": name, "known": region.name}
        alike = [other for other in self if other.kind == region.kind and _forms(other.name) & _forms(name)]
        same = [other.code for other in alike]
        values["other"] = ", ".join(same) or "?"
        what = "The code {code} is {known}, not {name}."
        raise IndicatorError(
            what, where="code", mend="Correct the name, or the code: {other}.", values=values
        )

    def successors(self, code: str) -> tuple[Region, ...]:
        """Return the codes now in use that took over from a code.

        Parameters
        ----------
        code : str
            The code, ended or not.

        Returns
        -------
        tuple of Region
            The region itself when its code is still in use.
        """
        region = self[code]
        if not region.successors:
            return (region,)
        return tuple(last for item in region.successors for last in self.successors(item))

    def changed_between(self, code: str, *, first: Day, last: Day) -> tuple[Region, ...]:
        """Return the codes that hold the rest of a code's area, when it changed between two days.

        Values under the code on the two days are then not about the same area.

        Parameters
        ----------
        code : str
            The code.
        first, last : date or int
            Two days, or the ends of two years.

        Returns
        -------
        tuple of Region
            What took over from it, what was split off from it, or what it was split off from; empty when
            nothing is known to have changed.
        """
        region = self[code]
        if region.valid_on(first) and not region.valid_on(last):
            return self.successors(code)
        if region.split_from and region.valid_on(last) and not region.valid_on(first):
            return (self[region.split_from],)
        return tuple(
            other
            for other in self
            if other.split_from == code and other.valid_on(last) and not other.valid_on(first)
        )

    def unknown(self, text: str) -> Trouble:
        """Return the trouble of asking for a region that is not here.

        Parameters
        ----------
        text : str
            The code or name.

        Returns
        -------
        Trouble
            With the nearest code or name, when one is near.
        """
        values: dict[str, Value] = {"text": text}
        if _DESO.fullmatch(text):
            what = "{text} has the form of a DeSO code, but the list of DeSO areas is not in impactkit."
            return Trouble(what, "regions", "Look it up at SCB, and state the year of the division.", values)
        names = {_plain(region.name): f"{region.name} ({region.code})" for region in self}
        codes = {region.code: f"{region.name} ({region.code})" for region in self}
        near = get_close_matches(_plain(text), names, n=1) or get_close_matches(text, codes, n=1)
        what = 'There is no region "{text}".'
        if near:
            values["near"] = {**names, **codes}[near[0]]
            return Trouble(what, "regions", "Did you mean {near}?", values)
        return Trouble(what, "regions", 'Write its four digits, such as "0180", or its whole name.', values)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a code, codes as text.

        Returns
        -------
        DataFrame
            code, kind, name, county, valid_from, valid_to, successors, split_from.
        """
        import pandas as pd

        columns = ("code", "kind", "name", "county", "valid_from", "valid_to", "successors", "split_from")
        return pd.DataFrame([[getattr(region, name) for name in columns] for region in self], columns=columns)


def _ambiguous(text: str, found: list[Region]) -> Trouble:
    told = "; ".join(f"{region.code} {region.name} ({region.kind})" for region in found)
    what = '"{text}" means several regions: {told}.'
    mend = 'Say which: kind="{kind}", or use the code.'
    kinds = [region.kind for region in found]
    kind = "municipality" if "municipality" in kinds else kinds[0]
    return Trouble(what, "regions", mend, {"text": text, "told": told, "kind": kind})


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _forms(text: str) -> set[str]:
    """Return what a name may be called: as it stands, without the word for its kind, without a genitive s."""
    plain = _plain(text)
    forms = {plain, plain.removeprefix("region ")}
    for word in _KIND_WORDS:
        if plain.endswith(f" {word}"):
            bare = plain.removesuffix(f" {word}")
            forms |= {bare, bare.removesuffix("s")}
    return forms


def _said_kind(text: str) -> Kind | None:
    plain = _plain(text)
    if plain.startswith("region "):
        return "region"
    return next((kind for word, kind in _KIND_WORDS.items() if plain.endswith(f" {word}")), None)


def _day(day: Day) -> date:
    return day if isinstance(day, date) else date(day, 12, 31)


def _shown(day: date | None) -> str:
    return "" if day is None else day.isoformat()


@cache
def _packaged() -> Regions:
    page = files("impactkit.indicators") / "codes" / "regions.csv"
    rows = csv.DictReader(page.read_text("utf-8").splitlines())
    return Regions(_region(row) for row in rows)


def _region(row: dict[str, str]) -> Region:
    kind: Kind = row["kind"]  # type: ignore[assignment]
    return Region(
        code=row["code"],
        kind=kind,
        name=row["name"],
        county=row["county"],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        successors=tuple(row["successors"].split()),
        split_from=row["split_from"],
    )
