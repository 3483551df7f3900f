"""Where a run keeps its intermediate files: a folder all workers share, named relative to it in XComs.

The files hold personal data, so only the owner may read them, and a finished run's folder is emptied; what a dry run
found stays for a while, without personal data.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from include.sync.decision import CONTROL_COLUMNS, Decision

KEEP_DAYS: Final = 14
PREVIEW: Final = "preview.csv"
REMOVAL_HASH: Final = "removed"
"""Stands for the content of a record to be removed, so that a refused removal is remembered like any content."""
_ROWS_AT_ONCE: Final = 20_000
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def staging_root() -> Path:
    """Return the shared folder: SERVICEPORTAL_STAGING, or a folder in the Airflow home."""
    home = os.environ.get("AIRFLOW_HOME", str(Path.home() / "airflow"))
    return Path(os.environ.get("SERVICEPORTAL_STAGING", f"{home}/staging"))


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
        staging.folder.mkdir(parents=True, mode=0o700)
        return staging

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

    def read_table(self, name: str) -> pa.Table:
        """Return a table written before."""
        return pq.read_table(self.path(f"{name}.parquet"))

    def read_part(self, name: str, part: int) -> list[dict[str, Any]]:
        """Return one row group of a table as rows."""
        rows: list[dict[str, Any]] = pq.ParquetFile(self.path(f"{name}.parquet")).read_row_group(part).to_pylist()
        return rows

    def clear(self) -> None:
        """Remove everything with personal data; the preview of a dry run stays."""
        for path in self.folder.iterdir():
            if path.name != PREVIEW:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()


def clear_others(mine: Staging, keep_days: int = KEEP_DAYS) -> None:
    """Clear what dead runs of the same group left behind, and previews older than `keep_days`; needs the lease."""
    for folder in mine.folder.parent.iterdir():
        if folder != mine.folder:
            Staging(str(Path(mine.reference).parent / folder.name)).clear()
        if folder.exists() and folder.stat().st_mtime < time.time() - keep_days * 86_400:
            shutil.rmtree(folder)


def with_content(decided: pd.DataFrame, version: int) -> pa.Table:
    """Turn a decision frame into the table `plan` compares: the control columns, `content` and `hash`.

    content is the payload as JSON text for records to be sent, else null; hash is a digest of it and of the payload
    model's version, REMOVAL_HASH for a record to be removed, else null. The hash is not keyed: it lies beside the views
    it is made from, and whoever reads one can read the other.
    """
    fields = [name for name in decided.columns if name not in CONTROL_COLUMNS]
    contents: list[str | None] = []
    hashes: list[str | None] = []
    salt = version.to_bytes(4, "big")
    for decision, row in _rows(decided, fields):
        content = (
            _encode(dict(zip(fields, row, strict=True))) if decision in (Decision.SEND, Decision.RESTRICT) else None
        )
        contents.append(content)
        if content is None:
            hashes.append(REMOVAL_HASH if decision == Decision.REMOVE else None)
        else:
            hashes.append(blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16, salt=salt).hexdigest())
    table = pa.Table.from_pandas(decided[list(CONTROL_COLUMNS)], preserve_index=False)
    return table.append_column("content", pa.array(contents, pa.string())).append_column(
        "hash", pa.array(hashes, pa.string())
    )


def _rows(decided: pd.DataFrame, fields: list[str]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield (decision, payload values) with None for missing values, a slice at a time to bound memory."""
    for start in range(0, len(decided), _ROWS_AT_ONCE):
        part = decided.iloc[start : start + _ROWS_AT_ONCE]
        columns = [_plain(part[name]) for name in fields]
        yield from zip(part["decision"].tolist(), zip(*columns, strict=True), strict=True)


def _plain(column: "pd.Series[Any]") -> list[object]:
    values = column.astype(object)
    return values.where(values.notna(), None).tolist()
