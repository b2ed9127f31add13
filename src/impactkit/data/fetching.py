"""Asking a service on the network: politely, with everything answered kept as evidence."""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from impactkit.data.evidence import Page
from impactkit.errors import DataError
from impactkit.provenance import write_whole

MOST_ANSWER = 200 * 2**20
_LONGEST_WAIT = 60.0
_log = logging.getLogger("impactkit")


class Progress(Protocol):
    """Told after every answer: how many have come, and of how many if that is known."""

    def __call__(self, done: int, total: int | None) -> None:
        """Take note."""


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Asks, waits when told to wait, and keeps what was answered.

    Parameters
    ----------
    cache : Path, optional
        Folder for evidence: each answer under its SHA-256, and ``index.jsonl`` with address, time and digest.
    offline : bool
        Whether to answer from the folder only.
    attempts : int
        How often a question is put again when the service is busy or cannot be reached.
    pause : float
        Seconds between questions.
    timeout : float
        Seconds to wait for an answer.
    sleep : callable
        Waits a number of seconds.
    """

    cache: Path | None = None
    offline: bool = False
    attempts: int = 6
    pause: float = 0.2
    timeout: float = 60.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def get(self, url: str, *, request: str = "") -> Page:
        """Return the answer to a question: from the folder if it is there, else from the network.

        Parameters
        ----------
        url : str
            An http or https address.
        request : str
            JSON to send along; a plain question when empty.

        Returns
        -------
        Page
            The answer, its time and its digest.

        Raises
        ------
        DataError
            If the service refuses, cannot be reached, or the folder has no answer when offline.
        """
        kept = self._kept(url, request)
        if kept is not None:
            return kept
        if self.offline:
            raise DataError(
                "There is no saved answer to {url}.",
                where="{folder}",
                mend="Fetch it once with offline=False.",
                values={"url": url, "folder": str(self.cache or "cache")},
            )
        body = self._asked(url, request)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        page = Page(url=url, request=request, fetched=now, body=body)
        self._keep(page)
        return page

    def _asked(self, url: str, request: str) -> str:
        if urlsplit(url).scheme not in ("http", "https"):
            raise _refused(url, "scheme")
        wait = 1.0
        for attempt in range(self.attempts):
            if attempt:
                self.sleep(min(wait, _LONGEST_WAIT))
                wait *= 2
            try:
                body = self._once(url, request)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in (429, 500, 502, 503, 504):
                        raise _refused(url, str(error.code)) from error
                    told = error.headers.get("Retry-After", "")
                wait = float(told) if told.isdigit() else wait
                _log.info("%s answered %s; waiting %.0f s", urlsplit(url).netloc, error.code, wait)
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                _log.info("%s cannot be reached: %s", urlsplit(url).netloc, error)
            else:
                self.sleep(self.pause)
                return body
        raise DataError(
            "{host} cannot be reached, or is too busy to answer.",
            where="{url}",
            mend="Try again later, or use what was fetched before with offline=True.",
            values={"host": urlsplit(url).netloc, "url": url},
        )

    def _once(self, url: str, request: str) -> str:
        headers = {"Accept": "application/json", "User-Agent": "impactkit"}
        if request:
            headers["Content-Type"] = "application/json"
        asked = urllib.request.Request(url, data=request.encode() or None, headers=headers)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=self.timeout) as answer:  # noqa: S310
            content: bytes = answer.read(MOST_ANSWER + 1)
        if len(content) > MOST_ANSWER:
            raise _refused(url, f"> {MOST_ANSWER} bytes")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _refused(url, "UTF-8") from error

    def _kept(self, url: str, request: str) -> Page | None:
        if self.cache is None or not (index := self.cache / "index.jsonl").is_file():
            return None
        found: Page | None = None
        for line in index.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            if (told["url"], told["request"]) == (url, request):
                body = (self.cache / f"{told['sha256']}.json").read_bytes().decode("utf-8")
                found = Page(url=url, request=request, fetched=told["fetched"], body=body)
                if found.sha256 != told["sha256"]:
                    raise _refused(url, "sha256")
        return found

    def _keep(self, page: Page) -> None:
        if self.cache is None:
            return
        self.cache.mkdir(parents=True, exist_ok=True)
        write_whole(self.cache / f"{page.sha256}.json", page.body.encode("utf-8"))
        told = {"url": page.url, "request": page.request, "fetched": page.fetched, "sha256": page.sha256}
        index = self.cache / "index.jsonl"
        before = index.read_bytes() if index.is_file() else b""
        write_whole(index, before + json.dumps(told, ensure_ascii=False).encode("utf-8") + b"\n")


def _refused(url: str, why: str) -> DataError:
    return DataError(
        "The service does not give a usable answer: {why}.",
        where="{url}",
        mend="Check the codes you ask for, and the address of the service.",
        values={"url": url, "why": why},
    )
