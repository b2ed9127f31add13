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

import numpy as np
import pandas as pd
import pypdfium2

import impactkit as ik
from impactkit.effects.worlds import DosedPanel, FactorPanel, StaggeredPanel, TwoGroupPanel
from impactkit.reporting.drawing import to_svg

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


def figures() -> dict[str, tuple[object, dict[str, object]]]:
    """Return what each figure is drawn of: the packaged example and invented worlds."""
    evaluation = ik.evaluate(str(files("impactkit.examples") / "norrgarden"))
    first, study = evaluation.results[0], evaluation.results[0].study
    claim = {"claim": first.claim}
    staggered, factors, doses, pairs = StaggeredPanel(), FactorPanel(), DosedPanel(), TwoGroupPanel()
    rollout = staggered.study(staggered.draw(1))
    donors = ik.SyntheticControl().estimate(factors.study(factors.draw(6)))
    steps = ik.StaggeredDifferenceInDifferences(base="universal").estimate(rollout)
    leads = ik.DifferenceInDifferences(event_study=True).estimate(study)
    grid = {"control": ["never", "not_yet"], "base": ["varying", "universal"]}
    ways = ik.robustness.specifications(
        rollout, ik.StaggeredDifferenceInDifferences(), others=[ik.Imputation()], grid=grid
    )
    rng = np.random.default_rng(7)
    arm = np.repeat([1, 0], 60)
    names = ["Ålder", "Inkomst", "Hyra", "Barn i hushållet"]
    frame = pd.DataFrame({name: rng.normal(0.25 * k * arm, 1) for k, name in enumerate(names)})
    people = ik.Study(frame.assign(y=frame["Hyra"], arm=arm), outcome="y", treated="arm", covariates=names)
    areas = {
        f"Study {k + 1}": ik.DifferenceInDifferences().estimate(pairs.study(pairs.draw(k))) for k in range(11)
    }
    codes = [f"{k:04d}" for k in range(12)]
    values = pd.Series([42.0 + 2.7 * k for k in range(11)], index=pd.Index(codes[:11], name="code"))
    return {
        "interval": (first.verdict, claim),
        "groups": (first.estimate, claim),
        "event-study": (leads, claim),
        "bands": (steps.aggregate("dynamic"), {"view": "bands"}),
        "counterfactual": (donors, {"view": "trend"}),
        "placebos": (donors, {"view": "placebos"}),
        "weights": (donors, {"view": "weights"}),
        "forest": (evaluation, {}),
        "specification-curve": (ways, {"view": "curve"}),
        "love": (people, {}),
        "dose": (ik.ContinuousDose().estimate(doses.study(doses.draw(3))), {}),
        "funnel": (areas, {"view": "funnel"}),
        "units": (study, claim),
        "power": (ik.power(str(files("impactkit.examples") / "norrgarden" / "plan.toml")), {}),
        "chain": (ik.plans.EffectChain.of("safety"), {}),
        "map": (values, {"areas": _squares(codes)}),
        "worth": (ik.value(first.estimate, cost=2_000_000, units=900), {}),
    }


def _squares(codes: list[str]) -> dict[str, object]:
    """Return borders nobody has: squares at 59 degrees north."""

    def square(code: str, x: float, y: float) -> dict[str, object]:
        ring = [[x, y], [x + 1, y], [x + 1, y + 0.5], [x, y + 0.5], [x, y]]
        return {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    features = [square(code, 15 + k % 4, 59 + 0.5 * (k // 4)) for k, code in enumerate(codes)]
    return {"type": "FeatureCollection", "features": features}


def drawn() -> None:
    """Draw every figure, the languages taking turns."""
    for place, (name, (result, asked)) in enumerate(figures().items()):
        axes = ik.plot(result, language=("sv", "en")[place % 2], **asked)
        (FOLDER / f"{name}.svg").write_text(to_svg(axes, name=name), encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        reports(Path(made))
        protocol(Path(made))
    drawn()
