"""Forms a report is written in: one form a file, named by its suffix and listed in ``ALL``."""

from impactkit.reporting.renderers.html import html

ALL = (html,)

__all__ = ["ALL", "html"]
