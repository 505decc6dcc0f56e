#!/usr/bin/env python3
"""Makes the workbooks beside it, as spreadsheet programs and their enemies write them: tests/data/make.py, with openpyxl.

What no library writes (damaged parts, bombs, hidden rows with formats of their own) is written as XML. The files are the same each time.
"""

import datetime
import io
import pathlib
import zipfile

import openpyxl
from openpyxl.styles import numbers

HERE = pathlib.Path(__file__).parent
HEADERS = ["name", "email", "achievement", "description", "issued"]
ROW = ["Ada Lovelace", "ada@example.org", "Botany", "A course.", "2026-05-31"]
MOMENT = (2026, 1, 1, 0, 0, 0)


def repacked(data, compression=zipfile.ZIP_DEFLATED):
    """Packs a container anew, with fixed times."""
    source = zipfile.ZipFile(io.BytesIO(data))
    return packed({name: source.read(name) for name in source.namelist()}, compression)


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), data, compression, 9)
    return target.getvalue()


def parts_of(name):
    archive = zipfile.ZipFile(HERE / name)
    return {part: archive.read(part) for part in archive.namelist()}


def write(name, data):
    (HERE / name).write_bytes(data)


def saved(name, book):
    moment = datetime.datetime(2026, 1, 1)
    book.properties.created = book.properties.modified = moment
    target = io.BytesIO()
    book.save(target)
    # The library writes the moment of saving.
    parts = zipfile.ZipFile(io.BytesIO(target.getvalue()))
    contents = {part: parts.read(part) for part in parts.namelist() if part != "docProps/core.xml"}
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(
        b'<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml" />', b"")
    write(name, packed(contents))


def book_of(rows, headers=HEADERS):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "People"
    sheet.append(headers)
    for row in rows:
        sheet.append(row)
    return book, sheet


