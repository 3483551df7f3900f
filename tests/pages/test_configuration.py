"""The page Einstellungen: what is in force, what it releases, and the portal's key pair; over HTTP and in a browser."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select

from include.settings import effective, load_settings
from include.vocabulary.texts import Language
from tests.pages.rig import FERNET_KEY, Pages, visit
from tests.sandbox import SandboxProcess

# Airflow's execution API imports svcs, and that Starlette's test client, as soon as the rig makes a form's token here.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
PAGE = "/configuration"
TEST = "/configuration?system=test"
ADDRESS, KEY, SECRET = "https://portal.example/v2", "key-4711", "s3cret-4711"
LINK = (
    "Der Link Datensynchronisation muss die ganze Adresse sein, zum Beispiel https://portal.example/v2; was Sie "
    "eingegeben haben"
)
ENTRIES = {"address": ADDRESS, "key": KEY, "key_again": KEY, "secret": SECRET, "secret_again": SECRET}
SWITCH = "UPDATE SP_EINSTELLUNG SET WERT = ?"


@pytest.fixture(autouse=True)
def nothing_stored(airflow_db: object) -> Iterator[None]:
    """The test system's connections, which no environment variable defines, are not there before and after a test."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        session.execute(delete(Connection).where(Connection.conn_id.in_(["casavi_test", "ixhaus_test"])))


@contextmanager
def connected_oracle(port: int) -> Iterator[None]:
    """The test system's iX-Haus is an Oracle at a port of this machine."""
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        fields: dict[str, Any] = {"host": "127.0.0.1", "port": port, "login": "sp", "password": SECRET}
        session.add(Connection("ixhaus_test", "oracle", **fields, extra='{"service_name": "ixhaus"}'))
        session.commit()
    yield


@pytest.fixture
def silent_oracle() -> Iterator[None]:
    """The test system's iX-Haus takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener, connected_oracle(listener.getsockname()[1]):
        yield


@pytest.fixture
def absent_oracle() -> Iterator[None]:
    """Nobody listens where the test system's iX-Haus should be."""
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        with connected_oracle(bound.getsockname()[1]):
            yield


def stored() -> tuple[str | None, str | None, str | None]:
    """Address, key and secret of the test system as Airflow holds them; None each if it holds none."""
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    table = Connection.__table__
    with create_session() as session:
        row = session.execute(select(table).where(table.c.conn_id == "casavi_test")).one_or_none()
    if row is None:
        return None, None, None
    assert SECRET not in row.password
    return row.host, row.login, Fernet(FERNET_KEY).decrypt(row.password.encode()).decode()


