"""The true type of a content, whatever it is called."""

from pathlib import Path

import pytest

from include.ixhaus.files import FileError, media
from include.ixhaus.files.kind import HEAD, media_type_of
from tests.ixhaus.files.making import PDF, TEXT, docx, heic, made_by_libreoffice, odt, ole, png, tiff, zipped

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40)
GIF = b"GIF89a" + bytes(40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><body>Hallo</body></html>"


def kind_of(folder: Path, content: bytes, name: str = "content") -> str:
    (folder / name).write_bytes(content)
    return media_type_of(folder / name)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, media.PDF),
        (b"\x1b%-12345X@PJL\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF, media.PDF),
        (b"TEXTmdos \xfd\xfe" + PDF, media.PDF),
        (b" " + PDF, media.PDF),
        (b"\0\0" + PDF, media.PDF),
        (bytes(1018) + PDF, media.PDF),
        (bytes(1019) + PDF, media.OCTETS),
        (b"Ein PDF beginnt mit %PDF-1.4 und endet mit %%EOF.\n", media.TEXT),
        (JPEG + PDF, media.JPEG),
        (JPEG, media.JPEG),
        (png(), media.PNG),
        (GIF, "image/gif"),
        (tiff(), media.TIFF),
        (tiff(order=">"), media.TIFF),
        (heic(), "image/heic"),
        (docx(), media.DOCX),
        (zipped(docProps__app="x", word__document="x", _Types="x"), media.DOCX),
        (zipped(_Types="x", xl__workbook="x"), media.XLSX),
        (zipped(_Types="x", ppt__presentation="x"), media.PPTX),
        (zipped(**{"_Types": "x", "word__document": "x", "word__vbaProject.bin": "x"}), media.DOCM),
        (odt(), media.ODT),
        (zipped(mimetype=media.ODS, content="x"), media.ODS),
        (zipped(mimetype=media.PDF, content="x"), media.ZIP),
        (ole("WordDocument"), media.DOC),
        (ole("Workbook"), media.XLS),
        (ole("Other", "Book"), media.XLS),
        (ole("__properties_version1.0"), media.MSG),
        (ole("Unknown"), media.OCTETS),
        (b"{\\rtf1\\ansi Hallo}", media.RTF),
        (TEXT.encode(), media.TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), media.TEXT),
        (TEXT.encode("cp1252"), media.TEXT),
        ("ä".encode() * HEAD, media.TEXT),
        (b"x" + "ä".encode() * HEAD, media.TEXT),
        (b"MZ-Reifen GmbH, Angebot", media.TEXT),
        (b"BM ist kein Bild", media.TEXT),
        (b"<?xml version='1.0'?><rechnung/>", media.XML),
        (zipped(a="x", word__notes="x"), media.ZIP),
        (bytes(range(256)), media.OCTETS),
        (b"PK\3\4" + bytes(100), media.OCTETS),
        (ole("WordDocument")[:600], media.OCTETS),
        ("Grüße".encode("utf-16"), media.OCTETS),
    ],
)
def test_the_content_says_what_it_is(tmp_path: Path, content: bytes, expected: str) -> None:
    assert kind_of(tmp_path, content) == expected


@pytest.mark.rule("E37")
@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\3\0\0\0",
        b"\x7fELF\2\1\1" + bytes(50),
        b"\xca\xfe\xba\xbe\0\0\0\x34",
        b"L\0\0\0\x01\x14\x02\0" + bytes(50),
        b"#!/bin/sh\nrm -rf /\n",
        b"\xef\xbb\xbf#!/usr/bin/env python3\n",
        HTML,
        b"\xef\xbb\xbf\n <!-- " + b"x" * 2000 + b" -->\n<HTML lang='de'>",
        b"<!DOCTYPE html>\n<p>Hallo",
        b"<script>alert(1)</script>",
        HTML.decode().encode("utf-16"),
        b"\n" + HTML.replace(b"Hallo", b"Hal\0lo\x01"),
        SVG,
        b"<?xml version='1.0'?>\n" + SVG,
        b"<?xml version='1.0'?><x:svg xmlns:x='http://www.w3.org/2000/svg'/>",
        b"<?php system($_GET[0]); ?>",
        zipped(**{"META-INF__MANIFEST.MF": "Main-Class: x"}),
    ],
)
def test_programs_scripts_and_pages_are_refused_under_any_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileError) as refused:
        kind_of(tmp_path, content, "rechnung.pdf")
    assert (refused.value.reason, refused.value.is_final) == ("FILE_TYPE_REFUSED", True)


@pytest.mark.rule("E37")
def test_the_name_says_nothing(tmp_path: Path) -> None:
    assert kind_of(tmp_path, png(), "brief.docx") == media.PNG


def test_the_directory_of_a_huge_archive_is_not_read(tmp_path: Path) -> None:
    content = bytearray(zipped(_Types="x", word__document="x"))
    end = content.rindex(b"PK\5\6")
    content[end + 12 : end + 16] = (5 << 20).to_bytes(4, "little")
    assert kind_of(tmp_path, bytes(content)) == media.ZIP
    assert kind_of(tmp_path, zipped(_Types="x", word__document="x") + b"PK\6\7") == media.ZIP


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize(
    ("given", "ending", "wanted", "expected"),
    [
        (docx(), "docx", "doc", media.DOC),
        (docx(), "docx", "docx", media.DOCX),
        (docx(), "docx", "odt", media.ODT),
        (docx(), "docx", "rtf", media.RTF),
        (b"Name;Betrag\r\nMeier;12\r\n", "csv", "xls", media.XLS),
        (b"Name;Betrag\r\nMeier;12\r\n", "csv", "xlsx", media.XLSX),
        (b"Name;Betrag\r\nMeier;12\r\n", "csv", "ods", media.ODS),
    ],
)
def test_what_an_office_program_writes(tmp_path: Path, given: bytes, ending: str, wanted: str, expected: str) -> None:
    assert kind_of(tmp_path, made_by_libreoffice(tmp_path, given, ending, wanted)) == expected
