"""The tables of a report that cannot be made again: whether they hide what the results beside them hide."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from impactkit.effects.estimate import Group
from impactkit.wording import Language, format_number, say

GROUPS: tuple[Group, ...] = ("treated", "comparison")


def tables_in(page: str) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, the heading first.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    list of list of list of str
        Texts without markup.

    Examples
    --------
    >>> tables_in("<table><tr><th>Year</th><td>1 &lt; 2</td></tr></table>")
    [[['Year', '1 < 2']]]
    """
    reader = _Tables()
    reader.feed(page)
    reader.close()
    return reader.tables


def told_otherwise(page: str, record: Mapping[str, Any], language: Language) -> list[str]:
    """Return the claims whose table of group means does not tell the same as the results do.

    Parameters
    ----------
    page : str
        The report, as HTML.
    record : mapping
        The results beside it.
    language : {"sv", "en"}
        The report's language.

    Returns
    -------
    list of str
        Ids of claims: their table is missing, or shows a count that the results hide or tell otherwise; or
        the effect in a declared group that they hide.
    """
    word = say("plot.table.rows", language).lower()
    every = [rows for rows in tables_in(page) if rows]
    tables = [rows for rows in every if any(word in head.lower() for head in rows[0])]
    results = record["results"]
    otherwise = [
        str(result["claim"])
        for k, result in enumerate(results)
        if k >= len(tables) or _counts(tables[k]) != _expected(result, language)
    ]
    return otherwise or _groups_otherwise(every, results, language)


def _groups_otherwise(tables: list[list[list[str]]], results: Any, language: Language) -> list[str]:
    """Return the claims of which a table of declared groups tells what the results hide."""
    names = ("group", "alone", "together", "n")
    header = [say(f"report.by_group.{name}", language) for name in names]
    told = iter([rows[1:] for rows in tables if rows[0] == header])
    return [
        str(result["claim"])
        for result in results
        for column in result.get("groups", [])
        if not _hides_as_much(next(told, []), column["groups"], language)
    ]


def _hides_as_much(rows: list[list[str]], groups: Any, language: Language) -> bool:
    hidden = say("report.by_group.state.hidden", language)
    if [row[:1] for row in rows] != [[group["name"]] for group in groups]:
        return False
    return all(
        row[-1] in (hidden, "–") and (group["state"] != "hidden" or row[1:] == [hidden] * 3)
        for row, group in zip(rows, groups, strict=True)
    )


def _counts(rows: list[list[str]]) -> list[list[str]]:
    """Return the counts of a table of means: every second cell after the first."""
    return [row[2::2] for row in rows[1:]]


def _expected(result: Mapping[str, Any], language: Language) -> list[list[str]]:
    means = result["estimate"]["means"]
    if all(mean["period"] is None for mean in means):
        return [[_count(mean["n"], language)] for mean in means]
    held = {(mean["group"], mean["period"]): _count(mean["n"], language) for mean in means}
    periods = sorted({mean["period"] for mean in means})
    return [[held.get((group, period), "–") for group in GROUPS] for period in periods]


def _count(n: int | None, language: Language) -> str:
    return say("plot.table.hidden", language) if n is None else format_number(n, language, decimals=0)


class _Tables(HTMLParser):
    """Gathers the cells of tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._is_table = self._is_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
            self._is_table = True
        elif self._is_table and tag == "tr":
            self.tables[-1].append([])
        elif self._is_table and self.tables[-1] and tag in {"th", "td"}:
            self.tables[-1][-1].append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._is_table = self._is_table and tag != "table"
        self._is_cell = self._is_cell and tag not in {"th", "td", "tr", "table"}

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.tables[-1][-1][-1] += data
