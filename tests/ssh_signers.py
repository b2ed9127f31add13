"""Keys that sign as ssh-keygen does: tests of signatures need no ssh and sign as it never would."""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVES = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
RSA_KEYS = {}


def string(content):
    return len(content).to_bytes(4, "big") + content


def mpint(number):
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def armoured(raw):
    text = base64.b64encode(raw).decode()
    lines = [text[place : place + 70] for place in range(0, len(text), 70)]
    whole = ["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]
    return "\n".join(whole).encode()


@dataclass
class Signer:
    """A key of some kind; ``settings`` makes what it signs wrong in some way."""

    kind: str = "ssh-ed25519"
    bits: int = 2048
    key: object = None
    settings: dict = field(default_factory=dict)

    def __post_init__(self):
        if "ed25519" in self.kind:
            self.key = ed25519.Ed25519PrivateKey.generate()
        elif self.kind == "ssh-rsa":
            fresh = self.bits not in RSA_KEYS  # slow to make
            self.key = rsa.generate_private_key(65537, self.bits) if fresh else RSA_KEYS[self.bits]
            RSA_KEYS[self.bits] = self.key
        else:
            self.curve = self.kind.split("-")[-1].split("@")[0]
            self.key = ec.generate_private_key(CURVES[self.curve][0])

    @property
    def blob(self):
        public = self.key.public_key()
        if self.kind == "ssh-rsa":
            numbers = public.public_numbers()
            return string(b"ssh-rsa") + mpint(numbers.e) + mpint(numbers.n)
        if "ed25519" in self.kind:
            content = string(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
        else:
            point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            content = string(self.curve.encode()) + string(point)
        application = string(b"ssh:") if self.kind.startswith("sk-") else b""
        return string(self.kind.encode()) + content + application

    @property
    def line(self):
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self):
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def sign(self, content, role="preparer", **settings):
        """Return a detached signature; the settings spoil it."""
        namespace = settings.get("namespace", f"impactkit-{role}-v1").encode()
        hash_name = settings.get("hash_name", "sha512")
        digest = hashlib.new(hash_name, content).digest()
        told = b"SSHSIG" + string(namespace) + string(b"") + string(hash_name.encode()) + string(digest)
        raw = b"SSHSIG" + settings.get("version", 1).to_bytes(4, "big")
        raw += string(settings.get("blob", self.blob)) + string(namespace)
        raw += string(settings.get("reserved", b"")) + string(hash_name.encode())
        raw += string(self._signed(told, settings) + settings.get("after", b""))
        return armoured(raw + settings.get("tail", b""))

    def _signed(self, message, settings):
        name = settings.get("algorithm", self.kind).encode()
        if self.kind == "ssh-rsa":
            used = settings.get("rsa", "rsa-sha2-512")
            of = {"rsa-sha2-512": hashes.SHA512, "rsa-sha2-256": hashes.SHA256, "ssh-rsa": hashes.SHA1}
            return string(used.encode()) + string(self.key.sign(message, padding.PKCS1v15(), of[used]()))
        if self.kind.startswith("sk-"):
            flags, counter = bytes([settings.get("flags", 1)]), (7).to_bytes(4, "big")
            message = hashlib.sha256(b"ssh:").digest() + flags + counter + hashlib.sha256(message).digest()
            return string(name) + string(self._made(message)) + flags + counter
        return string(name) + string(self._made(message) + settings.get("inner", b""))

    def _made(self, message):
        if "ed25519" in self.kind:
            return self.key.sign(message)
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(CURVES[self.curve][1])))
        return mpint(r) + mpint(s)
