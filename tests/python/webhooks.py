"""Lets the public Standard Webhooks library, and the scheme of LearnCoin's own page, judge signed deliveries.

Each delivery must be genuine, and none may be once one byte of it was changed.
Exit status: 0 so, 1 not so, 2 wrong arguments.
"""

import argparse
import hashlib
import hmac
import json
import pathlib
import sys

from standardwebhooks.webhooks import Webhook


def by_library(one: dict, body: bytes) -> bool:
    headers = {
        "webhook-id": one["id"],
        "webhook-timestamp": str(one["timestamp"]),
        "webhook-signature": one["standard"],
    }
    try:
        Webhook(one["secret"]).verify(body, headers)
    except Exception:  # noqa: BLE001 - whatever it is, the library did not take it
        return False
    return True


def by_own_scheme(one: dict, body: bytes) -> bool:
    t, *signatures = one["learncoin"].split(",")
    message = t.removeprefix("t=").encode() + b"." + body
    expected = "v1=" + hmac.new(one["secret"].encode(), message, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(signature, expected) for signature in signatures)


def flipped(body: bytes, index: int) -> bytes:
    changed = bytearray(body)
    changed[index] ^= 1
    return bytes(changed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=pathlib.Path, required=True, help="one JSON object per line")
    text = parser.parse_args().deliveries.read_text(encoding="utf-8")
    deliveries = [json.loads(line) for line in text.removesuffix("\n").split("\n")]
    failed = 0
    for name, is_genuine in (("the library", by_library), ("X-LearnCoin-Signature", by_own_scheme)):
        genuine = sum(is_genuine(one, one["body"].encode()) for one in deliveries)
        fooled = sum(is_genuine(one, flipped(one["body"].encode(), one["flip"])) for one in deliveries)
        for what, seen, wanted in (("takes every delivery", genuine, len(deliveries)), ("takes none with a byte changed", fooled, 0)):
            failed += seen != wanted
            print(f"{'ok  ' if seen == wanted else 'FAIL'} {name} {what}: {seen} of {len(deliveries)}")
    return 1 if failed or not deliveries else 0


if __name__ == "__main__":
    sys.exit(main())
