"""A query put to a database that the user has a connection to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from impactkit.data.cleaning import cleaned
from impactkit.data.frame_table import as_text
from impactkit.data.limits import MOST_CELLS, check_shape
from impactkit.data.table import HeldCells, Table
from impactkit.errors import DataError
from impactkit.wording import Facts, Message, Shown

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Query(Shown):
    """A query, and the connection it is put to.

    Parameters
    ----------
    text : str
        One statement that gives rows. It is sent as it stands: never put values from elsewhere into it.
    connection : object
        A connection as in PEP 249 (sqlite3, duckdb, psycopg, pyodbc), or one of SQLAlchemy. It is neither
        committed nor closed.

    Examples
    --------
    >>> import sqlite3
    >>> table = Query("select '0114' as kommun, 1.5 as y", sqlite3.connect(":memory:")).table()
    >>> table.header, table.texts("kommun"), table.texts("y")
    (('kommun', 'y'), ['0114'], ['1.5'])
    """

    text: str
    connection: Any = field(repr=False)

    def _facts(self) -> Facts:
        return Facts(
            title=Message("shown.query.title"),
            rows=[
                (Message("shown.query.text"), self.text),
                # The class alone: how a connection shows itself may hold a password.
                (Message("shown.query.connection"), type(self.connection).__name__),
            ],
        )

    def table(self) -> Table:
        """Return the rows of the answer, decimals exactly.

        Returns
        -------
        Table
            Cells of text.

        Raises
        ------
        DataError
            If the database refuses the query, or the answer has no rows or more than are read.
        """
        try:
            names, rows = self._answer()
        except DataError:
            raise
        except Exception as error:
            raise DataError(
                "The database does not answer the query: {why}.",
                where="query",
                mend="Try the query in the database's own tool.",
                values={"why": str(error).splitlines()[0] if str(error) else type(error).__name__},
            ) from error
        if not rows:
            raise DataError(
                "There are column headings but no rows of data.",
                where="query",
                mend="Fill in a row of column headings and at least one row of data.",
            )
        names = cleaned(names)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(
                "The heading {value} stands more than once.",
                where="query",
                mend="Give each column a heading of its own.",
                values={"value": twice[0]},
            )
        columns = [cleaned(list(map(as_text, column))) for column in zip(*rows, strict=True)]
        return Table(
            file="query",
            header=tuple(names),
            held=HeldCells(columns),
            rows=range(len(rows)),
            letters=tuple(range(len(names))),
            decimal=".",
            by_name=True,
        )

    def _answer(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        if hasattr(self.connection, "exec_driver_sql"):
            found = self.connection.exec_driver_sql(self.text)
            names = list(map(str, found.keys()))
        else:
            # Asked itself where it can be: a cursor of DuckDB's does not see frames registered with it.
            found = self.connection if hasattr(self.connection, "execute") else self.connection.cursor()
            found = found.execute(self.text) or found
            names = [str(column[0]) for column in found.description or ()]
        rows: list[tuple[Any, ...]] = []
        while more := found.fetchmany(_AT_ONCE):
            rows += [tuple(row) for row in more]
            check_shape("query", min(len(rows), MOST_CELLS + 1), len(names))
        return names, rows
