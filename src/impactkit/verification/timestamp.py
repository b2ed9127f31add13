"""A time stamp beside a file (RFC 3161): somebody outside saw these very bytes at the time it tells."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from impactkit.errors import UsageError, VerificationError
from impactkit.verification.signature import is_private

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

MOST_BYTES = 2**20


def can_be_read() -> bool:
    """Return whether the package that reads time stamps is installed: ``pip install impactkit[timestamp]``.

    Returns
    -------
    bool
        Whether it is.
    """
    return find_spec("rfc3161_client") is not None


def stamped_at(content: bytes, token: bytes, roots: bytes) -> datetime:
    """Return the time at which a trusted authority saw a content.

    Parameters
    ----------
    content : bytes
        What was stamped: a bundle's MANIFEST.json, or a plan.lock.json.
    token : bytes
        The authority's answer, as ``openssl ts -reply`` or ``curl`` saves it in a .tsr file.
    roots : bytes
        The certificates of the authorities that the reviewer trusts, in PEM.

    Returns
    -------
    datetime
        In UTC. The content is no younger than this.

    Raises
    ------
    UsageError
        If the certificates cannot be read, or the package that reads time stamps is not installed.
    VerificationError
        If the answer is no time stamp, is of another content, or is signed by nobody who is trusted.

    References
    ----------
    .. [1] Adams, C., Cain, P., Pinkas, D., & Zuccherato, R. (2001). Internet X.509 Public Key Infrastructure
       Time-Stamp Protocol (TSP). RFC 3161.
    """
    stamp = _stamp(token)
    from rfc3161_client import VerificationError as Unverified
    from rfc3161_client import VerifierBuilder

    verifier = VerifierBuilder(roots=_certificates(roots)).build()
    try:
        verifier.verify_message(stamp, content)
    except (Unverified, ValueError):
        raise VerificationError(
            "The time stamp is of another content, or signed by nobody who is trusted.",
            where="{name}",
            mend="Ask for a new one, and compare the certificate with the authority's own web page.",
            values={"name": "*.tsr"},
        ) from None
    return stamp.tst_info.gen_time.astimezone(UTC)


def claimed_at(token: bytes) -> datetime:
    """Return the time that a time stamp tells, whoever made it and of whatever.

    Parameters
    ----------
    token : bytes
        The authority's answer.

    Returns
    -------
    datetime
        In UTC; nothing of it is verified.

    Raises
    ------
    VerificationError
        If it is no time stamp.
    UsageError
        If the package that reads time stamps is not installed.
    """
    return _stamp(token).tst_info.gen_time.astimezone(UTC)


def _stamp(token: bytes) -> TimeStampResponse:
    if not can_be_read():
        raise UsageError(
            "Time stamps cannot be read: a package is missing.",
            where="rfc3161-client",
            mend="Install it: pip install impactkit[timestamp].",
        )
    from rfc3161_client import decode_timestamp_response

    try:
        if len(token) > MOST_BYTES:
            raise ValueError
        stamp = decode_timestamp_response(token)
        # Read here, so that what cannot be read is told in one way.
        _ = stamp.tst_info.gen_time
    except ValueError:
        raise VerificationError(
            "The file is no time stamp.",
            where="{name}",
            mend="Save the authority's answer as it came, as a .tsr file.",
            values={"name": "*.tsr"},
        ) from None
    return stamp


def _certificates(roots: bytes) -> list[Certificate]:
    from cryptography import x509

    try:
        if is_private(roots):
            raise ValueError
        return list(x509.load_pem_x509_certificates(roots))
    except ValueError:
        raise UsageError(
            "The certificates of trusted time-stamping authorities cannot be read.",
            where="*.pem",
            mend="Fetch them from the authority's own web page, in PEM, and without any private key.",
        ) from None
