"""Which reports go to the portal, as what, and why not; what they look like there."""

from datetime import date
from typing import Any, Final, cast

import pytest
from pandas import DataFrame

from include.settings import SystemSettings
from include.vocabulary.reasons import REASONS
from tests.rules.builders import (
    SETTINGS,
    TENANTS,
    TODAY,
    Records,
    Row,
    came_in,
    classified_of,
    contract,
    decide_reports,
    file,
    held,
    kind,
    licence,
    note,
    order,
    owner,
    partner,
    person,
    prop,
    report,
    report_world,
    unit,
    views_of,
)
from tests.rules.mirror import Mirror

COLUMNS = ["record_type", "external_id", "state", "identity", "properties", "reason", "group", "acknowledged_at"]
CLOSED = ("Abgeschlossen", "Storniert")
OLD, NEW = "2024-12-31 23:59", "2025-01-01 00:00"


def ticket(nr: str = "M1", state: str = "present", **fields: Any) -> Row:
    return held(nr, state, **{"identity": "100.1.1", "record_type": "ticket", **fields})


def classified(*records: Records, known: tuple[Row, ...] = (), today: str = TODAY, **settings: Any) -> dict[str, Row]:
    """Decide with the public function; report number → its row."""
    ledger = DataFrame([*TENANTS, *known], columns=COLUMNS).astype("str")
    system = SystemSettings(system="production", **{**SETTINGS, "post_author": "S1", **settings})
    frame = classified_of(views_of(*report_world(*records)), ledger, system, date.fromisoformat(today))
    return {str(row["report_nr"]): cast("Row", row) for row in frame.to_dict("records")}


def why(*records: Records, **circumstances: Any) -> dict[str, str]:
    """Report number → reason."""
    return {nr: row["reason"] for nr, row in classified(*records, **circumstances).items()}


# the decision


@pytest.mark.rule("O7", "R34", "R37", "R39", "R40", "R41", "E44")
def test_the_first_reason_counts_and_every_report_has_one() -> None:
    worst: Row = {
        "property_nr": "900", "report_kind": "ALT", "team_nr": "T9", "reporter_person": None, "status": "Storniert",
        "reported_at": "2019-01-01",
    }  # fmt: skip
    mended = [
        {}, {"property_nr": "100"}, {"report_kind": "GESPERRT"}, {"report_kind": "REPARATUR"}, {"team_nr": "T1"},
        {"reporter_person": "100.1.1"}, {"status": "Neu"}, {"reported_at": NEW},
    ]  # fmt: skip
    steps = [{name: value for change in mended[: end + 1] for name, value in change.items()} for end in range(8)]
    reports = [report(nr=f"M{end}", **{**worst, **step}) for end, step in enumerate(steps)]
    others = [
        report(nr="M8", report_kind="OBJEKT"),
        report(nr="M9", report_kind="AUSHANG"),
        report(nr="M10", report_kind="WEG"),
    ]
    assert list(why(*reports, *others, user_teams=["T1"]).values()) == [
        "PROPERTY_NOT_RELEASED", "KIND_NOT_RELEASED", "KIND_LOCKED", "TEAM_NOT_RELEASED", "NO_PORTAL_CONTACT",
        "CLOSED_BEFORE_FIRST_EXPORT", "TOO_OLD", "INDIVIDUAL", "PROPERTY_REPORT", "BULLETIN", "KIND_NOT_RELEASED",
    ]  # fmt: skip


@pytest.mark.rule("O7", "R50")
def test_the_decision_says_as_what_a_report_goes_out() -> None:
    kinds = {"M1": "REPARATUR", "M2": "OBJEKT", "M3": "AUSHANG", "M4": "ALT"}
    found = classified(*(report(nr=nr, report_kind=name) for nr, name in kinds.items()))
    assert [row["as_what"] for row in found.values()] == ["individual", "property", "bulletin", ""]
    assert [(row["record_type"], row["external_id"]) for row in found.values()] == [
        ("ticket", "M1"), ("ticket", "M2"), ("post", "M3"), ("ticket", "M4"),
    ]  # fmt: skip
    assert all(row["reason"] in REASONS for row in found.values())


