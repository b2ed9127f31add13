"""A JSON record of a report: every part with its kind and every number as told, for programs to read."""

from __future__ import annotations

from impactkit.provenance import canonical_json
from impactkit.reporting.document import Document
from impactkit.reporting.document_record import record_of


def json(document: Document) -> bytes:
    """Return a document as canonical JSON, the same bytes every time.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    bytes
        UTF-8, of the form ``ikreport1``, which ``report.schema.json`` in ``impactkit.reporting`` describes.
    """
    return canonical_json(record_of(document))
