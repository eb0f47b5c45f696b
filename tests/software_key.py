"""A passkey in software: registers with and answers the product's own pages, so that tests need no browser."""

import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
VERIFIED = FLAG.UP | FLAG.UV


class SoftwareKey:
    """One credential at one site."""

    def __init__(self, site="testserver"):
        self.site = site
        self.credential_id = os.urandom(16)
        self.private = ec.generate_private_key(ec.SECP256R1())

    def register(self, challenge, *, passkey=True):
        """The JSON a browser posts after making a credential; ``challenge`` as in the creation options. ``passkey``: made to stand
        alone; else a security key, as a second step."""
        public = ES256.from_cryptography_key(self.private.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        data = AuthenticatorData.create(sha256(self.site.encode()), VERIFIED | FLAG.AT, 0, credential)
        return json.dumps(
            {
                **self._named(),
                "response": {
                    "clientDataJSON": websafe_encode(self._client("webauthn.create", challenge)),
                    "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
                },
                "clientExtensionResults": {"credProps": {"rk": passkey}},
            }
        )

    def answer(self, challenge, *, flags=VERIFIED, user_handle=None):
        """The JSON a browser posts after using the credential."""
        client = self._client("webauthn.get", challenge)
        data = AuthenticatorData.create(sha256(self.site.encode()), flags, 1)
        signature = self.private.sign(data + sha256(client), ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            {
                **self._named(),
                "response": {
                    "clientDataJSON": websafe_encode(client),
                    "authenticatorData": websafe_encode(data),
                    "signature": websafe_encode(signature),
                    "userHandle": user_handle,
                },
                "clientExtensionResults": {},
            }
        )

    def _client(self, kind, challenge):
        return CollectedClientData.create(kind, websafe_decode(challenge), f"https://{self.site}")

    def _named(self):
        name = websafe_encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key"}
