"""Lets Google's own client judge a server that speaks Cloud KMS: what it makes, tells, signs, disables and refuses.

Exit status: 0 the client is content with all of it, 1 it is not, 2 wrong arguments or unreadable input.
"""

import argparse
import os
import pathlib
import sys

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from google.api_core import exceptions
from google.auth import compute_engine
from google.cloud import kms_v1
from google.cloud.kms_v1.services.key_management_service.transports.rest import KeyManagementServiceRestTransport
from google.oauth2 import service_account

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
DIGEST = bytes(range(32))
ERRORS = {
    "ALREADY_EXISTS": exceptions.Conflict,
    "NOT_FOUND": exceptions.NotFound,
    "INVALID_ARGUMENT": exceptions.BadRequest,
    "FAILED_PRECONDITION": exceptions.BadRequest,
}


def crc32c(data: bytes) -> int:
    """The Castagnoli checksum, bit by bit (RFC 3720, appendix B.4)."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


class Judge:
    def __init__(self, host: str, ring: str):
        self.host, self.ring, self.failed = host, ring, 0

    def client(self, credentials) -> kms_v1.KeyManagementServiceClient:
        transport = KeyManagementServiceRestTransport(host=self.host, url_scheme="http", credentials=credentials)
        return kms_v1.KeyManagementServiceClient(transport=transport)

    def check(self, what: str, holds: bool) -> None:
        print(f"{'ok' if holds else 'NOT'}: {what}")
        self.failed += not holds

    def refused(self, what: str, status: str, call) -> None:
        """The client knows the error by its HTTP status, and its envelope names it in Google's words."""
        try:
            call()
        except ERRORS[status] as error:
            self.check(what, error.response.json()["error"]["status"] == status)
        except Exception as other:  # noqa: BLE001 - whatever else it is, it is not the error that is due
            print(f"  {type(other).__name__}: {other}")
            self.check(what, False)
        else:
            self.check(what, False)

    def judge(self, client: kms_v1.KeyManagementServiceClient, name: str) -> None:
        types = kms_v1.CryptoKeyVersion
        algorithm = types.CryptoKeyVersionAlgorithm.EC_SIGN_SECP256K1_SHA256
        key = {
            "purpose": kms_v1.CryptoKey.CryptoKeyPurpose.ASYMMETRIC_SIGN,
            "version_template": {"algorithm": algorithm, "protection_level": kms_v1.ProtectionLevel.HSM},
        }

        def create(ring: str, key: dict):
            return client.create_crypto_key(parent=ring, crypto_key_id=name, crypto_key=key)

        made = create(self.ring, key)
        self.check("a key is made under its name", made.name == f"{self.ring}/cryptoKeys/{name}")
        self.check("it is of the kind asked for", made.version_template.algorithm == algorithm)
        self.check("it has a time of creation", made.create_time is not None and made.create_time.year == 2026)
        self.refused("a name is taken once", "ALREADY_EXISTS", lambda: create(self.ring, key))
        self.refused("an unknown ring is not found", "NOT_FOUND", lambda: create(self.ring + "x", key))
        soft = {**key, "version_template": {"algorithm": algorithm, "protection_level": kms_v1.ProtectionLevel.SOFTWARE}}
        self.refused("there are none in software", "INVALID_ARGUMENT", lambda: create(self.ring, soft))
        found = client.get_crypto_key(name=made.name)
        self.check("it is found again", found == made)

        version = f"{made.name}/cryptoKeyVersions/1"
        state = client.get_crypto_key_version(name=version)
        self.check("its version is enabled", state.name == version and state.state == types.CryptoKeyVersionState.ENABLED)
        answer = client.get_public_key(name=version)
        self.check("the public key's checksum is right", answer.pem_crc32c == crc32c(answer.pem.encode()))
        self.check("its name and algorithm are right", (answer.name, answer.algorithm) == (version, algorithm))
        public_key = serialization.load_pem_public_key(answer.pem.encode())
        self.check("it is one of secp256k1", isinstance(public_key.curve, ec.SECP256K1))

        def sign(checksum: int):
            request = {"name": version, "digest": {"sha256": DIGEST}, "digest_crc32c": checksum}
            return client.asymmetric_sign(request=request)

        signed = [sign(crc32c(DIGEST)) for _ in range(4)]
        for answer in signed:
            try:
                public_key.verify(answer.signature, DIGEST, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
                holds = True
            except InvalidSignature:
                holds = False
            self.check("a signature verifies", holds)
            self.check("its checksum is right", answer.signature_crc32c == crc32c(answer.signature))
            self.check("the digest's checksum was verified", answer.verified_digest_crc32c)
            self.check("its name is right", answer.name == version)
            self.check("it was made in hardware", answer.protection_level == kms_v1.ProtectionLevel.HSM)
        self.check("no two signatures are alike", len({answer.signature for answer in signed}) == len(signed))
        self.refused("a digest that was changed is refused", "INVALID_ARGUMENT", lambda: sign(1))

        def change(state):
            return client.update_crypto_key_version(
                crypto_key_version={"name": version, "state": state}, update_mask={"paths": ["state"]}
            )

        disabled = change(types.CryptoKeyVersionState.DISABLED)
        self.check("it can be disabled", disabled.state == types.CryptoKeyVersionState.DISABLED)
        self.refused("then it does not sign", "FAILED_PRECONDITION", lambda: sign(crc32c(DIGEST)))
        self.refused("nor tells its key", "FAILED_PRECONDITION", lambda: client.get_public_key(name=version))
        change(types.CryptoKeyVersionState.ENABLED)
        self.check("it signs once it is enabled again", bool(sign(crc32c(DIGEST)).signature))
        destroyed = client.destroy_crypto_key_version(name=version)
        self.check("it can be destroyed", destroyed.state == types.CryptoKeyVersionState.DESTROY_SCHEDULED)
        self.refused("which is for good", "FAILED_PRECONDITION", lambda: change(types.CryptoKeyVersionState.ENABLED))
        unknown = f"{self.ring}/cryptoKeys/none/cryptoKeyVersions/1"
        self.refused("an unknown version is not found", "NOT_FOUND", lambda: client.get_crypto_key_version(name=unknown))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("origin", help="where the server answers: http://127.0.0.1:PORT")
    parser.add_argument("ring", help="the name of a key ring that it has")
    parser.add_argument("account", type=pathlib.Path, help="the key file of a service account that it knows")
    arguments = parser.parse_args()
    host = arguments.origin.removeprefix("http://")
    if host == arguments.origin or not arguments.account.is_file():
        print("expected http://HOST:PORT and a key file", file=sys.stderr)
        return 2
    judge = Judge(host, arguments.ring)
    account = service_account.Credentials.from_service_account_file(str(arguments.account), scopes=SCOPES)
    judge.judge(judge.client(account), "by-service-account")
    judge.judge(judge.client(compute_engine.Credentials()), "by-machine")
    # The client would ask for a token by itself.
    unauthenticated = requests.get(f"{arguments.origin}/v1/{arguments.ring}/cryptoKeys/by-machine", timeout=10)
    error = unauthenticated.json()["error"]
    refusal = (unauthenticated.status_code, error["status"])
    judge.check("a request without a token is refused", refusal == (401, "UNAUTHENTICATED"))
    return 1 if judge.failed else 0


if __name__ == "__main__":
    if "GCE_METADATA_HOST" not in os.environ:
        print("GCE_METADATA_HOST names no metadata server", file=sys.stderr)
        sys.exit(2)
    sys.exit(main())
