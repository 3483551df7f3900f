"""Where a run keeps its intermediate files: a folder all workers share, named relative to it in XComs.

The files hold personal data, so only the owner may read them, and a finished run's folder is emptied; what a dry run
found stays for a while, without personal data.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, TypedDict, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.vocabulary.decision import EXTERNAL_ID

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


def staging_root() -> Path:
    """Return the shared folder: SERVICEPORTAL_STAGING, or a folder in the Airflow home."""
    home = os.environ.get("AIRFLOW_HOME", str(Path.home() / "airflow"))
    return Path(os.environ.get("SERVICEPORTAL_STAGING", f"{home}/staging"))


def _make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone; one that is there stays as it is."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


class Staging:
    """One run's folder, e.g. production/persons/<run>."""

    def __init__(self, reference: str, root: Path | None = None) -> None:
        self.reference = reference
        self.folder = (root or staging_root()) / reference

    @classmethod
    def create(cls, system: str, group: str, run: str) -> "Staging":
        """Make an empty folder for a run; a retry starts from nothing."""
        safe = "".join(letter if letter.isalnum() or letter in "-_.+" else "_" for letter in run)
        staging = cls(f"{system}/{group}/{safe}")
        shutil.rmtree(staging.folder, ignore_errors=True)
        _make_private(staging.folder)
        return staging

    def below(self, name: str) -> "Staging":
        """Return an empty folder within this one, for a part of the run's work."""
        inner = Staging(f"{self.reference}/{name}", self.folder.parents[len(Path(self.reference).parts) - 1])
        shutil.rmtree(inner.folder, ignore_errors=True)
        inner.folder.mkdir(mode=0o700)
        return inner

    def path(self, name: str) -> Path:
        """Return the path of one of the run's files."""
        return self.folder / name

    def write_table(self, name: str, table: pa.Table, rows_per_group: int | None = None) -> None:
        """Write a table as <name>.parquet, whole or not at all."""
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
            pq.write_table(table, part, row_group_size=rows_per_group or max(table.num_rows, 1))
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(self.path(f"{name}.parquet"))

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Return a table written before, or some of its columns."""
        return pq.read_table(self.path(f"{name}.parquet"), columns=columns)

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
        rows = pq.ParquetFile(self.path(f"{name}.parquet")).read_row_group(part).to_pylist()
        return cast("list[Change]", rows)

    def clear(self) -> None:
        """Remove everything with personal data; the preview of a dry run stays."""
        for path in self.folder.iterdir():
            if path.name != PREVIEW:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()


def clear_others(mine: Staging) -> None:
    """Clear what dead runs of the same group left behind, but for previews; needs the lease."""
    for folder in mine.folder.parent.iterdir():
        if folder != mine.folder:
            Staging(str(Path(mine.reference).parent / folder.name)).clear()


def clear_old(system: str, name: str, keep_days: int, now: datetime) -> int:
    """Clear what runs, or answers, of one name left behind that nobody has touched for so long that they must be dead,
    and previews older than `keep_days`; returns how many folders.
    """
    beside, moment = staging_root() / system / name, now.timestamp()
    ages = {folder: moment - _touched(folder) for folder in beside.iterdir()} if beside.is_dir() else {}
    for folder, seconds in ages.items():
        if seconds > _DEAD_SECONDS:
            Staging(f"{system}/{name}/{folder.name}").clear()
        if seconds > keep_days * 86_400:
            shutil.rmtree(folder, ignore_errors=True)
    return sum(not folder.exists() for folder in ages)


def _touched(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))


@contextmanager
def passing(system: str, name: str) -> Iterator["Staging"]:
    """Yield a folder for something that reads what a run reads and is none, gone afterwards; what a killed one of the
    same name has left goes with the next.
    """
    beside = staging_root() / system / name
    _make_private(beside)
    for left in beside.iterdir():
        if left.stat().st_mtime < time.time() - _ANSWER_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=beside, ignore_cleanup_errors=True) as folder:  # readable by this user only
        yield Staging(f"{system}/{name}/{Path(folder).name}")