@pytest.mark.rule("R35", "O6", "O13", "E23")
@pytest.mark.parametrize(
    ("today", "first_day", "day_before"),
    [("2026-12-31", NEW, OLD), ("2027-01-01", "2026-01-01 00:00", "2025-12-31 23:59")],
)
def test_a_first_export_takes_open_reports_since_1_january_of_last_year(
    today: str, first_day: str, day_before: str
) -> None:
    statuses = ["Neu", "In Bearbeitung", "Wartet", None, *CLOSED]
    reports = [report(nr=f"{status}", status=status, reported_at=first_day) for status in statuses]
    found = why(*reports, report(nr="old", reported_at=day_before), report(nr="undated", reported_at=None), today=today)
    taken = [nr for nr, reason in found.items() if reason == "INDIVIDUAL"]
    assert taken == ["Neu", "In Bearbeitung", "Wartet", "None", "undated"]
    assert found["old"] == "TOO_OLD"
    assert {found[status] for status in CLOSED} == {"CLOSED_BEFORE_FIRST_EXPORT"}


@pytest.mark.rule("O13")
def test_the_day_of_the_report_counts_not_that_of_its_last_change() -> None:
    assert why(report(reported_at=OLD, changed_at="2026-06-01"))["M1"] == "TOO_OLD"
    assert why(report(reported_at=NEW, changed_at="2020-06-01"))["M1"] == "INDIVIDUAL"


@pytest.mark.rule("R14", "R36", "E41")
def test_full_history_takes_all_reports_and_wins_over_the_other_range() -> None:
    reports = [
        report(nr=f"{property_nr} {status} {at[:4]}", property_nr=property_nr, status=status, reported_at=at)
        for property_nr in ("100", "110")
        for status in ("Neu", "Abgeschlossen", "Storniert")
        for at in ("2011-05-05", NEW)
    ]
    found = why(*reports, prop("110"), properties_full_history="110")
    assert {reason for nr, reason in found.items() if nr.startswith("110")} == {"INDIVIDUAL"}
    assert [nr for nr, reason in found.items() if reason == "INDIVIDUAL" and nr.startswith("100")] == ["100 Neu 2025"]


@pytest.mark.rule("R35", "O14", "E41")
@pytest.mark.parametrize(
    ("state", "is_followed"),
    [("present", True), ("pending", True), ("restricted", True), ("new", False)],
)
def test_what_the_portal_knows_is_followed_to_its_end(state: str, is_followed: bool) -> None:
    old, closed = report(reported_at="2020-01-01"), report(nr="M2", status="Abgeschlossen")
    known = (ticket("M1", state), ticket("M2", state))
    assert (set(why(old, closed, known=known).values()) == {"INDIVIDUAL"}) is is_followed
    assert set(why(old, closed).values()) == {"TOO_OLD", "CLOSED_BEFORE_FIRST_EXPORT"}


@pytest.mark.rule("E11", "O14")
def test_an_open_report_comes_back_although_its_property_was_away_over_new_year() -> None:
    portal, old = Mirror(), report(reported_at="2025-11-01")
    for today, range_ in (("2026-12-01", "100"), ("2026-12-02", "900"), ("2027-01-02", "900"), ("2027-01-03", "100")):
        portal.run(old, at=f"{today} 12:00", today=today, properties=range_)
    assert portal.tickets() == ["M1"]
    removed = (ticket("M1", "removed"), ticket("M2", "removed"))
    found = why(old, report(nr="M2", status="Abgeschlossen"), known=removed, today="2027-01-03")
    assert found == {"M1": "INDIVIDUAL", "M2": "CLOSED_BEFORE_FIRST_EXPORT"}


@pytest.mark.rule("R35", "R14")
@pytest.mark.parametrize(
    ("cutoff", "reasons"),
    [("last_calendar_year", ["TOO_OLD", "CLOSED_BEFORE_FIRST_EXPORT"]),
     ("none", ["INDIVIDUAL", "CLOSED_BEFORE_FIRST_EXPORT"])],
)  # fmt: skip
def test_open_reports_have_a_cut_off_unless_the_settings_want_none(cutoff: str, reasons: list[str]) -> None:
    old = {"reported_at": "2011-05-05"}
    found = why(report(**old), report(nr="M2", status="Abgeschlossen", **old), open_reports_cutoff=cutoff)
    assert list(found.values()) == reasons


