"""Write a report in the form that the file's name asks for."""

from __future__ import annotations

from pathlib import Path

from impactkit.errors import UsageError
from impactkit.provenance import write_whole
from impactkit.reporting.document import Written
from impactkit.reporting.renderers import ALL


def render(report: Written, path: str | Path) -> Path:
    """Write a report, or what a verification found, whole or not at all.

    Parameters
    ----------
    report : Report or Verification
        What to write.
    path : str or Path
        The file; its suffix chooses the form. Replaced if it stands.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        If there is no form with such a suffix, or the folder is not there.

    Examples
    --------
    >>> from importlib.resources import files
    >>> from tempfile import mkdtemp
    >>> import impactkit as ik
    >>> report = ik.evaluate(str(files("impactkit.examples") / "norrgarden")).report(language="sv")
    >>> ik.render(report, Path(mkdtemp()) / "rapport.html").name
    'rapport.html'
    """
    file = Path(path)
    by_suffix = {suffix_of(part.__module__): part for part in ALL}
    if file.suffix.lower() not in by_suffix:
        raise UsageError(
            "{name} cannot be written: there is no form for {suffix!r}.",
            where="{name}",
            mend="Choose a name that ends in {known}.",
            values={"name": file.name, "suffix": file.suffix, "known": ", ".join(sorted(by_suffix))},
        )
    if not file.parent.is_dir():
        raise UsageError(
            "There is no folder {folder}.",
            where="{name}",
            mend="Make the folder first, or mend the path.",
            values={"folder": str(file.parent), "name": file.name},
        )
    write_whole(file, by_suffix[file.suffix.lower()](report.document()))
    return file


def suffix_of(module: str) -> str:
    """Return the suffix that a renderer's module serves.

    Parameters
    ----------
    module : str
        Its name; the last part is the suffix.

    Returns
    -------
    str
        With its dot.

    Examples
    --------
    >>> suffix_of("impactkit.reporting.renderers.html")
    '.html'
    """
    return "." + module.rpartition(".")[2]
