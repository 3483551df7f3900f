"""drt as its manual says: its own REST destination with a cursor; or, `diff`, PostgreSQL compared with the snapshot of
the run before, for which the destination is ours (drt's own sends one after the other and does not take part in it).

python -m bench.peers.drivers.with_drt [diff] run persons       the sync
python -m bench.peers.drivers.with_drt [diff] retry persons     what it keeps of refused records, once more
"""

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

COMMON: dict[str, Any] = {
    "batch_size": 1_000, "on_error": "skip", "rate_limit": {"requests_per_second": 0}, "dlq": {"enabled": True},
}  # fmt: skip


def project(*, diff: bool) -> None:
    """Write drt's files into the working folder, which is its home as well."""
    address = urlsplit(os.environ.get("POSTGRES", ""))
    own = {"type": "threads", "upsert_key": ["id"]}
    rest = {
        "type": "rest_api", "url": f"{os.environ['PORTAL']}/contacts", "method": "POST",
        "headers": {"token": "t", "Content-Type": "application/json"}, "body_template": "{{ row.body }}",
    }  # fmt: skip
    by_diff = {"mode": "upsert", "incremental_strategy": "diff", "diff": {"hash_columns": ["body"]}}
    by_mark = {"mode": "incremental", "cursor_field": "updated_at"}
    postgres = {
        "type": "postgres", "host": address.hostname, "port": address.port or 5432, "user": address.username,
        "password": address.password, "dbname": address.path[1:],
    }  # fmt: skip
    sqlite = {"type": "sqlite", "database": os.environ["SOURCE"]}
    sync = {
        "name": "persons", "model": "SELECT id, body, updated_at FROM persons",
        "destination": own if diff else rest, "sync": COMMON | (by_diff if diff else by_mark),
    }  # fmt: skip
    for folder in (".drt", "syncs"):
        Path(folder).mkdir(exist_ok=True)
    # JSON is YAML too
    Path("drt_project.yml").write_text(json.dumps({"name": "persons", "profile": "source"}), encoding="utf-8")
    Path(".drt/profiles.yml").write_text(json.dumps({"source": postgres if diff else sqlite}), encoding="utf-8")
    Path("syncs/persons.yml").write_text(json.dumps(sync), encoding="utf-8")


def plug_in() -> None:
    """Register the destination that drt's diff needs."""
    from drt.config.base import GenericDestinationConfig
    from drt.connectors.registry import register_destination
    from drt.destinations.base import SyncResult
    from drt.destinations.row_errors import RowError

    from bench.peers.drivers.sending import pool, send

    threads = pool()

    class ThreadsConfig(GenericDestinationConfig):
        upsert_key: list[str]

    class Threads:
        def load(self, records: list[dict[str, Any]], config: ThreadsConfig, sync_options: Any) -> SyncResult:
            result = SyncResult()
            statuses = threads.map(send, [record["body"] for record in records])
            for place, status in enumerate(statuses):
                if status == 422:
                    result.failed += 1
                    result.row_errors.append(RowError(place, str(records[place]["id"]), status, "refused"))
                else:
                    result.success += 1
            return result

    register_destination("threads", ThreadsConfig, Threads)


if __name__ == "__main__":
    by_diff = sys.argv[1] == "diff"
    asked, name = sys.argv[-2:]
    project(diff=by_diff)
    if by_diff:
        plug_in()
    from drt.cli.main import app

    app([asked, *(["--select"] if asked == "run" else []), name])
