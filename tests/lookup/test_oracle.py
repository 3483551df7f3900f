"""What the page Heute asks, on a real Oracle; see tests/ixhaus/test_oracle.py for how one is named."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, insert

from include.ixhaus.contract.own import (
    SP_ABGLEICH,
    SP_EINGANG,
    SP_FREIGABE,
    SP_FREIGABE_SATZ,
    SP_HINWEIS,
    SP_PROTOKOLL,
    SP_PROTOKOLL_EINTRAG,
)
from include.ixhaus.database import engine_on
from include.lookup.today import corrections_for, today
from include.settings import SystemSettings
from include.sync import protocol
from include.sync.protocol import Counts, Entry, RunKey
from include.vocabulary.clock import to_utc_column
from include.vocabulary.state import Level, RunStatus
from tests.ixhaus.test_oracle import ON_ORACLE, Logons, schema
from tests.lookup.asking import ask, leaving

__all__ = ["schema"]
pytestmark = ON_ORACLE
BEGIN = datetime(2027, 11, 24, 9, tzinfo=UTC)
SYSTEM = "oracle-heute"
WRITTEN = (
    SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_FREIGABE, SP_FREIGABE_SATZ, SP_HINWEIS, SP_EINGANG, SP_ABGLEICH,
)  # fmt: skip


@pytest.fixture
def engine(schema: None) -> Iterator[Engine]:
    engine = engine_on(Logons())
    yield engine
    with engine.begin() as connection:
        for table in WRITTEN:
            connection.execute(delete(table).where(table.c.system == SYSTEM))
    engine.dispose()


def test_every_block_of_a_morning_is_read(engine: Engine) -> None:
    key = RunKey(SYSTEM, "persons", "casavi_persons_test/scheduled__heute#1")
    protocol.open_run(engine, key, BEGIN)
    protocol.add_once(engine, key, [Entry("contact", f"{n:02}", Level.INVALID, "NO_NAME") for n in range(12)], BEGIN)
    named = protocol.first_wrong(engine, key, ("contact", "unit"), 2)
    assert [(one.external_id, one.level) for one in named] == [("00", Level.INVALID), ("01", Level.INVALID)]
    protocol.close_run(engine, key, Counts(read=20), RunStatus.ERRORS, "2 Fehler", BEGIN)
    ask(engine, "heute", leaving("1.1"), leaving("1.2"), system=SYSTEM, asked_at=BEGIN)
    came = {"system": SYSTEM, "received_at": to_utc_column(BEGIN)}
    went = {"system": SYSTEM, "state": "present", "action": "create", "outcome": "OK", "sent_at": to_utc_column(BEGIN)}
    warned = {"system": SYSTEM, "group": "persons", "record_type": "contact", "external_id": "13", "reason": "NO_NAME"}
    with engine.begin() as connection:
        connection.execute(insert(SP_HINWEIS).values(warned))
        for kind, portal_id, erp_id, reason in (("ticket", "T1", None, "TICKET_ODD"), ("comment", "K1", "SP-1", None)):
            row = {**came, "record_type": kind, "portal_id": portal_id, "erp_id": erp_id, "reason": reason}
            connection.execute(insert(SP_EINGANG).values(row))
        for kind, external_id, parents in (("ticket", "M1", None), ("comment", "N1", "ticket M1")):
            connection.execute(
                insert(SP_ABGLEICH).values(**went, record_type=kind, external_id=external_id, parents=parents)
            )
    settings = SystemSettings(system="test", report_user="007").model_copy(update={"system": SYSTEM})
    seen = today(engine, settings, BEGIN + timedelta(hours=1))
    assert [(one.approval.approval, one.numbers[0].count) for one in seen.questions] == [("heute", 2)]
    assert [(one.reason, one.count, len(one.records)) for one in seen.corrections] == [("NO_NAME", 13, 10)]
    assert [(one.portal_id, one.reason, one.since) for one in seen.set_aside] == [("T1", "TICKET_ODD", BEGIN)]
    assert {one.group: one.good for one in seen.groups}["persons"] == BEGIN
    assert (seen.received.counts, seen.sent.counts) == ({"comment": 1}, {"ticket": 1, "comment": 1})
    assert [(one.record_type, one.action) for one in seen.sent.newest] == [("ticket", "create"), ("comment", "create")]
    listed = corrections_for(engine, SYSTEM, "NO_NAME", 1)
    assert [external_id for _, external_id in listed.records] == [f"{n:02}" for n in range(12)] + ["13"]
