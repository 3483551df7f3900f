"""What iX-Haus shows of the portal at a report, and how contacts hear of it."""

from datetime import date
from typing import Any

import pytest
from pandas import DataFrame

from include.rules.reports import channels, columns_to_clear, portal_field
from include.settings import SystemSettings
from include.vocabulary.reasons import explain
from tests.rules.builders import (
    SETTINGS,
    TENANTS,
    TODAY,
    Records,
    Row,
    classified_of,
    held,
    note,
    report,
    report_world,
    views_of,
)

LEDGER = ["record_type", "external_id", "state", "identity", "properties", "reason", "group", "acknowledged_at"]


# the field Serviceportal


def field_of(*records: Records, known: list[Row] | None = None, failed: Row | None = None, **settings: Any) -> Any:
    """Report number → status and reason in the field Serviceportal."""
    ledger = DataFrame([*TENANTS, *(known or [])], columns=LEDGER).astype("str")
    system = SystemSettings(system="production", **{**SETTINGS, "post_author": "S1", **settings})
    decided = classified_of(views_of(*report_world(*records)), ledger, system, date.fromisoformat(TODAY))
    failures = None if failed is None else DataFrame([failed]).astype("str")
    field = portal_field(decided, ledger, failures)
    return {row["report_nr"]: (row["portal_status"], row["portal_reason"]) for row in field.to_dict("records")}


@pytest.mark.rule("R50", "O8")
@pytest.mark.parametrize(
    ("state", "wanted", "unwanted"),
    [
        (None, "PENDING", ""),
        ("new", "PENDING", ""),
        ("pending", "PENDING", "PENDING"),
        ("present", "SENT", "PENDING"),
        ("removed", "PENDING", "WITHDRAWN"),
    ],
)
def test_the_field_says_how_a_report_stands_and_why(state: str | None, wanted: str, unwanted: str) -> None:
    known = [held(nr, state, "100.1.1", "ticket") for nr in ("M1", "M2") if state]
    found = field_of(report(), report(nr="M2", report_kind="GESPERRT"), known=known)
    assert found == {"M1": (wanted, "INDIVIDUAL"), "M2": (unwanted, "KIND_LOCKED")}


@pytest.mark.rule("R50", "O8")
def test_the_field_names_what_failed() -> None:
    failed = {"record_type": "ticket", "external_id": "M1", "reason": "REFUSED"}
    assert field_of(report(), report(nr="M2"), failed=failed) == {
        "M1": ("FAILED", "REFUSED"), "M2": ("PENDING", "INDIVIDUAL"),
    }  # fmt: skip
    assert field_of(report(report_kind="AUSHANG"), post_author=None) == {"M1": ("FAILED", "NO_POST_AUTHOR")}


@pytest.mark.rule("R50", "E46")
@pytest.mark.parametrize("state", [None, "present"])
def test_the_field_flags_what_came_from_the_portal_and_cannot_be_placed(state: str | None) -> None:
    lost = report(origin="PORTAL", reporter_person=None, property_nr=None)
    known = [held("M1", state, record_type="ticket")] if state else []
    assert field_of(lost, known=known) == {"M1": ("FAILED", "NO_PORTAL_CONTACT")}


@pytest.mark.rule("R50", "E43")
def test_the_field_follows_a_report_to_its_other_ticket_and_to_the_pinboard() -> None:
    known = [held("M1", "removed", "100.1.1", "ticket"), held("M1~P", "present", "~P100", "ticket")]
    assert field_of(report(report_kind="OBJEKT"), known=known) == {"M1": ("SENT", "PROPERTY_REPORT")}
    posted = [held("M1", "removed", "100.1.1", "ticket"), held("M1", record_type="post")]
    assert field_of(report(report_kind="AUSHANG"), known=posted) == {"M1": ("SENT", "BULLETIN")}


@pytest.mark.rule("O8", "R50")
@pytest.mark.parametrize(
    "code",
    [
        "PROPERTY_NOT_RELEASED", "KIND_NOT_RELEASED", "KIND_LOCKED", "TEAM_NOT_RELEASED", "NO_PORTAL_CONTACT",
        "CLOSED_BEFORE_FIRST_EXPORT", "TOO_OLD", "BULLETIN", "PROPERTY_REPORT", "INDIVIDUAL", "BULLETIN_ENDED",
    ],
)  # fmt: skip
def test_every_reason_has_words(code: str) -> None:
    assert explain(code) != code


# the portal columns

NOON, EARLIER, LATER = "2026-06-10 12:00", "2026-06-10 11:59", "2026-06-10 12:01"


