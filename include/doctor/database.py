"""The database around the views: its letters, its clock, the rights of the interface's user, indexes."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Table, text

from include.doctor.database_texts import SAYINGS
from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.doctor.shape import each
from include.ixhaus.contract import OWN_TABLES, VIEWS
from include.vocabulary.clock import BERLIN

MOST_SECONDS: Final = 60
"""Two clocks further apart than this are a finding."""
WATCHED: Final = ("SP_MELDUNG", "SP_NOTIZ", "SP_ANHANG", "SP_BEAUFTRAGUNG")
"""Views that are asked every few seconds what has changed."""
_NEEDED: Final = {"CREATE SESSION", "SET CONTAINER"}
_RIGHTS: Final = {"SELECT", "INSERT", "UPDATE", "DELETE"}
_RIGHTS_ON_VIEWS: Final = {"SELECT", "READ", "INSERT", "UPDATE", "EXECUTE"}
CHARSET: Final = text("SELECT value FROM nls_database_parameters WHERE parameter = 'NLS_CHARACTERSET'")
CLOCK: Final = text("SELECT TO_CHAR(SYSTIMESTAMP, 'YYYY-MM-DD HH24:MI:SS TZH:TZM') FROM dual")
PRIVILEGES: Final = text("SELECT privilege FROM session_privs")
GRANTS: Final = text("SELECT table_name, privilege FROM user_tab_privs WHERE grantee = USER")
OWNED: Final = text("SELECT table_name FROM user_tables")
WRITABLE: Final = text("SELECT updatable, insertable FROM user_updatable_columns WHERE table_name = :name")
TRIGGERS: Final = text(
    "SELECT trigger_name FROM user_triggers WHERE table_name = :name AND trigger_type = 'INSTEAD OF'"
)
INDEXED: Final = text("""\
SELECT i.column_name FROM user_dependencies d
JOIN all_ind_columns i ON i.table_owner = d.referenced_owner AND i.table_name = d.referenced_name
JOIN all_tab_columns c ON c.owner = i.table_owner AND c.table_name = i.table_name AND c.column_name = i.column_name
WHERE d.name = :name AND d.referenced_type = 'TABLE' AND i.column_position = 1
AND (c.data_type = 'DATE' OR c.data_type LIKE 'TIMESTAMP%')""")


def letters(patient: Patient) -> Iterator[Finding]:
    """Find a database that cannot keep every letter."""
    found = str(patient.value(CHARSET if patient.is_oracle else text("PRAGMA encoding")))
    if found not in ("AL32UTF8", "UTF8", "UTF-8"):
        yield said(SAYINGS, "CHARSET", patient.settings.ixhaus_connection, found=found)


def clock(patient: Patient) -> Iterator[Finding]:
    """Find a database whose clock or time zone is another: iX-Haus writes local time, as its server knows it."""
    if not patient.is_oracle:  # a file has no clock
        return
    where = patient.settings.ixhaus_connection
    there = datetime.strptime(str(patient.value(CLOCK)), "%Y-%m-%d %H:%M:%S %z")
    apart = abs((there - patient.now.astimezone(UTC)).total_seconds())
    if apart > MOST_SECONDS:
        yield said(SAYINGS, "DATABASE_CLOCK", where, seconds=round(apart))
    if there.utcoffset() != there.astimezone(BERLIN).utcoffset():
        yield said(SAYINGS, "TIME_ZONE", where, found=f"{there:%z}", wanted=f"{there.astimezone(BERLIN):%z}")


def privileges(patient: Patient) -> Iterator[Finding]:
    """Find rights of the interface's user beyond those it needs."""
    if not patient.is_oracle:
        return
    of_system = {str(row[0]) for row in patient.rows(PRIVILEGES)} - _NEEDED
    granted = {(str(name), str(privilege)) for name, privilege in patient.rows(GRANTS)}
    of_tables = {
        f"{what} ON {name}" for name, what in granted if what not in _RIGHTS_ON_VIEWS and name not in OWN_TABLES
    }
    if more := sorted(of_system | of_tables):
        yield said(SAYINGS, "RIGHTS_TOO_MANY", patient.settings.ixhaus_connection, rights=", ".join(more[:10]))


def own_rights(patient: Patient) -> Iterator[Finding]:
    """Find own tables that cannot be written."""
    if not patient.is_oracle:
        yield from _of_file(patient)
        return
    missing = sorted(set(OWN_TABLES) - {str(row[0]) for row in patient.rows(OWNED)} - patient.broken)
    if not missing:  # what one owns one may write
        return
    granted = {(str(name), str(privilege)) for name, privilege in patient.rows(GRANTS)}
    for name in missing:
        lacking = sorted(right for right in _RIGHTS if (name, right) not in granted)
        if lacking:
            yield said(SAYINGS, "RIGHTS_MISSING", name, rights=", ".join(lacking))


def written(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find a view of the reports into which nothing can be written, by itself or by a trigger."""
    if not patient.is_oracle or view.name in patient.broken:
        return
    columns = patient.rows(WRITABLE, {"name": view.name})
    is_writable = any("YES" in row for row in columns)
    if columns and not is_writable and not patient.rows(TRIGGERS, {"name": view.name}):
        yield said(SAYINGS, "VIEW_NOT_WRITABLE", view.name)


def indexed(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find a watched view that reads from tables without an index on any date."""
    if patient.is_oracle and view.name not in patient.broken and not patient.rows(INDEXED, {"name": view.name}):
        yield said(SAYINGS, "NO_INDEX", view.name)


def _of_file(patient: Patient) -> Iterator[Finding]:
    path = str(patient.rows(text("PRAGMA database_list"))[0][2])
    if path and not os.access(path, os.W_OK):
        yield said(SAYINGS, "READ_ONLY", patient.settings.ixhaus_connection)


CHECKS: Final[tuple[Check, ...]] = (
    letters,
    clock,
    privileges,
    own_rights,
    *each(written, {name: view for name, view in VIEWS.items() if view.info.get("written")}),
    *each(indexed, {name: VIEWS[name] for name in WATCHED}),
)