@pytest.mark.rule("O14")
def test_what_came_from_the_portal_is_known_to_it() -> None:
    old = report(came_in("ticket", "p1", "M1"), reported_at="2020-01-01", status="Abgeschlossen", origin="PORTAL")
    found = classified(old)["M1"]
    assert (found["reason"], found["external_id"]) == ("INDIVIDUAL", "p1")


@pytest.mark.rule("E40")
def test_closed_and_opened_again_it_is_the_same_ticket() -> None:
    portal, status = Mirror(), []
    for now in ("Neu", "Abgeschlossen", "Neu"):
        portal.run(report(status=now))
        status.append({nr: row["status"] for nr, row in portal.shown["ticket"].items()})
    assert status == [{"M1": "OPEN"}, {"M1": "CLOSED"}, {"M1": "OPEN"}]


@pytest.mark.rule("R37", "E39")
@pytest.mark.parametrize(
    ("chosen", "passing"),
    [([], ["T1", "T2", "T9", None]), (["T1"], ["T1", None]), (["Technik"], ["T2", None]), (["T7"], [None])],
)
def test_reports_of_chosen_teams_or_of_none(chosen: list[str], passing: list[str | None]) -> None:
    teams = Records({"teams": [{"team_nr": "T1", "name": "Verwaltung"}, {"team_nr": "T2", "name": "Technik"}]})
    reports = [report(nr=f"{team}", team_nr=team) for team in ("T1", "T2", "T9", None)]
    found = why(teams, *reports, user_teams=chosen)
    assert [nr for nr, reason in found.items() if reason == "INDIVIDUAL"] == [f"{team}" for team in passing]


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("licences", "reason"),
    [
        (licence("Komfortpaket"), "TEAM_NOT_RELEASED"),
        (licence("Komfortpaket", valid_until=TODAY), "TEAM_NOT_RELEASED"),
        (licence("Komfortpaket", valid_until="2020-01-01"), "INDIVIDUAL"),
        (licence("Komfortpaket", active=False), "INDIVIDUAL"),
        (licence("casavi"), "INDIVIDUAL"),
    ],
)
def test_without_the_comfort_package_there_is_no_choice_of_teams(licences: Records, reason: str) -> None:
    assert why(report(team_nr="T2"), licences, user_teams=["T1"]) == {"M1": reason}
    found = decide_reports(report(team_nr="T2"), licences, known=[ticket()], user_teams=["T1"]).row("ticket", "M1")
    assert found["reason"] == reason


@pytest.mark.rule("E38", "E39")
def test_a_team_no_longer_chosen_withdraws_its_reports_until_they_have_another_or_none() -> None:
    portal = Mirror()
    said = [portal.run(report(team_nr=team), user_teams=["T1"]) for team in ("T1", "T2", None)]
    assert said == [["create ticket_type OBJEKT", "create ticket_type REPARATUR", "create ticket M1"],
                    ["remove ticket M1"], ["create ticket M1"]]  # fmt: skip


@pytest.mark.rule("R39", "E43", "E44")
@pytest.mark.parametrize(
    ("change", "reason"), [({"is_locked": True}, "KIND_LOCKED"), ({"is_released": False}, "KIND_NOT_RELEASED")]
)
def test_a_kind_locked_later_withdraws_its_reports(change: Row, reason: str) -> None:
    found = decide_reports(report(), kind(**change), known=[ticket()]).row("ticket", "M1")
    assert (found["decision"], found["reason"], found["title"]) == ("remove", reason, None)


# reporters


@pytest.mark.rule("E45", "O7")
def test_an_individual_report_needs_a_reporter_who_is_a_portal_user() -> None:
    moved, prospect = person(key="100.3.1"), person(contract(nr="V4", unit_nr="4"), key="100.4.1")
    firm = owner(partner("P7", last_name="Rohr GmbH"))
    reports = [
        report(nr="tenant"),
        report(nr="moved out", reporter_person="100.3.1"),
        report(nr="prospect", reporter_person="100.4.1"),
        report(nr="employee", reporter_person=None, reporter_partner="007"),
        report(nr="contractor", reporter_person=None, reporter_partner="P7"),
        report(nr="nobody", reporter_person=None),
        report(nr="nobody, for all", reporter_person=None, report_kind="OBJEKT"),
    ]
    known = (held("100.3.1", "removed"), held("100.4.1", "restricted"))
    found = why(*reports, moved, prospect, firm, known=known)
    assert [nr for nr, reason in found.items() if reason != "NO_PORTAL_CONTACT"] == ["tenant", "nobody, for all"]
    assert why(*reports, moved, firm, known=(*known, held("P7")))["contractor"] == "INDIVIDUAL"


