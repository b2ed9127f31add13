"""Reading a table from a file, whatever kind of file it is."""

from __future__ import annotations

import difflib
from os import PathLike
from pathlib import Path

from impactkit.data import sources
from impactkit.data.source import Header
from impactkit.data.table import Table
from impactkit.errors import DataError

HEAD = 4096


def read_table(path: str | PathLike[str], *, sheet: str | None = None, header: Header = None) -> Table:
    r"""Read a table from a file, chosen by what the file holds rather than by its name.

    Parameters
    ----------
    path : str or path-like
        A CSV file (any common separator; UTF-8, UTF-16 or Windows-1252) or a workbook (.xlsx, .xls, .ods).
    sheet : str, optional
        Name of the sheet; needed when several hold data.
    header : int or (int, int), optional
        The row with the headings, or the first and last of several; found when left out.

    Returns
    -------
    Table
        The cells as text, each with its address.

    Raises
    ------
    DataError
        If the file is not there or cannot be read as a table.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "trygghet.csv"
    ...     _ = file.write_text("kommun;andel\n0114;1,5\n", encoding="cp1252")
    ...     table = read_table(file)
    >>> table.header, table.separator, table.cells["kommun"].tolist()
    (('kommun', 'andel'), ';', ['0114'])
    """
    path = Path(path)
    head = _head(path)
    for source in sources.ALL:
        if source.matches(path, head):
            return source.read(path, sheet=sheet, header=header)
    raise DataError(
        "The file is neither separated text nor a workbook.",
        where="{file}",
        mend="Save it as .xlsx or as CSV UTF-8.",
        values={"file": path.name},
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except IsADirectoryError as error:
        raise DataError(
            "{file} is a folder, not a file.",
            where="{path}",
            mend="Name a file in the folder.",
            values={"file": path.name, "path": str(path)},
        ) from error
    except PermissionError as error:
        raise DataError(
            "The file {file} is locked, or you are not allowed to read it.",
            where="{path}",
            mend="Close it in Excel, or ask for the right to read it.",
            values={"file": path.name, "path": str(path)},
        ) from error


def _missing(path: Path) -> DataError:
    folder = path.parent
    names = [file.name for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        mend = "Did you mean {near}?"
    elif folder.is_dir():
        mend = "Put the file in the folder, or mend its name."
    else:
        mend = "The folder is not there either: mend the path."
    values = {"file": path.name, "path": str(path), "near": ", ".join(near)}
    return DataError("There is no file {file}.", where="{path}", mend=mend, values=values)
