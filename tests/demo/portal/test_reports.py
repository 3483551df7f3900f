"""Reports and the pinboard through a tenant's eyes: what is seen, what nobody else sees, and the forms."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from demo.portal.texts import readable_time
from tests.demo.portal.building import build_house, move_in
from tests.demo.portal.test_pages import EVIL, Tags, tenant_page
from tests.sandbox import FORM, PortalUser, Reply, SandboxProcess, form, form_field

FILE = ("Bad.png", "image/png", b"PNG")


@pytest.fixture
def tenant(user: PortalUser) -> PortalUser:
    """The user, with tenants P/1 and P/2 in a house and a ticket type."""
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel")
    move_in(user, "P/2", "104/002", lastName="Nachbarin")
    user.post("ticket-types", id="M/1", name="Heizung defekt")
    return user


def file(user: PortalUser, external_id: str = "T/1", **fields: Any) -> None:
    """A ticket of tenant P/1, unless the fields say otherwise."""
    given = {"ticketTypeId": "M/1", "title": "Bleibt kalt", "contactId": "P/1", **fields}
    assert user.post("tickets", id=external_id, **given).status == 201


def house_wide(user: PortalUser, external_id: str = "T/2") -> None:
    """A ticket for everybody in property 104."""
    ticket = {"id": external_id, "ticketTypeId": "M/1", "title": "Aufzug steht", "propertyId": "104"}
    assert user.post("tickets", **ticket).status == 201


def files(sandbox: SandboxProcess, contact_id: str = "P/1") -> list[str]:
    """Where the attachments are that a person's page leads to."""
    return [target for target in Tags(tenant_page(sandbox, contact_id)).targets if "/attachments/" in target]


def token(sandbox: SandboxProcess, contact_id: str = "P/1") -> str:
    """What the forms on a person's page carry; empty when there are none."""
    found = re.search(r'name="token" value="(\w+)"', tenant_page(sandbox, contact_id))
    return found.group(1) if found else ""


def send_form(
    sandbox: SandboxProcess,
    path: str,
    texts: dict[str, str],
    *,
    contact_id: str = "P/1",
    file: tuple[str, str, bytes] = ("", "application/octet-stream", b""),
) -> Reply:
    """Send a form as a browser does: with an empty file field when no file was chosen."""
    name, media_type, content = file
    given = {"token": token(sandbox, contact_id)} | texts
    parts = [form_field(field, text) for field, text in given.items()]
    parts.append(form_field("file", content, f'; filename="{name}"', media_type))
    path = f"/tenant/{quote(contact_id, safe='')}/reports{path}"
    return sandbox.send("POST", path, form(*parts), headers={"content-type": FORM})


REPORT = {"type": "M/1", "unit": "104/001", "title": "Bleibt kalt", "text": "Seit\r\ngestern"}


def test_a_tenant_sees_an_own_report_with_what_was_said(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant, description="Seit gestern", unitId="104/001", status="IN_PROGRESS")
    tenant.comment("T/1", "Ohne Namen", isInternal=False)
    sandbox.staff_comments("T/1", "Wir kommen.", author="Team Technik")
    made = sandbox.tenant_comments("P/1", "T/1", "Danke.")["createdAt"]
    text = tenant_page(sandbox, "P/1")
    for shown in ("Meine Meldungen", "Bleibt kalt", "Seit gestern", ">In Bearbeitung<", "Heizung defekt · EG links"):
        assert shown in text
    for wrote in ("Verwaltung · ", "Team Technik · ", f"Beispiel · <time>{readable_time('de', made)}<"):
        assert wrote in text
    assert text.index("Ohne Namen") < text.index("Wir kommen.") < text.index("Danke.")


