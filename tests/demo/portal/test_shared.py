"""Which documents a tenant sees, and how they are opened."""

from html import escape, unescape
from typing import Any
from urllib.parse import quote

import pytest

from demo.portal.texts import readable_size
from tests.demo.portal.building import build_house, move_in
from tests.demo.portal.test_pages import EVIL, Tags, tenant_page
from tests.sandbox import PortalUser, Reply, SandboxProcess


@pytest.fixture
def tenant(user: PortalUser) -> PortalUser:
    """The user, with tenant P/1 in a house to send documents to."""
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel")
    return user


def addresses(sandbox: SandboxProcess, contact_id: str) -> list[str]:
    """Where the documents are that a person's page leads to."""
    return [target for target in Tags(tenant_page(sandbox, contact_id)).targets if "/documents/" in target]


def sees(sandbox: SandboxProcess, contact_id: str) -> bool:
    """Whether a person's page leads to any document, which then opens."""
    found = addresses(sandbox, contact_id)
    assert {sandbox.send("GET", address).status for address in found} <= {200}
    return bool(found)


def opened(sandbox: SandboxProcess, contact_id: str = "P/1") -> Reply:
    """The only document of a person."""
    (address,) = addresses(sandbox, contact_id)
    return sandbox.send("GET", address)


def own(user: PortalUser, contact_id: str, contract_type: str, unit_id: str, **fields: object) -> None:
    """A person with a contract of that type from 2024 on."""
    user.post("contacts", id=contact_id, lastName="Muster")
    contract = {"id": f"V-{contact_id}", "type": contract_type, "unitId": unit_id, "contactId": contact_id}
    user.post("contracts", **{"startDate": "2024-01-01", **contract, **fields})


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({"contactId": "P/1", "documentTypeId": "DT-1"}, "Abrechnung · Persönlich · 1,5 KB"),
        ({"unitId": "104/001", "documentTypeId": "DT-4"}, "Protokoll · Einheit EG links · 1,5 KB"),
        ({"propertyId": "104"}, "Ohne Ordner · Liegenschaft Am Ring · 1,5 KB"),
    ],
)
def test_a_row_says_what_it_is_and_where_it_is_from(
    sandbox: SandboxProcess, tenant: PortalUser, fields: dict[str, str], row: str
) -> None:
    tenant.upload("D/1", b"x" * 1536, title="Schreiben vom Mai", **fields)
    text = tenant_page(sandbox, "P/1").replace("\N{NO-BREAK SPACE}", " ")
    assert ">Schreiben vom Mai</a>" in text
    assert f">{row}<" in text


