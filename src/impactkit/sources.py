"""Where data come from: services and questions to them, regions, what was understood, and evidence."""

from impactkit.data.evidence import Evidence
from impactkit.data.pairing import Pairing
from impactkit.data.query import Query
from impactkit.data.services.kolada import Kolada
from impactkit.data.services.pxweb import PxWeb
from impactkit.indicators.regions import Regions

__all__ = ["Evidence", "Kolada", "Pairing", "PxWeb", "Query", "Regions"]
