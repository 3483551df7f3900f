"""What contacts are to hear of by e-mail at reports: what has just happened, once, and nothing old."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from pandas import DataFrame

from include.rules.reports.events import concerned, emails_of, events, reopened
from include.settings import SystemSettings
from tests.rules.builders import (
    SETTINGS,
    TENANTS,
    TODAY,
    Records,
    Row,
    classified_of,
    contract,
    decide_reports,
    held,
    kind,
    note,
    partner,
    person,
    report,
    report_world,
    views_of,
)

KNOWN = ["record_type", "external_id", "state", "identity", "properties", "reason", "group", "acknowledged_at"]
SINCE = "2026-06-10 08:00"
WRITES = kind(notifies_unregistered=True)
OPENED, CLOSED, NOTED = "M1/opened/100.1.1", "M1/closed/100.1.1", "N1/note/100.1.1"


def ticket(state: str = "present", identity: str = "100.1.1", digest: str = "now") -> Row:
    return held("M1", state, identity, "ticket", hash=digest)


def told(event: str, state: str = "settled", about: str | None = None, at: str = SINCE) -> Row:
    return {"event": event, "state": state, "about": about, "at": pd.Timestamp(at)}


def found(
    *records: Records,
    ledger: tuple[Row, ...] = (ticket(),),
    created: tuple[str, ...] = (),
    known: tuple[Row, ...] = (),
    **settings: Any,
) -> tuple[dict[str, bool], list[str]]:
    """What there is (event → whether it is news), and what happened and was undone; `created`: "ticket M1"."""
    world = [WRITES, *records]
    before = DataFrame([*TENANTS, *ledger], columns=KNOWN).astype("str")
    system = SystemSettings(system="production", **{**SETTINGS, "post_author": "S1", **settings})
    reports = classified_of(views_of(*report_world(*world)), before, system, date.fromisoformat(TODAY))
    comments = decide_reports(*world, known=ledger, **settings).frames["comment"]
    tickets = DataFrame({"external_id": reports["external_id"], "hash": "now"}).astype("str")
    now = DataFrame(list(ledger), columns=[*KNOWN, "hash"]).astype("str")
    mine = concerned(reports, tickets, now)
    memory = DataFrame(list(known), columns=["event", "state", "about", "at"])
    memory = memory.astype({"event": "str", "state": "str", "about": "str", "at": "datetime64[us]"})
    new = DataFrame([one.split() for one in created], columns=["record_type", "external_id"]).astype("str")
    rows = events(mine, comments, new, memory, pd.Timestamp(SINCE))
    return dict(zip(rows["event"], rows["is_news"], strict=True)), reopened(mine, memory)


@pytest.mark.rule("R42")
def test_a_report_that_just_came_into_the_portal_is_news_and_an_old_one_is_only_remembered() -> None:
    assert found(report(), created=("ticket M1",))[0] == {OPENED: True}
    assert found(report())[0] == {OPENED: False}


@pytest.mark.rule("E54")
def test_what_a_property_began_with_is_no_news() -> None:
    first = ticket(identity="100.1.1 first")
    early = note(changed_at="2026-06-10 09:59")  # 07:59 UTC, before the first export was over
    late = note(changed_at="2026-06-10 10:01")
    known = (told(OPENED),)
    both = ("ticket M1", "comment N1")
    assert found(report(late), ledger=(first,), created=both)[0] == {OPENED: False, NOTED: False}
    assert found(report(early), ledger=(first,), created=both, known=known)[0] == {OPENED: False, NOTED: False}
    assert found(report(late), ledger=(first,), created=both, known=known)[0] == {OPENED: False, NOTED: True}


@pytest.mark.rule("R42")
@pytest.mark.parametrize("state", ["new", "pending", "removed"])
def test_what_the_portal_has_not_got_is_no_event(state: str) -> None:
    assert found(report(status="Abgeschlossen"), ledger=(ticket(state),))[0] == {}


@pytest.mark.rule("R42")
@pytest.mark.parametrize("status", ["Abgeschlossen", "Storniert"])
def test_an_end_is_news_once_the_portal_knows_it_to_those_for_whom_it_had_begun(status: str) -> None:
    ended, known = report(status=status), (told(OPENED),)
    assert found(ended, known=known)[0] == {OPENED: False, CLOSED: True}
    assert found(ended)[0] == {OPENED: False, CLOSED: False}
    assert found(ended, ledger=(ticket(digest="before"),), known=known)[0] == {OPENED: False}


@pytest.mark.rule("R42")
def test_an_end_that_waits_to_be_told_is_still_there_while_something_else_of_the_report_is_sent() -> None:
    closed, changed = report(status="Abgeschlossen"), ticket(digest="before")
    assert CLOSED not in found(closed, ledger=(changed,), known=(told(OPENED),))[0]
    assert CLOSED in found(closed, ledger=(changed,), known=(told(OPENED), told(CLOSED, "waiting")))[0]


@pytest.mark.rule("E40", "R42")
@pytest.mark.parametrize(("state", "is_undone"), [("settled", True), ("waiting", False), ("undone", False)])
def test_the_end_of_a_report_that_is_open_again_is_undone(state: str, is_undone: bool) -> None:
    assert found(report(), known=(told(OPENED), told(CLOSED, state)))[1] == ([CLOSED] if is_undone else [])


@pytest.mark.rule("R42", "R44", "R45")
def test_only_public_notes_that_just_came_into_the_portal_are_events() -> None:
    created, known = ("comment N1",), (told(OPENED),)
    assert found(report(note()), created=created, known=known)[0] == {OPENED: False, NOTED: True}
    assert found(report(note()), known=known)[0] == {OPENED: False}
    assert found(report(note(is_public=False)), created=created, known=known)[0] == {OPENED: False}


@pytest.mark.rule("R42", "R45")
def test_a_note_that_waits_to_be_told_is_still_there_unless_it_became_internal() -> None:
    waiting = (told(OPENED), told(NOTED, "waiting", about="N1"))
    assert NOTED in found(report(note()), known=waiting)[0]
    assert NOTED not in found(report(note(is_public=False)), known=waiting)[0]


@pytest.mark.rule("R42", "R41", "R40")
@pytest.mark.parametrize("flag", ["is_property_wide", "is_bulletin"])
def test_reports_for_everybody_tell_nobody_by_email(flag: str) -> None:
    assert found(kind("ALLE", notifies_unregistered=True, **{flag: True}), report(report_kind="ALLE"))[0] == {}


@pytest.mark.rule("R42")
def test_kinds_without_the_flag_have_no_events() -> None:
    assert found(kind("STILL"), report(report_kind="STILL"), created=("ticket M1",))[0] == {}


@pytest.mark.rule("R42", "O7", "E54")
@pytest.mark.parametrize(
    ("fields", "is_news"),
    [
        ({"changed_at": "2026-06-10 10:00"}, True),
        ({"changed_at": "2026-06-10 09:59"}, False),
        ({"changed_at": None}, False),
        ({"changed_at": "2026-06-10 10:00", "property_nr": "101"}, False),  # of which nothing went out before
    ],
)
def test_a_report_whose_reporter_is_not_in_the_portal_is_news_when_it_was_just_made(fields: Row, is_news: bool) -> None:
    stranger = person(key="100.3.1", last_name="Fremd")
    other = (held("M0", identity="100.1.1", record_type="ticket", hash="now"),)
    rows, _ = found(stranger, report(reporter_person="100.3.1", **fields), ledger=other)
    assert rows == {"M1/opened/100.3.1": is_news}


@pytest.mark.rule("R42", "R39", "R34")
@pytest.mark.parametrize("fields", [{"report_kind": "GESPERRT"}, {"property_nr": "500"}])
def test_what_must_not_go_to_the_portal_is_not_told_by_email_either(fields: Row) -> None:
    locked = kind("GESPERRT", is_locked=True, notifies_unregistered=True)
    rows, _ = found(locked, report(changed_at="2026-06-10 10:00", **fields), created=("ticket M1",))
    assert rows == {}


@pytest.mark.rule("R42")
def test_the_key_of_an_event_fits_the_ledger_and_stays_its_own() -> None:
    ledger = tuple(held(nr, "present", "100.1.1", "ticket", hash="now") for nr in ("M" * 95 + "1", "M" * 95 + "2"))
    rows, _ = found(*(report(nr=row["external_id"]) for row in ledger), ledger=ledger)
    assert len(rows) == 2
    assert {len(key) <= 100 for key in rows} == {True}


@pytest.mark.rule("R42", "R21", "E15", "E14")
@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"email": " kim@example.org (privat)"}, "kim@example.org"),
        ({"email": "anonymisiert"}, None),
        ({"email": "kim@example.org", "last_name": "anonymisiert"}, None),
        ({"email": "kim@example.org", "anonymised_at": "2026-01-01"}, None),
        ({"email": "kim@example.org", "is_minor": True}, None),
        ({"email": "x@@y"}, None),
        ({"email": None}, None),
        ({"email": "jo@example.org"}, "jo@example.org"),  # that of another contact as well
    ],
)
def test_emails_go_where_the_portal_would_be_told_to_send_them(fields: Row, address: str | None) -> None:
    world = views_of(
        person(contract(), partner=partner("P1", **fields)),
        person(key="100.2.1", partner=partner("P2", email="jo@example.org")),
    )
    rows = emails_of(world, DataFrame(columns=KNOWN).astype("str"))
    found = dict(zip(rows["external_id"], rows["email"], strict=True))
    assert (found["P1"] if pd.notna(found["P1"]) else None) == address
