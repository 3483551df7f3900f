"""What the page Meldungen asks, on a real Oracle; see tests/ixhaus/test_oracle.py for how one is named."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table, delete, event, insert, update
from sqlalchemy.exc import DBAPIError

from include.groups.reports.watch.ixhaus import recent
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import (
    SP_ANHANG,
    SP_BEAUFTRAGUNG,
    SP_MELDUNG,
    SP_MELDUNGSART,
    SP_NOTIZ,
    SP_TEAM,
)
from include.ixhaus.database import engine_on
from include.lookup.answers import AnswerTime
from include.lookup.conversation import conversation
from include.lookup.listing import NONE, Wanted, team_counts_query
from include.lookup.overview import Overview, one_report, overview
from include.settings import SystemSettings
from include.vocabulary.clock import BERLIN, to_utc_column
from tests.ixhaus.test_oracle import ON_ORACLE, Logons, schema

__all__ = ["schema"]
pytestmark = ON_ORACLE
NOW = datetime(2027, 11, 24, 9, tzinfo=UTC)
SYSTEM = "oracle-meldungen"
SETTINGS = SystemSettings(system="test", report_user="007").model_copy(update={"system": SYSTEM})
PROPERTY = "99999"
VIEWS = (SP_MELDUNG, SP_NOTIZ, SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNGSART, SP_TEAM)
HOUR = timedelta(hours=1)
NUMBERS = ("SP-ORA-1", "SP-ORA-2", "SP-ORA-3")


def local(moment: datetime) -> datetime:
    return moment.astimezone(BERLIN).replace(tzinfo=None)


@pytest.fixture(scope="module")
def engine(schema: None) -> Iterator[Engine]:
    """The schema with tables of the test's own in place of the views, which stay as they are."""
    engine = engine_on(Logons())
    event.listen(engine, "before_cursor_execute", _on_own_tables, retval=True)
    for view in VIEWS:
        with suppress(DBAPIError):  # left by a run that was killed
            view.drop(engine, checkfirst=False)
        view.create(engine, checkfirst=False)
    fill(engine)
    yield engine
    for view in VIEWS:
        view.drop(engine, checkfirst=False)
    empty(engine)
    engine.dispose()


