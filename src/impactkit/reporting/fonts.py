"""The fonts that come with matplotlib: the same on every machine."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl


def font_folder() -> str:
    """Return the folder of the fonts.

    Returns
    -------
    str
        A path.
    """
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf")


def covered_letters(font: Path) -> frozenset[str]:
    """Return the letters that a font can show.

    Parameters
    ----------
    font : Path
        A TrueType file.

    Returns
    -------
    frozenset of str
        One letter each.
    """
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(str(font)).get_charmap()))
