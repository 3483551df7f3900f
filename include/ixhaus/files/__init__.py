"""A document's content, from where it lies (database, folder, DocuWare) to a file on local disk in bounded memory.

`open_files` gives the way in; `Files.ready` yields one document's file with its true type and a safe name, or raises
FileError with a reason code.
"""

from include.ixhaus.files.ready import Files, open_files
from include.ixhaus.files.source import FileError, ReadyFile, Source

__all__ = ["FileError", "Files", "ReadyFile", "Source", "open_files"]