def _on_own_tables(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> Any:
    for view in VIEWS:
        statement = statement.replace(f'"{view.name}"', f'"TEST_{view.name}"')
    return statement, parameters


def fill(engine: Engine) -> None:
    empty(engine)
    report: dict[str, Any] = {"property_nr": PROPERTY, "status": "Neu", "origin": "PORTAL"}
    note: dict[str, Any] = {"report_nr": NUMBERS[1], "is_public": "J", "author": "Nora Nordlicht"}
    held: dict[str, Any] = {"system": SYSTEM, "record_type": "comment", "state": "present", "outcome": "OK"}
    rows: list[tuple[Table, dict[str, Any]]] = [
        *((SP_MELDUNG, report | {"report_nr": number, "subject": f"Betreff {number}", "text": "Größe und DACH " * 600,
           "reported_at": local(NOW - 10 * n * HOUR), "team_nr": "T1" if n == 3 else None})
          for n, number in enumerate(NUMBERS, 1)),
        (SP_NOTIZ, note | {"note_id": "N-ORA-1", "text": "Kommt.", "created_at": local(NOW - 8 * HOUR)}),
        (SP_NOTIZ, note | {"note_id": "N-ORA-2", "text": "Intern", "is_public": "N", "created_at": local(NOW)}),
        (SP_NOTIZ, note | {"note_id": "SP-ORA-9", "report_nr": NUMBERS[2], "text": "Ziegel " * 900, "origin": "PORTAL",
                           "created_at": local(NOW - 3 * HOUR)}),
        (SP_ANHANG, {"file_id": "F-ORA-1", "note_id": "N-ORA-1", "file_name": "Plan.pdf", "is_public": "J"}),
        (SP_ABGLEICH, held | {"external_id": "N-ORA-1~P", "action": "create",
                              "acknowledged_at": to_utc_column(NOW - 7 * HOUR)}),
        (SP_EINGANG, {"system": SYSTEM, "record_type": "comment", "portal_id": "K-ORA", "erp_id": "N-ORA-0"}),
    ]  # fmt: skip
    with engine.begin() as connection:
        for table, row in rows:
            connection.execute(insert(table).values(row))


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in (SP_ABGLEICH, SP_EINGANG):
            connection.execute(delete(table).where(table.c.system == SYSTEM))


def look(engine: Engine, **wanted: Any) -> Overview:
    return overview(engine, SETTINGS, Wanted(PROPERTY, **wanted), NOW)


def numbers(engine: Engine, **wanted: Any) -> list[str]:
    return [one.number for one in look(engine, **wanted).reports]


def test_the_list_is_sorted_filtered_and_counted(engine: Engine) -> None:
    first, second, third = NUMBERS
    found = look(engine)
    assert [(one.number, one.waits_for) for one in found.reports] == [(third, "us"), (first, "us"), (second, "tenant")]
    assert found.reports[0].waits_since == local(NOW - 30 * HOUR)
    assert (found.total, found.waiting, found.counts) == (3, {"": 0, "us": 2, "tenant": 1}, {("", ""): 3})
    assert numbers(engine, waits_for="tenant") == [second]
    assert numbers(engine, team="T1") == [third]
    assert numbers(engine, team=NONE, status=NONE, older_than=-1) == [first, second]
    assert numbers(engine, older_than=1) == [third]
    one = one_report(engine, SETTINGS, second)
    assert one is not None
    assert one.waits_for == "tenant"


def test_teams_are_counted_by_whom_their_reports_wait_for(engine: Engine) -> None:
    lacking = {"system": SYSTEM, "record_type": "ticket", "portal_id": "T-ORA", "erp_id": NUMBERS[2], "reason": "ODD"}
    with engine.begin() as connection:
        connection.execute(insert(SP_EINGANG).values(lacking))
        query = team_counts_query(SYSTEM, ["Abgeschlossen"], ["T1"])
        assert sorted(connection.execute(query).all()) == [(NONE, 1, 1, 0), ("T1", 1, 0, 1)]
        connection.rollback()


def test_what_staff_have_changed_lately_is_seen_in_one_statement(engine: Engine) -> None:
    times = {SP_MELDUNG: local(NOW), SP_NOTIZ: local(NOW - HOUR), SP_ANHANG: local(NOW - 9 * HOUR)}
    with engine.begin() as connection:
        for view, moment in times.items():
            connection.execute(update(view).values(changed_at=moment))
        connection.execute(update(SP_MELDUNG).filter_by(report_nr=NUMBERS[1]).values(changed_by="007"))
        found = recent(connection, local(NOW - 2 * HOUR), "007")
        connection.rollback()
    reports = {("SP_MELDUNG", one, local(NOW), one) for one in (NUMBERS[0], NUMBERS[2])}
    notes = {("SP_NOTIZ", f"N-ORA-{one}", local(NOW - HOUR), NUMBERS[1]) for one in (1, 2)}  # the third is the tenant's
    assert found == reports | notes


def test_words_are_found_in_long_texts(engine: Engine) -> None:
    assert numbers(engine, text="größe dach") == [NUMBERS[2], NUMBERS[0], NUMBERS[1]]
    assert numbers(engine, text="ZIEGEL sp-ora") == [NUMBERS[2]]
    assert numbers(engine, text="100%") == []


def test_the_answer_time_is_read(engine: Engine) -> None:
    assert look(engine).answer_time == AnswerTime(13 * HOUR, 13 * HOUR, 1)


def test_the_conversation_is_read(engine: Engine) -> None:
    said = conversation(engine, SYSTEM, NUMBERS[1], with_texts=True)
    assert [(one.key, one.standing) for one in said] == [
        (NUMBERS[1], "both"), ("N-ORA-1", "both"), ("N-ORA-2", "internal"),
    ]  # fmt: skip
    assert said[1].crossed_at == NOW - 7 * HOUR
    assert [one.name for one in said[1].files] == ["Plan.pdf"]
