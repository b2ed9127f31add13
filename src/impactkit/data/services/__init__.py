"""Services that data are fetched from."""

from impactkit.data.services.kolada import Kolada
from impactkit.data.services.pxweb import PxWeb

ALL = (Kolada, PxWeb)
