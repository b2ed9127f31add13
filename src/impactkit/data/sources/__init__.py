"""Kinds of file a table can be read from; each is asked in this order whether the file is of its kind."""

from impactkit.data.source import Source
from impactkit.data.sources import (
    csv_file,
    evidence_file,
    excel_file,
    feather_file,
    json_stat,
    kolada,
    parquet_file,
    px_file,
    sas_file,
    spss_file,
    stata_file,
)

ALL: tuple[Source, ...] = (
    parquet_file,
    feather_file,
    stata_file,
    sas_file,
    spss_file,
    px_file,
    evidence_file,
    json_stat,
    kolada,
    csv_file,
    excel_file,
)
