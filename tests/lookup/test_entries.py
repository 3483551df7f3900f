"""What is read of one run's records: by reason, by pages, by a search, and all of them."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from include.ixhaus.contract.own import SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import engine_on
from include.lookup import entries as looked
from include.lookup.entries import PAGE, SHOWN, Wanted, all_of, entries, find, findings, reasons
from include.sync.protocol import Entry, RunKey, add_entries
from include.vocabulary.reasons import translate
from include.vocabulary.state import Level
from include.vocabulary.texts import Language

RUN = RunKey("production", "persons", "casavi_persons/manual__1#1")
MANY = 2 * PAGE + 1
of_run = (RUN.system, RUN.name)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    SP_PROTOKOLL.metadata.create_all(engine, [SP_PROTOKOLL_EINTRAG])
    return engine


@pytest.fixture
def add(engine: Engine) -> Callable[..., None]:
    def add(*found: Entry, run: RunKey = RUN) -> None:
        with engine.begin() as connection:
            add_entries(connection, run, found, datetime(2026, 11, 24, tzinfo=UTC))

    return add


def nameless(number: int) -> list[Entry]:
    return [Entry("contact", f"{place:04}", Level.INVALID, "NO_NAME") for place in range(number)]


@pytest.mark.rule("R51")
def test_records_are_told_by_reason_the_urgent_and_frequent_ones_first(
    engine: Engine, add: Callable[..., None]
) -> None:
    add(
        *nameless(MANY),
        Entry("contract", "V1", Level.INVALID, "NO_START"),
        Entry("contact", "P1", Level.WARNING, "MINOR"),
    )
    add(
        Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422),
        Entry("contact", "P2", Level.WITHHELD, "CHILDREN_IN_PORTAL"),
    )
    add(Entry("contact", "P9", Level.ERROR, "REFUSED"), run=RunKey("test", "persons", RUN.name))
    found = reasons(engine, *of_run)
    assert [(one.level, one.reason, one.count, one.named, len(one.first)) for one in found] == [
        ("error", "REFUSED", 1, 1, 1),
        ("invalid", "NO_NAME", MANY, MANY, SHOWN),
        ("invalid", "NO_START", 1, 1, 1),
        ("withheld", "CHILDREN_IN_PORTAL", 1, 1, 1),
        ("warning", "MINOR", 1, 1, 1),
    ]
    assert found[0].first == [Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422, found[0].first[0].text)]
    assert [one.external_id for one in found[1].first] == [f"{place:04}" for place in range(SHOWN)]


def test_what_a_reconciliation_counts_is_told_beside_what_it_names(engine: Engine, add: Callable[..., None]) -> None:
    add(*(Entry("contact", one, Level.FINDING, "DRIFTED") for one in ("(1200)", "P1", "P2")))
    add(Entry("contract", "(34)", Level.FINDING, "DRIFTED"), Entry("contact", "(5000)", Level.FINDING, "IN_STEP"))
    in_step, drifted = reasons(engine, *of_run)
    assert (in_step.count, in_step.named, in_step.first) == (5000, 0, [])
    assert (drifted.count, drifted.named, drifted.totals) == (1234, 2, [("contact", 1200), ("contract", 34)])
    assert [one.external_id for one in findings(engine, *of_run)] == ["(1200)", "(5000)", "(34)"]
    assert [one.external_id for one in find(engine, *of_run, Wanted(), 1).entries] == ["P1", "P2"]


def test_all_records_of_a_reason_are_read_by_pages(engine: Engine, add: Callable[..., None]) -> None:
    add(*nameless(MANY), Entry("contact", "0000", Level.WARNING, "MINOR"))
    pages = [find(engine, *of_run, Wanted("invalid", "NO_NAME"), number) for number in (1, 2, 3, 4)]
    assert [one.external_id for page in pages for one in page.entries] == [f"{place:04}" for place in range(MANY)]
    assert {(page.total, page.pages) for page in pages} == {(MANY, 3)}
    assert find(engine, *of_run, Wanted(), 1).total == MANY + 1


@pytest.mark.parametrize(
    ("text", "language", "ids"),
    [
        ("p1%", "de", ["P1%"]),
        ("p_", "de", []),
        ("ABGELEHNT", "de", ["P8"]),
        ("refused the record", "en", ["P8"]),
        ("refused the record", "de", []),
        ("änderung", "de", ["P7"]),
        ("end_before", "de", ["V_2"]),
        ("first name", "en", ["P1%"]),
    ],
)
def test_a_search_looks_into_id_reason_and_sentence(
    engine: Engine, add: Callable[..., None], text: str, language: Language, ids: list[str]
) -> None:
    add(
        Entry("contact", "P8", Level.ERROR, "REFUSED"),
        Entry("contact", "P1%", Level.INVALID, "INVALID_VALUE", text="Vorname: höchstens 100 Zeichen"),
        Entry("contact", "P7", Level.WARNING, "OTHER", text="Änderungen fehlen"),
        Entry("contract", "V_2", Level.INVALID, "END_BEFORE_START"),
    )
    found = find(engine, *of_run, Wanted(text=text), 1, partial(translate, language=language))
    assert ([one.external_id for one in found.entries], found.total) == (ids, len(ids))


def test_nothing_is_cut_from_what_a_file_holds(
    engine: Engine, add: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked, "AT_ONCE", 2)
    add(
        *nameless(3),
        Entry("contact", "0001", Level.WARNING, "MINOR"),
        Entry("contract", "0000", Level.ERROR, "REFUSED"),
    )
    found: list[Entry] = []
    while part := all_of(
        engine, *of_run, (found[-1].record_type, found[-1].external_id, found[-1].reason) if found else None
    ):
        found += part
    assert [(one.record_type, one.external_id, one.reason) for one in found] == [
        ("contact", "0000", "NO_NAME"),
        ("contact", "0001", "MINOR"),
        ("contact", "0001", "NO_NAME"),
        ("contact", "0002", "NO_NAME"),
        ("contract", "0000", "REFUSED"),
    ]


def test_the_first_records_of_some_levels_are_read(engine: Engine, add: Callable[..., None]) -> None:
    add(Entry("contact", "P2", Level.ERROR, "REFUSED"), Entry("contact", "P1", Level.INVALID, "NO_NAME"))
    add(Entry("contact", "P3", Level.ERROR, "TIMEOUT"))
    assert [one.external_id for one in entries(engine, *of_run, [Level.ERROR], 10)] == ["P2", "P3"]
    assert [one.external_id for one in entries(engine, *of_run, [Level.ERROR, Level.INVALID], 1)] == ["P1"]