def raw(name, sheet, strings=None, styles=None, workbook="", extra=None, sheets=None):
    """Writes a workbook from the XML of its parts."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    parts = {}
    if strings is not None:
        relations += f'<Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        parts["xl/sharedStrings.xml"] = strings
    if styles is not None:
        relations += f'<Relationship Id="rId3" Type="{office}/styles" Target="styles.xml"/>'
        parts["xl/styles.xml"] = styles
    package = "http://schemas.openxmlformats.org/package/2006"
    sheets = sheets or '<sheet name="People" sheetId="1" r:id="rId1"/>'
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"<workbook {main}>{workbook}<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet if sheet.startswith("<?") else f"<worksheet {main}>{sheet}</worksheet>",
    } | (extra or {})
    write(name, packed(parts))


def inline(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def header_row():
    return '<row r="1">' + "".join(inline(f"{letter}1", text) for letter, text in zip("ABCDE", HEADERS)) + "</row>"


def with_row(cells, before="", after=""):
    return f'{before}<sheetData>{header_row()}<row r="2">{cells}</row></sheetData>{after}'


PLAIN_CELLS = "".join(inline(f"{letter}2", text) for letter, text in zip("ABCDE", ROW))


def ordinary():
    book, _ = book_of([ROW])
    saved("plain.xlsx", book)

    book, sheet = book_of([ROW[:4] + [datetime.date(2026, 5, 31)], ROW[:4] + [datetime.datetime(2026, 5, 31, 14, 30)], ROW[:4] + [0.5]])
    sheet["E2"].number_format = "dd.mm.yyyy"
    sheet["E3"].number_format = "yyyy-mm-dd hh:mm"
    sheet["E4"].number_format = "h:mm"
    saved("dates-1900.xlsx", book)

    book, sheet = book_of([ROW[:4] + [datetime.date(2026, 5, 31)]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet["E2"].number_format = numbers.FORMAT_DATE_DDMMYY
    saved("dates-1904.xlsx", book)

    book, sheet = book_of([ROW[:4] + ["1815-12-10"], ROW[:4] + [42]])
    sheet["E3"].number_format = "yyyy-mm-dd"
    saved("dates-early.xlsx", book)

    book, sheet = book_of([ROW, ["Grace Hopper", None, None, None, "2026-05-31"], ["Katherine Johnson", None, None, None, None]])
    sheet.merge_cells("C2:C4")
    sheet.merge_cells("D2:D4")
    sheet.merge_cells("A6:C6")
    saved("merged.xlsx", book)

    book, sheet = book_of([["old"] * 5])
    sheet.title = "Archive"
    sheet.sheet_state = "hidden"
    people = book.create_sheet("Graduates")
    people.append(HEADERS)
    people.append(ROW)
    book.create_sheet("Notes").append(["x"])
    book.create_sheet("Secret").sheet_state = "veryHidden"
    book.active = 1
    saved("hidden-sheets.xlsx", book)

    book, sheet = book_of([ROW, ["Grace Hopper"] + ROW[1:]])
    sheet.row_dimensions[3].hidden = True
    saved("hidden-rows.xlsx", book)

    headers = ["name", "skill_framework", "skill_code", "skill_name", "percent", "price", "flag", "padded", "big"]
    book, sheet = book_of([["Ada Lovelace", "ESCO", 42, "Botany", 0.85, 12.5, True, 123, 1234567890123456]], headers)
    sheet["E2"].number_format = "0%"
    sheet["F2"].number_format = '#,##0.00 "€"'
    sheet["H2"].number_format = "00000"
    saved("numbers.xlsx", book)

    book, sheet = book_of([["=A9", "=B9", "Botany", "A course.", "2026-05-31"]])
    saved("formulas-unsaved.xlsx", book)

    book, sheet = book_of([["آدا لوفلايس", "ada@example.org", "علم النبات", "دورة.", "2026-05-31"], ["Zoe\u0308 O\u2019Neill", None, "Botany \U0001f33f", "A course.", "2026-05-31"]])
    saved("scripts.xlsx", book)

    book, sheet = book_of([ROW])
    sheet["CW2"] = "far away"
    saved("wide.xlsx", book)

    book, sheet = book_of([ROW])
    sheet["XFD1048576"].number_format = "0.00"
    sheet["E1048576"] = "2026-05-31"
    sheet["A1048576"] = "Grace Hopper"
    sheet["C1048576"], sheet["D1048576"] = "Botany", "A course."
    saved("last-row.xlsx", book)

    book, sheet = book_of([])
    saved("header-only.xlsx", book)

    book = openpyxl.Workbook()
    saved("empty.xlsx", book)

    book, sheet = book_of([ROW, [None] * 5, [" ", None, None, None, None], ["Grace Hopper"] + ROW[1:]])
    for row in range(6, 60):
        sheet.cell(row, 3).number_format = "0.00"
    sheet["H1"] = " "
    saved("trailing.xlsx", book)

    book, sheet = book_of([ROW])
    sheet["G2"] = "no header"
    saved("no-header.xlsx", book)

    write("xlsx-named.csv", (HERE / "plain.xlsx").read_bytes())


def written():
    formula = '<c r="A2" t="str"><f>"Ada "&amp;"Lovelace"</f><v>Ada Lovelace</v></c>' + PLAIN_CELLS.split("</c>", 1)[1]
    raw("formulas.xlsx", with_row(formula))
    error = '<c r="A2" t="e"><f>Z9</f><v>#REF!</v></c>' + PLAIN_CELLS.split("</c>", 1)[1]
    raw("errors.xlsx", with_row(error))
    raw("all-hidden.xlsx", with_row(PLAIN_CELLS), sheets='<sheet name="People" sheetId="1" state="hidden" r:id="rId1"/>')
    shared = '<row r="1">' + "".join(f'<c r="{letter}1" t="s"><v>{index}</v></c>' for index, letter in enumerate("ABCDE")) + "</row>"
    table = "".join(f"<si><t>{text}</t></si>" for text in HEADERS)
    raw("string-index.xlsx", f'<sheetData>{shared}<row r="2"><c r="A2" t="s"><v>7</v></c></row></sheetData>', strings=f"<sst>{table}</sst>")
    rich = '<si><r><t xml:space="preserve">Ada </t></r><r><rPr><b/></rPr><t>Lovelace</t></r><rPh sb="0" eb="1"><t>EIDA</t></rPh></si><si><t>_x000D_A_x0041_</t></si>'
    cells = '<c t="s"><v>5</v></c><c/><c t="inlineStr"><is><t>Botany &amp; <![CDATA[<trees>]]>&#233;</t></is></c><c t="s"><v>6</v></c><c t="d"><v>2026-05-31T00:00:00</v></c>'
    raw("rich.xlsx", f"<sheetData>{shared}<row>{cells}</row></sheetData>", strings=f"<sst>{table}{rich}</sst>")
    # Reserving what it claims takes 24 TB.
    raw("claims.xlsx", with_row(PLAIN_CELLS), strings='<sst count="1099511627776" uniqueCount="1099511627776"></sst>')
    raw("truncated.xlsx", '<?xml version="1.0"?><worksheet>' + with_row(PLAIN_CELLS)[:300])
    raw("not-xml.xlsx", "<?xml version='1.0'?>\x00\x01<<<>>>")
    raw("entities.xlsx", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>')
    raw("rows-backwards.xlsx", f'<sheetData><row r="2">{PLAIN_CELLS}</row>{header_row()}</sheetData>')
    long = inline("A2", "x" * 1_000_000)
    raw("long-cell.xlsx", with_row(long))
    styles = '<styleSheet><numFmts count="4000">' + "".join(f'<numFmt numFmtId="{200 + i}" formatCode="yyyy&quot;{i}&quot;"/>' for i in range(4_000))
    styles += '</numFmts><cellXfs count="60000">' + "".join(f'<xf numFmtId="{200 + i % 4_000}"/>' for i in range(60_000)) + "</cellXfs></styleSheet>"
    raw("styles.xlsx", with_row(PLAIN_CELLS.split('<c r="E2"')[0] + '<c r="E2" s="59999"><v>46173</v></c>'), styles=styles)
    # 32,767 characters, named by each of 2,000 cells.
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>5</v></c></row>' for row in range(2, 4_002))
    raw("shared-bomb.xlsx", f"<sheetData>{shared}{cells}</sheetData>", strings=f'<sst>{table}<si><t>{"x" * 32_000}</t></si></sst>')
    merged = f'<sheetData>{header_row()}<row r="2">{inline("A2", "y" * 30_000)}</row>' + "".join(f'<row r="{row}">{inline(f"B{row}", "z")}</row>' for row in range(3, 6_000)) + '</sheetData><mergeCells><mergeCell ref="A2:A1048576"/></mergeCells>'
    raw("merged-bomb.xlsx", merged)
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    link = '<c r="A2" t="str"><f>[1]Sheet1!$A$1</f><v>Ada Lovelace</v></c>' + PLAIN_CELLS.split("</c>", 1)[1]
    raw("external-link.xlsx", with_row(link), extra={"xl/externalLinks/externalLink1.xml": "<externalLink/>", "xl/externalLinks/_rels/externalLink1.xml.rels": links})
    rows = "".join(f'<row r="{row}">{inline(f"A{row}", "Ada")}</row>' for row in range(2, 20_003))
    raw("20001-rows.xlsx", f"<sheetData>{header_row()}{rows}</sheetData>")


def bombs():
    # 120 MB of white space in a sheet, in 120 kB.
    parts = parts_of("plain.xlsx")
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * 120_000_000, 1)
    write("bomb.xlsx", packed(parts))


def foreign():
    write("page.xls", b"<html><table><tr><td>name</td></tr><tr><td>Ada</td></tr></table></html>")
    compound = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    write("old.xls", compound + "Workbook".encode("utf-16-le") + bytes(512))
    write("password.xlsx", compound + "EncryptedPackage".encode("utf-16-le") + bytes(512))
    write("table.ods", packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<office/>", "META-INF/manifest.xml": "<manifest/>"}, zipfile.ZIP_STORED))
    write("table.numbers", packed({"Index/Document.iwa": "x", "Metadata/Properties.plist": "x"}, zipfile.ZIP_STORED))
    write("letter.xlsx", packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}))
    write("binary.xlsb", packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}))
    write("cut.xlsx", (HERE / "plain.xlsx").read_bytes()[:-300])
    write("2003.xml", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>')


if __name__ == "__main__":
    ordinary()
    written()
    foreign()
    bombs()