@pytest.mark.rule("E45", "R23")
def test_the_reporter_is_found_by_person_or_partner_under_the_id_the_portal_knows() -> None:
    sam = person(contract(nr="V7", unit_nr="7"), key="100.7.1", partner=partner("P7"))
    by_key = report(nr="M1", reporter_person="100.7.1")
    by_partner = report(nr="M2", reporter_person=None, reporter_partner="P7")
    for contact in ("P7", "100.7.1"):
        outcome = decide_reports(sam, by_key, by_partner, known=[held(contact)])
        assert [outcome.row("ticket", nr)["contactId"] for nr in ("M1", "M2")] == [contact, contact]


@pytest.mark.rule("E45")
def test_a_reporter_who_moves_out_takes_his_ticket_with_him_not_the_next_tenant() -> None:
    outcome = decide_reports(person(key="100.9.1"), report(reporter_person="100.9.1"), known=[ticket()])
    found = outcome.row("ticket", "M1")
    assert (found["decision"], found["reason"]) == ("remove", "NO_PORTAL_CONTACT")


@pytest.mark.rule("E45")
def test_of_a_reporter_with_two_units_the_report_says_which() -> None:
    two = person(contract(nr="V8", unit_nr="8"), contract(nr="V9", unit_nr="9"), key="100.8.1")
    reports = [report(nr=f"{unit_nr}", unit_nr=unit_nr, reporter_person="100.8.1") for unit_nr in ("8", "9", None, "X")]
    outcome = decide_reports(two, *reports, known=[held("100.8.1")])
    found = {nr: outcome.row("ticket", nr) for nr in ("8", "9", "None", "X")}
    assert [row["unitId"] for row in found.values()] == ["100/8", "100/9", None, None]
    assert [row["warnings"] for row in found.values()] == ["", "", "", "UNKNOWN_UNIT"]


# tickets


@pytest.mark.rule("R41", "R34")
def test_a_ticket_of_a_person_and_one_for_the_property() -> None:
    outcome = decide_reports(report(), report(nr="M2", report_kind="OBJEKT"))
    mine, for_all = (outcome.row("ticket", nr) for nr in ("M1", "M2"))
    fields = ("ticketTypeId", "title", "description", "status", "propertyId", "unitId", "contactId", "parents")
    assert [mine[name] for name in fields] == [
        "REPARATUR", "Heizung kalt", "Seit gestern ohne Funktion.", "OPEN", "100", "100/1", "100.1.1",
        "ticket_type REPARATUR\nproperty 100\ncontact 100.1.1\nunit 100/1",
    ]  # fmt: skip
    assert [for_all[name] for name in fields[3:]] == ["OPEN", "100", None, None, "ticket_type OBJEKT\nproperty 100"]
    assert "100.1.1" not in str({name: value for name, value in for_all.items() if name != "source"})


@pytest.mark.rule("R46", "O6")
def test_the_status_is_mapped_and_an_unknown_one_is_open_with_a_warning() -> None:
    statuses = ["Neu", "In Bearbeitung", "Abgeschlossen", "Storniert", "Wartet", None]
    reports = [report(nr=f"{status}", status=status) for status in statuses]
    outcome = decide_reports(*reports, known=[ticket(f"{status}") for status in statuses])
    found = [outcome.row("ticket", f"{status}") for status in statuses]
    assert [row["status"] for row in found] == ["OPEN", "IN_PROGRESS", "CLOSED", "CLOSED", "OPEN", "OPEN"]
    assert [row["warnings"] for row in found] == ["", "", "", "", "REPORT_STATUS_UNKNOWN", "REPORT_STATUS_UNKNOWN"]


