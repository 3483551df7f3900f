"""The contract as DDL: for Oracle a script that a consultant completes, for SQLite the embedded sample's schema."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Engine, Index, LargeBinary, MetaData, Table, Text, insert
from sqlalchemy.dialects import oracle

from include.ixhaus.contract import METADATA, OWN_TABLES, VIEWS
from include.ixhaus.contract.own import SP_VERSION
from include.ixhaus.versions import NEWEST

_ORACLE: Final = oracle.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
_HEAD: Final = """\
-- Schnittstellenvertrag des Serviceportals (Oracle ab 19c), erzeugt mit: make contract
-- Zeichensatz der Sitzung: NLS_LANG=.AL32UTF8. Ausführen als Benutzer der Schnittstelle, hier SERVICEPORTAL.
--
-- Der Benutzer bekommt nur, was er braucht (R55). Einmalig als DBA:
--   CREATE USER SERVICEPORTAL IDENTIFIED BY "...";
--   GRANT CREATE SESSION, CREATE TABLE, CREATE VIEW, CREATE TRIGGER TO SERVICEPORTAL;
--   ALTER USER SERVICEPORTAL QUOTA 2G ON USERS;
--   GRANT SELECT ON <jede iX-Haus-Tabelle, die eine Sicht unten liest> TO SERVICEPORTAL;
--   GRANT INSERT, UPDATE ON <Tabellen der Meldungen, Notizen und Anhänge> TO SERVICEPORTAL;
-- Die Rechte direkt vergeben: über eine Rolle vergebene gelten in Sichten und Triggern nicht.
-- Nach der Einrichtung:
--   REVOKE CREATE TABLE, CREATE VIEW, CREATE TRIGGER FROM SERVICEPORTAL;
"""
_OWN: Final = """\

-- ======== Eigene Tabellen der Schnittstelle: unverändert anlegen ========
"""
_VERSION: Final = f"""\
INSERT INTO SP_VERSION (VERSION_NUM) VALUES ('{NEWEST}');
COMMIT;
"""  # noqa: S608 - two constants
_VIEWS: Final = """\

-- ======== Sichten auf iX-Haus: Gerüste, die einmal ausgefüllt werden ========
-- In jeder Sicht die Zeilen nach SELECT durch die Spalten aus iX-Haus ersetzen und FROM und WHERE anpassen;
-- Namen und Reihenfolge der Spalten bleiben. Was iX-Haus nicht hat, bleibt NULL. Schlüssel aus CHAR-Spalten mit RTRIM:
-- Datensätze werden auch einzeln gesucht, ohne Leerzeichen am Ende.
-- ACHTUNG: Erneutes Ausführen überschreibt bereits ausgefüllte Sichten.
"""
_WRITTEN: Final = """\
-- In diese Sicht wird auch geschrieben (INSERT, UPDATE nach Schlüssel); wo das nicht geht: INSTEAD OF-Trigger anlegen.
"""


def oracle_ddl() -> str:
    """Return the script for Oracle: hints on rights, the own tables, a skeleton per view, comments on everything."""
    own = "\n".join([*(_own_table(table) for table in OWN_TABLES.values()), _VERSION])
    views = "\n".join(_view(table) for table in VIEWS.values())
    return f"{_HEAD}{_OWN}{own}{_VIEWS}{views}"


def create_sqlite_schema(engine: Engine) -> None:
    """Create the embedded database: own tables with their keys, and plain tables that stand for the views.

    A view promises nothing, so its stand-in takes missing and repeated keys too; its key columns are indexed.
    """
    stand_ins = MetaData()
    for table in VIEWS.values():
        _stand_in(table, stand_ins)
    stand_ins.create_all(engine)
    METADATA.create_all(engine, tables=list(OWN_TABLES.values()))
    with engine.begin() as connection:
        connection.execute(insert(SP_VERSION).values(version=NEWEST))


def _stand_in(table: Table, metadata: MetaData) -> None:
    columns = [Column[object](column.name, column.type) for column in table.columns]
    keys = [column.name for column in table.primary_key]
    Table(table.name, metadata, *columns, Index(f"{table.name}_SCHLUESSEL", *keys))


def _own_table(table: Table) -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    lines = [f"  {column.name} {_type(column)}{'' if column.nullable else ' NOT NULL'}," for column in table.columns]
    indexes = [
        f"CREATE INDEX {index.name} ON {table.name} ({', '.join(column.name for column in index.columns)});"
        for index in sorted(table.indexes, key=lambda index: str(index.name))
    ]
    primary_key = f"  CONSTRAINT {table.name}_PK PRIMARY KEY ({keys})"
    return "\n".join([f"CREATE TABLE {table.name} (", *lines, primary_key, ");", *indexes, *_comments(table), ""])


def _view(table: Table) -> str:
    columns = list(table.columns)
    names = ",\n".join(f"  {column.name}" for column in columns)
    commas = [","] * (len(columns) - 1) + [""]
    lines = [
        f"  {_nothing(column)} AS {column.name}{comma} -- {column.comment}"
        for column, comma in zip(columns, commas, strict=True)
    ]
    select = "\n".join(["SELECT", *lines, "FROM DUAL", "WHERE 1 = 0;"])
    head = f"-- {table.comment}\n{_WRITTEN if table.info.get('written') else ''}"
    create = f"CREATE OR REPLACE VIEW {table.name} (\n{names}\n) AS\n-- hier die Spalten aus iX-Haus einsetzen\n"
    return "\n".join([f"{head}{create}{select}", *_comments(table), ""])


def _nothing(column: Column[object]) -> str:
    if isinstance(column.type, LargeBinary | Text):  # Oracle casts nothing to a LOB
        return f"EMPTY_{_type(column)}()"
    return f"CAST(NULL AS {_type(column)})"


def _type(column: Column[object]) -> str:
    return _ORACLE.type_compiler_instance.process(column.type)


def _comments(table: Table) -> Iterator[str]:
    yield f"COMMENT ON TABLE {table.name} IS {_quoted(table.comment)};"
    for column in table.columns:
        yield f"COMMENT ON COLUMN {table.name}.{column.name} IS {_quoted(column.comment)};"


def _quoted(comment: str | None) -> str:
    return "'" + (comment or "").replace("'", "''") + "'"
