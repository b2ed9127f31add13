"""A file that its reader cannot make sense of is told as such, whatever the reader raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from impactkit.errors import DataError, ImpactkitError


@contextmanager
def told_if_damaged(path: Path, kind: str) -> Iterator[None]:
    """Tell whatever a reader stumbles over as a damaged file.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it is read as, such as Parquet.

    Yields
    ------
    None
        While the reader works.

    Raises
    ------
    DataError
        For any failure of the reader; our own errors pass through.
    """
    try:
        yield
    except ImpactkitError:
        raise
    except Exception as error:
        raise _damaged(path, kind) from error
    except BaseException as error:
        # Panics of a reader written in Rust derive from BaseException and have no name that can be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(path, kind) from None


def need(package: str, path: Path, *, extra: str, kind: str) -> None:
    """Refuse a file whose reader is not installed, and say how to install it.

    Parameters
    ----------
    package : str
        What must be importable.
    path : Path
        The file.
    extra : str
        The extra of impactkit that brings it.
    kind : str
        What it is.

    Raises
    ------
    DataError
        If the package is not there.
    """
    if find_spec(package) is None:
        raise DataError(
            "Reading {kind} needs {package}, which is not installed.",
            where="{file}",
            mend='Run pip install "impactkit[{extra}]", or save the file as CSV UTF-8.',
            values={"kind": kind, "package": package, "extra": extra, "file": path.name},
        )


def no_sheets(path: Path, sheet: str | None) -> None:
    """Refuse a sheet asked for in a file that has none.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        What is asked for.

    Raises
    ------
    DataError
        If a sheet is named.
    """
    if sheet is not None:
        raise DataError(
            "A sheet, {sheet}, is asked for, but the file has no sheets.",
            where="{file}",
            mend="Leave the sheet out, or name a workbook.",
            values={"file": path.name, "sheet": sheet},
        )


def _damaged(path: Path, kind: str) -> DataError:
    return DataError(
        "The file cannot be opened as {kind}: it is damaged, or something else.",
        where="{file}",
        mend="Save it again in the program it came from, or as CSV UTF-8.",
        values={"file": path.name, "kind": kind},
    )
