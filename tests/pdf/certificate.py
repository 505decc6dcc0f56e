"""Writes the certificates that the other programs save again: `certificate.pdf`, which says Bob Bold and has the credential of
the test vectors attached; `other.pdf`, which has another one; `plain.pdf`, which has none.
"""

import json
import pathlib

VECTORS = pathlib.Path(__file__).parent / "../../crates/credential/tests/data/vectors"


def pdf(credential: bytes | None) -> bytes:
    text = b"BT /F1 24 Tf 72 700 Td (Certificate for Bob Bold) Tj ET"
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    if credential is not None:
        catalog = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(credential.json) 6 0 R]>>>>/AF[6 0 R]>>"
    objects = [
        catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    if credential is not None:
        objects += [
            b"<</Type/Filespec/F(credential.json)/UF(credential.json)/AFRelationship/Source/Desc(The signed credential)/EF<</F 7 0 R/UF 7 0 R>>>>",
            b"<</Type/EmbeddedFile/Subtype/application#2Fld+json/Params<</Size %d>>/Length %d>>\nstream\n%b\nendstream"
            % (len(credential), len(credential), credential),
        ]
    file, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return file + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstartxref\n%d\n%%%%EOF\n" % (size, table, size, len(file))


def credential(batch: str, place: int) -> bytes:
    signed = json.loads((VECTORS / f"{batch}.json").read_text(encoding="utf-8"))["signed"]
    return json.dumps(signed[place]["credential_full"], ensure_ascii=False, separators=(",", ":")).encode()


def main() -> None:
    folder = pathlib.Path(__file__).parent
    (folder / "certificate.pdf").write_bytes(pdf(credential("batch-1", 0)))
    (folder / "other.pdf").write_bytes(pdf(credential("batch-2-unicode", 0)))
    (folder / "plain.pdf").write_bytes(pdf(None))


if __name__ == "__main__":
    main()
