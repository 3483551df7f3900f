"""What lies in the staging folder: leftovers of dead runs go as they are, previews lose the lines about a person."""

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from include.erasure.person import Person
from include.sync.staging import PREVIEW, Staging
from include.sync.storage import inside, staging_root, written

if TYPE_CHECKING:
    from include.ixhaus.read import Place
_KEY: Final = ["record_type", "external_id"]


def forget_staged(system: str, groups: list[str], person: Person) -> int:
    """Clear the folders of some groups' runs; returns how many lines of previews went. None of them may be working."""
    return sum(_clear(system, group, folder, person) for group in groups for folder in _folders(system, group))


def _folders(system: str, group: str) -> "list[Place]":
    return inside(staging_root() / system / group)


def _clear(system: str, group: str, folder: "Place", person: Person) -> int:
    Staging(f"{system}/{group}/{folder.name}").clear()
    return _without(folder / PREVIEW, person) if (folder / PREVIEW).exists() else 0


def _without(preview: "Place", person: Person) -> int:
    with preview.open(encoding="utf-8", newline="") as file:
        head, *lines = list(csv.reader(file))
    columns = [head.index(name) for name in _KEY]
    kept = [line for line in lines if tuple(line[column] for column in columns) not in person.ids]
    if len(kept) < len(lines):
        age = preview.stat().st_mtime
        text = io.StringIO(newline="")
        csv.writer(text).writerows([head, *kept])
        with written(preview) as part:
            part.write(text.getvalue().encode())
        if isinstance(preview, Path):  # it is as old as it was, and goes when it would have gone
            os.utime(preview, (age, age))
    return len(lines) - len(kept)
