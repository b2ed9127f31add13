"""What a written report says, paragraph by paragraph: HTML, Word, Markdown or plain text. Nothing is run."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from impactkit.errors import UnsafeBundleError, UsageError
from impactkit.verification.safe_zip import check_sizes

MOST_BYTES = 50 * 2**20
Where = Literal["line", "paragraph"]
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|p|h1|div|table)\b", re.IGNORECASE)
_WORD = re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml")
_PICTURES = re.compile(r"word/(?:media|charts|embeddings)/[^/]+")
_INLINE = frozenset(
    (
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "em",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "u",
    )
)
_SILENT = frozenset({"script", "style", "template"})
_READABLE = "Save it as .docx, .html or plain text."


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A stretch of text with its place.

    Parameters
    ----------
    number : int
        Counted from 1.
    text : str
        What it says.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenText:
    """What a written report says.

    Parameters
    ----------
    where : {"line", "paragraph"}
        What its numbers count.
    paragraphs : tuple of Paragraph
        In order; empty ones are left out and still counted.
    unread : tuple of str
        Pictures and charts inside, whose numbers nobody has read.
    """

    where: Where
    paragraphs: tuple[Paragraph, ...]
    unread: tuple[str, ...] = ()


def read_written(path: str | Path) -> WrittenText:
    """Read a written report by what it holds.

    Parameters
    ----------
    path : str or Path
        A Word document (.docx), an HTML page, Markdown or plain text.

    Returns
    -------
    WrittenText
        Its text.

    Raises
    ------
    UsageError
        If there is no such file, or it is of another kind.
    UnsafeBundleError
        If it is a document that would unpack to too much, or declares a document type of its own.
    """
    file = Path(path)
    if not file.is_file():
        raise _unreadable("There is no file {name}.", file.name, mend="Check the name and the folder.")
    with file.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _unreadable("{name} is larger than any report that is read.", file.name)
    return written_text(content, file.name)


def written_text(content: bytes, name: str) -> WrittenText:
    """Return what a written report says.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name, which tells Markdown with a little HTML in it from HTML.

    Returns
    -------
    WrittenText
        Its text.

    Raises
    ------
    UsageError, UnsafeBundleError
        See :func:`read_written`.

    Examples
    --------
    >>> written_text(b"<p>The effect is <b>6</b>.1</p>", "report.html").paragraphs
    (Paragraph(number=1, text='The effect is 6.1'),)
    """
    if content.startswith(b"PK\x03\x04"):
        return _word(content, name)
    if content.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise _unreadable("{name} is of a kind that is not read.", name)
    text = _decoded(content, name)
    is_markup = name.lower().endswith((".html", ".htm", ".xhtml"))
    if is_markup or (
        _HTML.match(content.lstrip(b"\xef\xbb\xbf \t\r\n")) and not name.lower().endswith(".md")
    ):
        return WrittenText(where="paragraph", paragraphs=_numbered(_blocks(text)))
    return WrittenText(where="line", paragraphs=_numbered(text.splitlines()))


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unreadable("{name} is of a kind that is not read.", name)


class _Reader(HTMLParser):
    """Collects a page's text; what stands in one block is one paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag not in _INLINE:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag not in _INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.blocks[-1] += data


def _blocks(text: str) -> list[str]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return [block for block in reader.blocks if block.strip()]


def _word(content: bytes, name: str) -> WrittenText:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            check_sizes(infos)
            names = [info.filename for info in infos]
            if "word/document.xml" not in names:
                raise _unreadable("{name} is of a kind that is not read.", name)
            parts = sorted(
                filter(_WORD.fullmatch, dict.fromkeys(names)), key=lambda part: part != "word/document.xml"
            )
            texts = [text for part in parts for text in _word_paragraphs(archive.read(part), name)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _unreadable("{name} is of a kind that is not read.", name) from None
    unread = tuple(sorted(filter(_PICTURES.fullmatch, names)))
    return WrittenText(where="paragraph", paragraphs=_numbered(texts), unread=unread)


def _word_paragraphs(content: bytes, name: str) -> Iterator[str]:
    # Without a document type nothing can be declared, so nothing can grow or be fetched.
    if b"\0" in content or b"<!" in re.sub(rb"<!--.*?-->", b"", content, flags=re.DOTALL).replace(
        b"<![CDATA[", b""
    ):
        raise UnsafeBundleError(
            "{name} declares a document type of its own.",
            where="{name}",
            mend="Save it anew from Word or LibreOffice, as .docx.",
            values={"name": name},
        )
    try:
        root = ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError:
        raise _unreadable("{name} is of a kind that is not read.", name) from None
    for paragraph in root.iter():
        if _local(paragraph) == "p":
            yield "".join(_runs(paragraph))


def _runs(paragraph: ElementTree.Element) -> Iterator[str]:
    """Return a paragraph's texts, without those of a paragraph inside it, such as one in a text box."""
    for child in paragraph:
        kind = _local(child)
        if kind == "t":
            yield child.text or ""
        elif kind in ("tab", "br", "cr"):
            yield " "
        elif kind == "noBreakHyphen":
            yield "-"
        elif kind not in ("p", "pPr", "rPr", "Fallback"):
            yield from _runs(child)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _numbered(texts: list[str]) -> tuple[Paragraph, ...]:
    """Return the texts with their places, white space made one space unless it groups digits."""
    told = (
        (number, re.sub(r"[ \t\r\n\f\v]+", " ", text).strip()) for number, text in enumerate(texts, start=1)
    )
    return tuple(Paragraph(number=number, text=text) for number, text in told if text)


def _unreadable(what: str, name: str, *, mend: str = _READABLE) -> UsageError:
    return UsageError(what, where="{name}", mend=mend, values={"name": name})
