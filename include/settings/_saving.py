"""Saving daily settings into a system's file, and who has saved what, when and why (R57).

Off unless the installation says otherwise: where the files are under version control, that is where they are changed.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from difflib import unified_diff
from hashlib import blake2b
from io import BufferedRandom
from pathlib import Path
from typing import Final, NamedTuple

from include.settings._editing import NotEditableError, edited
from include.settings._entered import Plain, with_changes
from include.settings._files import config_folder, validate_settings, values_in, where_of
from include.settings._values import ConfigurationError
from include.vocabulary.sentences import in_both
from include.vocabulary.texts import Text

SWITCH: Final = "SERVICEPORTAL_SAVE_SETTINGS"
"""The environment variable that lets the pages save: true, or anything else for no."""


class NotSavedError(Exception):
    """Nothing was changed; `code` says why: CHANGED (somebody else was quicker), NOT_EDITABLE, WRONG, NOT_WRITTEN, and
    `about` more of it.
    """

    def __init__(self, code: str, about: Text | None = None) -> None:
        super().__init__(f"{code} {about.english if about else ''}".strip())
        self.code = code
        self.about = about


class Saved(NamedTuple):
    """One change that was saved: when (zoned), by whom, why, the lines that differ, and the digest of what came of it."""

    at: datetime
    by: str
    reason: str
    diff: tuple[str, ...]
    digest: str


def may_save(system: str, folder: Path | None = None) -> bool:
    """Whether the installation lets settings be saved, and the file and its folder can be written here."""
    if os.environ.get(SWITCH, "").lower() != "true":
        return False
    path = _path(system, folder)
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def digest_of(system: str, folder: Path | None = None) -> str:
    """Return what tells whether a file has changed meanwhile; "" if it cannot be read."""
    try:
        return _digest(_path(system, folder).read_bytes())
    except OSError:
        return ""


def saved_changes(system: str, folder: Path | None = None) -> list[Saved]:
    """Return what was saved of a system's settings, the newest first."""
    try:
        lines = _history(_path(system, folder)).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [saved for line in reversed(lines) if (saved := _read(line))]


def save_settings(
    system: str, changes: Mapping[str, Plain], saved: Saved, *, seen: str, folder: Path | None = None
) -> None:
    """Write changed settings into a system's file, whole or not at all, and enter the change into the history.

    saved: when, by whom and why; the rest of it is filled in here
    seen:  the digest of the file that the changes were made for
    raises: NotSavedError; then file and history are as they were
    """
    path = _path(system, folder)
    try:
        with _locked(_history(path)) as history:
            before = path.read_bytes()
            if _digest(before) != seen:
                raise NotSavedError("CHANGED")
            after = _edited(before.decode("utf-8"), system, changes, where_of(system, folder or config_folder()))
            size = history.seek(0, os.SEEK_END)
            _enter(history, saved._replace(diff=_diff(before.decode("utf-8"), after), digest=_digest(after.encode())))
            try:
                _replace(path, after.encode("utf-8"))
            except OSError:
                history.truncate(size)
                raise
    except OSError as error:
        raise NotSavedError("NOT_WRITTEN", in_both(error.strerror or type(error).__name__)) from None


def _path(system: str, folder: Path | None) -> Path:
    return ((folder or config_folder()) / f"{system}.yaml").resolve()


def _history(path: Path) -> Path:
    return path.with_name(f"{path.name}.history")


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[BufferedRandom]:
    """Open the history; who saves at the same time waits."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _edited(text: str, system: str, changes: Mapping[str, Plain], where: str) -> str:
    """Return the file's new text; what it says must be what it said, but for the changes."""
    try:
        before = values_in(text, system, where)
        meant = validate_settings(with_changes(before, changes), where)
    except ConfigurationError as error:
        raise NotSavedError("WRONG", error.said) from None
    with suppress(NotEditableError, ConfigurationError):
        after = edited(text, changes)
        values = values_in(after, system, where)
        if validate_settings(values, where) == meant and _others(values, changes) == _others(before, changes):
            return after
    raise NotSavedError("NOT_EDITABLE")


def _others(values: Mapping[str, object], changes: Mapping[str, Plain]) -> dict[str, object]:
    """Return what a file says besides what is changed, so that nothing else has changed with it."""
    touched = {path.partition(".")[0] for path in changes}
    return {name: value for name, value in values.items() if name not in touched}


def _diff(before: str, after: str) -> tuple[str, ...]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _enter(history: BufferedRandom, saved: Saved) -> None:
    row = {**saved._asdict(), "at": saved.at.isoformat()}
    if history.tell() and os.pread(history.fileno(), 1, history.tell() - 1) != b"\n":  # what a crash has left
        history.write(b"\n")
    history.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    history.flush()
    os.fsync(history.fileno())


def _read(line: str) -> Saved | None:
    """Return an entry of the history; None for what a crash has left half written."""
    try:
        row = json.loads(line)
        at = datetime.fromisoformat(row["at"])
        return Saved(at, str(row["by"]), str(row["reason"]), tuple(map(str, row["diff"])), str(row["digest"]))
    except (ValueError, KeyError, TypeError):
        return None


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another: who reads meanwhile has the old or the new one, never half of it."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(number, path.stat().st_mode & 0o777)
            os.fsync(number)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
