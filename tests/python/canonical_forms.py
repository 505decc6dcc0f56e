"""Holds canonical forms against PyLD.

FILE has JSON lines: {"document": without its proof, "canonical_sha256": hex}; "-" is standard input. PyLD has no safe mode, so
what it would drop is not noticed here. Exit status: 0 all equal, 1 not so, 2 wrong arguments or unreadable input.
"""

import argparse
import hashlib
import json
import pathlib
import sys
import time

from pyld import jsonld

CONTEXTS = pathlib.Path(__file__).resolve().parents[2] / "crates/credential/contexts"
SHOWN = 5


def pinned(folder: pathlib.Path) -> dict[str, object]:
    """Returns the pinned contexts by address, each compared with its hash first."""
    found = {}
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["contexts"]:
        raw = (folder / entry["file"]).read_bytes()
        if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
            raise ValueError(f"{entry['file']} is not the document that manifest.json pins")
        for url in [entry["url"], *entry["aliases"]]:
            found[url] = json.loads(raw)
        if entry["file"] == "learncoin-v1.jsonld":
            found["/contexts/v1"] = found[entry["url"]]
    return found


def loader(contexts: dict[str, object]):
    def load(url: str, _options: object) -> dict[str, object]:
        # Every host serves its own context the same.
        document = contexts["/contexts/v1"] if url.endswith("/contexts/v1") else contexts[url]
        return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}

    return load


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--contexts", type=pathlib.Path, default=CONTEXTS, help="the pinned JSON-LD contexts")
    arguments = parser.parse_args()
    try:
        text = sys.stdin.read() if arguments.file == "-" else pathlib.Path(arguments.file).read_text(encoding="utf-8")
        rows = [json.loads(line) for line in text.split("\n") if line]
        wanted = [(row["document"], row["canonical_sha256"]) for row in rows]
        options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader(pinned(arguments.contexts))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"unreadable: {error!r}", file=sys.stderr)
        return 2
    if not wanted:
        print("unreadable: no documents", file=sys.stderr)
        return 2
    started, equal, shown = time.monotonic(), 0, 0
    for number, (document, due) in enumerate(wanted, 1):
        try:
            got = hashlib.sha256(jsonld.normalize(document, options).encode()).hexdigest()
        except Exception as error:  # noqa: BLE001 - whatever it is, the library can't read the document
            got = f"{type(error).__name__}: {error}"
        if got == due:
            equal += 1
        elif shown < SHOWN:
            shown += 1
            print(f"PyLD: line {number}: {got[:300]}, not {due}")
    print(f"PyLD: {equal} of {len(wanted)} equal ({time.monotonic() - started:.1f} s)")
    return 0 if equal == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
