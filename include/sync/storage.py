"""Where staging lies: a folder that all workers share, or an object store that Airflow knows, under the same words.

What a process needs for itself alone lies on its own machine in either case.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

from include.settings import ConfigurationError

if TYPE_CHECKING:
    from include.ixhaus.read import Place
WHERE: Final = "SERVICEPORTAL_STAGING"
_FORGOTTEN_SECONDS: Final = 86_400
"""Longer than any task lasts: what it has left was killed with it."""


def staging_root() -> "Place":
    """Return where runs stage: SERVICEPORTAL_STAGING, which is a folder or the address of an object store
    (s3://connection@bucket/prefix), else a folder in the Airflow home.

    Raises ConfigurationError for an address that Airflow cannot open.
    """
    wanted = os.environ.get(WHERE, "").removeprefix("file://")
    if "://" not in wanted:
        return Path(wanted) if wanted else _own_folder()
    from airflow.sdk import ObjectStoragePath  # seconds of imports, which a folder does not need

    try:
        root = ObjectStoragePath(wanted)
        _ = root.fs  # logs on to nothing yet, but finds out whether there is a provider
    except (ValueError, ImportError):
        scheme = wanted.partition("://")[0]
        raise ConfigurationError(
            f"{WHERE}: Airflow knows no storage {scheme}://; install its provider (docs/operation.md, More than one "
            "machine), or write a folder that all workers share"
        ) from None
    return root


def why_refused(place: "Place") -> str:
    """Return of which kind the error was that a store met a file with; "" if there was none, or for a folder."""
    if isinstance(place, Path):
        return ""
    file = place / f"tried-{uuid4().hex}"
    try:
        file.fs.pipe_file(file.path, b"")
        file.fs.rm_file(file.path)
    except Exception as error:  # every store has errors of its own
        return type(error).__name__
    return ""


def local_root() -> Path:
    """Return the folder for what stays on this machine: the shared one, or where there is none, or none that this
    process may write, one in the Airflow home.
    """
    root = staging_root()
    return root if isinstance(root, Path) and _is_writable(root) else _own_folder()


def _is_writable(folder: Path) -> bool:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(existing, os.W_OK)


def _own_folder() -> Path:
    return Path(os.environ.get("AIRFLOW_HOME", str(Path.home() / "airflow"))) / "staging"


def make_private(folder: "Place") -> None:
    """Make a folder, and those above it that are missing, for their owner alone; one that is there stays as it is, and
    an object store has none.
    """
    if isinstance(folder, Path) and not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def inside(place: "Place") -> "list[Place]":
    """Return what lies in a folder; nothing where there is none, as another run may just have removed it."""
    try:
        return list(place.iterdir())
    except (FileNotFoundError, NotADirectoryError):  # of an object store, the latter
        return []


def touched(folder: "Place") -> float:
    """Return when somebody last changed a folder or something in it, in seconds since 1970; just now, if that changes
    while one looks.
    """
    try:
        own = [folder.stat().st_mtime] if isinstance(folder, Path) else []
        return max([*own, *(path.stat().st_mtime for path in folder.rglob("*"))], default=0.0)
    except FileNotFoundError:
        return time.time()


def remove(place: "Place") -> None:
    """Remove a file, or a folder with all that is in it; none is fine too."""
    if not isinstance(place, Path):
        with suppress(FileNotFoundError):
            place.fs.rm(place.path, recursive=True)
    elif place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


@contextmanager
def written(place: "Place") -> Iterator[IO[bytes]]:
    """Yield a file to write, which is at `place` when the block has ended well: whole or not at all."""
    folder = place.parent if isinstance(place, Path) else scratch()
    part = tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False)  # noqa: SIM115 - for its owner alone
    try:
        with part:
            yield part
            part.flush()
            os.fsync(part.fileno())
        if isinstance(place, Path):
            Path(part.name).replace(place)
        else:
            place.fs.put_file(part.name, place.path)
    finally:
        Path(part.name).unlink(missing_ok=True)


@contextmanager
def filled(place: "Place") -> Iterator[Path]:
    """Yield the path of a folder to make and fill, whose files are at `place` when the block has ended well."""
    if isinstance(place, Path):
        yield place
        return
    with spool(place, "filled-") as folder:
        yield folder / place.name
        for path in (folder / place.name).iterdir():
            place.fs.put_file(str(path), (place / path.name).path)


@contextmanager
def spool(beside: "Place", prefix: str) -> Iterator[Path]:
    """Yield an empty folder of this machine, for its owner alone, and remove it; in the folder `beside` if that is one:
    whoever clears it removes what a killed process has left.
    """
    folder = beside if isinstance(beside, Path) else scratch()
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix, ignore_cleanup_errors=True) as name:
        yield Path(name)


def scratch() -> Path:
    """Return a private folder of this machine for what is on its way to an object store, without what killed tasks have
    left there.
    """
    folder = local_root() / "scratch"
    make_private(folder)
    forget_old(folder, _FORGOTTEN_SECONDS)
    return folder


def forget_old(folder: Path, seconds: float) -> None:
    """Remove everything in a folder of this machine that nobody has touched for so long."""
    for left in folder.iterdir():
        with suppress(FileNotFoundError):  # another process was faster
            if left.stat().st_mtime < time.time() - seconds:
                remove(left)
