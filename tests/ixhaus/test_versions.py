"""How a database's own tables get to the newest version, and what a run says of another one."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from include.ixhaus import versions
from include.ixhaus.__main__ import main
from include.ixhaus.check import ContractError
from include.ixhaus.contract import OWN_TABLES
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.ixhaus.versions import NEWEST, VERSIONS, check_version, upgrade, upgrade_script

ADDED = {"2": ["SP_EMAIL"], "3": ["SP_HINWEIS"], "4": ["SP_FREIGABE", "SP_FREIGABE_SATZ"]}
"""Version → the tables it brought."""
NEW_COLUMNS = {
    "4": [
        ("SP_ABGLEICH", "PORTAL_ID"),
        ("SP_ABGLEICH", "NAECHSTE_ID"),
        ("SP_EINGANG", "GRUND"),
        ("SP_EINGANG", "VERSUCHT_AM"),
    ]
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    create_sqlite_schema(engine)
    yield engine
    engine.dispose()


def go_back(engine: Engine, version: str) -> None:
    """Make the database one of an earlier version."""
    with engine.begin() as connection:
        for name, tables in ADDED.items():
            for table in tables if name > version else ():
                connection.execute(text(f"DROP TABLE {table}"))
        for name, columns in NEW_COLUMNS.items():
            for table, column in columns if name > version else ():
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        if version == VERSIONS[0]:
            connection.execute(text("DROP TABLE SP_VERSION"))
        else:
            connection.execute(text("UPDATE SP_VERSION SET VERSION_NUM = :version"), {"version": version})


def shape(engine: Engine) -> dict[str, Any]:
    """Columns and keys of the own tables."""
    seen = inspect(engine)
    return {
        name: (
            [(one["name"].upper(), str(one["type"]), one["nullable"]) for one in seen.get_columns(name)],
            [column.upper() for column in seen.get_pk_constraint(name)["constrained_columns"]],
        )
        for name in OWN_TABLES
    }


def test_the_versions_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(versions.__file__).parent / "migrations"))
    found = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == VERSIONS


def test_a_new_database_is_of_the_newest_version(engine: Engine) -> None:
    check_version(engine)
    before = shape(engine)
    upgrade(engine)
    assert shape(engine) == before


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_older_database_becomes_what_a_new_one_is(engine: Engine, version: str) -> None:
    new = shape(engine)
    go_back(engine, version)
    with pytest.raises(ContractError, match=f"of version {version}, .* needs {NEWEST}; a DBA .*FROM={version}"):
        check_version(engine)
    upgrade(engine)
    check_version(engine)
    assert shape(engine) == new


def test_a_newer_database_is_for_a_newer_release(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE SP_VERSION SET VERSION_NUM = '99'"))
    with pytest.raises(ContractError, match="of version 99, newer than this installation, which knows"):
        check_version(engine)


def test_what_was_remembered_of_emails_moves_into_a_table_of_its_own(engine: Engine) -> None:
    go_back(engine, "1")
    states = {"a": "new", "b": "pending", "c": "present", "d": "removed"}
    with engine.begin() as connection:
        for event, state in states.items():
            connection.execute(
                text(
                    "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, GRUPPE, ZUSTAND, GRUND, IDENTITAET, LAUF,"
                    " GESENDET_AM, BESTAETIGT_AM) VALUES ('production', 'email', :event, 'reports', :state, 'EMAILED',"
                    " 'N-1', 'run', '2026-11-01 10:00:00.123456', '2026-11-01 10:00:01.000000')"
                ),
                {"event": event, "state": state},
            )
        connection.execute(
            text("INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL) VALUES ('production', 'ticket', 'M-1')")
        )
    upgrade(engine)
    with engine.begin() as connection:
        moved = connection.execute(text("SELECT * FROM SP_EMAIL ORDER BY EREIGNIS")).all()
        left = connection.execute(text("SELECT ART FROM SP_ABGLEICH")).scalars().all()
    assert [row.ZUSTAND for row in moved] == ["waiting", "sending", "settled", "undone"]
    assert tuple(moved[0]) == (
        "production", "a", "N-1", "waiting", "EMAILED", "run", "2026-11-01 10:00:00.123456",
        "2026-11-01 10:00:01.000000",
    )  # fmt: skip
    assert left == ["ticket"]


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_a_dba_gets_a_script_that_makes_the_tables_as_the_contract_has_them(
    version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ddl"]) == 0
    whole = capsys.readouterr().out
    assert main(["ddl", "--since", version]) == 0
    script = capsys.readouterr().out
    for name in (table for later, tables in ADDED.items() if later > version for table in tables):
        assert columns_of(script, name) == columns_of(whole, name)
    assert f"version_num='{NEWEST}'" in script
    assert ("CREATE TABLE SP_VERSION" in script) == (version == VERSIONS[0])
    assert script.rstrip().endswith("COMMIT\n\n/")


def columns_of(script: str, table: str) -> list[str]:
    """The columns of a CREATE TABLE, without quotes and constraints."""
    (body,) = re.findall(rf'CREATE TABLE "?{table}"? \((.*?)\n\)', script, re.DOTALL)
    lines = [re.sub(r"\s+", " ", line.replace('"', "")).strip(" ,") for line in body.splitlines()]
    return [line for line in lines if line and not line.startswith("CONSTRAINT")]


def test_of_the_newest_version_there_is_nothing_to_print_and_of_an_unknown_one_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert upgrade_script(NEWEST) == ""
    assert main(["ddl", "--since", "0"]) == 2
    assert "FROM=0: there is no such version; write one of 1, 2" in capsys.readouterr().err
