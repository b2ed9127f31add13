"""Writing a catalogue or a plan for other programs, and reading back what was written."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, cast

from impactkit.errors import UsageError
from impactkit.exchange.format import Format
from impactkit.exchange.formats import ALL
from impactkit.indicators import Catalogue, Indicator
from impactkit.plans import Plan
from impactkit.provenance import write_whole
from impactkit.schema import no_such_choice

_FORMATS = {part.__name__.rpartition(".")[2]: cast("Format", part) for part in ALL}
_BY_SUFFIX = {".json": "json_record", ".csv": "csv_table", ".jsonld": "common_impact_data"}
FORMATS: Sequence[str] = tuple(_FORMATS)


def export(
    what: Catalogue | Indicator | Plan, path: str | PathLike[str], *, format: str | None = None
) -> Path:
    """Write a catalogue, an indicator or a plan in a format that other programs read.

    Parameters
    ----------
    what : Catalogue, Indicator or Plan
        What to write.
    path : str or path-like
        The file.
    format : str, optional
        ``json_record``, ``csv_table``, ``table_schema``, ``indigo``, ``common_impact_data``, and for a plan
        ``osf_markdown`` or ``aea_markdown``; from the file's ending (.json, .csv, .jsonld) when left out.

    Returns
    -------
    Path
        The file, written whole or not at all.

    Raises
    ------
    UsageError
        If there is no such format, or the ending says none.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = export(Catalogue.default(), Path(folder) / "catalogue.csv")
    ...     len(imported(file)) == len(Catalogue.default())
    True
    """
    file = Path(path)
    chosen = _chosen(file, format)
    write_whole(file, chosen.write(Catalogue([what]) if isinstance(what, Indicator) else what))
    return file


def imported(path: str | PathLike[str], *, format: str | None = None) -> Any:
    """Read back what `export` wrote, as far as the format maps it.

    Parameters
    ----------
    path : str or path-like
        The file.
    format : str, optional
        As in `export`.

    Returns
    -------
    Catalogue, Plan or the format's own records
        JSON and CSV give back the whole; the other formats the fields they map.

    Raises
    ------
    UsageError
        If there is no such format, or the ending says none.
    ImpactkitError
        If the file does not hold it.
    """
    file = Path(path)
    return _chosen(file, format).read(file.read_bytes())


def _chosen(file: Path, format: str | None) -> Format:
    name = format or _BY_SUFFIX.get(file.suffix.lower())
    if name is None:
        what = "The ending {suffix} does not say which format to write."
        values = {"suffix": file.suffix or "(none)", "choices": ", ".join(FORMATS)}
        raise UsageError(what, where="format", mend="Give format=, one of {choices}.", values=values)
    if name not in _FORMATS:
        raise no_such_choice(UsageError, "format", given=name, choices=FORMATS)
    return _FORMATS[name]
