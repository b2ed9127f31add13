"""A signature beside a bundle: read strictly, held against the manifest. No private key is ever read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Literal, get_args

from impactkit.errors import VerificationError

Role = Literal["preparer", "reviewer", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
MOST_BYTES = 64 * 2**10
_SMALLEST_RSA = 2048
_ARMOUR = re.compile(
    rb"-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*"
)
_PRIVATE = (b"PRIVATE KEY", b"PuTTY-User-Key-File", b"openssh-key-v1", b"b3BlbnNzaC1rZXktdjE")
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_AGAIN = "Ask for a new one; impactkit manifest bundle.zip shows how the manifest is signed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that has been read; whether it fits a manifest is another question.

    Parameters
    ----------
    file : str
        Its name in errors.
    role : {"preparer", "reviewer", "auditor"}
        As what the signer signed: a part of the signed bytes.
    key : bytes
        The public key it names, as OpenSSH encodes it.
    kind : str
        The kind of key, such as ``ssh-ed25519``.
    hash_name : bytes
        How the manifest was shortened before it was signed.
    signed : bytes
        What the key made of it.
    """

    file: str
    role: Role
    key: bytes
    kind: str
    hash_name: bytes
    signed: bytes

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, as ``ssh-keygen -l`` writes it."""
        return fingerprint_of(self.key)


def namespace_of(role: Role) -> str:
    """Return the namespace that a role signs in.

    Parameters
    ----------
    role : {"preparer", "reviewer", "auditor"}
        The role.

    Returns
    -------
    str
        What ``ssh-keygen -n`` is given.

    Examples
    --------
    >>> namespace_of("preparer")
    'impactkit-preparer-v1'
    """
    return f"impactkit-{role}-v1"


def fingerprint_of(key: bytes) -> str:
    """Return the fingerprint of a public key.

    Parameters
    ----------
    key : bytes
        As OpenSSH encodes it.

    Returns
    -------
    str
        As ``ssh-keygen -l`` writes it.

    Examples
    --------
    >>> fingerprint_of(b"")
    'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode("ascii").rstrip("=")


def is_private(content: bytes) -> bool:
    """Return whether a file looks like a private key, which nobody should hand to anybody.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    bool
        Whether it does.

    Examples
    --------
    >>> is_private(b"-----BEGIN OPENSSH PRIVATE KEY-----"), is_private(b"ssh-ed25519 AAAA")
    (True, False)
    """
    return any(sign in content for sign in _PRIVATE)


def read_signature(content: bytes, file: str) -> Signature:
    """Read a detached signature, as ``ssh-keygen -Y sign`` writes it.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        Its name in errors.

    Returns
    -------
    Signature
        Of one of impactkit's roles.

    Raises
    ------
    VerificationError
        If it is something else, is made for another purpose, or in a way that is not accepted. Nothing of
        the file is repeated.

    References
    ----------
    .. [1] OpenSSH, PROTOCOL.sshsig.
    """
    if is_private(content):
        raise _unsound(
            "{file} looks like a private key.", file, mend="Never pass a private key on to anybody."
        )
    found = _ARMOUR.fullmatch(content) if len(content) <= MOST_BYTES else None
    if found is None:
        raise _unsound("{file} is no SSH signature.", file)
    from sshsig.sshsig import SshsigSignature

    try:
        raw = base64.b64decode(b"".join(found[1].split()), validate=True)
        parsed = SshsigSignature(raw)
        # Written again it must be the same: nothing reserved is used, nothing is cut off or hangs after it.
        if bytes(parsed) != raw:
            raise ValueError
        kind = _kind_of(parsed.public_key)
        namespace = parsed.namespace.decode("ascii")
    except (ValueError, binascii.Error, NotImplementedError):
        raise _unsound("{file} is no SSH signature.", file) from None
    role = next((role for role in ROLES if namespace_of(role) == namespace), None)
    if role is None:
        known = ", ".join(map(namespace_of, ROLES))
        what = "{file} was signed for another purpose: its namespace is none of {known}."
        raise _unsound(what, file, known=known)
    if kind not in _KINDS or parsed.hash_algo not in _HASHES:
        raise _unsound("{file} is signed in a way that is not accepted.", file, mend=_ACCEPTED)
    return Signature(
        file=file,
        role=role,
        key=parsed.public_key,
        kind=kind,
        hash_name=parsed.hash_algo,
        signed=parsed.signature,
    )


