"""Notes, files and notes on commissionings: public ones go out once, internal ones never."""

from typing import Any

import pytest

from include.rules.reports.templates import PLACEHOLDERS, TemplateError, placeholders, rendered
from include.vocabulary.signs import MARK
from tests.rules.builders import (
    Outcome,
    Records,
    Row,
    came_in,
    decide_reports,
    file,
    held,
    kind,
    note,
    order,
    report,
)
from tests.rules.mirror import Mirror

MB = 2**20
STAFF = Records({"users": [{"user_nr": "011", "name": "Nora Nordlicht"}]})


def reasons(outcome: Outcome, record_type: str) -> dict[str, str]:
    frame = outcome.frames[record_type]
    return dict(zip(frame["external_id"], frame["decision"] + " " + frame["reason"], strict=True))


# notes


@pytest.mark.rule("R44", "R45", "E49", "E44")
def test_which_notes_become_comments() -> None:
    outcome = decide_reports(
        report(
            note("public"),
            note("internal", is_public=False),
            note("unflagged", is_public=None),
            note("echo", origin="PORTAL"),
            note("echo2"),
            note("empty", text=" \r\n"),
            came_in("comment", "c2", "echo2"),
        ),
        report(note("locked"), nr="M2", report_kind="GESPERRT"),
        report(note("bulletin"), nr="M3", report_kind="AUSHANG"),
        note("orphan", report_nr="M9"),
    )
    assert reasons(outcome, "comment") == {
        "public": "send NOTE_PUBLIC",
        "internal": "remove NOTE_INTERNAL",
        "unflagged": "remove NOTE_INTERNAL",
        "echo": "withhold FROM_PORTAL",
        "c2": "withhold FROM_PORTAL",
        "empty": "withhold NOTE_EMPTY",
        "locked": "remove REPORT_NOT_IN_PORTAL",
        "bulletin": "remove REPORT_NOT_IN_PORTAL",
        "orphan": "remove UNKNOWN_REPORT",
    }


@pytest.mark.rule("R44")
def test_a_comment_says_of_itself_that_it_is_not_internal() -> None:
    found = decide_reports(STAFF, report(note(author="Nora Nordlicht"))).row("comment", "N1")
    fields = ("id", "ticketId", "text", "authorName", "isInternal", "parents")
    assert [found[name] for name in fields] == [
        "N1", "M1", "Der Techniker kommt.", "Nora Nordlicht", False, "ticket M1",
    ]  # fmt: skip


@pytest.mark.rule("R45")
def test_flipped_to_public_a_note_goes_out_and_flipped_back_it_is_taken_away() -> None:
    portal, said = Mirror(), []
    for is_public in (False, True, False):
        portal.run(report(note(is_public=is_public)))
        said.append(portal.notes("M1"))
    assert said == [[], ["Der Techniker kommt."], []]
    assert portal.outcome.row("comment", "N1")["reason"] == "NOTE_INTERNAL"


@pytest.mark.rule("R44", "R45")
def test_a_deleted_note_is_not_in_the_frame_and_so_taken_for_gone() -> None:
    portal = Mirror()
    portal.run(report(note()))
    assert portal.run(report()) == ["remove comment N1"]


@pytest.mark.rule("E49")
def test_what_came_from_the_portal_is_never_sent_back() -> None:
    arrived = [came_in("ticket", "p1", "M1"), came_in("comment", "p2", "N1"), came_in("attachment", "p3", "F1")]
    world = report(*arrived, note(files=[file()], origin="PORTAL"), note("N2"), origin="PORTAL")
    outcome = decide_reports(world, known=[held("p1", identity="100.1.1", record_type="ticket")])
    assert reasons(outcome, "comment") == {"p2": "withhold FROM_PORTAL", "N2": "send NOTE_PUBLIC"}
    assert reasons(outcome, "attachment") == {"p3": "withhold FROM_PORTAL"}
    assert outcome.row("comment", "N2")["ticketId"] == "p1"


@pytest.mark.rule("R41")
def test_below_a_property_report_only_staff_are_named() -> None:
    authors = {"N1": "Nora Nordlicht", "N2": "Kim Muster", "N3": None}
    notes = [note(nr, author=name, created_by="011") for nr, name in authors.items()]
    public = decide_reports(STAFF, report(*notes, report_kind="OBJEKT"))
    assert {public.row("comment", nr)["authorName"] for nr in authors} == {"Nora Nordlicht"}
    private = decide_reports(STAFF, report(*notes))
    assert private.row("comment", "N2")["authorName"] == "Kim Muster"


