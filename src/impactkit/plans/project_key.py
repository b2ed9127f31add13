"""The project's key: kept at home, beside the plan, where digests of data about people are made with it."""

from __future__ import annotations

import re
from pathlib import Path

from impactkit.data.pseudonym import new_key
from impactkit.errors import UsageError

KEY_NAME = "plan.key"
_KEY = re.compile(r"[0-9a-f]{64}\n?")


def project_key(folder: Path) -> bytes | None:
    """Return the key beside a plan.

    Parameters
    ----------
    folder : Path
        The plan's folder.

    Returns
    -------
    bytes or None
        32 bytes; None where there is no key.

    Raises
    ------
    UsageError
        If the file holds no key.
    """
    file = folder / KEY_NAME
    return read_key(file) if file.is_file() else None


def read_key(file: Path) -> bytes:
    """Read a key, as :func:`impactkit.privacy.new_key` writes it.

    Parameters
    ----------
    file : Path
        The file.

    Returns
    -------
    bytes
        32 bytes.

    Raises
    ------
    UsageError
        If there is no such file, or it holds no key. Nothing of it is repeated.
    """
    text = file.read_text("ascii", errors="replace") if file.is_file() else ""
    if not _KEY.fullmatch(text):
        raise UsageError(
            "{file} holds no key of 64 hexadecimal digits.",
            where="{file}",
            mend="Fetch the project's key from where it is kept; a new one opens nothing of the old.",
            values={"file": file.name},
        )
    return bytes.fromhex(text.strip())


def ensured_key(folder: Path) -> bytes:
    """Return the key beside a plan, after writing a new one where there is none.

    Parameters
    ----------
    folder : Path
        The plan's folder.

    Returns
    -------
    bytes
        32 bytes.

    Raises
    ------
    UsageError
        If the file holds no key.
    """
    found = project_key(folder)
    return found if found is not None else read_key(new_key(folder / KEY_NAME))