def test_the_section_speaks_both_languages(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    assert "Keine Dokumente." in tenant_page(sandbox, "P/1")
    tenant.upload("D", b"x" * 1536, unitId="104/001")
    assert "Meine Dokumente" in tenant_page(sandbox, "P/1")
    english = tenant_page(sandbox, "P/1", "en").replace("\N{NO-BREAK SPACE}", " ")
    assert "My documents" in english
    assert "No folder · Unit EG links · 1.5 KB" in english


@pytest.mark.parametrize(
    ("shared_with", "renter", "owner"),
    [
        ("ALL", True, True),
        ("RENTER", True, False),
        ("OWNER", False, True),
        ("RESIDENT", True, True),
        (None, True, True),
    ],
)
@pytest.mark.parametrize("place", [{"unitId": "104/001"}, {"propertyId": "104"}])
def test_an_audience_is_honoured(
    sandbox: SandboxProcess,
    tenant: PortalUser,
    shared_with: str | None,
    renter: bool,
    owner: bool,
    place: dict[str, Any],
) -> None:
    own(tenant, "O/1", "OWNER", "104/001")
    tenant.upload("D", b"x", **place, **({"sharedWith": shared_with} if shared_with else {}))
    assert (sees(sandbox, "P/1"), sees(sandbox, "O/1")) == (renter, owner)


def test_an_owner_of_one_home_is_no_owner_of_another(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    contract = {"id": "V-2", "type": "OWNER", "unitId": "104/002", "contactId": "P/1"}
    tenant.post("contracts", **contract)
    tenant.upload("D", unitId="104/001", sharedWith="OWNER")
    assert not sees(sandbox, "P/1")


@pytest.mark.parametrize("dates", [{"endDate": "2024-12-31"}, {"startDate": "2999-01-01"}])
@pytest.mark.parametrize("place", [{"unitId": "104/001"}, {"propertyId": "104"}])
def test_only_a_current_contract_opens_documents(
    sandbox: SandboxProcess, tenant: PortalUser, dates: dict[str, str], place: dict[str, Any]
) -> None:
    own(tenant, "P/2", "RENTER", "104/001", **dates)
    tenant.upload("D", **place)
    assert not sees(sandbox, "P/2")


def test_a_personal_document_needs_no_contract(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    own(tenant, "P/2", "RENTER", "104/001", endDate="2024-12-31")
    tenant.upload("D", contactId="P/2")
    assert sees(sandbox, "P/2")


@pytest.mark.parametrize(
    "fields", [{"contactId": "P/1"}, {"unitId": "104/001"}, {"propertyId": "104"}], ids=["person", "unit", "property"]
)
def test_a_stranger_sees_none_and_opens_none(
    sandbox: SandboxProcess, tenant: PortalUser, fields: dict[str, str]
) -> None:
    tenant.post("properties", id="105", name="Am Platz")
    tenant.post("units", id="105/001", propertyId="105", name="EG")
    own(tenant, "P/2", "OWNER", "105/001")
    tenant.upload("D", b"personal", title="Kündigung", **fields)
    (address,) = addresses(sandbox, "P/1")
    reply = sandbox.send("GET", address.replace(quote("P/1", ""), quote("P/2", "")))
    assert reply.status == 404
    assert "gibt es nicht" in reply.text
    assert not [hidden for hidden in ("personal", "Kündigung") if hidden in reply.text]
    assert not sees(sandbox, "P/2")
    assert "Kündigung" not in tenant_page(sandbox, "P/2")


def test_a_neighbour_sees_what_is_for_the_house_only(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    move_in(tenant, "P/2", "104/002")
    tenant.upload("D-1", title="Für die Wohnung", unitId="104/001")
    tenant.upload("D-2", title="Für das Haus", propertyId="104")
    text = tenant_page(sandbox, "P/2")
    assert ("Für das Haus" in text, "Für die Wohnung" in text) == (True, False)


def test_without_portal_access_nothing_is_shown_or_opened(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D", title="Kündigung", contactId="P/1")
    (address,) = addresses(sandbox, "P/1")
    tenant.put("contacts", id="P/1", portalUser=False)
    assert "Kündigung" not in tenant_page(sandbox, "P/1")
    assert sandbox.send("GET", address).status == 404


def test_a_deleted_document_does_not_open(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D", contactId="P/1")
    (address,) = addresses(sandbox, "P/1")
    tenant.archive("documents", "D")
    assert sandbox.send("GET", address).status == 404
    assert not sees(sandbox, "P/1")


@pytest.mark.parametrize("number", ["0", "x", "9" * 5000, "-1"])
def test_an_address_that_leads_nowhere(sandbox: SandboxProcess, tenant: PortalUser, number: str) -> None:
    assert sandbox.send("GET", f"/tenant/P%2F1/documents/{number}").status == 404
    assert sandbox.send("GET", f"/tenant/unknown/documents/{number}").status == 404


def test_two_contracts_show_a_document_once_and_the_newest_is_first(
    sandbox: SandboxProcess, tenant: PortalUser
) -> None:
    tenant.post("contracts", id="V-2", type="OWNER", unitId="104/002", contactId="P/1")
    tenant.upload("D-1", title="Zuerst", propertyId="104")
    tenant.upload("D-2", title="Danach", contactId="P/1")
    text = tenant_page(sandbox, "P/1")
    assert (text.count("Zuerst"), text.count("Danach")) == (1, 1)
    assert text.index("Danach") < text.index("Zuerst")


@pytest.mark.parametrize(
    ("media_type", "disposition"),
    [
        ("application/pdf", "inline"),
        ("image/png", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/xhtml+xml", "attachment"),
        (None, "attachment"),
    ],
)
def test_only_what_is_harmless_opens_in_place(
    sandbox: SandboxProcess, tenant: PortalUser, media_type: str | None, disposition: str
) -> None:
    tenant.upload("D", EVIL.encode(), media_type=media_type, contactId="P/1")
    reply = opened(sandbox)
    assert reply.content == EVIL.encode()
    assert reply.headers["content-type"] == (media_type or "application/octet-stream")
    assert reply.headers["content-disposition"].partition(";")[0] == disposition
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("file_name", ["Müller – 1.pdf", 'a "b".pdf', "a;b.pdf", "../../a.pdf", "50%.pdf"])
def test_a_file_is_saved_under_its_name(sandbox: SandboxProcess, tenant: PortalUser, file_name: str) -> None:
    tenant.upload("D", file_name=file_name.replace('"', '\\"'), contactId="P/1")
    header = opened(sandbox).headers["content-disposition"]
    assert header.endswith(f"filename*=UTF-8''{quote(file_name, safe='')}")
    assert header.isascii()
    assert header.count('"') == 2


def test_a_name_cannot_add_a_header(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file_name = "x\"; filename*=utf-8''a%0D%0Aset-cookie:%20x; x=\""
    reply = tenant.upload("D", file_name=file_name, contactId="P/1")
    assert reply.json["fileName"] == "a\r\nset-cookie: x"
    assert "set-cookie" not in opened(sandbox).headers


def test_a_title_does_not_become_markup(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.folders(EVIL)
    tenant.upload("D", title=EVIL, documentTypeId="DT-1", contactId="P/1")
    text = tenant_page(sandbox, "P/1")
    assert not {"script", "img"} & set(Tags(text).names)
    assert unescape(text).count(EVIL) == 2
    assert escape("<script>") in text


def test_who_opened_a_document_is_told_to_the_manager(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D", unitId="104/001")
    opened(sandbox)
    (download,) = tenant.get("documents", "D").json["downloads"]
    assert download["contactId"] == "P/1"
    assert download["downloadedAt"].endswith("Z")


@pytest.mark.parametrize(
    ("size", "german", "english"),
    [
        (0, "0 B", "0 B"),
        (1023, "1023 B", "1023 B"),
        (1024, "1 KB", "1 KB"),
        (1536, "1,5 KB", "1.5 KB"),
        (2**20 - 1, "1 MB", "1 MB"),
        (100 * 2**20, "100 MB", "100 MB"),
        (5 * 2**40, "5120 GB", "5120 GB"),
    ],
)
def test_sizes_are_readable(size: int, german: str, english: str) -> None:
    shown = [readable_size(language, size).replace("\N{NO-BREAK SPACE}", " ") for language in ("de", "en")]
    assert shown == [german, english]