def test_the_sections_speak_both_languages(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    german, english = (tenant_page(sandbox, "P/1", language) for language in ("de", "en"))
    assert all(text in german for text in ("Meine Meldungen", "Keine Meldungen.", "Aushang", "Keine Aushänge."))
    assert all(text in english for text in ("My reports", "No reports.", "Pinboard", "No posts.", "New report"))
    file(tenant, status="CLOSED")
    assert ">Erledigt<" in tenant_page(sandbox, "P/1")
    assert ">Closed<" in tenant_page(sandbox, "P/1", "en")


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_status_that_nobody_foresaw_is_shown_as_it_is(
    sandbox: SandboxProcess, tenant: PortalUser, language: str
) -> None:
    file(tenant)
    sandbox.edit("tickets", "T/1", status="ON_HOLD")
    assert ">ON_HOLD<" in tenant_page(sandbox, "P/1", language)


def test_internal_comments_and_files_are_never_shown(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant)
    house_wide(tenant)
    for ticket in ("T/1", "T/2"):
        tenant.comment(ticket, "Geheimnis")
        sandbox.staff_comments(ticket, "Geheimnis", internal=True)
        tenant.attach(ticket, file_name="Geheimnis.jpg")
    turned = sandbox.tenant_comments("P/1", "T/1", "Geheimnis", file=("Geheimnis.png", "image/png", b"PNG"))
    (address,) = files(sandbox)
    sandbox.staff_edits_comment(turned["internalId"], internal=True)
    assert "Geheimnis" not in tenant_page(sandbox, "P/1")
    assert sandbox.send("GET", address).status == 404


def test_a_private_report_is_for_nobody_else(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    move_in(tenant, "P/3", "104/001", lastName="Mitmieter")
    file(tenant, propertyId="104", unitId="104/001")
    tenant.attach("T/1", isInternal="false")
    sandbox.staff_comments("T/1", "Wir kommen.")
    (address,) = files(sandbox)
    for other in ("P/2", "P/3"):
        assert not [text for text in ("Bleibt kalt", "Wir kommen.") if text in tenant_page(sandbox, other)]
        reply = sandbox.send("GET", address.replace("P%2F1", quote(other, safe="")))
        assert (reply.status, "gibt es nicht" in reply.text) == (404, True)


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"propertyId": "104"}, [True, True]),
        ({"propertyId": "104", "unitId": "104/001"}, [False, False]),
        ({"unitId": "104/001"}, [False, False]),
        ({"propertyId": "105"}, [False, False]),
        ({}, [False, False]),
    ],
)
def test_only_a_report_about_the_property_alone_is_for_everybody(
    sandbox: SandboxProcess, tenant: PortalUser, fields: dict[str, str], seen: list[bool]
) -> None:
    tenant.post("properties", id="105", name="Nebenan")
    tenant.post("tickets", id="T/2", ticketTypeId="M/1", title="Aufzug steht", **fields)
    assert ["Aufzug steht" in tenant_page(sandbox, contact) for contact in ("P/1", "P/2")] == seen


