"""Forms a report is written in: one form a file, named by its suffix and listed in ``ALL``."""

from impactkit.reporting.renderers.docx import docx
from impactkit.reporting.renderers.html import html
from impactkit.reporting.renderers.json import json
from impactkit.reporting.renderers.md import md
from impactkit.reporting.renderers.pdf import pdf
from impactkit.reporting.renderers.xlsx import xlsx

ALL = (html, pdf, docx, xlsx, md, json)

__all__ = ["ALL", "docx", "html", "json", "md", "pdf", "xlsx"]
