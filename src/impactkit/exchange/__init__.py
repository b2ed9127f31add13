"""What other programs can read: indicators and plans in JSON, CSV and the vocabularies that others use."""

from impactkit.exchange.export import export, imported
from impactkit.exchange.schema import indicator_schema, plan_schema

__all__ = ["export", "imported", "indicator_schema", "plan_schema"]
