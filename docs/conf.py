"""How the site is built: hand-written pages, and a reference generated from docstrings and packaged files."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src")]

import generated_pages  # noqa: E402

import impactkit  # noqa: E402

project = "impactkit"
author = "The impactkit developers"
project_copyright = "the impactkit developers; MIT licence"
release = version = impactkit.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build", "**/.ipynb_checkpoints", "results/**/*.json"]
templates_path = ["_templates"]
default_role = "py:obj"
nitpicky = False

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

# The tutorials are the notebooks themselves, run while the site is built: what is shown is what happens.
nb_execution_mode = os.environ.get("IMPACTKIT_DOCS_NOTEBOOKS", "force")  # "off" where they have just been run
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120

autosummary_generate = True
# Lock and lock would be one file where file names have no case.
autosummary_filename_map = {"impactkit.lock": "impactkit.lock_function"}
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# Offline by default: a reviewer builds without a network. Links to other projects are plain.
intersphinx_mapping: dict[str, tuple[str, None]] = {}

html_theme = "pydata_sphinx_theme"
html_title = "impactkit"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": True,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


def _copy_notebooks() -> None:
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shutil.copyfile(notebook, HERE / "tutorials" / notebook.name)


_copy_notebooks()
generated_pages.write(HERE / "reference" / "generated")
