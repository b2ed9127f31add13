"""Forms a report is written in: one form a file, named by its suffix and listed in ``ALL``."""

from impactkit.reporting.renderers.html import html
from impactkit.reporting.renderers.pdf import pdf

ALL = (html, pdf)

__all__ = ["ALL", "html", "pdf"]
