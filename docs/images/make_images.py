"""Draw README's pictures from the packaged example: ``python docs/images/make_images.py``.

The verdict is drawn by impactkit alone. The report's picture is a screenshot of the first screen of the real
report, taken by headless Chromium; without Chromium on the path only the verdict is drawn.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import matplotlib

import impactkit as ik
from impactkit.examples import DEFAULT, copy_example

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 900, 660


def draw_verdict(evaluation: ik.Evaluation) -> None:
    result = evaluation.results[0]
    axes = ik.plot(result.verdict, claim=result.claim, language="en")
    with matplotlib.rc_context({"svg.hashsalt": "impactkit"}):  # else every run gives other bytes
        axes.figure.savefig(HERE / "verdict.svg", metadata={"Date": None})


def photograph_report(evaluation: ik.Evaluation, folder: Path) -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print("No Chromium on the path: report.png is left as it is.")
        return
    report = ik.render(evaluation.report(language="en"), folder / "report.html")
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]
    picture = [f"--screenshot={HERE / 'report.png'}", f"--window-size={WIDTH},{HEIGHT}"]
    command = [browser, *options, *picture, report.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - our own words


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        evaluation = ik.evaluate(copy_example(DEFAULT, Path(made) / "example", language="en"))
        draw_verdict(evaluation)
        photograph_report(evaluation, Path(made).resolve())


if __name__ == "__main__":
    main()
