"""Documents for the tests: real files of each type, made without the code they are for, and sources that name them."""

import io
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

from demo.portal.docuware import pdf_saying
from include.ixhaus.files import Source

PDF = pdf_saying("Brief 7")
TEXT = "Grüße aus der Königsallee – 12 €\r\nZweite Zeile\r\n"


def in_database(name: str = "Brief.pdf", document_id: str = "D1", rendition: str = "ORIGINAL", **more: Any) -> Source:
    return Source(document_id, "DATENBANK", None, rendition, name, **{"convert": False, **more})


def in_folder(path: str | None, name: str = "Brief.pdf", **more: Any) -> Source:
    return Source("D1", "DATEI", path, "ORIGINAL", name, **{"convert": False, **more})


def in_docuware(path: str | None, rendition: str = "ORIGINAL", name: str = "Brief.pdf") -> Source:
    return Source("D1", "DOCUWARE", path, rendition, name, convert=False)


def packed(parts: dict[str, str]) -> bytes:
    """A ZIP of texts by name; the same every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def zipped(**parts: str) -> bytes:
    """A ZIP of texts; `__` in a name stands for a slash, `_Types` for the table of an Office document."""
    return packed({{"_Types": "[Content_Types].xml"}.get(name, name.replace("__", "/")): parts[name] for name in parts})


def open_xml(main: str, kind: str, content: str) -> bytes:
    """A Word or Excel file of the least parts that LibreOffice reads."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    types = (
        f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxml'
        f'formats-package.relationships+xml"/><Override PartName="/{main}" ContentType="application/vnd.openxml'
        f'formats-officedocument.{kind}.main+xml"/></Types>'
    )
    relation = f'<Relationship Id="r1" Type="{office}" Target="{main}"/>'
    relations = f'<Relationships xmlns="{package}/relationships">{relation}</Relationships>'
    return packed({"[Content_Types].xml": types, "_rels/.rels": relations, main: content})


def docx(text: str = "Sehr geehrte Frau Müller") -> bytes:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>"
    document = f'<w:document xmlns:w="{namespace}">{body}</w:document>'
    return open_xml("word/document.xml", "wordprocessingml.document", document)


def odt(body: str = "<text:p>Sehr geehrte Frau Müller</text:p>") -> bytes:
    """An OpenDocument text; `body` may use the prefixes text, draw, xlink and svg."""
    kind, urn = "application/vnd.oasis.opendocument.text", "urn:oasis:names:tc:opendocument:xmlns"
    prefixes = {"office": "office", "text": "text", "draw": "drawing", "svg": "svg-compatible", "manifest": "manifest"}
    names = "".join(f' xmlns:{prefix}="{urn}:{name}:1.0"' for prefix, name in prefixes.items())
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{given}"/>'
        for path, given in (("/", kind), ("content.xml", "text/xml"))
    )
    content = (
        f'<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    manifest = f"<manifest:manifest{names}>{entries}</manifest:manifest>"
    return packed({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def png(colour: bytes = b"\xc0\x20\x20", side: int = 8) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + colour * side) * side
    size = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(pages: int = 1, order: str = "<") -> bytes:
    """Grey pages of 8 by 8, uncompressed, of the given byte order."""
    pixels, entries = b"\x80" * 64, 8
    length = 64 + 2 + entries * 12 + 4
    content = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8 + 64)
    for page in range(pages):
        start = 8 + page * length
        tags = ((256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, start), (278, 8), (279, 64))
        content += pixels + struct.pack(f"{order}H", entries)
        for tag, value in tags:  # a number of 4 bytes each
            content += struct.pack(f"{order}HHII", tag, 4, 1, value)
        content += struct.pack(f"{order}I", start + length + 64 if page + 1 < pages else 0)
    return content


def heic() -> bytes:
    return struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(100)


def ole(*streams: str) -> bytes:
    """A compound file with empty streams of these names (at most three)."""
    sector = 512
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(16),
        *(0x3E, 3, 0xFFFE, 9, 6, bytes(6), 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0),
    )
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * (sector - 8)

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        letters = name.encode("utf-16-le")
        fixed = struct.pack("<64sHBBIII", letters, len(letters) + 2, kind, 1, 0xFFFFFFFF, right, child)
        return fixed + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)

    entries = [entry("Root Entry", 5, 0xFFFFFFFF, 1 if streams else 0xFFFFFFFF)]
    for number, name in enumerate(streams, 1):
        entries.append(entry(name, 2, number + 1 if number < len(streams) else 0xFFFFFFFF, 0xFFFFFFFF))
    return header + table + b"".join(entries).ljust(sector, b"\0")


def made_by_libreoffice(folder: Path, content: bytes, ending: str, wanted: str) -> bytes:
    """Another format of the same document, as LibreOffice writes it."""
    given = folder / f"made.{ending}"
    given.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'making').as_uri()}"
    call = ["soffice", profile, "--headless", "--convert-to", wanted, "--outdir", str(folder / "out"), str(given)]
    subprocess.run(call, check=True, capture_output=True, timeout=120)
    return next((folder / "out").glob("made.*")).read_bytes()
