"""Reads the persons with a newer stamp than the mark, and prints them as Singer's or Airbyte's messages, with the mark
after every 1,000; the tap of both targets, as neither's own libraries are needed to read a table.

    python -m bench.peers.drivers.tap singer|airbyte <mark>
"""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

Message = dict[str, Any]
FIELDS = ("id", "body", "updated_at")
EVERY = 1_000


def rows(mark: str) -> Iterator[dict[str, str]]:
    with closing(sqlite3.connect(os.environ["SOURCE"])) as connection:
        query = "SELECT id, body, updated_at FROM persons WHERE updated_at > ? ORDER BY updated_at"
        for row in connection.execute(query, [mark]):
            yield dict(zip(FIELDS, row, strict=True))


def singer(mark: str) -> Iterator[Message]:
    properties = {name: {"type": "string"} for name in FIELDS}
    yield {"type": "SCHEMA", "stream": "persons", "schema": {"properties": properties}, "key_properties": ["id"]}
    for place, row in enumerate(rows(mark), 1):
        yield {"type": "RECORD", "stream": "persons", "record": row}
        mark = row["updated_at"]
        if place % EVERY == 0:
            yield {"type": "STATE", "value": {"mark": mark}}
    yield {"type": "STATE", "value": {"mark": mark}}


def airbyte(mark: str) -> Iterator[Message]:
    now = int(datetime.now(UTC).timestamp() * 1000)
    for place, row in enumerate(rows(mark), 1):
        yield {"type": "RECORD", "record": {"stream": "persons", "data": row, "emitted_at": now}}
        mark = row["updated_at"]
        if place % EVERY == 0:
            yield _state(mark)
    yield _state(mark)


def _state(mark: str) -> Message:
    stream = {"stream_descriptor": {"name": "persons"}, "stream_state": {"mark": mark}}
    return {"type": "STATE", "state": {"type": "STREAM", "stream": stream}}


if __name__ == "__main__":
    dialect, mark = sys.argv[1:]
    for message in (singer if dialect == "singer" else airbyte)(mark):
        sys.stdout.write(json.dumps(message) + "\n")
