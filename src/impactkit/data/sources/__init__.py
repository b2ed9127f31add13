"""Kinds of file a table can be read from; each is asked in this order whether the file is of its kind."""

from impactkit.data.source import Source
from impactkit.data.sources import csv_file, excel_file

ALL: tuple[Source, ...] = (csv_file, excel_file)