def cleared(*parts: Records, **fields: Any) -> list[str]:
    views = views_of(
        report(*parts, **{"portal_changed_at": NOON, "changed_by": "011", "changed_at": EARLIER, **fields})
    )
    return columns_to_clear(views["reports"], views["notes"], "007").tolist()


@pytest.mark.rule("R49", "O10")
@pytest.mark.parametrize(
    ("fields", "is_cleared"),
    [
        ({"changed_at": LATER}, True),
        ({"changed_at": EARLIER}, False),
        ({"changed_at": NOON}, False),
        ({"changed_at": LATER, "changed_by": "007"}, False),
        ({"changed_at": LATER, "changed_by": None}, False),
        ({"changed_at": LATER, "portal_changed_at": None}, False),
        ({"changed_at": None}, False),
    ],
)
def test_staff_who_save_a_report_clear_its_portal_columns_and_the_interface_does_not(
    fields: Row, is_cleared: bool
) -> None:
    assert cleared(**fields) == (["M1"] if is_cleared else [])


@pytest.mark.rule("R49", "O10", "E49")
@pytest.mark.parametrize(
    ("fields", "is_cleared"),
    [
        ({"created_by": "011", "created_at": LATER}, True),
        ({"created_by": "011", "created_at": EARLIER}, False),
        ({"created_by": "011", "created_at": EARLIER, "changed_at": LATER}, True),
        ({"created_by": "011", "created_at": LATER, "is_public": False}, True),
        ({"created_by": "007", "created_at": LATER}, False),
        ({"created_by": "011", "created_at": LATER, "origin": "PORTAL"}, False),
        ({"created_by": None, "created_at": LATER}, False),
        ({"created_by": "011", "created_at": LATER, "report_nr": "M2"}, False),
    ],
)
def test_a_note_by_staff_clears_them_and_one_from_the_portal_does_not(fields: Row, is_cleared: bool) -> None:
    assert cleared(note(**fields)) == (["M1"] if is_cleared else [])


# channels


def told(**fields: Any) -> tuple[str, str]:
    event = {
        "contact_id": "P1", "event": "M1 closed", "is_registered": False, "email": "kim@example.org",
        "notifies_unregistered": True, "is_first_export": False, "was_told": False,
    }  # fmt: skip
    (row,) = channels(DataFrame([{**event, **fields}])).to_dict("records")
    return row["channel"], row["warning"]


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    ("is_registered", "email", "expected"),
    [
        (True, "kim@example.org", ("portal", "")),
        (True, None, ("portal", "")),
        (False, "kim@example.org", ("email", "")),
        (False, None, ("none", "NOBODY_NOTIFIED")),
        (False, " ", ("none", "NOBODY_NOTIFIED")),
    ],
)
def test_registered_contacts_hear_by_the_portal_others_by_mail(
    is_registered: bool, email: str | None, expected: tuple[str, str]
) -> None:
    assert told(is_registered=is_registered, email=email) == expected


@pytest.mark.rule("R42")
@pytest.mark.parametrize(("is_registered", "channel"), [(True, "portal"), (False, "none"), (None, "none")])
def test_kinds_without_the_flag_never_write_to_anybody(is_registered: bool | None, channel: str) -> None:
    assert told(notifies_unregistered=False, is_registered=is_registered) == (channel, "")


@pytest.mark.rule("E54")
@pytest.mark.parametrize("is_registered", [True, False])
def test_a_first_export_tells_nobody(is_registered: bool) -> None:
    assert told(is_first_export=True, is_registered=is_registered, email=None) == ("none", "")


@pytest.mark.rule("E53", "R42")
def test_who_registers_between_event_and_dispatch_hears_of_it_once() -> None:
    assert told(is_registered=True) == ("portal", "")  # the account counts that he has now
    assert told(is_registered=True, was_told=True) == ("none", "")
    event = {"contact_id": "P1", "event": "e", "email": "kim@example.org", "notifies_unregistered": True}
    both = DataFrame([{**event, "is_registered": flag, "is_first_export": False, "was_told": False} for flag in (1, 0)])
    assert channels(both)["channel"].tolist() == ["portal"]


@pytest.mark.rule("R42")
def test_each_contact_hears_of_each_event() -> None:
    events = DataFrame([{"contact_id": who, "event": what} for who in ("P1", "P2") for what in ("e1", "e2")])
    flags = {"is_registered": True, "email": None, "notifies_unregistered": True, "is_first_export": False}
    assert len(channels(events.assign(**flags, was_told=False))) == 4
