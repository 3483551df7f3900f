"""DATEI: a file below the document folder, streamed from where it lies."""

import logging
import os
import stat
from pathlib import Path, PureWindowsPath
from threading import Lock
from unicodedata import normalize

from include.ixhaus.files.source import FileError

log = logging.getLogger(__name__)


class Folder:
    """The document folder of an Airflow connection of type File (path); asked for once, when first needed."""

    def __init__(self, connection_id: str) -> None:
        self._connection_id = connection_id
        self._lock = Lock()
        self._root: Path | None = None
        self._is_resolved = False

    def find(self, path: str | None) -> Path:
        """Return the real path of a readable file below the folder; blocks, so call it in a thread.

        path:   as the ERP has it: separators of Windows or Linux, umlauts composed or not
        raises: FileError: NO_DOCUMENT_FOLDER, FILE_MISSING, FILE_UNREADABLE (locked or not permitted), or
                FILE_OUTSIDE_FOLDER for everything that leads out of the folder or to something other than a file
        """
        root = self._resolved_root()
        if not path:
            raise FileError("FILE_MISSING", False)
        found = _existing(root, _relative(path))
        if not found.is_relative_to(root):
            raise FileError("FILE_OUTSIDE_FOLDER", True)
        _refuse_unreadable(found)
        return found

    def _resolved_root(self) -> Path:
        with self._lock:
            if not self._is_resolved:
                self._root = _root_of(self._connection_id)
                self._is_resolved = True
        if self._root is None:
            raise FileError("NO_DOCUMENT_FOLDER", False)
        return self._root


def _root_of(connection_id: str) -> Path | None:
    from airflow.providers.standard.hooks.filesystem import FSHook  # slow: only who has such documents pays
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        path = FSHook(fs_conn_id=connection_id).get_path()
    except AirflowNotFoundException:
        path = ""
    if path and Path(path).is_dir():
        return Path(path).resolve()
    log.warning(
        "Airflow connection %s: there is no document folder; add a connection of type File (path) with the extra "
        '{"path": "/the/document/folder"}, a folder that this worker can read',
        connection_id,
    )
    return None


def _relative(path: str) -> str:
    """Return the path with separators of Linux; refuses what cannot lie below the folder, whatever is on disk."""
    given = PureWindowsPath(path)  # knows both separators
    if "\0" in path or ".." in given.parts or given.drive:
        raise FileError("FILE_OUTSIDE_FOLDER", True)
    return path.replace("\\", "/")


def _existing(root: Path, path: str) -> Path:
    """Return where the path really leads; umlauts as given, else composed, else decomposed as macOS writes them."""
    for form in dict.fromkeys((path, normalize("NFC", path), normalize("NFD", path))):
        try:
            return (root / form).resolve(strict=True)
        except PermissionError:
            raise FileError("FILE_UNREADABLE", False) from None
        except (OSError, RuntimeError, ValueError):  # not there, a loop of links, too long, not encodable
            continue
    raise FileError("FILE_MISSING", False)


def _refuse_unreadable(path: Path) -> None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError("FILE_OUTSIDE_FOLDER", True)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # whoever holds it locked is not waited for
        try:
            os.read(descriptor, 1)
        finally:
            os.close(descriptor)
    except OSError:
        raise FileError("FILE_UNREADABLE", False) from None