def test_what_is_for_everybody_says_so_and_takes_no_comments(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    house_wide(tenant)
    tenant.attach("T/2", b"plan", isInternal="false")
    text = tenant_page(sandbox, "P/1")
    assert "Am Ring · Für alle im Haus" in text
    assert "Kommentar schreiben" not in text
    assert sandbox.send("GET", files(sandbox, "P/2")[0]).content == b"plan"


@pytest.mark.parametrize("dates", [{"endDate": "2024-12-31"}, {"startDate": "2999-01-01"}])
def test_without_a_current_contract_only_the_own_reports_are_left(
    sandbox: SandboxProcess, tenant: PortalUser, dates: dict[str, str]
) -> None:
    contract = {"id": "V-P/1", "type": "RENTER", "unitId": "104/001", "contactId": "P/1"}
    assert tenant.put("contracts", **contract, **dates).status == 200
    file(tenant)
    house_wide(tenant)
    publish(tenant)
    text = tenant_page(sandbox, "P/1")
    assert [shown in text for shown in ("Bleibt kalt", "Aufzug steht", "Wasser", "Neue Meldung")] == [
        True,
        False,
        False,
        False,
    ]


def publish(user: PortalUser, external_id: str = "A/1", **fields: Any) -> None:
    given = {"title": "Wasser", "text": "Ab 8 Uhr", "authorId": "M-12", "propertyIds": ["104"], **fields}
    assert user.post("posts", id=external_id, **given).status == 201


@pytest.mark.parametrize(
    ("fields", "renter", "owner"),
    [
        ({}, True, True),
        ({"sharedWith": "RENTER"}, True, False),
        ({"sharedWith": "OWNER"}, False, True),
        ({"propertyIds": ["105"]}, False, False),
        ({"propertyIds": ["105", "104"]}, True, True),
    ],
)
def test_the_pinboard_is_for_whom_it_is_meant(
    sandbox: SandboxProcess, tenant: PortalUser, fields: dict[str, Any], renter: bool, owner: bool
) -> None:
    tenant.post("properties", id="105", name="Nebenan")
    tenant.post("contacts", id="O/1")
    tenant.post("contracts", id="V-O", type="OWNER", unitId="104/002", contactId="O/1")
    publish(tenant, **fields)
    assert ["Ab 8 Uhr" in tenant_page(sandbox, contact) for contact in ("P/1", "O/1")] == [renter, owner]


def test_a_removed_post_is_gone_and_the_newest_is_first(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.post("contracts", id="V-2", type="OWNER", unitId="104/002", contactId="P/1")
    for number in range(3):
        publish(tenant, f"A/{number}", title=f"Aushang {number}")
    tenant.archive("posts", "A/1")
    text = tenant_page(sandbox, "P/1")
    assert re.findall(r"<h3>(Aushang \d)</h3>", text) == ["Aushang 2", "Aushang 0"]


def test_filing_a_report_leads_back_to_the_page(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    reply = send_form(sandbox, "", REPORT, file=("Müller.png", "image/png", b"PNG"))
    (ticket,) = sandbox.state("tickets")
    assert reply.status == 303
    assert reply.headers["location"] == f"/tenant/P%2F1?lang=de#report-{ticket['internalId']}"
    fields = {name: ticket["fields"][name] for name in ("ticketTypeId", "title", "description", "contactId", "unitId")}
    assert list(fields.values()) == ["M/1", "Bleibt kalt", "Seit\ngestern", "P/1", "104/001"]
    (attachment,) = tenant.listed("tickets")[0]["attachments"]
    assert attachment["fileName"] == "Müller.png"
    assert sandbox.send("GET", files(sandbox)[0]).content == b"PNG"


def test_the_language_stays(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    assert "?lang=en#" in send_form(sandbox, "?lang=en", REPORT).headers["location"]
    assert "Nothing was saved" in send_form(sandbox, "?lang=en", {"token": "x"}).text


@pytest.mark.parametrize(
    "change",
    [
        {"type": "P"},
        {"type": "999"},
        {"unit": "104/002"},
        {"unit": "999"},
        {"unit": ""},
        {"title": " "},
    ],
)
def test_only_what_the_form_offers_is_filed(
    sandbox: SandboxProcess, tenant: PortalUser, change: dict[str, str]
) -> None:
    sandbox.portal_type("P", "Sonstiges")
    assert "Sonstiges" not in tenant_page(sandbox, "P/1")
    reply = send_form(sandbox, "", REPORT | change)
    assert (reply.status, "nicht vollständig" in reply.text) == (422, True)
    assert sandbox.state("tickets") == []


def test_commenting_leads_back_to_the_report(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant)
    number = sandbox.state("tickets")[0]["internalId"]
    reply = send_form(sandbox, f"/{number}/comments", {"text": "Danke.\r\nBis dann"}, file=FILE)
    assert (reply.status, reply.headers["location"]) == (303, f"/tenant/P%2F1?lang=de#report-{number}")
    (comment,) = tenant.comments("T/1")
    assert (comment["text"], comment["isInternal"], comment["authorId"]) == ("Danke.\nBis dann", False, "P/1")
    assert [one["fileName"] for one in comment["attachments"]] == ["Bad.png"]
    assert send_form(sandbox, f"/{number}/comments", {"text": " "}).status == 422


def test_only_an_own_report_takes_a_comment(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant)
    house_wide(tenant)
    numbers = [one["internalId"] for one in sandbox.state("tickets")]
    paths = [f"/{number}/comments" for number in (*numbers, 0, "x", "9" * 5000)]
    assert [send_form(sandbox, path, {"text": "x"}, contact_id="P/2").status for path in paths] == [404] * 5
    assert sandbox.state("comments") == []


@pytest.mark.parametrize("wrong", ["", "ü", "0" * 64, "P/2"])
def test_a_form_from_elsewhere_has_no_effect(sandbox: SandboxProcess, tenant: PortalUser, wrong: str) -> None:
    file(tenant)
    number = sandbox.state("tickets")[0]["internalId"]
    given = {"token": token(sandbox, "P/2") if wrong == "P/2" else wrong}
    replies = [send_form(sandbox, "", REPORT | given), send_form(sandbox, f"/{number}/comments", {"text": "x"} | given)]
    assert [reply.status for reply in replies] == [403, 403]
    assert "gilt nicht mehr" in replies[0].text
    assert (len(sandbox.state("tickets")), sandbox.state("comments")) == (1, [])


@pytest.mark.parametrize("body", [b"", b"nonsense", b"token=x", form(form_field("token", b"\xff"))])
@pytest.mark.parametrize("content_type", [FORM, "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_is_no_form_has_no_effect(
    sandbox: SandboxProcess, tenant: PortalUser, body: bytes, content_type: str
) -> None:
    reply = sandbox.send("POST", "/tenant/P%2F1/reports", body, headers={"content-type": content_type})
    assert reply.status in (403, 422)
    assert sandbox.state("tickets") == []


def test_a_file_that_is_not_taken_leaves_no_report(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.behave(max_file_bytes=2)
    reply = send_form(sandbox, "", REPORT, file=FILE)
    assert (reply.status, "nicht angenommen" in reply.text) == (413, True)
    assert "/tenant/P%2F1?lang=de" in Tags(reply.text).targets
    assert (sandbox.state("tickets"), sandbox.state("attachments")) == ([], [])


def test_without_portal_access_nothing_is_shown_opened_or_filed(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant)
    publish(tenant)
    tenant.attach("T/1", isInternal="false")
    (address,), known = files(sandbox), token(sandbox)
    number = sandbox.state("tickets")[0]["internalId"]
    tenant.put("contacts", id="P/1", portalUser=False)
    text = tenant_page(sandbox, "P/1")
    assert not [hidden for hidden in ("Bleibt kalt", "Wasser", "Meine Meldungen", "<form") if hidden in text]
    assert sandbox.send("GET", address).status == 404
    assert send_form(sandbox, "", REPORT | {"token": known}).status == 404
    assert send_form(sandbox, f"/{number}/comments", {"text": "x", "token": known}).status == 404
    assert (len(sandbox.state("tickets")), sandbox.state("comments")) == (1, [])


def test_nothing_that_was_written_becomes_markup(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.put("ticket-types", id="M/1", name=EVIL)
    publish(tenant, title=EVIL, text=EVIL)
    sandbox.tenant_files("P/1", "M/1", EVIL, EVIL, "104/001", file=(EVIL, "text/html", EVIL.encode()))
    ticket_id = sandbox.state("tickets")[0]["id"]
    sandbox.staff_comments(ticket_id, EVIL, author=EVIL)
    sandbox.tenant_comments("P/1", ticket_id, EVIL, file=(EVIL, "image/svg+xml", EVIL.encode()))
    text = tenant_page(sandbox, "P/1")
    assert not {"script", "img"} & set(Tags(text).names)
    # post: title, text; report: title, kind, text, file, and the kind in the form; comments: author, text, text, file
    assert unescape(text).count(EVIL) == 11
    for address in files(sandbox):
        headers = sandbox.send("GET", address).headers
        assert headers["content-disposition"].startswith("attachment; ")
        assert (headers["x-content-type-options"], "script" in headers["content-disposition"].partition("*")[0]) == (
            "nosniff",
            True,
        )
        assert "<" not in headers["content-disposition"]
        assert "sandbox" in headers["content-security-policy"]


def test_refusals_say_that_this_is_not_casavi_too(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    reply = send_form(sandbox, "", {"token": "x"})
    assert "Das ist nicht casavi" in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert all(target.startswith("/") for target in Tags(reply.text).targets)


def test_times_are_those_where_the_houses_stand() -> None:
    summer, winter = 1_782_900_000_000, 1_769_930_000_000
    assert [readable_time("de", moment) for moment in (summer, winter)] == [
        "01.07.2026, 12:00 Uhr",
        "01.02.2026, 08:13 Uhr",
    ]
    assert readable_time("en", winter) == "2026-02-01, 08:13"
