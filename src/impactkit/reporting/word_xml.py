"""What python-docx has no words for: language, header rows, shades, and words for pictures."""

from __future__ import annotations

from typing import Any


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def set_language(file: Any, language: str) -> None:
    """Say which language the text is in, so that it is read and spelled as such.

    Parameters
    ----------
    file : docx.Document
        The file.
    language : str
        Such as ``sv-SE``.
    """
    from docx.oxml.ns import qn

    for properties in file.styles.element.iter(qn("w:rPr")):
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
    properties = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    properties.append(_element("w:lang", val=language, eastAsia=language, bidi="ar-SA"))


def own_fonts(file: Any) -> None:
    """Let the fonts that styles name count, and not those of Word's theme.

    Parameters
    ----------
    file : docx.Document
        The file.
    """
    from docx.oxml.ns import qn

    for fonts in file.styles.element.iter(qn("w:rFonts")):
        for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{name}"), None)


def header_row(row: Any) -> None:
    """Mark a row as the table's heading: read as one, and repeated on every page.

    Parameters
    ----------
    row : docx row
        The first.
    """
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))


def keep_rows_whole(table: Any) -> None:
    """Let no row be broken across pages.

    Parameters
    ----------
    table : docx table
        The table.
    """
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))


def soft_borders(table: Any) -> None:
    """Draw faint lines between rows and none between columns.

    Parameters
    ----------
    table : docx table
        The table.
    """
    borders = _element("w:tblBorders")
    for side, line in (("top", "single"), ("bottom", "single"), ("insideH", "single")):
        borders.append(_element(f"w:{side}", val=line, sz="4", space="0", color="CFD6DB"))
    for side in ("left", "right", "insideV"):
        borders.append(_element(f"w:{side}", val="nil"))
    table._tbl.tblPr.append(borders)


def column_widths(table: Any, widths: list[float]) -> None:
    """Set the width of each column.

    Parameters
    ----------
    table : docx table
        The table.
    widths : list of float
        In millimetres.
    """
    from docx.shared import Mm

    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def fill(cell: Any, colour: str) -> None:
    """Shade a cell.

    Parameters
    ----------
    cell : docx cell
        The cell.
    colour : str
        Six hexadecimal digits.
    """
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=colour))


def left_edge(paragraph: Any, *, colour: str, shade: str) -> None:
    """Give a paragraph a thick left edge and a shade.

    Parameters
    ----------
    paragraph : docx paragraph
        The paragraph.
    colour, shade : str
        Six hexadecimal digits each.
    """
    properties = paragraph._p.get_or_add_pPr()
    borders = _element("w:pBdr")
    borders.append(_element("w:left", val="single", sz="36", space="8", color=colour))
    properties.append(borders)
    properties.append(_element("w:shd", val="clear", color="auto", fill=shade))


def alt_text(picture: Any, text: str, *, title: str) -> None:
    """Say what a picture shows.

    Parameters
    ----------
    picture : docx inline shape
        The picture.
    text : str
        In words.
    title : str
        Its heading.
    """
    properties = picture._inline.docPr
    properties.set("descr", text)
    properties.set("title", title)


def page_field(paragraph: Any, *, before: str, between: str) -> None:
    """Write which page it is, and of how many.

    Parameters
    ----------
    paragraph : docx paragraph
        In the footer.
    before, between : str
        The words around the numbers.
    """
    paragraph.add_run(before)
    _field(paragraph, "PAGE")
    paragraph.add_run(between)
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, name: str) -> None:
    run = paragraph.add_run()._r
    run.append(_element("w:fldChar", fldCharType="begin"))
    instruction = _element("w:instrText")
    instruction.text = name
    run.append(instruction)
    run.append(_element("w:fldChar", fldCharType="end"))
