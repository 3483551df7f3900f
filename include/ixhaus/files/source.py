"""What the parts of this package say to each other: where a content lies, what it became, why it cannot be had."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PIECE: Final = 1 << 20
"""Bytes in memory at once while a content is copied."""


class FileError(Exception):
    """This document's content cannot be had.

    reason:   reason code, without any data of the document
    is_final: the same content will fail again
    """

    def __init__(self, reason: str, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


@dataclass(frozen=True)
class Source:
    """What a plan says about a document's content.

    document_id: key of SP_DOKUMENT_INHALT, or of SP_ANHANG
    storage:     DATENBANK, DATEI or DOCUWARE (SP_DOKUMENT.ABLAGE); ANHANG for a file of a report
    path:        path below the document folder, or "<file cabinet>/<document id>" in DocuWare (SP_DOKUMENT.PFAD)
    rendition:   ORIGINAL or PDF (FASSUNG; for DocuWare the download's target type)
    name:        file name as the ERP has it, may be anything
    convert:     convert office documents and images to PDF
    """

    document_id: str
    storage: str
    path: str | None
    rendition: str
    name: str
    convert: bool


@dataclass(frozen=True)
class ReadyFile:
    """A content to be streamed from `path`: under a safe name, with its true media type and size in bytes."""

    path: Path
    name: str
    media_type: str
    size: int
