"""Lets the public openbadgeslib take a credential out of baked badges, and compares it with the document that is due.

Exit status: 0 every badge carries exactly that document, 1 one does not, 2 wrong arguments or unreadable input.
"""

import argparse
import json
import pathlib
import sys

from openbadgeslib import baking


def taken_out(badge: bytes) -> str | None:
    if badge.startswith(b"\x89PNG"):
        return baking.extract_png(badge, keyword=baking.ITXT_KEYWORD_OB3)
    return baking.extract_svg(badge, element=baking.SVG_ELEMENT_OB3, text_fallback=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=pathlib.Path, help="the credential as JSON")
    parser.add_argument("badge", type=pathlib.Path, nargs="+", help="a baked badge, PNG or SVG")
    arguments = parser.parse_args()
    try:
        expected = json.loads(arguments.document.read_text(encoding="utf-8"))
        badges = [(path.name, path.read_bytes()) for path in arguments.badge]
    except (OSError, ValueError) as error:
        print(f"unreadable: {error}", file=sys.stderr)
        return 2
    wrong = 0
    for name, badge in badges:
        try:
            text = taken_out(badge)
        except Exception as error:  # noqa: BLE001 - whatever it is, the library can't read the badge
            print(f"{name}: {error}")
            wrong += 1
            continue
        same = text is not None and json.loads(text) == expected
        print(f"{name}: {'the document' if same else 'something else' if text else 'nothing'}")
        wrong += not same
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
