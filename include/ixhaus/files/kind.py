"""The true media type of a content, from its bytes alone; never from a name or what somebody declared.

`filetype` knows the signatures: of the libraries compared it gives one answer from the head of a file, where
`puremagic` weighs candidates by the file's name. What a signature cannot say is read here: which parts a ZIP or OLE
container has, and what kind of text a text is.
"""

import re
import zipfile
import zlib
from codecs import getincrementaldecoder
from contextlib import suppress
from pathlib import Path
from struct import error as struct_error
from struct import unpack
from typing import BinaryIO, Final

import filetype
import olefile

from include.ixhaus.files import media
from include.ixhaus.files.source import FileError

HEAD: Final = 1 << 16
_MAX_DIRECTORY: Final = 4 << 20
_EXECUTABLES: Final = (
    b"MZ",  # Windows
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",  # Java and macOS
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"L\0\0\0\x01\x14\x02\0",  # a Windows shortcut starts programs
)
_CODE: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|\?php|(?:[\w.-]+:)?svg)[\s/>]", re.I)
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
_PDF: Final = re.compile(rb"%PDF-[0-9]")
_PDF_IN_TEXT: Final = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|[\r\n])%PDF-[0-9]")
_PDF_OBJECT: Final = re.compile(rb"[0-9]+\s+[0-9]+\s+obj\b")
_PDF_HEAD: Final = 1024
_ARCHIVES_OF_CODE: Final = ("META-INF/MANIFEST.MF", "AndroidManifest.xml")
_OPEN_XML_PARTS: Final = (
    ("word/", media.DOCX, media.DOCM),
    ("xl/", media.XLSX, media.XLSM),
    ("ppt/", media.PPTX, media.PPTM),
)
_OLE_STREAMS: Final = (
    ("WordDocument", media.DOC),
    ("Workbook", media.XLS),
    ("Book", media.XLS),
    ("PowerPoint Document", media.PPT),
    ("__properties_version1.0", media.MSG),
)


def media_type_of(path: Path) -> str:
    """Return the media type of a file, a key of media.ENDINGS or application/octet-stream; reads its head, and of a
    container the directory. Blocks. Raises FileError("FILE_TYPE_REFUSED") for programs, scripts, HTML and SVG, OSError
    when it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        _refuse_code(head)
        if head.startswith(b"PK\3\4"):
            return _of_zip(file)
        if head.startswith(olefile.MAGIC):
            return _of_ole(file)
    if text_encoding(head) is not None:
        return _of_text(head)
    guess = filetype.guess_mime(head)
    return guess if guess in media.ENDINGS else media.PDF if _is_pdf(head) else media.OCTETS


def text_encoding(head: bytes) -> str | None:
    """Return "utf-8" or "cp1252" where the beginning of a file is text in it, else None."""
    if _NO_TEXT.search(head):
        return None
    for encoding in ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            getincrementaldecoder(encoding)().decode(head)  # the head may end within a letter
            return encoding
    return None


def _refuse_code(head: bytes) -> None:
    narrow = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")  # UTF-16 as well
    narrow = narrow.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    is_program = head.startswith(_EXECUTABLES) and text_encoding(head) is None  # "MZ" may begin a letter as well
    if is_program or narrow.startswith(b"#!") or (narrow.startswith(b"<") and _CODE.search(narrow)):
        raise FileError("FILE_TYPE_REFUSED", True)


def _of_text(head: bytes) -> str:
    if _PDF_IN_TEXT.search(head[:_PDF_HEAD]) or (_is_pdf(head) and _PDF_OBJECT.search(head)):  # else it speaks of one
        return media.PDF
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return media.RTF if start.startswith(b"{\\rtf") else media.XML if start.startswith(b"<?xml") else media.TEXT


def _is_pdf(head: bytes) -> bool:
    return bool(_PDF.search(head[:_PDF_HEAD]))  # as readers do: printers and other systems put bytes before it


def _of_zip(file: BinaryIO) -> str:
    if _directory_size(file) > _MAX_DIRECTORY:  # Python would hold all of it in memory
        return media.ZIP
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            declared = archive.open("mimetype").read(100).decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        return media.OCTETS  # damaged
    if any(name in names for name in _ARCHIVES_OF_CODE):
        raise FileError("FILE_TYPE_REFUSED", True)
    is_open_document = declared.startswith("application/vnd.oasis.opendocument.") and declared in media.ENDINGS
    return declared if is_open_document else _of_parts(names)


def _of_parts(names: list[str]) -> str:
    for part, plain, with_macros in _OPEN_XML_PARTS:
        if "[Content_Types].xml" in names and any(name.startswith(part) for name in names):
            return with_macros if f"{part}vbaProject.bin" in names else plain
    return media.ZIP


def _directory_size(file: BinaryIO) -> int:
    """Return what the end record of a ZIP says, 0 where there is none, 2^32 - 1 where it may be beyond that."""
    length = file.seek(0, 2)
    file.seek(max(0, length - HEAD - 22))
    end = file.read()
    at = end.rfind(b"PK\5\6")
    if b"PK\6\7" in end:  # ZIP64: the size that counts is elsewhere
        return 0xFFFFFFFF
    return int(unpack("<I", end[at + 12 : at + 16])[0]) if 0 <= at <= len(end) - 16 else 0


def _of_ole(file: BinaryIO) -> str:
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as container:
            return next((kind for stream, kind in _OLE_STREAMS if container.exists(stream)), media.OCTETS)
    except (OSError, ValueError, IndexError, TypeError, RecursionError, struct_error):
        return media.OCTETS  # damaged
