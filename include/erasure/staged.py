"""What lies in the staging folder: leftovers of dead runs go as they are, previews lose the lines about a person."""

import csv
import os
import tempfile
from pathlib import Path
from typing import Final

from include.erasure.person import Person
from include.sync.staging import PREVIEW, Staging, staging_root

_KEY: Final = ["record_type", "external_id"]


def forget_staged(system: str, groups: list[str], person: Person) -> int:
    """Clear the folders of some groups' runs; returns how many lines of previews went. None of them may be working."""
    return sum(_clear(system, group, folder, person) for group in groups for folder in _folders(system, group))


def _folders(system: str, group: str) -> list[Path]:
    beside = staging_root() / system / group
    return sorted(beside.iterdir()) if beside.is_dir() else []


def _clear(system: str, group: str, folder: Path, person: Person) -> int:
    Staging(f"{system}/{group}/{folder.name}").clear()
    return _without(folder / PREVIEW, person) if (folder / PREVIEW).exists() else 0


def _without(preview: Path, person: Person) -> int:
    with preview.open(encoding="utf-8", newline="") as file:
        head, *lines = list(csv.reader(file))
    columns = [head.index(name) for name in _KEY]
    kept = [line for line in lines if tuple(line[column] for column in columns) not in person.ids]
    if len(kept) < len(lines):
        with tempfile.NamedTemporaryFile("w", dir=preview.parent, delete=False, encoding="utf-8", newline="") as part:
            csv.writer(part).writerows([head, *kept])
        os.utime(part.name, (preview.stat().st_atime, preview.stat().st_mtime))
        Path(part.name).replace(preview)
    return len(lines) - len(kept)
