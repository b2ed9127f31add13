"""Make the pictures of the gallery: python docs/images/make_gallery.py (needs pypdfium2 and LibreOffice).

Reports are made in every form from the packaged examples; figures are drawn from invented worlds.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import pypdfium2

import impactkit as ik

FOLDER = Path(__file__).parent / "gallery"
WIDTH = 760
# (name, example, language, level, form, page)
PAGES = (
    ("council-sv", "norrgarden", "sv", "council", "pdf", 0),
    ("council-en", "star", "en", "council", "pdf", 0),
    ("full-sv", "norrgarden", "sv", "full", "pdf", 0),
    ("full-en", "kielmc", "en", "full", "pdf", 0),
    ("letter-sv", "norrgarden", "sv", "letter", "pdf", 0),
    ("letter-en", "star", "en", "letter", "pdf", 0),
    ("word-sv", "norrgarden", "sv", "full", "docx", 0),
    ("word-en", "star", "en", "full", "docx", 0),
    ("excel-sv", "norrgarden", "sv", "full", "xlsx", 0),
    ("excel-en", "star", "en", "full", "xlsx", 0),
)


def photograph(file: Path, name: str, page: int) -> None:
    """Save one page of a PDF as a picture."""
    with pypdfium2.PdfDocument(file.read_bytes()) as document:
        shown = document[page]
        image = shown.render(scale=WIDTH / shown.get_width()).to_pil()
    image.convert("P", palette=1, colors=64).save(FOLDER / f"{name}.png", optimize=True)


def as_pdf(file: Path) -> Path:
    """Return a Word or Excel file as a PDF, by LibreOffice."""
    office = shutil.which("soffice")
    if office is None:
        sys.exit("LibreOffice is needed for the pictures of Word and Excel.")
    command = [office, "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own words)
    return file.with_suffix(".pdf")


def reports(folder: Path) -> None:
    """Make and photograph the reports."""
    for name, example, language, level, form, page in PAGES:
        evaluation = ik.evaluate(str(files("impactkit.examples") / example))
        file = ik.render(evaluation.report(language=language, level=level), folder / f"{name}.{form}")
        photograph(file if form == "pdf" else as_pdf(file), name, page)


def protocol(folder: Path) -> None:
    """Seal an example, verify it, and photograph the protocol in both languages."""
    plan = ik.Plan.read(str(files("impactkit.examples") / "norrgarden"))
    bundle = ik.seal(ik.evaluate(plan, lock=ik.lock(plan)), folder / "bundle.zip")
    for language in ("sv", "en"):
        document = ik.verify(bundle).report(bundle, language=language)
        photograph(ik.render(document, folder / f"p-{language}.pdf"), f"protocol-{language}", 0)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        reports(Path(made))
        protocol(Path(made))