def text_of(html: str) -> str:
    """What a page says, without its markup, blanks as one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def shown(pages: Pages, path: str = PAGE, user: str = "admin", language: str = "de") -> str:
    answer = pages.get(path, user, accept_language=language)
    assert answer.status == 200
    return text_of(answer.text)


def counts(page: str) -> dict[str, list[int]]:
    """Kind → all, released, in the portal."""
    kinds = ("Objekte", "Flächen", "Personen", "Dokumente", "Meldungen")
    found = {kind: re.search(rf" {kind} ([0-9.]+) ([0-9.]+) ([0-9.]+) ", page) for kind in kinds}
    return {kind: [int(number.replace(".", "")) for number in match.groups()] for kind, match in found.items() if match}


# settings in force


@pytest.mark.rule("R56")
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_setting_is_shown_with_label_explanation_and_value(pages: Pages, language: Language) -> None:
    page = shown(pages, language=language)
    for section in effective(load_settings("production"), language):
        for setting in section.settings:
            texts = (setting.label, setting.explanation, *setting.value, setting.path)
            assert [text for text in texts if re.sub(r"\s+", " ", text) not in page] == []


@pytest.mark.rule("R57")
def test_expert_settings_stand_apart(pages: Pages) -> None:
    daily, _, expert = shown(pages).partition("Experteneinstellungen zeigen")
    assert "properties_full_history" not in daily
    assert "properties_full_history" in expert
    assert "person_types" not in expert


@pytest.mark.rule("R7")
def test_each_system_shows_its_own_settings(pages: Pages) -> None:
    assert "100–129, 200" in shown(pages)
    assert "100–129, 200" not in shown(pages, TEST)


def test_a_system_without_settings_is_not_found(pages: Pages) -> None:
    assert pages.get("/configuration?system=elsewhere").status == 404


def test_the_first_system_is_shown_if_none_is_named(pages: Pages) -> None:
    assert "config/production.yaml" in shown(pages)


def test_a_mistake_in_the_file_is_named_and_the_other_system_shown(pages: Pages) -> None:
    pages.configure("production", "colour: <b>red</b>\nreport_user: 7")
    page = shown(pages)
    assert "config/production.yaml: colour: diese Einstellung gibt es nicht" in page
    assert '"007" schreiben' in page
    assert "config/test.yaml" in shown(pages, TEST)


def test_a_file_that_cannot_be_read_is_named_and_the_other_system_shown(pages: Pages) -> None:
    file = pages.folder / "config" / "test.yaml"
    for content, sentence in (
        (b"person_types: Eigent\xfcmer", "das ist kein UTF-8"),
        (b"active: 'true", "Zeile 1: das ist kein gültiges YAML"),
    ):
        file.write_bytes(content)
        assert f"config/test.yaml: {sentence}" in shown(pages, TEST)
        assert "Einstellungen in Kraft" in shown(pages)


def test_a_folder_in_the_place_of_a_file_is_named_and_the_other_system_shown(pages: Pages) -> None:
    file = pages.folder / "config" / "test.yaml"
    file.unlink()
    file.mkdir()
    try:
        assert "config/test.yaml: das lässt sich nicht lesen (errno 21)" in shown(pages, TEST)
        assert "Einstellungen in Kraft" in shown(pages)
    finally:
        file.rmdir()


def test_what_a_setting_holds_is_escaped(pages: Pages) -> None:
    pages.configure("test", "person_types: ['<script>alert(1)</script>']")
    assert "<script>alert(1)</script>" not in pages.get(TEST).text
    assert "<script>alert(1)</script>" in unescape(pages.get(TEST).text)


# state


@pytest.mark.rule("R6")
def test_a_system_that_runs_says_so(pages: Pages) -> None:
    assert "Die Schnittstelle ist eingeschaltet." in shown(pages)


@pytest.mark.rule("R8")
def test_the_test_system_is_shown_as_off(pages: Pages) -> None:
    assert "Die Schnittstelle ist aus: config/test.yaml sagt nicht active: true." in shown(pages, TEST)


@pytest.mark.rule("R6")
def test_the_switch_in_ixhaus_is_shown_as_off(pages: Pages) -> None:
    pages.sql(SWITCH, "N")
    assert "Die Schnittstelle ist aus: Die Systemeinstellung" in shown(pages)


@pytest.mark.rule("R6")
def test_a_missing_casavi_licence_is_shown(pages: Pages) -> None:
    pages.sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = 'casavi'")
    assert "Die Lizenz casavi ist nicht aktiv." in shown(pages)


@pytest.mark.rule("R11")
def test_every_licence_is_shown_with_its_state(pages: Pages) -> None:
    pages.sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = 'Hausmeister'")
    pages.sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = '2020-12-31' WHERE LIZENZ = 'Objekteigentümer'")
    pages.sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = '2999-12-31' WHERE LIZENZ = 'Komfortpaket'")
    page = shown(pages)
    for state in (
        "casavi aktiv",
        "Hausmeister nicht aktiv",
        "Objekteigentümer abgelaufen am 31.12.2020",
        "Komfortpaket aktiv bis 31.12.2999",
    ):
        assert f"Lizenz {state} " in page


# what is released


@pytest.mark.rule("R13")
def test_a_changed_range_changes_what_is_released_at_once(pages: Pages) -> None:
    before = counts(shown(pages))
    assert set(before) == {"Objekte", "Flächen", "Personen", "Dokumente", "Meldungen"}
    pages.configure("production", "properties: 100\ndocument_types: Abrechnung")
    after = counts(shown(pages))
    assert after["Objekte"][:2] == [before["Objekte"][0], 1]
    assert all(after[kind][1] < before[kind][1] for kind in before)


def test_what_the_portal_holds_is_counted(pages: Pages) -> None:
    row = "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, ZUSTAND) VALUES ('production', ?, ?, ?)"
    for record_type, state in (("unit", "present"), ("unit", "removed"), ("contact", "restricted")):
        pages.sql(row, record_type, f"{record_type}-{state}", state)
    numbers = counts(shown(pages))
    assert (numbers["Flächen"][2], numbers["Personen"][2], numbers["Objekte"][2]) == (1, 1, 0)


def test_without_its_database_the_page_still_shows_the_settings(pages: Pages) -> None:
    pages.database.write_bytes(b"this is no database, not at all" * 100)
    page = shown(pages)
    assert "iX-Haus: SQLITE_NOTADB: Die Datei ist keine heile Datenbank; der Betreuer der Schnittstelle muss" in page
    assert "100–129, 200" in page


def test_a_database_without_the_views_is_named(pages: Pages) -> None:
    pages.sql("DROP TABLE SP_LIZENZ")
    assert "Eine Sicht oder Tabelle fehlt oder ist nicht lesbar" in shown(pages)


@pytest.mark.usefixtures("silent_oracle")
def test_a_database_that_says_nothing_is_not_waited_for(pages: Pages) -> None:
    page = shown(pages, TEST)
    assert "iX-Haus: Die Datenbank antwortet nicht innerhalb von fünf Sekunden." in page
    assert "Einstellungen in Kraft" in page


@pytest.mark.usefixtures("silent_oracle")
def test_a_database_that_says_nothing_leaves_threads_for_the_other(pages: Pages) -> None:
    for _ in range(10):
        shown(pages, TEST)
    assert "Die Schnittstelle ist eingeschaltet." in shown(pages)


# connections


@pytest.mark.usefixtures("silent_oracle")
def test_a_check_names_a_database_that_says_nothing(pages: Pages) -> None:
    page = text_of(pages.submit(PAGE, f"{PAGE}/check", {"system": "test"}).text)
    assert "Ergebnis der Prüfung iX-Haus: Die Datenbank antwortet nicht" in page


@pytest.mark.rule("R55", "R10")
def test_connections_that_work_are_called_fine(pages: Pages) -> None:
    page = text_of(pages.submit(PAGE, f"{PAGE}/check", {"system": "production"}).text)
    assert "iX-Haus: erreichbar, der Vertrag ist eingehalten (ixhaus_production)" in page
    assert "Portal: erreichbar, Schlüssel und Passwort gelten (casavi_production)" in page


@pytest.mark.usefixtures("absent_oracle")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "DPY-6005: Der Listener läuft nicht; ein späterer Lauf kann von selbst gelingen, sonst muss"),
        ("en", "DPY-6005: the listener is not running; a later run may succeed by itself, otherwise"),
    ],
)
def test_what_the_database_says_is_said_in_the_readers_language(pages: Pages, language: str, sentence: str) -> None:
    assert f"iX-Haus: {sentence}" in shown(pages, TEST, language=language)
    html = pages.submit(PAGE, f"{PAGE}/check", {"system": "test"}, accept_language=language).text
    assert f"iX-Haus: {sentence}" in text_of(html.partition('<ul class="findings"')[2])


@pytest.mark.rule("R55")
def test_everything_that_is_missing_is_named(pages: Pages, sandbox: SandboxProcess) -> None:
    pages.sql("DROP TABLE SP_TEAM")
    sandbox.fault("status", "POST", "/authenticate", status=401, times=None)
    page = text_of(pages.submit(PAGE, f"{PAGE}/check", {"system": "production"}).text)
    assert "iX-Haus: Die Sicht SP_TEAM fehlt oder ist nicht lesbar." in page
    assert "Portal: Das Portal weist Schlüssel oder Passwort zurück (HTTP 401)." in page


def test_the_test_systems_missing_connections_are_named(pages: Pages) -> None:
    page = text_of(pages.submit(PAGE, f"{PAGE}/check", {"system": "test"}).text)
    assert "iX-Haus: Die Airflow-Verbindung ixhaus_test gibt es nicht." in page
    assert "Portal: Die Airflow-Verbindung casavi_test gibt es nicht." in page


def test_a_check_finds_what_was_stored(pages: Pages, sandbox: SandboxProcess) -> None:
    keys = {"address": sandbox.api, "key": "demo-key", "key_again": "demo-key"}
    keys |= {"secret": "demo-secret", "secret_again": "demo-secret"}
    assert pages.submit(TEST, f"{PAGE}/keys", {"system": "test", **keys}).status == 303
    page = text_of(pages.submit(PAGE, f"{PAGE}/check", {"system": "test"}).text)
    assert "führt zum Konto des Produktivsystems" in page


@pytest.mark.rule("R9", "R10")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Der Link Datensynchronisation in der Airflow-Verbindung casavi_test ist unverschlüsselt (http://)."),
        ("en", "The synchronisation link in the Airflow connection casavi_test is not encrypted (http://)."),
    ],
)
def test_an_address_of_before_to_which_no_key_may_go_is_named(pages: Pages, language: str, sentence: str) -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        session.add(Connection("casavi_test", "http", host="http://portal.example/v2", login=KEY, password=SECRET))
    page = text_of(pages.submit(PAGE, f"{PAGE}/check?lang={language}", {"system": "test"}).text)
    assert f"{sentence} " in page


# the key pair


@pytest.mark.rule("R10")
def test_what_was_entered_twice_is_stored_and_never_shown_again(pages: Pages) -> None:
    answer = pages.submit(TEST, f"{PAGE}/keys", {"system": "test", **ENTRIES})
    assert answer.status == 303
    assert stored() == (ADDRESS, KEY, SECRET)
    after = pages.get(answer.headers["location"].removeprefix("/serviceportal"))
    assert "Hinterlegt als Airflow-Verbindung casavi_test." in text_of(after.text)
    assert ADDRESS in after.text
    assert not [half for half in (KEY, SECRET) if half in after.text + answer.text + str(answer.headers)]


@pytest.mark.rule("R10")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "new"}, "Die beiden Eingaben stimmen nicht überein (Schlüssel)."),
        ({"secret_again": "new"}, "Die beiden Eingaben stimmen nicht überein (Passwort)."),
        ({"key": "new", "secret": "new"}, "Die beiden Eingaben stimmen nicht überein (Schlüssel, Passwort)."),
        ({"key": "", "key_again": ""}, "Es fehlt etwas (Schlüssel)."),
        ({"address": "portal.example"}, f"{LINK}, beginnt nicht mit https://."),
        ({"address": "http://portal.example/v2"}, f"{LINK}, ist unverschlüsselt (http://)."),
        ({"address": "https://user:pw@portal.example"}, f"{LINK}, enthält einen Benutzer oder ein Passwort."),
        ({"address": "https://portal.example/v2?x"}, f"{LINK}, enthält ein ? oder #."),
        ({"address": "https://por\ntal.example"}, f"{LINK}, enthält Leerzeichen, Zeilenumbrüche oder Steuerzeichen."),
        ({"address": "https://portal.example:port"}, f"{LINK}, ist keine Adresse."),
    ],
)
def test_a_mismatch_is_named_and_keeps_what_was_stored(pages: Pages, change: dict[str, str], sentence: str) -> None:
    pages.submit(TEST, f"{PAGE}/keys", {"system": "test", **ENTRIES})
    answer = pages.submit(TEST, f"{PAGE}/keys", {"system": "test", **ENTRIES, **change})
    assert answer.status == 422
    assert f"Nichts wurde geändert: {sentence}" in text_of(answer.text)
    assert stored() == (ADDRESS, KEY, SECRET)
    assert not [half for half in (KEY, SECRET) if half in answer.text]


@pytest.mark.rule("R10")
def test_neither_key_nor_secret_reaches_the_servers_log(pages: Pages) -> None:
    pages.submit(TEST, f"{PAGE}/keys", {"system": "test", **ENTRIES})
    pages.submit(TEST, f"{PAGE}/keys", {"system": "test", **ENTRIES, "key_again": "another-4711"})
    log = pages.log()
    assert "configuration/keys" in log
    assert not [entry for entry in (KEY, SECRET, "another-4711") if entry in log]


@pytest.mark.rule("R7", "R10")
def test_a_pair_from_the_environment_is_said_to_go_first(pages: Pages) -> None:
    assert "aus der Umgebung (AIRFLOW_CONN_CASAVI_PRODUCTION)" in shown(pages)
    assert "AIRFLOW_CONN" not in shown(pages, TEST)


# who may what


@pytest.mark.parametrize(("user", "can_check", "can_enter"), [("admin", 1, 1), ("clerk", 1, 0), ("leser", 0, 0)])
def test_forms_are_there_for_those_who_may_send_them(pages: Pages, user: str, can_check: int, can_enter: int) -> None:
    html = pages.get(TEST, user).text
    assert html.count('/configuration/check#access"') == can_check
    assert html.count('/configuration/keys#enter"') == can_enter


@pytest.mark.rule("R10")
@pytest.mark.parametrize("user", ["clerk", "leser"])
def test_only_who_may_edit_connections_may_store_keys(pages: Pages, user: str) -> None:
    assert _with_own_token(pages, user, "keys", ENTRIES) == 403
    assert stored() == (None, None, None)


def test_who_may_only_look_may_not_check(pages: Pages, sandbox: SandboxProcess) -> None:
    sandbox.forget_requests()
    assert _with_own_token(pages, "leser", "check", {}) == 403
    assert sandbox.requests() == []


@pytest.mark.parametrize(("path", "fields"), [("keys", ENTRIES), ("check", {})])
def test_a_form_without_the_pages_token_is_refused(pages: Pages, path: str, fields: dict[str, str]) -> None:
    for token in ({}, {"token": "0" * 64}):
        assert pages.post(f"{PAGE}/{path}", {"system": "test", **fields, **token}).status == 403
    assert pages.post(f"{PAGE}/{path}", {"system": "test", **fields}, user=None).status == 401
    assert stored() == (None, None, None)


def _with_own_token(pages: Pages, user: str, path: str, fields: dict[str, str]) -> int:
    """Send a form that the user's page does not offer, with the token that would stand in it."""
    return pages.post(f"{PAGE}/{path}", {"system": "test", "token": pages.token(user), **fields}, user).status


