"""Files as municipalities and statistics offices write them, made on the spot."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter


@pytest.fixture
def write_text(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, *, name: str = "uppföljning.csv", encoding: str = "utf-8") -> Path:
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        return file

    return write


@pytest.fixture
def write_workbook(tmp_path: Path) -> Callable[..., Path]:
    def write(
        sheets: dict[str, list[list[object]]], *, hidden: tuple[str, ...] = (), corner: int = 0
    ) -> Path:
        file = tmp_path / "uppföljning.xlsx"
        with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as workbook:
            for name, rows in sheets.items():
                sheet = workbook.add_worksheet(name)
                if name in hidden:
                    sheet.hide()
                for number, row in enumerate(rows):
                    sheet.write_row(number + corner, corner, row)
        return file

    return write
