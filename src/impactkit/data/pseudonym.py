"""Pseudonyms for people: made with a key that stays at home, the same for the same person in every file."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data.fault import Fault
from impactkit.data.frame_table import table_of_frame
from impactkit.data.personal_numbers import holds_personal_numbers, personal_numbers
from impactkit.data.read_table import read_table
from impactkit.data.table import Table
from impactkit.errors import DataError, UsageError
from impactkit.provenance import write_new

if TYPE_CHECKING:
    import pandas as pd

_SHORTEST_KEY = 16
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_DIGITS = re.compile(r"(?:1[89]|20)?[0-9]{10}")


def new_key(path: str | PathLike[str]) -> Path:
    """Write a new key to a file that only you can read.

    Parameters
    ----------
    path : str or path-like
        Where. Keep it at home: whoever has it can find people behind their pseudonyms.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        If there is a file already: with another key, the same people get other pseudonyms.
    """
    target = Path(path)
    try:
        write_new(target, f"{secrets.token_hex(32)}\n".encode("ascii"))
    except FileExistsError as error:
        raise UsageError(
            "There is a key in {file} already.",
            where="{file}",
            mend="Use it, or name another file for a new project.",
            values={"file": target.name},
        ) from error
    return target


def pseudonymise(
    source: Any, columns: Sequence[str], *, key: str | PathLike[str], purpose: str, sheet: str | None = None
) -> pd.DataFrame:
    """Return a table in which some columns hold pseudonyms instead of people's numbers or names.

    Parameters
    ----------
    source : path or frame
        The table with personal identity numbers; it is not changed.
    columns : sequence of str
        Columns to replace.
    key : str or path-like
        File with the key; see `new_key`. Use one for all files of a project and none for two projects.
    purpose : str
        What the pseudonyms are for, such as the project's name. Other purposes give other pseudonyms.
    sheet : str, optional
        The sheet of a workbook.

    Returns
    -------
    DataFrame
        Cells of text; an empty cell stays empty. To be given to `impactkit.read`, or saved.

    Raises
    ------
    DataError
        If a column is not there, personal identity numbers are left in another column, or one number is
        written with two centuries.
    UsageError
        If the key or the purpose is too short to protect anybody.

    Notes
    -----
    A pseudonym is HMAC-SHA256 of the purpose and the number in 32 letters (128 bits). The last ten digits of
    a personal identity number are taken, however it is written; any other text in its compatible Unicode
    form (NFKC), without case. Pseudonyms are still personal data.

    Examples
    --------
    >>> import pandas as pd
    >>> from tempfile import TemporaryDirectory
    >>> frame = pd.DataFrame({"who": ["19121212-1212", "121212 1212"], "y": [1, 2]})
    >>> with TemporaryDirectory() as folder:
    ...     hidden = pseudonymise(frame, ["who"], key=new_key(Path(folder) / "key"), purpose="Norrgården")
    >>> hidden["who"].nunique(), len(hidden["who"][0])
    (1, 32)
    """
    secret = _secret(key, purpose)
    is_file = isinstance(source, str | PathLike)
    table = read_table(source, sheet=sheet) if is_file else table_of_frame(source, file="frame")
    lost = [name for name in columns if name not in table.header]
    if lost:
        raise DataError(
            "There is no column {value}.",
            where="{file}",
            mend="The columns are {columns}.",
            values={"file": table.file, "value": lost[0], "columns": _shown(table)},
        )
    _refuse_rest(table, columns)
    frame = table.cells.reset_index(drop=True)
    for column in columns:
        texts = table.coded(column)
        _refuse_two_centuries(table, column, texts.labels)
        hidden = texts.each(lambda text: _pseudonym(secret, purpose, text) if text else "")
        frame[column] = hidden.to_array()
    return frame


def _shown(table: Table) -> str:
    return ", ".join("?" if personal_numbers(name) else name for name in table.header)


def _secret(key: str | PathLike[str], purpose: str) -> bytes:
    try:
        secret = Path(key).read_bytes().strip()
    except OSError as error:
        raise UsageError(
            "The key in {file} cannot be read.",
            where="{file}",
            mend="Make one with new_key, once for the project.",
            values={"file": Path(key).name},
        ) from error
    if len(secret) < _SHORTEST_KEY or not purpose.strip():
        raise UsageError(
            "The key has {n} characters and the purpose is {purpose!r}: too little to protect anybody.",
            where="{file}",
            mend="Make a key with new_key, and say what the pseudonyms are for.",
            values={"file": Path(key).name, "n": len(secret), "purpose": purpose},
        )
    return secret


def _pseudonym(secret: bytes, purpose: str, text: str) -> str:
    said = f"{purpose}\0{_same_person(text)}".encode()
    # Letters only: ten digits in a row could be taken for a personal identity number.
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:32].translate(_LETTERS)


def _same_person(text: str) -> str:
    """Return one spelling of all that mean the same person."""
    found = personal_numbers(text)
    if len(found) == 1:
        return found[0][-10:]
    folded = unicodedata.normalize("NFKC", text).casefold()
    digits = re.sub(r"[\s\-+]", "", folded)
    return digits[-10:] if _DIGITS.fullmatch(digits) else " ".join(folded.split())


def _refuse_two_centuries(table: Table, column: str, texts: Sequence[str]) -> None:
    """Refuse ten digits that stand for two people a hundred years apart."""
    centuries: dict[str, set[str]] = {}
    for text in texts:
        for number in personal_numbers(text):
            if len(number) == 12:
                centuries.setdefault(number[-10:], set()).add(number[:2])
    if any(len(found) > 1 for found in centuries.values()):
        raise DataError(
            "Two people in column {column} have numbers that differ in the century alone.",
            where="{file}",
            mend="Give them keys of your own before they are pseudonymised.",
            values={"file": table.file, "column": column},
        )


def _refuse_rest(table: Table, columns: Sequence[str]) -> None:
    """Refuse a table in which personal identity numbers would be left."""
    left = [
        Fault(
            file=table.file,
            problem="Column number {n} holds personal identity numbers too.",
            mend="Name it among the columns, or leave it out of the file.",
            details={"n": place + 1},
        )
        for place, name in enumerate(table.header)
        if name not in columns and (holds_personal_numbers(table.texts(name)) or personal_numbers(name))
    ]
    if left:
        raise DataError.of([fault.trouble() for fault in left])
