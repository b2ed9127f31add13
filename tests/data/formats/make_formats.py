"""Write the table of the tests in the formats that the test environment cannot write itself.

Needs xlwt, odfpy and pyreadstat beside pandas. The numbers are invented.
"""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
HEADINGS = ("indicator", "unit", "period", "gender", "value")
ROWS = [
    ("safety/visits-per-day", unit, year, gender, value)
    for unit, year, gender, value in (
        ("0114", 2023, "K", 120.5),
        ("0114", 2023, "M", 98.0),
        ("0114", 2024, "K", 1130.5),
        ("0114", 2024, "M", 0.0),
        ("Håbo", 2023, "K", 3.2),
        ("Håbo", 2023, "M", None),
        ("Håbo", 2024, "K", 17.9),
        ("Håbo", 2024, "M", 18.0),
    )
]


def main() -> None:
    import pyreadstat
    import xlwt

    frame = pd.DataFrame(ROWS, columns=HEADINGS)
    book = xlwt.Workbook()
    sheet = book.add_sheet("Blad1")
    for row, cells in enumerate([HEADINGS, *ROWS]):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(row, column, cell)
    book.save(str(HERE / "rows.xls"))
    frame.to_excel(HERE / "rows.ods", engine="odf", index=False, sheet_name="Blad1")
    pyreadstat.write_sav(
        frame,
        str(HERE / "rows.sav"),
        column_labels={"gender": "Kön"},
        variable_value_labels={"gender": {"K": "Kvinnor", "M": "Män"}},
    )
    # Names of at most eight letters in this format.
    short = frame.rename(columns={"indicator": "kpi"})
    pyreadstat.write_xport(short, str(HERE / "rows.xpt"), file_format_version=5)


if __name__ == "__main__":
    main()
