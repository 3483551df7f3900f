"""dlt's custom destination, tuned: an incremental cursor, 16 load workers, 40 files of which each is one's job."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

os.environ |= {
    "LOAD__WORKERS": "16",
    "DATA_WRITER__FILE_MAX_ITEMS": str(max(int(os.environ["ROWS"]) // 40, 1)),
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
}

import dlt

from bench.peers.drivers.sending import send

MARK = dlt.sources.incremental("updated_at", initial_value="")


@dlt.destination(name="portal", batch_size=100)
def portal(items: list[dict[str, Any]], table: Any) -> None:
    for item in items:
        send(item["body"])


@dlt.resource(name="persons", primary_key="id", write_disposition="append")
def persons(mark: Any = MARK) -> Iterator[list[dict[str, str]]]:
    query = "SELECT id, body, updated_at FROM persons WHERE updated_at >= ? ORDER BY updated_at"
    with closing(sqlite3.connect(os.environ["SOURCE"])) as connection:
        cursor = connection.execute(query, [mark.last_value or ""])
        while rows := cursor.fetchmany(1_000):
            yield [{"id": key, "body": body, "updated_at": stamp} for key, body, stamp in rows]


if __name__ == "__main__":
    dlt.pipeline("persons", pipelines_dir=os.getcwd(), destination=portal).run(persons())
