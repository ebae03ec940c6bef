"""A device with passkeys made of software, so that tests can sign whatever an attacker would."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _NEW = 1, 4, 64


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Device:
    """`counts`: by how much the counter grows with a use; `verifies`: whether it asks for a finger or a PIN."""

    origin: str
    name: str
    counts: int = 1
    verifies: bool = True
    client: dict[str, Any] = field(default_factory=dict)  # said by the browser besides, or instead
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    used: int = 0
    handle: str | None = None

    def copied(self) -> Device:
        return replace(self)

    def create(self, options: dict[str, Any], fmt: str = "none") -> str:
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        stated = {"fmt": fmt, "attStmt": {}, "authData": self._data(_NEW) + credential}
        self.handle = options["user"]["id"]
        return self._written(
            "webauthn.create", options, lambda client: {"attestationObject": text(cbor2.dumps(stated))}
        )

    def sign(self, options: dict[str, Any]) -> str:
        self.used += self.counts
        data = self._data(0)

        def signed(client: bytes) -> dict[str, str]:
            signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
            return {
                "authenticatorData": text(data),
                "signature": text(signature),
                **({"userHandle": self.handle} if self.handle else {}),
            }

        return self._written("webauthn.get", options, signed)

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.name.encode()).digest() + bytes([flags]) + self.used.to_bytes(4, "big")

    def _written(self, kind: str, options: dict[str, Any], rest: Any) -> str:
        client = json.dumps(
            {
                "type": kind,
                "challenge": options["challenge"],
                "origin": self.origin,
                "crossOrigin": False,
                **self.client,
            }
        ).encode()
        answer = {"clientDataJSON": text(client), **rest(client)}
        return json.dumps(
            {"id": text(self.credential), "rawId": text(self.credential), "type": "public-key", "response": answer}
        )
