"""Text from bytes, in the encodings that files in Sweden are written in."""

from __future__ import annotations

import codecs
from contextlib import suppress

from impactkit.errors import DataError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def bom_encoding(content: bytes) -> str | None:
    """Return the encoding that a byte order mark tells.

    Parameters
    ----------
    content : bytes
        The beginning of a file.

    Returns
    -------
    str or None
        None where there is no mark.
    """
    return next((name for bom, name in _BOMS if content.startswith(bom)), None)


def decoded(content: bytes, file: str) -> tuple[str, str]:
    """Return a text file's text, and the encoding it was read in.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        Its name.

    Returns
    -------
    text, encoding : str
        The encoding is told by a byte order mark; else it is UTF-8 where that can be read, else Windows-1252.

    Raises
    ------
    DataError
        If none of them can be read, or the text holds a null character.
    """
    bom = bom_encoding(content)
    if bom is None:
        with suppress(UnicodeDecodeError):
            return _without_nul(content.decode("utf-8"), file), "utf-8"
    # A fixed order: guessing from letter frequencies is wrong on short Swedish files.
    encoding = bom or "cp1252"
    try:
        return _without_nul(content.decode(encoding), file), encoding
    except UnicodeDecodeError as error:
        # The error's own bytes: a byte order mark is not among those it counts.
        raise DataError(
            "The file's text encoding cannot be read: byte {byte} is no letter in {encoding}.",
            where="{file}, row {row}",
            mend="Open the file in Excel and save it as CSV UTF-8.",
            values={
                "file": file,
                "byte": f"0x{error.object[error.start]:02X}",
                "encoding": bom.removesuffix("-sig").upper() if bom else "UTF-8 / Windows-1252",
                "row": error.object.count(b"\n", 0, error.start) + 1,
            },
        ) from error


def _without_nul(text: str, file: str) -> str:
    if (place := text.find("\0")) >= 0:
        raise DataError(
            "The file holds a null character: it is damaged, or not a text file.",
            where="{file}, row {row}",
            mend="Save the file again as CSV UTF-8 in the program it came from.",
            values={"file": file, "row": text.count("\n", 0, place) + 1},
        )
    return text
