"""What independent readers find in each form: the words, whatever stands around them."""

import io
import json
import re
import unicodedata
from html.parser import HTMLParser

SOFT = "\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}\ufffe\ufeff"


def plain(text: str) -> str:
    """Return a text without spaces and signs that only break lines, letters put together."""
    whole = unicodedata.normalize("NFC", text)
    return re.sub(rf"[\s{SOFT}]+", "", whole)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside_style = False

    def handle_starttag(self, tag, attrs):
        self.inside_style = tag == "style"

    def handle_data(self, data):
        if not self.inside_style:
            self.found.append(data)


def of_html(content: bytes) -> str:
    words = _Words()
    words.feed(content.decode("utf-8"))
    return " ".join(words.found)


def of_pdf(content: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(content) as file:
        pages = [page.get_textpage().get_text_range() for page in file]
    # The footer is the last line of a page, and a paragraph may go on on the next one.
    return "\n".join(re.sub(r"(?s)\r?\n[^\n]*$", "", page.rstrip()) for page in pages)


def of_docx(content: bytes) -> str:
    import docx
    from docx.oxml.ns import qn

    body = docx.Document(io.BytesIO(content)).element.body
    return " ".join(node.text or "" for node in body.iter(qn("w:t")))


def cells(content: bytes) -> list[object]:
    """Return every cell of a workbook: text as text, numbers as numbers."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return [cell for row in rows for cell in row]


def of_xlsx(content: bytes) -> str:
    return "\n".join(map(str, cells(content)))


def of_md(content: bytes) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", content.decode("utf-8"))


def of_json(content: bytes) -> str:
    def strings(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for item in value.values():
                yield from strings(item)
        elif isinstance(value, list):
            for item in value:
                yield from strings(item)

    return "\n".join(strings(json.loads(content)))


READERS = {
    "html": of_html,
    "pdf": of_pdf,
    "docx": of_docx,
    "xlsx": of_xlsx,
    "md": of_md,
    "json": of_json,
}
