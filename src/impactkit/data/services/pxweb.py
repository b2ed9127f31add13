"""PxWebApi 2, the interface of Statistics Sweden's database, with the answers kept as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from impactkit.data.evidence import Evidence, Page
from impactkit.data.fetching import Fetcher, Progress
from impactkit.data.json_text import loaded
from impactkit.data.service_facts import service_facts
from impactkit.errors import DataError, UsageError
from impactkit.wording import Facts, Shown

# Used where the service does not say its own.
_MOST_CELLS = 100_000


@dataclass(frozen=True, kw_only=True)
class PxWeb(Shown):
    """A client of PxWebApi 2. What it answers is kept, and can be read again offline.

    Parameters
    ----------
    cache : str or path-like, optional
        Folder for evidence; nothing is kept when left out.
    offline : bool
        Whether to answer from the folder only.
    address : str
        Where the interface is; that of Statistics Sweden when left out.
    language : {"sv", "en"}
        Language of labels and notes.
    progress : callable, optional
        Called as ``progress(done, total)`` after every answer.
    fetcher : Fetcher, optional
        How questions are put; made from the folder when left out.

    See Also
    --------
    impactkit.read : Reads what is fetched.

    Notes
    -----
    A question for more cells than the service allows is cut along its longest variables, and the answers are
    put together when they are read.
    """

    cache: str | PathLike[str] | None = None
    offline: bool = False
    address: str = "https://statistikdatabasen.scb.se/api/v2/"
    language: str = "sv"
    progress: Progress | None = None
    fetcher: Fetcher | None = None

    def _facts(self) -> Facts:
        return service_facts("PxWeb", self.address, cache=self.cache, offline=self.offline)

    def values(self, table: str, selection: Mapping[str, Sequence[str]]) -> Evidence:
        """Return the values of a table, as they were answered.

        Parameters
        ----------
        table : str
            The table's code, such as TAB6471.
        selection : mapping of str to sequence of str
            Codes by variable, as text; ``["*"]`` for all of a variable's codes. A variable that the table can
            do without may be left out, and is then summed by the service.

        Returns
        -------
        Evidence
            To be read with `impactkit.read`, or saved.

        Raises
        ------
        UsageError
            If a variable or a code is not the table's, or one is lacking. All of them are told.
        DataError
            If the service refuses or cannot be reached, or there is no saved answer when offline.
        """
        described = self._json(self._url(f"tables/{quote(table)}/metadata", lang=self.language))
        chosen = _chosen(table, selection, described)
        limit = int(self._json(self._url("config")).get("maxDataCells", _MOST_CELLS))
        url = self._url(f"tables/{quote(table)}/data", lang=self.language, outputFormat="json-stat2")
        parts = list(_parts(chosen, limit))
        pages: list[Page] = []
        for done, part in enumerate(parts, 1):
            asked = [{"variableCode": name, "valueCodes": codes} for name, codes in part.items()]
            pages.append(self._fetch.get(url, request=json.dumps({"selection": asked}, ensure_ascii=False)))
            if self.progress:
                self.progress(done, len(parts))
        return Evidence(service="pxweb", pages=tuple(pages))

    @property
    def _fetch(self) -> Fetcher:
        return self.fetcher or Fetcher(cache=Path(self.cache) if self.cache else None, offline=self.offline)

    def _url(self, path: str, **query: str) -> str:
        return urljoin(self.address, path) + (f"?{urlencode(query)}" if query else "")

    def _json(self, url: str) -> Any:
        page = self._fetch.get(url)
        try:
            found = loaded(page.body.encode(), url)
        except ValueError as error:
            raise _strange(url) from error
        if not isinstance(found, dict):
            raise _strange(url)
        return found


def _strange(url: str) -> DataError:
    return DataError(
        "The service does not give a usable answer: {why}.",
        where="{url}",
        mend="Check the codes you ask for, and the address of the service.",
        values={"url": url, "why": "JSON"},
    )


def _chosen(
    table: str, selection: Mapping[str, Sequence[str]], described: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the codes asked for by variable, in the table's order, after holding them against the table."""
    try:
        known = {name: list(told["category"]["index"]) for name, told in described["dimension"].items()}
        optional = {
            name
            for name, told in described["dimension"].items()
            if told.get("extension", {}).get("elimination")
        }
        order = [name for name in described["id"] if name in known]
    except (KeyError, TypeError, AttributeError) as error:
        raise _strange(table) from error
    wrong = [f"{name}?" for name in selection if name not in known]
    wrong += [name for name in order if name not in selection and name not in optional]
    found: dict[str, list[str]] = {}
    for name in (name for name in order if name in selection):
        codes = known[name] if list(selection[name]) == ["*"] else list(selection[name])
        wrong += [f"{name} = {code!r}" for code in codes if code not in known[name]]
        found[name] = codes
    if wrong or not all(found.values()):
        raise UsageError(
            "These do not fit table {table}: {wrong}.",
            where="PxWeb",
            mend="The variables are {variables}; codes are text, and keep their first zero.",
            values={"table": table, "wrong": ", ".join(wrong), "variables": ", ".join(order)},
        )
    return found


def _parts(chosen: Mapping[str, list[str]], limit: int) -> Iterator[dict[str, list[str]]]:
    """Yield selections of at most so many cells each, cut along the longest variable."""
    cells = 1
    for codes in chosen.values():
        cells *= len(codes)
    if cells <= max(limit, 1):
        yield dict(chosen)
        return
    longest = max(chosen, key=lambda name: len(chosen[name]))
    codes = chosen[longest]
    middle = len(codes) // 2
    for half in (codes[:middle], codes[middle:]):
        yield from _parts({**chosen, longest: half}, limit)
