"""Kolada, version 3: indicators of Swedish municipalities and regions, with the answers kept as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from impactkit.data.evidence import Evidence, Page
from impactkit.data.fetching import Fetcher, Progress
from impactkit.data.json_text import loaded
from impactkit.data.kolada_rows import next_page
from impactkit.data.service_facts import service_facts
from impactkit.data.similar import SimilarGroup, similar_group
from impactkit.errors import DataError, UsageError
from impactkit.wording import Facts, Shown

MOST_IDS = 25
_MOST_PAGES = 2_000


@dataclass(frozen=True, kw_only=True)
class Kolada(Shown):
    """A client of Kolada's open interface. What it answers is kept, and can be read again offline.

    Parameters
    ----------
    cache : str or path-like, optional
        Folder for evidence; nothing is kept when left out.
    offline : bool
        Whether to answer from the folder only.
    address : str
        Where the interface is.
    progress : callable, optional
        Called as ``progress(done, total)`` after every answer.
    fetcher : Fetcher, optional
        How questions are put; made from the folder when left out.

    See Also
    --------
    impactkit.read : Reads what is fetched.

    Notes
    -----
    At most 25 codes a question and about five questions a second; when the service says that it is busy
    (429), the client waits as long as it is told.

    Examples
    --------
    >>> Kolada().addresses(["N00945"], ["0180", "1480"], years=[2023, 2024])
    ['https://api.kolada.se/v3/data/kpi/N00945/municipality/0180,1480/year/2023,2024']
    """

    cache: str | PathLike[str] | None = None
    offline: bool = False
    address: str = "https://api.kolada.se/v3/"
    progress: Progress | None = None
    fetcher: Fetcher | None = None

    def _facts(self) -> Facts:
        return service_facts("Kolada", self.address, cache=self.cache, offline=self.offline)

    def values(
        self,
        indicators: Sequence[str],
        areas: Sequence[str],
        *,
        years: Iterable[int] = (),
        units: bool = False,
    ) -> Evidence:
        """Return the values of indicators, as they were answered.

        Parameters
        ----------
        indicators : sequence of str
            Kolada's codes, such as N00945.
        areas : sequence of str
            Codes of municipalities, regions or groups as text (0180); with `units`, codes of units (V15E...).
        years : iterable of int
            The years; all when left out.
        units : bool
            Whether the areas are units such as schools.

        Returns
        -------
        Evidence
            To be read with `impactkit.read`, or saved.

        Raises
        ------
        DataError
            If the service refuses or cannot be reached, or there is no saved answer when offline.
        UsageError
            If a code is not text.
        """
        asked = self.addresses(indicators, areas, years=years, units=units)
        pages: list[Page] = []
        for done, url in enumerate(asked, 1):
            pages += self._pages(url)
            if self.progress:
                self.progress(done, len(asked))
        return Evidence(service="kolada", pages=tuple(pages))

    def indicators(self, ids: Sequence[str]) -> Evidence:
        """Return what Kolada says of indicators: title, description, operating area, dates.

        Parameters
        ----------
        ids : sequence of str
            Codes.

        Returns
        -------
        Evidence
            To be looked at with ``.table().cells``.
        """
        pages = [page for chunk in _chunks(_codes(ids)) for page in self._pages(self._url("kpi", chunk))]
        return Evidence(service="kolada", pages=tuple(pages))

    def similar(
        self, municipality: str, *, year: int | None = None, basis: str | None = None
    ) -> SimilarGroup:
        """Return the municipalities that Kolada holds to be most like one.

        Parameters
        ----------
        municipality : str
            Its name.
        year : int, optional
            When the group was made: for donors, the year before the start. The latest when left out.
        basis : str, optional
            In what they are alike, in Kolada's word, where it has several groups.

        Returns
        -------
        SimilarGroup
            With its year and its members' codes, for ``DonorPool``.

        Raises
        ------
        DataError
            If there is no such group, or several.
        """
        pages = self._pages(urljoin(self.address, f"municipality_groups?title={quote(municipality)}"))
        groups = [group for page in pages for group in loaded(page.body.encode(), page.url)["values"]]
        return similar_group(groups, municipality, year=year, basis=basis)

    def addresses(
        self,
        indicators: Sequence[str],
        areas: Sequence[str],
        *,
        years: Iterable[int] = (),
        units: bool = False,
    ) -> list[str]:
        """Return the addresses that the question is put to, at most 25 codes of a kind in each.

        Parameters
        ----------
        indicators, areas : sequence of str
            Codes as text.
        years : iterable of int
            The years; all when left out.
        units : bool
            Whether the areas are units such as schools.

        Returns
        -------
        list of str
            First pages; the service tells of further ones.
        """
        of_years: list[tuple[str, ...]] = [
            ("year", chunk) for chunk in _chunks([str(int(year)) for year in years])
        ] or [()]
        start, kind = ("oudata", "ou") if units else ("data", "municipality")
        found = []
        for kpis in _chunks(_codes(indicators)):
            for places in _chunks(_codes(areas)):
                for year in of_years:
                    parts = [start, "kpi", kpis, kind, places, *year]
                    found.append(self._url(*parts))
        return found

    def _url(self, *parts: str) -> str:
        return urljoin(self.address, "/".join(quote(part, safe=",") for part in parts))

    def _pages(self, url: str) -> list[Page]:
        fetch = self.fetcher or Fetcher(cache=Path(self.cache) if self.cache else None, offline=self.offline)
        pages: list[Page] = []
        while url:
            page = fetch.get(url)
            pages.append(page)
            rest = _next(page)
            if rest and urlsplit(rest).netloc != urlsplit(self.address).netloc:
                raise _strange(rest)
            if len(pages) > _MOST_PAGES or rest in {each.url for each in pages}:
                raise _strange(rest)
            url = rest
        return pages


def _next(page: Page) -> str:
    try:
        return next_page(loaded(page.body.encode(), page.url))
    except (ValueError, AttributeError) as error:
        raise _strange(page.url) from error


def _strange(url: str) -> DataError:
    return DataError(
        "The service does not give a usable answer: {why}.",
        where="{url}",
        mend="Check the codes you ask for, and the address of the service.",
        values={"url": url, "why": "JSON, next page"},
    )


def _codes(codes: Sequence[str]) -> list[str]:
    if isinstance(codes, str) or not codes or not all(isinstance(code, str) and code for code in codes):
        raise UsageError(
            "Codes are given as a list of texts; got {codes}.",
            where="Kolada",
            mend='Write ["0180", "1480"]: a code is text, and keeps its first zero.',
            values={"codes": repr(codes)[:80]},
        )
    return list(dict.fromkeys(codes))


def _chunks(codes: Sequence[str]) -> list[str]:
    return [",".join(codes[start : start + MOST_IDS]) for start in range(0, len(codes), MOST_IDS)]