# files


@pytest.mark.rule("R44", "O26", "E51")
def test_which_files_become_attachments() -> None:
    outcome = decide_reports(
        report(
            file("own"),
            file("secret", is_public=False),
            file("came", origin="PORTAL"),
            file("empty", size=0),
            file("limit", size=100 * MB),
            file("large", size=100 * MB + 1),
            file("phone", file_name="IMG_1.HEIC", media_type="image/heic", size=None),
            file("orphan", note_id="N9"),
            note("N1", files=[file(f"n{number}") for number in range(20)]),
            note("N2", is_public=False, files=[file("internal"), file("internal and large", size=999 * MB)]),
            note("N3", text=None, files=[file("below an empty note")]),
        ),
        report(file("locked"), nr="M2", report_kind="GESPERRT"),
    )
    found = reasons(outcome, "attachment")
    assert {found.pop(f"n{number}") for number in range(20)} == {"send FILE_PUBLIC"}
    assert found == {
        "own": "send FILE_PUBLIC",
        "secret": "remove FILE_INTERNAL",
        "came": "withhold FROM_PORTAL",
        "empty": "invalid FILE_EMPTY",
        "limit": "send FILE_PUBLIC",
        "large": "invalid FILE_TOO_LARGE",
        "phone": "send FILE_PUBLIC",
        "orphan": "remove UNKNOWN_NOTE",
        "internal": "remove NOTE_INTERNAL",
        "internal and large": "remove NOTE_INTERNAL",
        "below an empty note": "send FILE_PUBLIC",
        "locked": "remove REPORT_NOT_IN_PORTAL",
    }
    parents = [outcome.row("attachment", nr)["parents"] for nr in ("own", "n1", "below an empty note")]
    assert parents == ["ticket M1", "ticket M1\ncomment N1", "ticket M1"]


@pytest.mark.rule("O26", "E51", "E34")
def test_a_file_carries_its_name_and_what_tells_its_versions_apart() -> None:
    names = {"F1": "C:\\scan\\Übergabe.pdf", "F2": None, "F3": "x" * 300 + ".pdf"}
    outcome = decide_reports(report(*(file(nr, file_name=name) for nr, name in names.items())))
    found = {nr: outcome.row("attachment", nr) for nr in names}
    assert [row["fileName"] for row in found.values()] == ["Übergabe.pdf", "F2", "x" * 240 + f"{MARK}.pdf"]
    again = decide_reports(report(file("F1", changed_at="2026-06-05 10:00"))).row("attachment", "F1")
    assert (found["F1"]["version"], again["version"]) == ("2026-06-02T07:00:00", "2026-06-05T08:00:00")
    assert found["F1"]["isInternal"] is False


@pytest.mark.rule("R44", "E51")
def test_a_note_that_becomes_internal_takes_its_files_with_it() -> None:
    portal = Mirror()
    portal.run(report(note(files=[file()])))
    assert portal.files("M1") == ["foto.jpg"]
    portal.run(report(note(is_public=False, files=[file()])))
    assert (portal.files("M1"), portal.notes("M1")) == ([], [])


# commissionings

TEMPLATE = "Zu {report.number} kommt {contractor.name} am {appointment.date}."


def commissioned(*orders: Records, template: str | None = TEMPLATE, notes: bool = True, **fields: Any) -> list[Records]:
    flags: Row = {"notes_commissioning": notes, "note_template": template}
    for_all = kind("OBJEKT", is_property_wide=True, **flags)
    return [kind(**flags), for_all, report(*orders, **fields)]


def told(*orders: Records, known: tuple[Row, ...] = (), given: Row | None = None, **circumstances: Any) -> list[str]:
    """What each order yields: its text, or why there is none."""
    outcome = decide_reports(*commissioned(*orders, **circumstances), known=known, **(given or {}))
    rows = [outcome.row("comment", nr) for nr in outcome.frames["comment"]["external_id"]]
    return [row["text"] or f"{row['decision']} {row['reason']}" for row in rows]


DATED = order(appointment_at="2026-06-09 08:00")


