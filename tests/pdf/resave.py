"""Saves `certificate.pdf` again by pypdf and pikepdf, and makes the files with two attachments."""

import pathlib

import pikepdf
import pypdf

FOLDER = pathlib.Path(__file__).parent
OTHER = pypdf.PdfReader(FOLDER / "other.pdf").attachments["credential.json"][0]


def main() -> None:
    writer = pypdf.PdfWriter(clone_from=FOLDER / "certificate.pdf")
    writer.write(FOLDER / "pypdf.pdf")

    writer = pypdf.PdfWriter(FOLDER / "certificate.pdf", incremental=True)
    writer.add_metadata({"/Title": "Saved again"})
    writer.write(FOLDER / "pypdf-incremental.pdf")

    writer = pypdf.PdfWriter(clone_from=FOLDER / "certificate.pdf")
    writer.add_attachment("transcript.json", b'{"grades": [1, 2, 3]}')
    writer.write(FOLDER / "pypdf-beside.pdf")

    writer = pypdf.PdfWriter(clone_from=FOLDER / "certificate.pdf")
    writer.add_attachment("credential.json", OTHER)
    writer.write(FOLDER / "pypdf-two.pdf")

    with pikepdf.open(FOLDER / "certificate.pdf") as pdf:
        pdf.save(FOLDER / "pikepdf.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)

    # An attachment that no list names, beside the one that is named.
    with pikepdf.open(FOLDER / "certificate.pdf") as pdf:
        loose = pdf.make_stream(OTHER, Type=pikepdf.Name.EmbeddedFile)
        pdf.Root.PieceInfo = pikepdf.Dictionary(Loose=loose)
        del pdf.Root.Names.EmbeddedFiles.Names[1].EF.F.Type
        pdf.save(FOLDER / "loose.pdf")

    # The same, on a page, under another name.
    with pikepdf.open(FOLDER / "certificate.pdf") as pdf:
        file = pikepdf.AttachedFileSpec(pdf, OTHER, filename="notes.txt")
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], FS=file.obj)
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        pdf.save(FOLDER / "annotation.pdf")


if __name__ == "__main__":
    main()
