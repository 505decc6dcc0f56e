"""Runs the Python snippet of the seeds' page on authentication, cut out when the test runs.

Its base URL is replaced, nothing else. It takes the key from the environment, as the page says, and `payload`, the
integrator's own request, from here.
Exit status: 0 all as promised (or skipped), 1 not so, 2 wrong arguments.
"""

import argparse
import json
import os
import pathlib
import re
import sys
import uuid
from datetime import datetime, timezone

SEED = "003_*.txt"
FIRST = "# Python\n"
NEXT = "Scoping"
BASE_URL = "https://api.learncoin.me/v1"
FIVE_FIELDS = {"id", "status", "credentials_count", "created_at", "environment"}


def cut_snippet(shared: pathlib.Path, base_url: str) -> str:
    """The code between its first line and the prose behind it, with the base URL replaced."""
    [seed] = (shared / "seeds").glob(SEED)
    text = seed.read_text(encoding="utf-8")
    if text.count(FIRST) != 1:
        raise ValueError(f"{seed.name}: {FIRST!r} stands there {text.count(FIRST)} times, expected once")
    start = text.index(FIRST)
    code = text[start : text.index(NEXT, start)]
    if code.count(BASE_URL) != 1:
        raise ValueError(f"{seed.name}: the snippet names its base URL {code.count(BASE_URL)} times, expected once")
    return code.replace(BASE_URL, base_url)


def request() -> dict:
    """One credential, with everything that is optional left out."""
    return {
        "credentials": [
            {
                "recipient": {"id": f"urn:uuid:{uuid.uuid4()}", "name": "Ada Lovelace"},
                "achievement": {"name": "Introduction to Machine Learning", "description": "Completed the course."},
                "issuanceDate": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
            }
        ]
    }


class Checks:
    """Counts checks and prints one line for each."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def that(self, what: str, holds: bool, seen: object) -> None:
        if holds:
            self.passed += 1
            print(f"ok   {what}")
        else:
            self.failed += 1
            print(f"FAIL {what}: {seen}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, required=True, help="the shared material, with seeds/ in it")
    parser.add_argument("--base-url", required=True, help="the API: http://localhost:8080/v1")
    parser.add_argument("--key", required=True, help="a test key of a tenant")
    arguments = parser.parse_args()
    if not (arguments.shared / "seeds").is_dir():
        print("skipped: ../shared is not there")
        return 0
    os.environ["LEARNCOIN_API_KEY"] = arguments.key
    names: dict = {"payload": request()}
    exec(compile(cut_snippet(arguments.shared, arguments.base_url), "seed", "exec"), names)  # noqa: S102 - the seed's code
    res = names["res"]
    body = res.json()
    checks = Checks()
    checks.that("202", res.status_code == 202, f"{res.status_code} {json.dumps(body)}")
    checks.that("the body has exactly its five fields", set(body) == FIVE_FIELDS, sorted(body))
    checks.that("a batch id", bool(re.fullmatch(r"bat_[0-9A-HJKMNP-TV-Z]{26}", str(body.get("id")))), body)
    checks.that("one pending credential", (body.get("status"), body.get("credentials_count")) == ("pending", 1), body)
    checks.that("in the test environment", body.get("environment") == "test", body)
    checks.that("the request id is in the header", res.headers.get("X-Request-Id", "").startswith("req_"), dict(res.headers))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