@pytest.mark.rule("R46", "O6")
def test_the_mapping_is_a_setting() -> None:
    waiting, done = report(status="Wartet"), report(nr="M2", status="Erledigt")
    given = {"report_statuses": {"Wartet": "IN_PROGRESS"}, "closing_statuses": {"Erledigt": "COMPLETED"}}
    outcome = decide_reports(waiting, done, known=[ticket(), ticket("M2")], **given)
    assert [outcome.row("ticket", nr)["status"] for nr in ("M1", "M2")] == ["IN_PROGRESS", "CLOSED"]


@pytest.mark.rule("E50")
def test_texts_go_out_unchanged_but_for_what_no_portal_can_show() -> None:
    text = "Größe <b>fett</b> & 🙂\r\nzweite\x00 Zeile"
    outcome = decide_reports(report(text=text, subject="Tür\nklemmt " + "x" * 400), report(nr="M2", subject=None))
    found = outcome.row("ticket", "M1")
    assert found["description"] == "Größe <b>fett</b> & 🙂\nzweite Zeile"
    assert found["title"].startswith("Tür klemmt xxx")
    assert found["title"].endswith("x… [gekürzt]")
    assert len(found["title"]) == 255
    assert outcome.row("ticket", "M2")["title"] == "Reparatur"


@pytest.mark.rule("E50")
def test_a_text_over_the_limit_is_cut_with_a_mark_and_a_warning() -> None:
    found = decide_reports(report(text="x" * 40_000)).row("ticket", "M1")
    assert (len(found["description"]), found["warnings"]) == (32_000, "TEXT_CUT")
    assert found["description"].endswith("… [gekürzt]")


@pytest.mark.rule("R24")
def test_a_number_the_portal_gave_to_another_report_is_never_used_twice() -> None:
    arrived = report(came_in("ticket", "M2", "M1"), origin="PORTAL")
    assert decide_reports(arrived, report(nr="M2")).ids("ticket", "send") == ["M2", "M2~ERP"]


# first exports


@pytest.mark.rule("O25", "E54")
def test_a_first_export_is_one_of_a_property_not_of_the_system() -> None:
    reports = [report(), report(nr="M2"), report(nr="M3", property_nr="101")]
    found = classified(*reports, prop("101"), known=(ticket("M2"),))
    assert [row["is_first_export"] for row in found.values()] == [False, False, True]
    came = classified(*reports, came_in("ticket", "p9", "M9"), known=(ticket("p9", properties="100"),))
    assert [row["is_first_export"] for row in came.values()] == [True, True, True]  # a tenant's is no export


@pytest.mark.rule("E54")
def test_a_first_export_interrupted_at_half_goes_on_as_one_and_sends_nothing_twice() -> None:
    portal, world = Mirror(), [report(), report(nr="M2"), report(nr="A1", report_kind="AUSHANG")]
    portal.run(*world, breaks=lambda _, external_id: external_id in ("M2", "A1"))
    rest = portal.run(*world)
    assert rest == ["create ticket M2", "create post A1"]
    assert portal.shown["post"]["A1"]["notify"] is False
    portal.run(*world, report(nr="M4"), report(nr="A2", report_kind="AUSHANG"))
    assert portal.shown["post"]["A2"]["notify"] is True
    known = [{name: row[name] for name in COLUMNS} for row in portal.ledger.values()]
    broken = [{**row, "state": "new"} if row["external_id"] == "M2" else row for row in known]
    found = classified(report(nr="M2"), report(nr="M5"), known=tuple(broken))
    assert [row["is_first_export"] for row in found.values()] == [True, False]


# report kinds


@pytest.mark.rule("R4", "R39", "E44")
def test_released_kinds_are_ticket_types_and_others_are_taken_away() -> None:
    heating = kind("HEIZUNG", name="Heizung", category="Technik", description="Alles,\nwas warm macht")
    outcome = decide_reports(heating, kind("NAMENLOS", name=None))
    assert outcome.ids("ticket_type", "send") == ["HEIZUNG", "NAMENLOS", "OBJEKT", "REPARATUR"]
    found = outcome.row("ticket_type", "HEIZUNG")
    assert [found[name] for name in ("id", "name", "category", "description")] == [
        "HEIZUNG", "Heizung", "Technik", "Alles,\nwas warm macht",
    ]  # fmt: skip
    assert outcome.row("ticket_type", "NAMENLOS")["name"] == "NAMENLOS"
    reasons = {nr: outcome.row("ticket_type", nr)["reason"] for nr in outcome.ids("ticket_type", "remove")}
    assert reasons == {"ALT": "KIND_NOT_RELEASED", "AUSHANG": "KIND_IS_BULLETIN", "GESPERRT": "KIND_LOCKED"}


