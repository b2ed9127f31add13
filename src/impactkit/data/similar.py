"""Kolada's groups of similar municipalities: who is in them, on what ground, and from which year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.errors import DataError

_TITLE = re.compile(r"^Liknande kommuner[,]?\s*(?P<basis>[^,]*),\s*(?P<municipality>.+),\s*(?P<year>\d{4})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarGroup:
    """The municipalities that Kolada holds to be most like one of them.

    Parameters
    ----------
    id, title : str
        Kolada's own.
    basis : str
        In what they are alike, in Kolada's word, such as socioekonomi.
    municipality : str
        Whom they are like.
    year : int
        When the group was made.
    codes, names : tuple of str
        The members.

    Examples
    --------
    >>> group = SimilarGroup.of({"id": "G1", "title": "Liknande kommuner socioekonomi, Ale, 2024",
    ...                          "members": [{"member_id": "0138", "member_title": "Tyresö"}]})
    >>> group.municipality, group.year, group.codes
    ('Ale', 2024, ('0138',))
    """

    id: str
    title: str
    basis: str
    municipality: str
    year: int
    codes: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, group: Mapping[str, Any]) -> SimilarGroup | None:
        """Return the group of one of Kolada's records; None for a group of another kind."""
        found = _TITLE.match(str(group.get("title", "")))
        if found is None:
            return None
        members = group["members"]
        return cls(
            id=str(group["id"]),
            title=str(group["title"]),
            basis=found["basis"].strip(),
            municipality=found["municipality"].strip(),
            year=int(found["year"]),
            codes=tuple(str(member["member_id"]) for member in members),
            names=tuple(str(member["member_title"]) for member in members),
        )


def similar_group(
    groups: Iterable[Mapping[str, Any]],
    municipality: str,
    *,
    year: int | None = None,
    basis: str | None = None,
) -> SimilarGroup:
    """Return one municipality's group among Kolada's records.

    Parameters
    ----------
    groups : iterable of mapping
        Records with id, title and members.
    municipality : str
        Its name.
    year : int, optional
        When the group was made; the latest when left out.
    basis : str, optional
        In what they are alike; needed where Kolada has several.

    Returns
    -------
    SimilarGroup
        The group.

    Raises
    ------
    DataError
        If there is no such group, or several.
    """
    own = [g for g in map(SimilarGroup.of, groups) if g is not None and g.municipality == municipality]
    fitting = [g for g in own if year in (None, g.year) and basis in (None, g.basis)]
    latest = max((g.year for g in fitting), default=None)
    fitting = [g for g in fitting if g.year == latest]
    if len(fitting) == 1:
        return fitting[0]
    raise DataError(
        "Kolada has {n} groups of municipalities similar to {municipality} that fit; one was asked for.",
        where="similar",
        mend="Give the name as Kolada writes it, and a year and a basis that it has. For this name it has: "
        "{known}.",
        values={
            "n": len(fitting),
            "municipality": municipality,
            "known": "; ".join(sorted(g.title for g in own)) or "–",
        },
    )
