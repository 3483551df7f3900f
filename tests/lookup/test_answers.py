"""How long an answer takes: what begins a wait, what ends it, and which ones count."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from demo.ixhaus import REPORT_CASES
from include.ixhaus.database import read_snapshot
from include.lookup.answers import AnswerTime, Word, answer_time, read_answer_time
from include.vocabulary.clock import BERLIN, to_utc_column, utc_now
from tests.lookup.conftest import SYSTEM, Erp

BEGIN = datetime(2026, 11, 2, 8, tzinfo=UTC)
LONG_AGO = BEGIN - timedelta(days=400)
OURS, THEIRS = True, False


def said(*words: tuple[float, bool], report: str = "SP-1") -> list[Word]:
    """Hours after BEGIN, and by whom."""
    return [Word(report, BEGIN + timedelta(hours=hours), is_ours) for hours, is_ours in words]


def hours(*words: tuple[float, bool], since: datetime = LONG_AGO) -> list[float]:
    """Median and nine in ten of the waits in one report, in hours."""
    found = answer_time(said(*words), since)
    return [found.median / timedelta(hours=1), found.most / timedelta(hours=1), found.count] if found else []


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ([(0, THEIRS), (3, OURS)], [3, 3, 1]),
        ([(3, OURS), (0, THEIRS)], [3, 3, 1]),  # whatever order they come in
        ([(0, THEIRS), (2, THEIRS), (3, OURS)], [3, 3, 1]),  # asked twice, waited once
        ([(0, THEIRS), (3, OURS), (4, OURS)], [3, 3, 1]),  # the first answer ends it
        ([(0, THEIRS), (3, OURS), (5, THEIRS), (6, OURS)], [2, 3, 2]),
        ([(0, OURS)], []),  # nobody has asked
        ([(0, THEIRS)], []),  # nobody has answered
        ([(0, OURS), (1, THEIRS)], []),
        ([(0, THEIRS), (0, OURS)], [0, 0, 1]),
        ([], []),
    ],
)
def test_a_wait_lasts_from_the_first_word_without_answer_to_our_next(
    words: list[tuple[float, bool]], wait: list[float]
) -> None:
    assert hours(*words) == wait


def test_an_answer_counts_by_when_it_was_given() -> None:
    words = [(0, THEIRS), (3, OURS)]
    assert hours(*words, since=BEGIN + timedelta(hours=3)) == [3, 3, 1]
    assert hours(*words, since=BEGIN + timedelta(hours=3, seconds=1)) == []


def test_an_answer_to_one_report_ends_no_wait_in_another() -> None:
    assert answer_time([*said((0, THEIRS)), *said((1, OURS), report="SP-2")], LONG_AGO) is None


def test_nine_in_ten_answers_came_within_the_time_named() -> None:
    words = [word for n in range(1, 11) for word in said((0, THEIRS), (n, OURS), report=f"SP-{n}")]
    found = answer_time(words, LONG_AGO)
    assert found == AnswerTime(timedelta(hours=5.5), timedelta(hours=9), 10)


NOW = utc_now().replace(microsecond=0)
REPORT = REPORT_CASES["R35"]


def local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}"


def add_note(erp: Erp, key: str, at: datetime, origin: str | None, public: str = "J", report: str = REPORT) -> None:
    erp.sql(
        "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, ANGELEGT_AM, HERKUNFT) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        key, report, f"Text {key}", public, local(at), origin,
    )  # fmt: skip


def cross(erp: Erp, external_id: str, at: datetime, action: str = "create", state: str = "present") -> None:
    """What the ledger keeps of a note that the portal has taken."""
    erp.sql(
        "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, ZUSTAND, AKTION, ERGEBNIS, GESENDET_AM, BESTAETIGT_AM) "
        "VALUES ('production', 'comment', ?, ?, ?, 'OK', ?, ?)",
        external_id, state, action, *[f"{to_utc_column(at):%Y-%m-%d %H:%M:%S.%f}"] * 2,
    )  # fmt: skip


def read(engine: Engine) -> AnswerTime | None:
    with read_snapshot(engine) as connection:
        return read_answer_time(connection, SYSTEM, NOW)


@pytest.mark.rule("R1", "R44")
def test_an_answer_has_been_given_when_it_is_in_the_portal(engine: Engine, erp: Erp) -> None:
    assert read(engine) is None  # notes there are, but nobody has asked anything
    add_note(erp, "SP-7", NOW - timedelta(hours=10), "PORTAL")
    add_note(erp, "N-7", NOW - timedelta(hours=9), None, public="N")
    add_note(erp, "N-8", NOW - timedelta(hours=8), None)
    assert read(engine) is None  # one is internal, the other has not arrived
    cross(erp, "N-8", NOW - timedelta(hours=7))
    assert read(engine) == AnswerTime(timedelta(hours=3), timedelta(hours=3), 1)
    erp.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'removed' WHERE SCHLUESSEL = 'N-8'")
    assert read(engine) is None


@pytest.mark.rule("E43")
def test_a_note_under_an_id_with_additions_is_an_answer_too(engine: Engine, erp: Erp) -> None:
    add_note(erp, "SP-7", NOW - timedelta(hours=10), "PORTAL")
    add_note(erp, "N-8", NOW - timedelta(hours=8), None)
    cross(erp, "N-8~P", NOW - timedelta(hours=6))
    assert read(engine) == AnswerTime(timedelta(hours=4), timedelta(hours=4), 1)


def test_of_an_answer_that_was_changed_later_it_counts_when_it_was_written(engine: Engine, erp: Erp) -> None:
    add_note(erp, "SP-7", NOW - timedelta(hours=10), "PORTAL")
    add_note(erp, "N-8", NOW - timedelta(hours=8), None)
    cross(erp, "N-8", NOW - timedelta(hours=1), action="update")
    assert read(engine) == AnswerTime(timedelta(hours=2), timedelta(hours=2), 1)


def test_answers_of_earlier_months_are_left_out(engine: Engine, erp: Erp) -> None:
    add_note(erp, "SP-7", NOW - timedelta(days=40), "PORTAL")
    add_note(erp, "N-8", NOW - timedelta(days=32), None)
    cross(erp, "N-8", NOW - timedelta(days=31))
    assert read(engine) is None


@pytest.mark.rule("R43")
def test_the_note_on_an_order_is_an_answer(engine: Engine, erp: Erp) -> None:
    erp.sql(
        "UPDATE SP_MELDUNG SET HERKUNFT = 'PORTAL', GEMELDET_AM = ? WHERE MELDUNG_NR = ?",
        local(NOW - timedelta(days=2)), REPORT_CASES["R43"],
    )  # fmt: skip
    moment = f"{to_utc_column(NOW - timedelta(days=1)):%Y-%m-%d %H:%M:%S.%f}"
    erp.sql("UPDATE SP_ABGLEICH SET BESTAETIGT_AM = ? WHERE SCHLUESSEL = 'AUFTRAG-A-R43'", moment)
    assert read(engine) == AnswerTime(timedelta(days=1), timedelta(days=1), 1)
