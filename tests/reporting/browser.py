"""A headless browser that opens a page, runs a script on it and tells what the script found."""

import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
_REPORT = """
<script>
addEventListener("load", async () => {
  let found;
  try { found = await (async () => { %s })(); } catch (error) { found = {error: String(error)}; }
  const text = document.createElement("pre");
  text.id = "found-by-test";
  text.textContent = JSON.stringify(found);
  document.body.replaceChildren(text);
});
</script>
"""


def axe_source() -> str | None:
    """The script of axe-core, as a Python package brings it; None where it is not installed."""
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).with_name("axe.min.js").read_text("utf-8")


def run(page: str, script: str, *, folder: Path, library: str = "") -> dict:
    """Open a page without its policy, run a script on it, and return what the script returns."""
    assert FOUND is not None
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    added = (f"<script>{library}</script>" if library else "") + _REPORT % script
    file = folder / "page.html"
    file.write_text(free.replace("</body>", added + "</body>"), encoding="utf-8")
    command = [FOUND, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"]
    told = subprocess.run(
        [*command, "--virtual-time-budget=60000", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(html.unescape(re.search(r'<pre id="found-by-test">(.*?)</pre>', told.stdout, re.S)[1]))