def check_signature(signature: Signature, manifest: bytes) -> None:
    """Refuse a signature that is not of this manifest.

    Parameters
    ----------
    signature : Signature
        The signature.
    manifest : bytes
        The bytes of MANIFEST.json.

    Raises
    ------
    VerificationError
        If the key did not sign these bytes in this role, or signed them in a way that is not accepted: an
        RSA key under 2048 bits, or SHA-1.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from sshsig.sshsig import SshsigWrapper

    wrapped = SshsigWrapper(
        namespace=namespace_of(signature.role).encode("ascii"),
        hash_algo=signature.hash_name,
        hash=_HASHES[signature.hash_name](manifest).digest(),
    )
    try:
        _KINDS[signature.kind](signature, wrapped.to_bytes())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise VerificationError(
            "{file} is no signature of this bundle: it was made for another, or one of the two has changed.",
            where="{file}",
            mend=_AGAIN,
            values={"file": signature.file},
        ) from None


def _ed25519(signature: Signature, message: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    (key,) = _strings(signature.key, signature.kind, 1)
    (raw,) = _strings(signature.signed, signature.kind, 1)
    Ed25519PublicKey.from_public_bytes(key).verify(raw, message)


def _rsa(signature: Signature, message: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    exponent, modulus = (int.from_bytes(part, "big") for part in _strings(signature.key, "ssh-rsa", 2))
    (algorithm, raw), more = _parts(signature.signed, 2)
    if more:
        raise ValueError
    used = {b"rsa-sha2-256": hashes.SHA256, b"rsa-sha2-512": hashes.SHA512}.get(algorithm)
    if used is None or modulus.bit_length() < _SMALLEST_RSA:
        raise _unsound("{file} is signed in a way that is not accepted.", signature.file, mend=_ACCEPTED)
    key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    key.verify(raw, message, padding.PKCS1v15(), used())


def _ecdsa(signature: Signature, message: bytes) -> None:
    curve, point = _strings(signature.key, signature.kind, 2)
    (raw,) = _strings(signature.signed, signature.kind, 1)
    if signature.kind != f"ecdsa-sha2-{curve.decode('ascii')}":
        raise ValueError
    _verify_on_curve(curve, point, raw, message)


def _security_key(signature: Signature, message: bytes) -> None:
    """Verify what a FIDO key signed: its application, whether it was touched, a counter, and the message."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    on_curve = signature.kind.startswith("sk-ecdsa")
    *curve, point, application = _strings(signature.key, signature.kind, 3 if on_curve else 2)
    (name, raw), touched_and_count = _parts(signature.signed, 2)
    if name != signature.kind.encode("ascii") or len(touched_and_count) != 5:
        raise ValueError
    told = hashlib.sha256(application).digest() + touched_and_count + hashlib.sha256(message).digest()
    if on_curve:
        _verify_on_curve(curve[0], point, raw, told)
    else:
        Ed25519PublicKey.from_public_bytes(point).verify(raw, told)


def _verify_on_curve(curve: bytes, point: bytes, raw: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    curves = {
        b"nistp256": (ec.SECP256R1(), hashes.SHA256()),
        b"nistp384": (ec.SECP384R1(), hashes.SHA384()),
        b"nistp521": (ec.SECP521R1(), hashes.SHA512()),
    }
    if curve not in curves:
        raise ValueError
    parts, more = _parts(raw, 2)
    if more:
        raise ValueError
    r, s = (int.from_bytes(part, "big") for part in parts)
    kind, used = curves[curve]
    key = ec.EllipticCurvePublicKey.from_encoded_point(kind, point)
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(used))


_KINDS = {
    "ssh-ed25519": _ed25519,
    "ssh-rsa": _rsa,
    "ecdsa-sha2-nistp256": _ecdsa,
    "ecdsa-sha2-nistp384": _ecdsa,
    "ecdsa-sha2-nistp521": _ecdsa,
    "sk-ssh-ed25519@openssh.com": _security_key,
    "sk-ecdsa-sha2-nistp256@openssh.com": _security_key,
}
_ACCEPTED = (
    "Sign with an Ed25519, ECDSA or security key, or an RSA key of 2048 bits or more; never with SHA-1."
)


def _kind_of(key: bytes) -> str:
    (kind,), _ = _parts(key, 1)
    return kind.decode("ascii")


def _strings(content: bytes, kind: str, n: int) -> list[bytes]:
    """Return the n strings after the name of the kind, and nothing after them."""
    (name, *found), more = _parts(content, n + 1)
    if name != kind.encode("ascii") or more:
        raise ValueError
    return found


def _parts(content: bytes, n: int) -> tuple[list[bytes], bytes]:
    """Return the first n strings and what comes after them."""
    from sshsig.binary_io import SshReader

    reader = SshReader(content)
    found: list[bytes] = [reader.read_string() for _ in range(n)]
    more: bytes = reader.input_fh.read()
    # The reader takes what there is for a string that says it is longer.
    if b"".join(len(part).to_bytes(4, "big") + part for part in found) + more != content:
        raise ValueError
    return found, more


def _unsound(what: str, file: str, *, mend: str = _AGAIN, **values: str) -> VerificationError:
    return VerificationError(what, where="{file}", mend=mend, values={"file": file, **values})
