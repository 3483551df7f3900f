"""The table that the peers send from: persons(id, body, updated_at), in SQLite and, for drt's diff, in PostgreSQL."""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

POSTGRES = os.environ.get("SMOKE_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - as databases without zones give it
DAY = 86_400
STREET = "Neue Straße 1"
TABLE = "CREATE TABLE persons (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at TEXT NOT NULL)"
SENT_FROM = (("SP_PERSON", "PERSON_SCHLUESSEL"), ("SP_PERSON", "PARTNER_NR"), ("SP_PARTNER", "PARTNER_NR"))
"""Where iX-Haus has the key of a contact: it is a partner's number, or a person's key."""
LISTED = "(SELECT value FROM json_each(?))"
Rows = list[tuple[str, str, str]]


def write_source(path: Path, bodies: Sequence[tuple[str, str]]) -> None:
    """Write the table; its stamps fill one day however many rows there are, so that a mark of few fits many."""
    steps = max(len(bodies) - 1, 1)
    rows = [(key, body, stamp(DAY * place / steps)) for place, (key, body) in enumerate(bodies)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(TABLE)
        connection.executemany("INSERT INTO persons VALUES (?, ?, ?)", rows)


def stamp(seconds: float) -> str:
    return (MADE + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def read_source(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT id, body, updated_at FROM persons ORDER BY id").fetchall()


def change(home: Path, postgres: str | None, keys: Sequence[str]) -> None:
    """Let some persons move: in iX-Haus, and in the peers' table with a new stamp."""
    listed = json.dumps(keys)
    with closing(sqlite3.connect(home / "erp.db")) as connection, connection:
        for table, key in SENT_FROM:
            connection.execute(f"UPDATE {table} SET STRASSE = ? WHERE {key} IN {LISTED}", [STREET, listed])
    with closing(sqlite3.connect(home / "persons.db")) as connection, connection:
        rows = connection.execute(f"SELECT body, id FROM persons WHERE id IN {LISTED}", [listed]).fetchall()
        new = [(json.dumps(json.loads(body) | {"street": STREET}), stamp(2 * DAY), key) for body, key in rows]
        connection.executemany("UPDATE persons SET body = ?, updated_at = ? WHERE id = ?", new)
    if postgres:
        with psycopg.connect(f"{POSTGRES}/{postgres}") as other, other.cursor() as cursor:
            cursor.executemany("UPDATE persons SET body = %s, updated_at = %s WHERE id = %s", new)


def why_no_postgres() -> str:
    """Return why drt's diff has to be left out, "" if PostgreSQL answers."""
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        where = urlsplit(POSTGRES).netloc.rpartition("@")[2]
        return f"PostgreSQL does not answer at {where} (SMOKE_POSTGRES): drt's diff is left out"
    return ""


@contextmanager
def database(rows: Rows) -> Iterator[str]:
    """Make a database with the table in it and drop it at the end; yields its name."""
    name = f"serviceportal_bench_{secrets.token_hex(4)}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            fill(name, rows)
            yield name
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def fill(name: str, rows: Rows, snapshot: str | None = None) -> None:
    """Put other rows into the table; snapshot: of which drt's diff shall think that it has sent them."""
    with psycopg.connect(f"{POSTGRES}/{name}") as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS persons")
        cursor.execute(TABLE)
        with cursor.copy("COPY persons FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if snapshot:
            cursor.execute(SQL("TRUNCATE _drt.{}").format(Identifier(snapshot)))
            cursor.execute(SQL("INSERT INTO _drt.{} SELECT * FROM persons").format(Identifier(snapshot)))