@pytest.mark.rule("R34", "R15")
def test_a_property_taken_out_withdraws_its_reports() -> None:
    outcome = decide_reports(report(property_nr="900"), unit("1", "900"), known=[ticket()])
    assert outcome.row("ticket", "M1")["reason"] == "PROPERTY_NOT_RELEASED"
    assert outcome.ids("ticket", "remove") == ["M1"]


@pytest.mark.rule("E46", "O8")
def test_a_ticket_from_the_portal_is_not_closed_because_its_reporter_is_unknown() -> None:
    unknown = report(origin="PORTAL", reporter_person=None)
    outcome = decide_reports(unknown, known=[held("M1", record_type="ticket")])
    found = outcome.row("ticket", "M1")
    assert (found["decision"], found["reason"]) == ("withhold", "NO_PORTAL_CONTACT")


FROM_PORTAL: Final[Row] = {"origin": "PORTAL"}
NOWHERE: Final[Row] = {**FROM_PORTAL, "reporter_person": None, "property_nr": None, "unit_nr": None}
LEFT_ALONE: Final[dict[str, tuple[Row, str]]] = {
    "nothing is known of it": (NOWHERE, "NO_PORTAL_CONTACT"),
    "its contact has no property": ({**FROM_PORTAL, "property_nr": None, "unit_nr": None}, "PROPERTY_NOT_RELEASED"),
    "nobody knows the reporter, the property is not released": (
        {**FROM_PORTAL, "reporter_person": None, "property_nr": "900"}, "NO_PORTAL_CONTACT"),
    "its kind is not released": ({**FROM_PORTAL, "report_kind": "ALT"}, "KIND_NOT_RELEASED"),
    "its kind is gone": ({**FROM_PORTAL, "report_kind": None}, "KIND_NOT_RELEASED"),
    "its kind was locked before it came in": ({**FROM_PORTAL, "report_kind": "GESPERRT"}, "KIND_LOCKED"),
    "its team is not chosen": ({**FROM_PORTAL, "team_nr": "T9"}, "TEAM_NOT_RELEASED"),
}  # fmt: skip


@pytest.mark.rule("E46", "E38")
@pytest.mark.parametrize("case", LEFT_ALONE)
@pytest.mark.parametrize("is_in_ledger", [False, True])
def test_what_a_tenant_reported_is_left_as_it_is_and_flagged_where_it_cannot_be_placed(
    case: str, is_in_ledger: bool
) -> None:
    fields, reason = LEFT_ALONE[case]
    arrived = came_in("ticket", "portal-7", "M1").plus(came_in("comment", "c-7", "N3"))
    below = (note(), note("N2", is_public=False), note("N3", origin="PORTAL"), file(), order())
    held_below = [("comment", "N1"), ("comment", "N2"), ("comment", "c-7"), ("attachment", "F1")]
    known = [held(nr, record_type=name) for name, nr in held_below]
    known += [held("portal-7", record_type="ticket")] if is_in_ledger else []
    outcome = decide_reports(report(*below, arrived, **fields), known=known, user_teams=["T1"])
    found = outcome.row("ticket", "portal-7")
    assert (found["decision"], found["reason"], found["warnings"]) == ("withhold", reason, "LEFT_IN_PORTAL")
    assert outcome.ids("ticket", "remove") == outcome.ids("attachment", "remove") == []
    assert outcome.ids("comment", "remove") == ["N2"]  # what became internal goes all the same


@pytest.mark.rule("R39", "R15", "E11")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"report_kind": "GESPERRT"}, "KIND_LOCKED"), ({"property_nr": "900"}, "PROPERTY_NOT_RELEASED")],
)
def test_what_staff_have_answered_is_withdrawn_when_they_want_that(fields: Row, reason: str) -> None:
    arrived = report(came_in("ticket", "portal-7", "M1"), **{**FROM_PORTAL, **fields})
    found = decide_reports(arrived, known=[held("portal-7", identity="100.1.1", record_type="ticket")])
    row = found.row("ticket", "portal-7")
    assert (row["decision"], row["reason"]) == ("remove", reason)
