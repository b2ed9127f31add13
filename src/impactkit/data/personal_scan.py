"""A table with personal identity numbers is not read: told where they stand, never what they are."""

from __future__ import annotations

from collections.abc import Iterator

from impactkit.data.fault import Fault
from impactkit.data.personal_numbers import holds_personal_numbers, personal_numbers
from impactkit.data.table import Table, column_letters
from impactkit.errors import DataError

_MEND = (
    "Replace them by pseudonyms before the file is read: ik.privacy.pseudonymise(...). "
    "Never send the file on."
)
# Ten digits, and no fewer, can be a personal identity number.
SHORTEST = 10


def refuse_personal_numbers(table: Table) -> None:
    """Refuse a table in which personal identity numbers stand, in cells, headings, names or notes.

    Parameters
    ----------
    table : Table
        The table.

    Raises
    ------
    DataError
        With the columns and the first rows, never the numbers themselves.
    """
    found = [*_in_words(table), *_in_columns(table)]
    if found:
        raise DataError.of([fault.trouble() for fault in found])


def _in_words(table: Table) -> Iterator[Fault]:
    told, aside = table.known, table.aside
    labels = [text for labels in told.labels.values() for text in labels.values()]
    candidates: dict[str, list[str]] = {
        "A personal identity number stands among the headings.": [*table.header, *told.titles.values()],
        "A personal identity number stands in the title or the notes.": [*aside.titles, *aside.notes],
        "A personal identity number stands in the name of the sheet.": [table.sheet],
        "A personal identity number stands in the name of the file.": [table.file],
        "A personal identity number stands among the labels.": labels,
    }
    file = "?" if personal_numbers(table.file) else table.file
    for what, texts in candidates.items():
        if any(map(personal_numbers, texts)):
            yield Fault(file=file, problem=what, mend=_MEND)


def _in_columns(table: Table) -> Iterator[Fault]:
    for position, column in enumerate(table.header):
        if table.held.longest(position) < SHORTEST:
            continue
        texts = table.coded(column)
        long = [text for text in texts.labels if len(text) >= SHORTEST]
        # Chance makes few of many numbers look like one: the share is taken of all that stand there.
        if not long or not holds_personal_numbers([*long, *["0"] * (len(texts.labels) - len(long))]):
            continue
        guilty = [text for text in long if personal_numbers(text)]
        first = next(row for row, text in enumerate(texts.to_list()) if text in set(guilty))
        yield Fault(
            file=table.file,
            row=int(table.rows[first]),
            column="" if personal_numbers(column) else column,
            problem="{n} cells of column {letters} hold personal identity numbers, from row {row} on.",
            mend=_MEND,
            details={"n": len(guilty), "letters": column_letters(table.letters[position])},
        )
