"""Sends requests that schemathesis makes from a deployment's description, and expects no fault.

Every check of schemathesis is on but those that schemathesis.toml excepts. Exit status: 0 nothing was found in at least
as many cases as asked for, 1 not so, 2 wrong arguments.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent.resolve()
# The boundaries of every operation make this many cases at least; and so many operations can be asked in ever new ways.
BOUNDARIES = 600
WITH_MANY_REQUESTS = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="the deployment, such as http://localhost:8080")
    parser.add_argument("--key", required=True, help="a test key of the tenant that the ids belong to")
    parser.add_argument("--cases", required=True, type=int, help="how many requests at least")
    parser.add_argument("--seed", type=int, default=1)
    for kind in ("batch", "credential", "tenant", "webhook"):
        parser.add_argument(f"--{kind}-id", required=True)
    arguments = parser.parse_args()
    ids = {f"LEARNCOIN_{kind.upper()}_ID": getattr(arguments, f"{kind}_id") for kind in ("batch", "credential", "tenant", "webhook")}
    command = [
        str(pathlib.Path(sys.executable).with_name("st")),
        *("--config-file", str(HERE / "schemathesis.toml"), "run", f"{arguments.url}/openapi.json"),
        *("--header", f"Authorization: Bearer {arguments.key}"),
        *("--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-shrink", "--no-color"),
        *("--max-examples", str(max(1, (arguments.cases - BOUNDARIES) // WITH_MANY_REQUESTS)), "--seed", str(arguments.seed)),
    ]
    environment = {**os.environ, **ids, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    # What it remembers of a run is not to change the next one.
    with tempfile.TemporaryDirectory() as place:
        ended = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    print(ended.stdout, ended.stderr)
    generated = re.search(r"^\s+(\d+) generated", ended.stdout, re.MULTILINE)
    cases = int(generated.group(1)) if generated else 0
    print(json.dumps({"cases": cases, "status": ended.returncode}))
    return 0 if ended.returncode == 0 and cases >= arguments.cases else 1


if __name__ == "__main__":
    sys.exit(main())
