"""What is asked of Oracle's dictionary, answered here; that Oracle takes the questions, test_oracle shows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Executable

from include.doctor import Finding, Patient, Severity, Who, database
from include.ixhaus.contract import OWN_TABLES, VIEWS
from include.settings import SystemSettings

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
WITHOUT_ONE: list[tuple[object, ...]] = [(name,) for name in OWN_TABLES if name != "SP_EMAIL"]
SOUND: dict[str, list[tuple[object, ...]]] = {
    str(database.CHARSET): [("AL32UTF8",)],
    str(database.CLOCK): [("2027-03-01 13:00:20 +01:00",)],
    str(database.PRIVILEGES): [("CREATE SESSION",)],
    str(database.GRANTS): [("ALLE_OBJEKTE", "SELECT")],
    str(database.OWNED): [(name,) for name in OWN_TABLES],
    str(database.WRITABLE): [("YES", "YES"), ("NO", "NO")],
    str(database.TRIGGERS): [],
    str(database.INDEXED): [("GEAENDERT",)],
}


class Oracle(Patient):
    """An Oracle that answers what it is told to."""

    is_oracle = True

    def __init__(self, answers: Mapping[str, Sequence[Any]]) -> None:
        super().__init__(SystemSettings(system="production"), clock=lambda: NOW)
        self._answers = SOUND | dict(answers)

    def rows(self, query: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        return self._answers[str(query)]


def found(statement: object, rows: Sequence[tuple[object, ...]]) -> list[Finding]:
    patient = Oracle({str(statement): rows})
    return [one for check in database.CHECKS for one in check(patient)]


def test_a_sound_oracle_is_sound() -> None:
    assert found(database.CHARSET, [("AL32UTF8",)]) == []


@pytest.mark.parametrize(
    ("statement", "rows", "code", "who", "severity"),
    [
        (database.CHARSET, [("WE8MSWIN1252",)], "CHARSET", Who.DBA, Severity.WARNING),
        (database.CLOCK, [("2027-03-01 13:03:00 +01:00",)], "DATABASE_CLOCK", Who.DBA, Severity.WARNING),
        (database.CLOCK, [("2027-03-01 12:00:00 +00:00",)], "TIME_ZONE", Who.DBA, Severity.WARNING),
        (database.PRIVILEGES, [("CREATE SESSION",), ("DROP ANY TABLE",)], "RIGHTS_TOO_MANY", Who.DBA, Severity.WARNING),
        (database.GRANTS, [("MIETER", "DELETE")], "RIGHTS_TOO_MANY", Who.DBA, Severity.WARNING),
        (database.OWNED, WITHOUT_ONE, "RIGHTS_MISSING", Who.DBA, Severity.ERROR),
        (database.WRITABLE, [("NO", "NO")], "VIEW_NOT_WRITABLE", Who.CONSULTANT, Severity.ERROR),
        (database.INDEXED, [], "NO_INDEX", Who.DBA, Severity.WARNING),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_oracle_is_named(
    statement: object, rows: list[tuple[object, ...]], code: str, who: Who, severity: Severity
) -> None:
    named = found(statement, rows)
    assert {(one.code, one.who, one.severity) for one in named} == {(code, who, severity)}


def test_rights_by_grants_are_enough_where_the_tables_are_somebody_elses() -> None:
    granted = [("SP_EMAIL", right) for right in ("SELECT", "INSERT", "UPDATE", "DELETE")]
    patient = Oracle({str(database.OWNED): WITHOUT_ONE,
                      str(database.GRANTS): granted})  # fmt: skip
    assert list(database.own_rights(patient)) == []
    assert list(database.privileges(patient)) == []


def test_a_trigger_makes_a_view_writable() -> None:
    patient = Oracle({str(database.WRITABLE): [("NO", "NO")], str(database.TRIGGERS): [("SP_NOTIZ_NEU",)]})
    assert list(database.written(VIEWS["SP_NOTIZ"], patient)) == []


def test_summer_time_is_no_other_time_zone() -> None:
    patient = Oracle({str(database.CLOCK): [("2027-07-01 14:00:00 +02:00",)]})
    patient._clock = lambda: NOW + timedelta(days=122)
    assert list(database.clock(patient)) == []
