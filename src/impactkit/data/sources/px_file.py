"""PX files (PC-Axis), as statistics offices have published tables since long."""

from __future__ import annotations

import codecs
from pathlib import Path

from impactkit.data.cube import cube_table
from impactkit.data.damaged import no_sheets, told_if_damaged
from impactkit.data.limits import check_size
from impactkit.data.px_cube import MARKS, px_cube, px_encoding
from impactkit.data.source import Header
from impactkit.data.table import Table
from impactkit.data.text_encoding import decoded

_BEGINS = (
    b"CHARSET",
    b"AXIS-VERSION",
    b"CODEPAGE",
    b"LANGUAGE",
    b"CREATION-DATE",
    b"MATRIX",
    b"SUBJECT-AREA",
)


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file begins with a keyword of PX, or is called so.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        True also for a damaged file with the name.
    """
    begins = head_bytes.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_BEGINS)
    return (begins and b"=" in head_bytes) or path.suffix.lower() == ".px"


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read a PX file: codes in the cells where the file has them, labels beside them.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Refused: there are no sheets.
    header : int or (int, int), optional
        Has no meaning: the variables have names.

    Returns
    -------
    Table
        One row a value, in the file's main language.

    Raises
    ------
    DataError
        If the file is damaged or larger than is read.
    """
    no_sheets(path, sheet)
    check_size(path)
    with told_if_damaged(path, "PX"):
        content = path.read_bytes()
        encoding = px_encoding(content)
        text = content.decode(encoding) if encoding else decoded(content, path.name)[0]
        return cube_table(px_cube(text.removeprefix("\ufeff")), file=path.name, marks=MARKS)
