"""PostgreSQL and Redis, which must be there already: each smoke test has a database of its own in either.

As a command it says which of them does not answer, and ends with 1 then.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, LiteralString
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg.sql import SQL, Identifier

from rig.telling import SmokeError, say

POSTGRES: Final = os.environ.get("SMOKE_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
REDIS: Final = os.environ.get("SMOKE_REDIS", "redis://127.0.0.1:6379")


def unanswered() -> list[str]:
    missing = []
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        missing.append(
            f"PostgreSQL does not answer at {_host(POSTGRES)}. Start it (for example: pg_ctlcluster 15 main start, or "
            "docker run -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:17.6), or point SMOKE_POSTGRES to a "
            "server and a user that may create databases: postgresql://user:password@host:5432"
        )
    try:
        with closing(redis.Redis.from_url(REDIS, socket_timeout=3)) as client:
            client.ping()
    except redis.RedisError:
        missing.append(
            f"Redis does not answer at {_host(REDIS)}. Start it (for example: redis-server --save ''), or point "
            "SMOKE_REDIS to a server: redis://:password@host:6379"
        )
    return missing


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


@contextmanager
def database() -> Iterator[str]:
    """Make a database of our own and drop it at the end; yields its name."""
    name = f"serviceportal_smoke_{secrets.token_hex(4)}"
    _administer("CREATE DATABASE {}", name)
    try:
        yield name
    finally:
        _administer("DROP DATABASE {} WITH (FORCE)", name)


def _administer(statement: LiteralString, database: str) -> None:
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(database)))


@contextmanager
def redis_number() -> Iterator[int]:
    """Find an empty Redis database, the highest number first, and empty it again at the end; yields its number."""
    for number in range(15, -1, -1):
        with closing(redis.Redis.from_url(f"{REDIS}/{number}")) as client:
            if client.dbsize() == 0:
                try:
                    yield number
                finally:
                    client.flushdb()
                return
    raise SmokeError(f"every database of the Redis at {_host(REDIS)} is in use")


if __name__ == "__main__":
    missing = unanswered()
    say("\n".join(missing))
    sys.exit(1 if missing else 0)
