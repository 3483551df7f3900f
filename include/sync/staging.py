"""A run's intermediate files: a folder below what all workers share (storage.py), named relative to it in XComs.

The files hold personal data, so only the owner may read them, and a finished run's folder is emptied; what a dry run
found stays for a while, without personal data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.ixhaus.read import PASSING
from include.settings import ConfigurationError
from include.sync.storage import (
    WHERE,
    forget_old,
    inside,
    local_root,
    make_private,
    remove,
    spool,
    staging_root,
    touched,
    why_refused,
    written,
)
from include.vocabulary.decision import EXTERNAL_ID

if TYPE_CHECKING:
    from include.ixhaus.read import Place

_ANSWER_SECONDS: Final = 3600
"""Longer than anything lasts that is no run."""
_DEAD_SECONDS: Final = 2 * 86_400
"""Longer than any run leaves its folder alone."""
PREVIEW: Final = "preview.csv"


class Change(TypedDict):
    """One planned change, as a batch holds it: what is to become of a record in the portal."""

    external_id: str
    action: str
    """A plan.Action."""
    decision: str
    reason: str
    hash: str
    properties: str | None
    identity: str | None
    parents: str | None
    content: str | None
    """JSON text for the portal; None for a removal."""
    replaced: bool
    """Whether the portal holds a record of another identity in its place."""


def sent_content(change: Change) -> str:
    """Return the JSON text that a change sends; a removal has none."""
    content = change["content"]
    if content is None:
        raise ValueError("a removal has no content")
    return content


class Staging:
    """One run's folder, e.g. production/persons/<run>."""

    def __init__(self, reference: str, root: "Place | None" = None) -> None:
        self.reference = reference
        self.folder: Place = (root or staging_root()) / reference

    @classmethod
    def create(cls, system: str, group: str, run: str) -> "Staging":
        """Make an empty folder for a run; a retry starts from nothing.

        Raises ConfigurationError if it lies in an object store that does not take it.
        """
        safe = "".join(letter if letter.isalnum() or letter in "-_.+" else "_" for letter in run)
        staging = cls(f"{system}/{group}/{safe}")
        if error := why_refused(staging.folder):
            raise ConfigurationError(
                f"{WHERE}: the store takes no file ({error}); correct the address, or the rights of its connection to "
                "list, read, write and delete there"
            )
        remove(staging.folder)
        make_private(staging.folder)
        return staging

    @contextmanager
    def spool(self, name: str) -> Iterator[Path]:
        """Yield a private folder of this machine for files on their way, gone afterwards."""
        with spool(self.folder, f"{name}-") as folder:
            yield folder

    @contextmanager
    def below(self, name: str) -> Iterator["Staging"]:
        """Yield a folder of this machine for a part of the run's work that no other task sees, gone afterwards."""
        with self.spool(name) as folder:
            yield Staging(folder.name, folder.parent)

    def path(self, name: str) -> "Place":
        """Return the path of one of the run's files."""
        return self.folder / name

    def write_table(self, name: str, table: pa.Table, rows_per_group: int | None = None) -> None:
        """Write a table as <name>.parquet, whole or not at all."""
        with written(self.path(f"{name}.parquet")) as part:
            pq.write_table(table, part, row_group_size=rows_per_group or max(table.num_rows, 1), **PASSING)

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Return a table written before, or some of its columns."""
        with self.path(f"{name}.parquet").open("rb") as file:
            return pq.ParquetFile(file).read(columns)  # what pq.read_table does takes twice as long for a small file

    def contents_of(self, record_type: str, ids: "pd.Series[str]") -> pd.Series:
        """Return the decided content of some records, under the index of their ids: most runs change little, and the
        contents are by far the largest column.
        """
        if ids.empty:
            return pd.Series(index=ids.index, dtype=object)
        table = self.read_table(f"decided_{record_type}", columns=[EXTERNAL_ID, "content"])
        chosen = table.filter(pc.is_in(table[EXTERNAL_ID], pa.array(ids, table[EXTERNAL_ID].type))).to_pandas()
        return ids.map(chosen.set_index(EXTERNAL_ID)["content"])

    def read_part(self, name: str, part: int) -> list[Change]:
        """Return one row group of a table of changes."""
        with self.path(f"{name}.parquet").open("rb") as file:
            rows = pq.ParquetFile(file).read_row_group(part).to_pylist()
        return cast("list[Change]", rows)

    def clear(self) -> None:
        """Remove everything with personal data; the preview of a dry run stays."""
        left = inside(self.folder)
        for path in left:
            if path.name != PREVIEW:
                remove(path)
        if PREVIEW not in [path.name for path in left]:
            remove(self.folder)


def clear_others(mine: Staging) -> None:
    """Clear what dead runs of the same group left behind, but for previews; needs the lease."""
    for folder in inside(mine.folder.parent):
        if folder.name != mine.folder.name:
            Staging(str(Path(mine.reference).parent / folder.name)).clear()


def clear_old(system: str, name: str, keep_days: int, now: datetime) -> int:
    """Clear what runs, or answers, of one name left behind that nobody has touched for so long that they must be dead,
    and previews older than `keep_days`; returns how many folders.
    """
    beside = staging_root() / system / name
    ages = {folder: now.timestamp() - touched(folder) for folder in inside(beside)}
    for folder, seconds in ages.items():
        if seconds > _DEAD_SECONDS:
            Staging(f"{system}/{name}/{folder.name}").clear()
        if seconds > keep_days * 86_400:
            remove(folder)
    return sum(not folder.exists() for folder in ages)


@contextmanager
def passing(system: str, name: str) -> Iterator["Staging"]:
    """Yield a folder of this machine for something that reads what a run reads and is none, gone afterwards; what a
    killed one of the same name has left goes with the next.
    """
    beside = local_root() / system / name
    make_private(beside)
    forget_old(beside, _ANSWER_SECONDS)
    with spool(beside, "") as folder:
        yield Staging(folder.name, beside)
