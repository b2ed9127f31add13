"""What is measured: indicators, one TOML file each, and the catalogue that holds them."""

from impactkit.indicators.catalogue import Catalogue
from impactkit.indicators.indicator import SOURCES, Indicator, Mappings, Norm, Question, Reference
from impactkit.indicators.measurement import Published, Range, Version, Window
from impactkit.indicators.refusals import Refusal, RefusalKind, financed, refused_comparison
from impactkit.indicators.regions import Region, Regions
from impactkit.indicators.sub_areas import CATEGORIES, Category, category_name, sub_areas
from impactkit.indicators.words import Words

__all__ = [
    "CATEGORIES",
    "SOURCES",
    "Catalogue",
    "Category",
    "Indicator",
    "Mappings",
    "Norm",
    "Published",
    "Question",
    "Range",
    "Reference",
    "Refusal",
    "RefusalKind",
    "Region",
    "Regions",
    "Version",
    "Window",
    "Words",
    "category_name",
    "financed",
    "refused_comparison",
    "sub_areas",
]
