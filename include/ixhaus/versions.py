"""Versions of the project's own tables: which a database has, how it gets to the newest, and who does that.

In production a DBA runs the script that `make contract FROM=<version>` prints; the embedded default upgrades itself.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from include.ixhaus.check import ContractError, cannot_be_read
from include.ixhaus.contract.own import SP_VERSION
from include.ixhaus.database import read_snapshot

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE: Final = SP_VERSION.name
VERSIONS: Final = ("1", "2", "3", "4")
"""All there were; one file of migrations/versions each. Said here too, as runs need not pay for importing Alembic."""
NEWEST: Final = VERSIONS[-1]
FIRST: Final = VERSIONS[0]
"""The version of a database from before versions were counted."""
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_UNCOUNTED: Final = """\
CREATE TABLE SP_VERSION (
    VERSION_NUM VARCHAR2(32 CHAR) NOT NULL,
    CONSTRAINT SP_VERSION_PK PRIMARY KEY (VERSION_NUM)
)

/

INSERT INTO SP_VERSION (VERSION_NUM) VALUES ('1')

/

"""


def version_of(connection: Connection) -> str:
    """Return the version of a database's own tables."""
    try:
        return str(connection.execute(select(SP_VERSION.c.version)).scalar() or FIRST)
    except DBAPIError as error:
        if cannot_be_read(error):
            return FIRST
        raise


def check_version(engine: Engine) -> None:
    """Raise ContractError, saying what to do, if a database's own tables are not of the version this project needs."""
    with read_snapshot(engine) as connection:
        found = version_of(connection)
    if found not in VERSIONS:
        raise ContractError(
            f"{VERSION_TABLE}: the interface's own tables are of version {found}, newer than this installation, which "
            f"knows {NEWEST}; an engineer must install the release that made them"
        )
    if found != NEWEST:
        raise ContractError(
            f"{VERSION_TABLE}: the interface's own tables are of version {found}, this installation needs {NEWEST}; a "
            f"DBA must run what `make contract FROM={found}` prints (the sample: `make sync` does it)"
        )


def upgrade(engine: Engine) -> None:
    """Bring a database's own tables to the newest version; does nothing if they are."""
    with read_snapshot(engine) as connection:
        found = version_of(connection)
    if found == NEWEST:
        return
    from alembic import command  # a second and a half, which only a database of an older version costs

    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        if found == FIRST:
            command.stamp(config, FIRST)
        command.upgrade(config, "head")


def upgrade_script(since: str) -> str:
    """Return the statements that bring an Oracle database of a version to the newest, for a DBA; "" if it is.

    Raises ContractError for a version that there never was.
    """
    if since not in VERSIONS:
        raise ContractError(f"FROM={since}: there is no such version; write one of {', '.join(VERSIONS)}")
    from alembic import command

    printed = StringIO()
    config = _config(printed)
    if since != NEWEST:
        command.upgrade(config, f"{since}:head", sql=True)
    script = printed.getvalue()
    return f"{_UNCOUNTED if since == FIRST else ''}{script}COMMIT\n\n/\n" if script else ""


def _config(printed: StringIO | None = None) -> Config:
    from alembic.config import Config

    config = Config(output_buffer=printed)
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
