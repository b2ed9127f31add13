"""What is measured: indicators, one TOML file each, and the catalogue that holds them."""

from impactkit.indicators.catalogue import Catalogue
from impactkit.indicators.indicator import CATEGORIES, Category, Indicator, Reference, Words

__all__ = ["CATEGORIES", "Catalogue", "Category", "Indicator", "Reference", "Words"]
