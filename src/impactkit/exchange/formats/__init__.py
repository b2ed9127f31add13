"""Formats of exchange: each module writes a catalogue or a plan, and reads back what it maps."""

from impactkit.exchange.formats import (
    aea_markdown,
    common_impact_data,
    csv_table,
    indigo,
    json_record,
    osf_markdown,
    table_schema,
)

ALL = (json_record, csv_table, table_schema, indigo, common_impact_data, osf_markdown, aea_markdown)

__all__ = ["ALL"]
