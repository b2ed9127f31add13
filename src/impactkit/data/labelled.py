"""Tables of statistics programs: codes with labels, columns with a description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impactkit.data.cleaning import clean
from impactkit.data.frame_table import as_text, table_of_frame
from impactkit.data.table import Known, Table


def labelled_table(
    frame: Any, *, file: str, titles: Mapping[str, str | None], labels: Mapping[str, Mapping[Any, str]]
) -> Table:
    """Return a statistics program's table: the codes in the cells, the labels beside them.

    Parameters
    ----------
    frame : DataFrame
        Codes as they are stored.
    file : str
        Name of the file.
    titles : mapping of str to str
        What each column holds, in words.
    labels : mapping of str to mapping
        What each code stands for, by column.

    Returns
    -------
    Table
        With the labels in `known`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"q1": [1.0, 2.0]})
    >>> table = labelled_table(frame, file="a.sav", titles={"q1": "Trygg?"}, labels={"q1": {1.0: "Ja"}})
    >>> table.texts("q1"), table.known.labels
    (['1', '2'], {'q1': {'1': 'Ja'}})
    """
    told = {
        clean(str(column)): {clean(as_text(code)): clean(str(label)) for code, label in codes.items()}
        for column, codes in labels.items()
        if codes
    }
    words = {clean(str(column)): clean(str(title)) for column, title in titles.items() if title}
    return table_of_frame(frame, file=file, known=Known(labels=told, titles=words))
