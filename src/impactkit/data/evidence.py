"""What a service answered: the bytes, when and from where, so that the same evaluation runs again offline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from impactkit.data.json_stat_cube import MARKS, json_stat_cube
from impactkit.data.json_text import loaded
from impactkit.data.kolada_rows import kolada_table
from impactkit.data.table import Table
from impactkit.data.table_stack import stacked
from impactkit.errors import DataError
from impactkit.provenance import write_whole
from impactkit.wording import Facts, Message, Shown
from impactkit.wording.card import Row

Service = Literal["kolada", "pxweb"]
FORMAT = 1
_NAMES: dict[Service, str] = {"kolada": "Kolada", "pxweb": "PxWeb"}
_SHOWN = 3  # questions that are told on the card


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer.

    Parameters
    ----------
    url : str
        What was asked.
    request : str
        What was sent along, empty for a plain question.
    fetched : str
        When, in UTC, ISO 8601.
    body : str
        The answer.
    """

    url: str
    request: str = ""
    fetched: str
    body: str

    @property
    def sha256(self) -> str:
        """Digest of the answer's bytes."""
        return hashlib.sha256(self.body.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Shown):
    """The answers of a service to one question, as they came.

    Parameters
    ----------
    service : {"kolada", "pxweb"}
        Who answered.
    pages : tuple of Page
        The answers, in order.

    See Also
    --------
    impactkit.read : Reads evidence like a file.

    Examples
    --------
    >>> body = '{"count": 1, "values": [{"kpi": "N1", "municipality": "0180", "period": 2024, "values": []}]}'
    >>> page = Page(url="https://api.kolada.se/v3/data", fetched="2026-01-02T03:04:05Z", body=body)
    >>> Evidence(service="kolada", pages=(page,))
    Evidence(kolada, 1 page, fetched 2026-01-02)
    """

    service: Service
    pages: tuple[Page, ...]

    def __repr__(self) -> str:
        n, when = len(self.pages), " to ".join(self._days)
        return f"Evidence({self.service}, {n} page{'s' * (n != 1)}, fetched {when})"

    @property
    def _days(self) -> list[str]:
        days = sorted({page.fetched[:10] for page in self.pages})
        return list(dict.fromkeys((*days[:1], *days[-1:])))

    def _facts(self) -> Facts:
        rows: list[Row] = [
            (Message("shown.evidence.pages"), str(len(self.pages))),
            (Message("shown.evidence.fetched"), "–".join(self._days)),
            *((Message("shown.evidence.asked"), page.url) for page in self.pages[:_SHOWN]),
        ]
        if len(self.pages) > _SHOWN:
            rows.append(("", Message("shown.evidence.more", {"n": len(self.pages) - _SHOWN})))
        return Facts(title=Message("shown.evidence.title", {"service": _NAMES[self.service]}), rows=rows)

    def to_json(self) -> str:
        """Return the evidence as one JSON text, the same for the same answers."""
        pages = [
            {"url": p.url, "request": p.request, "fetched": p.fetched, "sha256": p.sha256, "body": p.body}
            for p in self.pages
        ]
        told = {"impactkit_evidence": FORMAT, "service": self.service, "pages": pages}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the evidence to a file, which a plan can name as its data and a bundle can hold.

        Parameters
        ----------
        path : str or path-like
            Where; the name should end in ``.json``.

        Returns
        -------
        Path
            The file.
        """
        target = Path(path)
        write_whole(target, self.to_json().encode("utf-8"))
        return target

    def table(self, file: str = "") -> Table:
        """Return what the answers say as one table.

        Parameters
        ----------
        file : str
            What it is called in messages; the service when left out.

        Returns
        -------
        Table
            As the service's own files are read.

        Raises
        ------
        DataError
            If an answer is not what the service should say.
        """
        name = file or self.service
        try:
            answers = [loaded(page.body.encode("utf-8"), name) for page in self.pages]
            if self.service == "kolada":
                return _kolada(answers, name)
            return stacked([_cube(answer, name) for answer in answers])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise DataError(
                "The file cannot be opened as {kind}: it is damaged, or something else.",
                where="{file}",
                mend="Fetch it again from the service.",
                values={"file": name, "kind": self.service},
            ) from error


def evidence_of(told: Any, file: str) -> Evidence:
    """Return the evidence in a saved file, after holding every answer against its digest.

    Parameters
    ----------
    told : object
        The JSON.
    file : str
        Name of the file.

    Returns
    -------
    Evidence
        As it was saved.

    Raises
    ------
    DataError
        If an answer has been changed since it was fetched.
    KeyError, TypeError, ValueError
        If it is no evidence; to be told as a damaged file.
    """
    if (
        told["impactkit_evidence"] != FORMAT
        or told["service"] not in ("kolada", "pxweb")
        or not told["pages"]
    ):
        raise ValueError(file)
    pages = []
    for number, each in enumerate(told["pages"], 1):
        page = Page(url=each["url"], request=each["request"], fetched=each["fetched"], body=each["body"])
        if page.sha256 != each["sha256"]:
            raise DataError(
                "Answer {number} is not the one that was fetched: its digest does not fit.",
                where="{file}",
                mend="Fetch it again, or ask for the file that was saved.",
                values={"file": file, "number": number},
            )
        pages.append(page)
    return Evidence(service=told["service"], pages=tuple(pages))


def read_evidence(path: Path) -> Evidence:
    """Return saved evidence, after holding every answer against its digest.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Evidence
        As it was saved.

    Raises
    ------
    DataError
        If there is no such file, it is no evidence, or an answer has been changed since it was fetched.
    """
    try:
        return evidence_of(loaded(path.read_bytes(), path.name), path.name)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DataError(
            "The file {file} is no saved evidence.",
            where="{file}",
            mend="Name a file that Evidence.save has written, beside the plan.",
            values={"file": path.name},
        ) from error


def _kolada(answers: Sequence[Any], file: str) -> Table:
    """Return one table of the answers; those that end an answer begin a new one."""
    # The client has followed every page: only the last page of each question may have none after it.
    whole = [{**answer, "next_url": None, "next_page": None, "count": None} for answer in answers]
    return kolada_table(whole, file)


def _cube(answer: Any, file: str) -> Table:
    from impactkit.data.cube import cube_table

    return cube_table(json_stat_cube(answer, file), file=file, marks=MARKS)