@pytest.mark.rule("R43", "O22")
def test_an_order_yields_a_public_note() -> None:
    teams = Records({"teams": [{"team_nr": "T1", "name": "TT", "second_name": "Team Technik"}]})
    found = decide_reports(teams, *commissioned(DATED, team_nr="T1")).row("comment", "AUFTRAG-A1")
    assert [found[name] for name in ("ticketId", "text", "authorName", "isInternal", "parents")] == [
        "M1", "Zu M1 kommt Rohr GmbH am 09.06.2026.", "Team Technik", False, "ticket M1",
    ]  # fmt: skip


@pytest.mark.rule("O22")
def test_every_placeholder_has_its_value() -> None:
    template = " | ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
    full = order(appointment_at="2026-06-09 08:00", telephone="0221 1")
    (text,) = told(full, template=template, given={"contractor_contact_in_notes": True})
    assert text == "09.06.2026 | Rohr GmbH | 0221 1 | 03.06.2026 | A1 | Haus 100 | M1 | Heizung kalt | Wohnung 1"


@pytest.mark.rule("R43", "O22", "E52")
@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{order.nummer}", "UNKNOWN_PLACEHOLDER"),
        ("{kontostand}", "UNKNOWN_PLACEHOLDER"),
        ("{report.__class__}", "UNKNOWN_PLACEHOLDER"),
        ("{report.number|upper}", "TEMPLATE_BROKEN"),
        ("{report['number']}", "TEMPLATE_BROKEN"),
        ("{report.number.__class__}", "TEMPLATE_BROKEN"),
        ("{'a' * 1000000000}", "TEMPLATE_BROKEN"),
        ("{report.number", "TEMPLATE_BROKEN"),
        ("{}", "TEMPLATE_BROKEN"),
        ("{{report.number}}", "TEMPLATE_BROKEN"),
        ("{unit.name} {appointment.date}", "ORDER_VALUE_MISSING"),
        ("{contractor.phone}", "CONTRACTOR_CONTACT_OFF"),
    ],
)
def test_a_template_that_cannot_be_filled_makes_the_order_invalid(template: str, reason: str) -> None:
    assert told(order(telephone="0221 1"), template=template) == [f"invalid {reason}"]


@pytest.mark.rule("R43", "O22")
@pytest.mark.parametrize("text", ["{% for x in [1] %}x{% endfor %}", "{# geheim #}", "\x00% raw %\x00{x"])
def test_templates_know_no_statements_and_no_comments(text: str) -> None:
    with pytest.raises(TemplateError) as refused:
        placeholders(text)
    assert refused.value.reason == "TEMPLATE_BROKEN"


@pytest.mark.rule("R43", "O22")
def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    assert rendered("{report.subject} }", {"report.subject": "{order.number} {% x %}"}) == "{order.number} {% x %} }"


@pytest.mark.rule("O22", "E52")
def test_the_contractors_phone_only_where_it_is_wanted_and_there() -> None:
    wanted, given = "Tel. {contractor.phone}", {"contractor_contact_in_notes": True}
    assert told(order(telephone="0221 1"), template=wanted, given=given) == ["Tel. 0221 1"]
    assert told(order(), template=wanted, given=given) == ["invalid ORDER_VALUE_MISSING"]


@pytest.mark.rule("R41", "O22")
def test_below_a_property_report_no_unit_is_named() -> None:
    assert told(order(), template="{unit.name}", report_kind="OBJEKT") == ["invalid ORDER_VALUE_MISSING"]


@pytest.mark.rule("R43", "E52")
def test_one_note_for_each_order_and_none_where_none_is_due() -> None:
    twice = [DATED, order("A2", company="Dach AG", appointment_at="2026-06-10 08:00")]
    assert told(*twice) == ["Zu M1 kommt Rohr GmbH am 09.06.2026.", "Zu M1 kommt Dach AG am 10.06.2026."]
    assert told(DATED, notes=False) == ["withhold NO_COMMISSIONING_NOTE"]
    assert told(DATED, template=None) == ["withhold NO_COMMISSIONING_NOTE"]
    assert told(order(status="Storniert")) == ["withhold ORDER_CANCELLED"]
    assert told(DATED, reporter_person=None) == ["remove REPORT_NOT_IN_PORTAL"]
    orphan = decide_reports(*commissioned(), order(report_nr="M9"))
    assert orphan.row("comment", "AUFTRAG-A1")["reason"] == "UNKNOWN_REPORT"


