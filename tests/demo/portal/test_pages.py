"""What a tenant sees, and what nobody may see."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from demo.portal.state import Store
from demo.portal.tenant import TenantView, tenant_view
from demo.portal.texts import TEXTS, choose_language
from tests.demo.portal.building import build_house, move_in
from tests.sandbox import PortalUser, Reply, SandboxProcess

EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def page(sandbox: SandboxProcess, path: str = "/", language: str = "de") -> Reply:
    return sandbox.send("GET", path, headers={"accept-language": language})


def tenant_page(sandbox: SandboxProcess, contact_id: str, language: str = "de") -> str:
    return page(sandbox, f"/tenant/{quote(contact_id, safe='')}", language).text


class Tags(HTMLParser):
    """Collects the tags of a page and where they lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.targets += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_a_tenant_sees_the_own_home(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001", firstName="Max", lastName="Beispiel", email="max@example.org")
    text = tenant_page(sandbox, "P/1")
    for shown in ("Max Beispiel", "max@example.org", "EG links", "Am Ring 1", "Musterstadt", "01.01.2024", "läuft"):
        assert shown in text


def test_a_tenant_sees_nothing_of_a_neighbour(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel")
    move_in(user, "N/2", "104/002", lastName="Nachbarin", email="n@example.org", telephone="+49 30 1")
    move_in(user, "N/3", "104/001", lastName="Vormieter", end="2023-12-31")
    text = tenant_page(sandbox, "P/1")
    for hidden in ("Nachbarin", "n@example.org", "+49 30 1", "N/2", "EG rechts", "104/002", "Vormieter", "N/3"):
        assert hidden not in text


def test_without_portal_access_only_the_name_is_left(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel", email="max@example.org", portalUser=False)
    text = tenant_page(sandbox, "P/1")
    assert "Kein Portalzugang" in text
    assert "No portal access" in tenant_page(sandbox, "P/1", "en")
    assert "Beispiel" in text
    assert not [hidden for hidden in ("max@example.org", "EG links", "Am Ring", "01.01.2024") if hidden in text]


def test_without_portal_access_the_page_is_not_even_given_the_rest(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.db")
    contact = {"id": "P", "lastName": "Beispiel", "email": "max@example.org", "portalUser": False}
    store.insert("contacts", "P", contact, contact, "Beispiel")
    contract = {"id": "V", "unitId": "U", "contactId": "P", "type": "RENTER"}
    store.insert("contracts", "V", contract, contract, "")
    assert tenant_view(store, "P") == TenantView("Beispiel", "no_access", {}, [])
    store.close()


@pytest.mark.parametrize(
    ("fields", "state"),
    [({}, "Noch nicht eingeladen"), ({"isInvited": True}, "Eingeladen"), ({"isRegistered": True}, "Registriert")],
)
def test_the_page_tells_the_state_of_the_account(
    sandbox: SandboxProcess, user: PortalUser, fields: dict[str, bool], state: str
) -> None:
    user.post("contacts", id="P/1")
    sandbox.edit("contacts", "P/1", **fields)
    assert f">{state}<" in tenant_page(sandbox, "P/1")


@pytest.mark.parametrize("was_there", [True, False])
def test_who_is_not_in_the_portal_has_no_page(sandbox: SandboxProcess, user: PortalUser, was_there: bool) -> None:
    if was_there:
        user.post("contacts", id="P/1", lastName="Beispiel")
        user.archive("contacts", "P/1")
    reply = page(sandbox, "/tenant/P%2F1")
    assert reply.status == 404
    assert "gibt es im Portal nicht" in reply.text
    assert "Beispiel" not in reply.text


def test_contracts_that_ended_or_are_to_come_say_so(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001", end="2024-12-31")
    user.post("contracts", id="V", type="OWNER", unitId="104/002", contactId="P/1", startDate="2999-01-01")
    text = tenant_page(sandbox, "P/1")
    assert ">beendet<" in text
    assert ">beginnt noch<" in text
    assert ">läuft<" not in text


def test_the_caretaker_is_shown_to_who_lives_there(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001")
    move_in(user, "P/2", "104/001", end="2024-12-31")
    user.post("contacts", id="H", lastName="Kümmerer")
    user.post("contacts", id="I", lastName="Intern")
    entries = [{"contactId": "H", "roleName": "Hausmeister"}]
    entries.append({"contactId": "I", "roleName": "Büro", "isVisibleInPortal": False})  # type: ignore[dict-item]
    assert user.send("PUT", "/properties/104/responsibilities", entries).status == 200
    assert "Hausmeister: Kümmerer" in tenant_page(sandbox, "P/1")
    assert "Intern" not in tenant_page(sandbox, "P/1")
    assert "Kümmerer" not in tenant_page(sandbox, "P/2")


def test_nothing_that_was_sent_becomes_markup(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("properties", id=EVIL, name=EVIL, city=EVIL, addresses=[{"street": EVIL}])
    user.post("units", id=EVIL, propertyId=EVIL, name=EVIL, address=EVIL)
    user.post("contacts", id=EVIL, firstName=EVIL, lastName=EVIL, email=EVIL)
    contract = {"id": EVIL, "type": "RENTER", "unitId": EVIL, "contactId": EVIL, "number": EVIL}
    assert user.post("contracts", **contract).status == 201
    pages = [
        page(sandbox).text,
        page(sandbox, f"/?q={quote(EVIL)}&lang={quote(EVIL)}").text,
        tenant_page(sandbox, EVIL),
    ]
    for text in pages:
        assert not {"script", "img"} & set(Tags(text).names)
        assert "&lt;script&gt;" in text


@pytest.mark.parametrize("path", ["/", "/tenant/P%2F1", "/tenant/unknown"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_says_that_it_is_not_casavi_and_stays_at_home(
    sandbox: SandboxProcess, user: PortalUser, path: str, language: str
) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel")
    reply = page(sandbox, path, language)
    assert TEXTS[language]["banner"] in reply.text
    assert f'<html lang="{language}">' in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert all(target.startswith(("/", "?")) and not target.startswith("//") for target in Tags(reply.text).targets)
    assert "http" not in reply.text.partition("<style>")[2].partition("</style>")[0]


def test_people_are_found_by_name_and_number(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P/1", firstName="Änne", lastName="Özil")
    user.post("contacts", id="P/2", companyName="Alt")
    user.put("contacts", id="P/2", companyName="Hausverwaltung GmbH")
    for text, found in (("änne öz", "P/1"), ("GMBH", "P/2"), ("p/2", "P/2")):
        reply = page(sandbox, f"/?q={quote(text)}").text
        assert [path for path in Tags(reply).targets if path.startswith("/tenant/")] == [
            f"/tenant/{quote(found, '')}?lang=de"
        ]
    assert "Niemand gefunden" in page(sandbox, "/?q=nobody").text


def test_properties_are_counted(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P/1", "104/001")
    row = re.search(r"<td>104</td>.*?</tr>", page(sandbox).text)
    assert row is not None
    assert re.findall(r'count">(\d+)<', row.group()) == ["2", "1"]


def test_the_other_language_is_one_click_away(sandbox: SandboxProcess) -> None:
    reply = page(sandbox, "/?q=x")
    assert "?q=x&lang=en" in Tags(reply.text).targets
    assert "What does a tenant see?" in page(sandbox, "/?q=x&lang=en").text


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, None, "de"),
        (None, "fr-FR,fr;q=0.9", "de"),
        (None, "en-GB,en;q=0.9,de;q=0.8", "en"),
        (None, "fr, de;q=0.5", "de"),
        ("en", "de", "en"),
        ("fr", "en", "en"),
    ],
)
def test_the_language_is_the_one_asked_for(asked: str | None, accepted: str | None, language: str) -> None:
    assert choose_language(asked, accepted) == language


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS["de"].keys() == TEXTS["en"].keys()