# in a browser


def entered(page: Page, **entries: str) -> None:
    for label, value in entries.items():
        page.locator(f"#{label}").fill(value)
    page.get_by_role("button", name="Hinterlegen").click()


@pytest.mark.rule("R10")
def test_two_entries_that_differ_are_refused_where_they_were_made(pages: Pages, browser: Browser) -> None:
    with visit(browser, pages, TEST) as page:
        entered(page, **{**ENTRIES, "secret_again": "other"})
        expect(page.get_by_role("alert").last).to_contain_text("stimmen nicht überein (Passwort)")
        assert page.locator("#address").input_value() == ADDRESS
        assert [page.locator(f"#{name}").input_value() for name in ENTRIES if name != "address"] == [""] * 4
        entered(page, **ENTRIES)
        expect(page.get_by_role("status")).to_have_text("Hinterlegt als Airflow-Verbindung casavi_test.")
    assert stored() == (ADDRESS, KEY, SECRET)


@pytest.mark.parametrize(
    ("language", "button", "found"),
    [
        ("de-DE", "Verbindung prüfen", "der Vertrag ist eingehalten"),
        ("en-GB", "Check connections", "the contract is kept"),
    ],
)
def test_connections_are_checked_at_a_click(
    pages: Pages, browser: Browser, language: str, button: str, found: str
) -> None:
    with visit(browser, pages, PAGE, language=language) as page:
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_contain_text(found)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_axe_finds_nothing(pages: Pages, browser: Browser, width: int, scheme: str) -> None:
    with visit(browser, pages, PAGE, width=width, color_scheme=scheme) as page:
        page.locator("summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_everything_can_be_done_with_the_keyboard(pages: Pages, browser: Browser) -> None:
    with visit(browser, pages, TEST) as page:
        page.locator("#address").focus()
        page.keyboard.type(ADDRESS)
        for entry in (KEY, KEY, SECRET, SECRET):
            page.keyboard.press("Tab")
            page.keyboard.type(entry)
        page.keyboard.press("Enter")
        page.get_by_role("status").wait_for()
    assert stored() == (ADDRESS, KEY, SECRET)