@pytest.mark.rule("R43", "E52")
def test_orders_raised_before_the_kinds_flag_are_told_of_only_for_open_reports() -> None:
    known = (held("M1", identity="100.1.1", record_type="ticket"),)
    assert told(DATED, known=known) == ["Zu M1 kommt Rohr GmbH am 09.06.2026."]
    assert told(DATED, known=known, status="Abgeschlossen") == ["withhold REPORT_CLOSED"]


@pytest.mark.rule("R43", "E52")
def test_once_told_a_note_stays_as_it_is_whatever_happens_to_its_order() -> None:
    portal = Mirror()
    portal.run(*commissioned(DATED))
    changes: list[list[Records]] = [
        commissioned(order(appointment_at="2026-07-01 08:00", company="Andere GmbH")),
        commissioned(order(appointment_at="2026-07-01 08:00", status="Storniert")),
        commissioned(DATED, template="Anders {order.number}"),
        commissioned(DATED, template="{kaputt"),
        commissioned(DATED, notes=False),
    ]
    for changed in changes:
        assert portal.run(*changed) == []
    portal.run(*commissioned(DATED, status="Abgeschlossen"))
    assert portal.notes("M1") == ["Zu M1 kommt Rohr GmbH am 09.06.2026."]


@pytest.mark.rule("R43", "E54")
def test_a_note_whose_sending_failed_is_tried_again() -> None:
    portal = Mirror()
    portal.run(*commissioned(DATED), breaks=lambda record_type, _: record_type == "comment")
    assert portal.run(*commissioned(DATED)) == ["create comment AUFTRAG-A1"]


@pytest.mark.rule("R43", "R39")
def test_the_note_goes_with_its_ticket_and_is_not_told_a_second_time() -> None:
    portal = Mirror()
    portal.run(*commissioned(DATED, team_nr="T1"))
    assert portal.run(*commissioned(DATED, team_nr="T1"), user_teams=["T2"]) == [
        "remove comment AUFTRAG-A1",
        "remove ticket M1",
    ]
    assert portal.run(*commissioned(DATED, team_nr="T1")) == ["create ticket M1"]


# ids that are met twice

TELLS = kind("REPARATUR", notes_commissioning=True, note_template="Auftrag {order.number}.")
IN_PORTAL = (
    held("M1", record_type="ticket", group="reports"),
    held("AUFTRAG-A1", record_type="comment", group="reports"),
)


@pytest.mark.rule("E49", "R43")
def test_a_note_named_like_an_orders_note_and_that_are_two_comments() -> None:
    outcome = decide_reports(report(note("AUFTRAG-A1"), order("A1")), TELLS, known=IN_PORTAL)
    assert outcome.ids("comment", "send") == ["AUFTRAG-A1", "AUFTRAG-A1~ERP"]


@pytest.mark.rule("E49", "R43")
@pytest.mark.parametrize("twice", [(), (came_in("comment", "AUFTRAG-A1#16", "SP-16"),)])
def test_an_orders_note_that_was_once_imported_as_a_note_leaves_every_record_one_id(twice: tuple[Records, ...]) -> None:
    imported = report(note("SP-15", origin="PORTAL"), note("SP-16", origin="PORTAL"), nr="SP-14", origin="PORTAL")
    ids = came_in("ticket", "M1", "SP-14"), came_in("comment", "AUFTRAG-A1", "SP-15"), *twice
    outcome = decide_reports(report(order("A1")), imported, TELLS, *ids, known=IN_PORTAL)
    assert reasons(outcome, "comment") == {
        "AUFTRAG-A1": "withhold FROM_PORTAL",
        "AUFTRAG-A1#16" if twice else "SP-16": "withhold FROM_PORTAL",
        "AUFTRAG-A1~ERP": "send COMMISSIONING",
    }


@pytest.mark.rule("E49", "R43")
def test_an_orders_note_that_went_out_under_the_longer_id_is_not_told_again() -> None:
    told = held("AUFTRAG-A1~ERP", record_type="comment", group="reports")
    outcome = decide_reports(report(note("AUFTRAG-A1"), order("A1")), TELLS, known=[*IN_PORTAL, told])
    assert reasons(outcome, "comment")["AUFTRAG-A1~ERP"] == "withhold COMMISSIONING_TOLD"
