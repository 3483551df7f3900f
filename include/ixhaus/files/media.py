"""The media types that are told apart, and the endings of file names that fit each."""

from typing import Final

PDF: Final = "application/pdf"
OCTETS: Final = "application/octet-stream"
TEXT: Final = "text/plain"
ZIP: Final = "application/zip"
DOC, XLS = "application/msword", "application/vnd.ms-excel"
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OPEN_XML}wordprocessingml.document", f"{_OPEN_XML}spreadsheetml.sheet"
PPTX: Final = f"{_OPEN_XML}presentationml.presentation"
DOCM, XLSM = "application/vnd.ms-word.document.macroEnabled.12", "application/vnd.ms-excel.sheet.macroEnabled.12"
PPTM: Final = "application/vnd.ms-powerpoint.presentation.macroEnabled.12"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
PPT, MSG = "application/vnd.ms-powerpoint", "application/vnd.ms-outlook"
RTF, XML = "application/rtf", "application/xml"
JPEG, PNG, TIFF = "image/jpeg", "image/png", "image/tiff"

ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg"),
    PNG: ("png",),
    TIFF: ("tif", "tiff"),
    "image/gif": ("gif",),
    "image/heic": ("heic", "heif"),
    "image/webp": ("webp",),
    DOC: ("doc",),
    DOCX: ("docx",),
    DOCM: ("docm",),
    XLS: ("xls",),
    XLSX: ("xlsx",),
    XLSM: ("xlsm",),
    PPT: ("ppt",),
    PPTX: ("pptx",),
    PPTM: ("pptm",),
    MSG: ("msg",),
    ODT: ("odt",),
    ODS: ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    RTF: ("rtf",),
    TEXT: ("txt", "csv"),
    XML: ("xml",),
    ZIP: ("zip",),
}
"""Every type that is told apart, with the endings that fit; the first one where the name has none of them."""
