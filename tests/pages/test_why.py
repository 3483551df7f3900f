"""The page Warum?: typed in an id, one reads what the portal has, what it should have and why; and may send it."""

import json
import re
import subprocess
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.ixhaus import REPORT_CASES
from include.lookup.kinds import ASKED_AS
from include.settings import config_folder
from include.vocabulary.addresses import PAGES, why_address
from include.vocabulary.reasons import explain
from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.rig import Pages, visit
from tests.sandbox import Reply

PERSON = "129.R16.1"
CANARY = "<script>kanari()</script>"


@pytest.fixture(scope="session")
def dags(server: Pages) -> None:
    """Airflow's database knows the DAGs, as the DAG processor would have told it."""
    subprocess.run(["airflow", "dags", "reserialize"], check=True, capture_output=True)


def ask(page: Page, kind: str, record_id: str) -> None:
    page.locator("#kind").select_option(kind)
    page.locator("#id").fill(record_id)
    page.keyboard.press("Enter")
    page.locator("h2, .notice:not([data-again])").first.wait_for()


def question(kind: str, record_id: str) -> dict[str, str]:
    return {"system": "production", "kind": kind, "id": record_id}


def answer(pages: Pages, kind: str, record_id: str, user: str = "admin") -> str:
    """The answer as it stands in the page, worked out anew, however long it takes."""
    reply = pages.submit("/why", "/why", question(kind, record_id), user)
    if reply.status == 200:  # it means no record, or several
        return reply.text
    assert reply.status == 303, reply.text
    address = reply.headers["location"].removeprefix(PAGES)
    for _ in range(100):
        text = pages.get(address, user).text
        if "data-again" not in text:
            return text
    raise AssertionError("the answer never came")


def order(what: str = "send", *properties: str, group: str = "persons") -> dict[str, str]:
    return {
        **question("person", PERSON),
        "group": group,
        "property": properties[0] if properties else "129",
        "what": what,
    }


def ordered(pages: Pages, fields: dict[str, str], user: str = "admin") -> Reply:
    return pages.submit("/why", "/why/send", fields, user)


def runs(pages: Pages, dag_id: str) -> list[dict[str, Any]]:
    """The runs of a DAG as Airflow's API tells them, newest first."""
    path = f"/api/v2/dags/{dag_id}/dagRuns?order_by=-id&limit=50"
    reply = pages.send("GET", path, None, headers={"authorization": f"Bearer {pages.login('admin')}"})
    return list(json.loads(reply.text)["dag_runs"])


@pytest.mark.rule("R50", "O8")
@pytest.mark.parametrize(
    ("kind", "record_id", "expected"),
    [
        ("property", "301", ("nicht im Portal", "PROPERTY_NOT_RELEASED", "R13")),
        ("unit", "129/R16", ("im Portal", "RELEASED", "R13")),
        ("person", "129.E1.1", ("nicht im Portal", "NOT_YET", "R18")),
        ("contract", "V-R16", ("im Portal", "ACTIVE", "R16")),
        ("report", REPORT_CASES["R39"], ("nicht im Portal", "KIND_LOCKED", "R39")),
        ("note", "N-R44-2", ("nicht im Portal", "NOTE_INTERNAL", "R44")),
    ],
)
def test_an_id_is_answered_with_state_decision_reason_and_rule(
    synced: Pages, browser: Browser, kind: str, record_id: str, expected: tuple[str, str, str]
) -> None:
    state, reason, rule = expected
    with visit(browser, synced, "/why") as page:
        ask(page, kind, record_id)
        card = page.locator("section.card").first
        expect(card.locator("dd").first).to_have_text(state)
        expect(card).to_contain_text(explain(reason))
        expect(card).to_contain_text(f"Regel {rule}")


def test_the_answer_says_when_it_was_last_sent_and_what_the_portal_said(synced: Pages) -> None:
    synced.sql(
        "UPDATE SP_ABGLEICH SET ERGEBNIS = 'REFUSED', HTTP_STATUS = 422, GESENDET_AM = '2026-11-02 07:15:00.000000' "
        "WHERE ART = 'contact' AND SCHLUESSEL = ?",
        PERSON,
    )
    text = answer(synced, "person", PERSON)
    assert "02.11.2026 08:15:00" in text
    assert explain("REFUSED") in text
    assert "HTTP 422" in text
    assert 'href="/serviceportal/protocol/run?system=production&amp;run=casavi_persons%2Ffirst%231"' in text


def test_an_address_answers_for_every_spelling_and_kind_of_record(synced: Pages) -> None:
    """It is what every id on the pages leads to."""
    number = REPORT_CASES["R35"]
    own = why_address("production", "report", number)
    for kind, spelled in (("report", number.lower()), ("ticket", number.lower()), ("report", f" {number}")):
        reply = synced.get(why_address("production", kind, spelled).removeprefix(PAGES))
        assert (reply.status, reply.headers["location"]) == (303, own)
    unit = synced.get("/why/unit/100%2F1?system=production")
    assert (unit.status, unit.headers["location"]) == (303, why_address("production", "unit", "100/0001"))
    assert "129/R16</a>" in synced.get("/why/unit/129%2FR61?system=production").text
    assert synced.get("/why/example/1?system=production").status == 404
    assert synced.get(own.removeprefix(PAGES), None).status == 401


def test_every_id_of_a_run_leads_to_its_answer(synced: Pages, browser: Browser) -> None:
    ((run, kind, one),) = synced.sql(
        "SELECT LAUF, ART, SCHLUESSEL FROM SP_PROTOKOLL_EINTRAG WHERE ART IN ('unit', 'contact') ORDER BY 2, 3 LIMIT 1"
    )
    with visit(browser, synced, f"/protocol/run?system=production&run={quote(run)}") as page:
        for summary in page.locator("summary").all():
            summary.click()
        page.get_by_role("link", name=one, exact=True).first.click()
        expect(page.locator("section.card h2").first).to_contain_text(one)
        expect(page.locator("section.card table").first).to_contain_text("Lauf")
        assert page.url.endswith(why_address("production", ASKED_AS[kind], one)) or page.url.endswith(
            why_address("production", kind, one)
        )


def test_each_property_of_an_answer_leads_to_its_own(synced: Pages, browser: Browser) -> None:
    with visit(browser, synced, why_address("production", "person", PERSON).removeprefix(PAGES)) as page:
        page.locator("section.card dd").get_by_role("link", name="129", exact=True).first.click()
        expect(page.locator("section.card h2").first).to_contain_text("129")
        assert page.url.endswith(why_address("production", "property", "129"))


@pytest.mark.parametrize(
    ("kind", "asked_id", "row", "leads_to"),
    [
        ("person", PERSON, f"SP_PERSON:{PERSON}", ("person", PERSON)),
        ("contract", "V-R16", "SP_VERTRAG:V-R16", ("contract", "V-R16")),
        ("contract", "V-R22/P-R22-co", "SP_VERTRAGSROLLE:V-R22/P-R22-co/MITBEWOHNER", ("contract", "V-R22")),
        ("report", REPORT_CASES["R35"], f"SP_MELDUNG:{REPORT_CASES['R35']}", ("report", REPORT_CASES["R35"])),
    ],
)
def test_each_row_an_answer_is_made_from_leads_to_its_own(
    synced: Pages, kind: str, asked_id: str, row: str, leads_to: tuple[str, str]
) -> None:
    address = why_address("production", *leads_to)
    assert f'<a href="{address}">{row}</a>' in answer(synced, kind, asked_id)


def test_the_answer_is_in_the_language_of_the_reader(synced: Pages, browser: Browser) -> None:
    with visit(browser, synced, "/why", language="en-GB") as page:
        ask(page, "person", "129.E1.1")
        expect(page.locator("section.card")).to_contain_text(explain("NOT_YET", "en"))
        expect(page.get_by_role("button", name="Send now")).to_be_visible()


def test_an_id_that_nobody_knows_is_said_to_be_unknown_and_shown_as_text(synced: Pages) -> None:
    text = answer(synced, "person", CANARY)
    assert "Weder iX-Haus noch der Abgleich kennt" in text
    assert "<script>kanari" not in text
    assert "&lt;script&gt;kanari" in text


def synced_name(pages: Pages) -> str:
    """A name that one person has."""
    pages.sql("UPDATE SP_PERSON SET NACHNAME = 'Kanarienvogel' WHERE PERSON_SCHLUESSEL = ?", PERSON)
    return "kanarienvogel"


def test_what_was_asked_stands_in_no_address_and_no_log(synced: Pages, browser: Browser) -> None:
    with visit(browser, synced, "/why") as page:
        ask(page, "person", "Frau Kanari")
        assert page.url.endswith("/serviceportal/why")
    assert ">129.R16.1</a>" in synced.submit("/why", "/why", question("person", synced_name(synced))).text
    assert not re.search("frau|kanarienvogel", synced.log().lower())  # ids may stand there, another test's odd one too


def test_persons_are_found_by_name_for_those_who_may_see_names(synced: Pages) -> None:
    name = synced_name(synced)
    found = {user: synced.submit("/why", "/why", question("person", name), user).text for user in ("clerk", "leser")}
    assert {user: f">{PERSON}</a>" in text for user, text in found.items()} == {"clerk": True, "leser": False}


@pytest.mark.rule("R55")
def test_a_view_that_is_not_as_agreed_is_named(synced: Pages) -> None:
    synced.sql("ALTER TABLE SP_EINHEIT DROP COLUMN NUTZUNG")
    text = answer(synced, "unit", "129/R16")
    assert "NUTZUNG" in text
    assert 'role="alert"' in text


SLOW_VIEW = """
ALTER TABLE SP_EINHEIT RENAME TO EINHEIT;
CREATE VIEW SP_EINHEIT AS SELECT EINHEIT.* FROM EINHEIT, (
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT count(*) FROM n
);
"""


def test_an_answer_that_takes_long_comes_by_itself_and_airflow_works_meanwhile(synced: Pages, browser: Browser) -> None:
    for statement in SLOW_VIEW.format(rows=20_000_000).split(";")[:2]:
        synced.sql(statement)
    with visit(browser, synced, "/why") as page:
        page.locator("#kind").select_option("unit")
        page.locator("#id").fill("129/R16")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Die Antwort wird ausgerechnet")).to_be_visible(timeout=60_000)
        assert violations(page) == []
        assert synced.send("GET", "/api/v2/version", None).status == 200
        expect(page.locator("section.card")).to_contain_text(explain("RELEASED"), timeout=120_000)


def test_a_connection_that_is_missing_is_named_at_once(synced: Pages) -> None:
    shipped = (config_folder() / "production.yaml").read_text(encoding="utf-8")
    synced.configure("production", f"{shipped}ixhaus_connection: nirgends\n")
    reply = synced.submit("/why", "/why", question("property", "100"))
    assert (reply.status, "nirgends" in reply.text) == (503, True)


@pytest.mark.rule("R6")
def test_an_interface_that_is_off_says_so(synced: Pages) -> None:
    synced.sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    assert explain("INTERFACE_OFF") in answer(synced, "property", "100")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_answer_fits_a_telephone_and_a_screen_reader(synced: Pages, browser: Browser, scheme: str) -> None:
    with visit(browser, synced, "/why", width=TELEPHONE, color_scheme=scheme) as page:
        ask(page, "person", PERSON)
        assert not too_wide(page)
        assert violations(page) == []


# sending


@pytest.mark.parametrize(("button", "is_dry"), [("Jetzt senden", False), ("Vorschau", True)])
def test_a_button_starts_the_groups_dag_for_the_records_property(
    synced: Pages, browser: Browser, dags: None, button: str, is_dry: bool
) -> None:
    with visit(browser, synced, "/why", user="clerk") as page:
        ask(page, "person", PERSON)
        page.get_by_role("button", name=button).click()
        page.get_by_role("status").wait_for()
        newest = runs(synced, "casavi_persons")[0]
        link = page.get_by_role("status").get_by_role("link")
        assert (
            link.get_attribute("href")
            == f"/dags/casavi_persons/runs/{newest['dag_run_id'].replace(':', '%3A').replace('+', '%2B')}"
        )
    assert newest["conf"] == {"properties": "129", "dry_run": is_dry}
    assert (newest["run_type"], newest["triggering_user_name"]) == ("manual", "clerk")


def test_who_may_not_trigger_sees_no_button_and_is_refused(synced: Pages, dags: None) -> None:
    before = len(runs(synced, "casavi_persons"))
    text = answer(synced, "person", PERSON, "leser")
    assert "why/send" not in text
    assert "fehlt Ihnen in Airflow das Recht" in text
    assert ordered(synced, order(), "leser").status == 403
    assert synced.post("/why/send", order(), None).status == 401
    assert len(runs(synced, "casavi_persons")) == before


def test_an_order_that_is_not_from_the_page_starts_nothing(synced: Pages, dags: None) -> None:
    before = len(runs(synced, "casavi_persons"))
    assert synced.post("/why/send", order()).status == 403
    assert ordered(synced, order("send", "100-199")).status == 422  # would read as a range
    assert ordered(synced, order("send", "../x y")).status == 422
    assert ordered(synced, order(group="example")).status == 422
    assert ordered(synced, order("anything")).status == 422
    assert len(runs(synced, "casavi_persons")) == before


def test_a_paused_dag_is_said_to_be_paused(synced: Pages, dags: None) -> None:
    text = ordered(synced, order("preview")).text
    assert "pausiert" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Der Lauf ließ sich nicht starten: Airflow kennt casavi_documents_test nicht"),
        ("en", "The run could not be started: Airflow does not know casavi_documents_test"),
    ],
)
def test_a_dag_that_airflow_does_not_know_is_said_to_be_missing(
    synced: Pages, dags: None, language: str, said: str
) -> None:
    authorised = {"authorization": f"Bearer {synced.login('admin')}"}
    gone = synced.send("DELETE", "/api/v2/dags/casavi_documents_test", None, headers=authorised)
    assert gone.status in (204, 404)  # the other language was here before
    fields = {**order(group="documents"), "system": "test"}
    assert said in synced.submit("/why", "/why/send", fields, accept_language=language).text


def test_a_view_that_is_not_as_agreed_is_said_in_the_readers_language(synced: Pages) -> None:
    synced.sql("DROP TABLE SP_DOKUMENT")
    for language, said in (("de", "diese Sicht des Datenbankvertrags fehlt"), ("en", "this view of the interface")):
        address = why_address("production", "document", "DOK-1").removeprefix(PAGES)
        for _ in range(100):
            text = synced.get(address, accept_language=language).text
            if "data-again" not in text:
                break
        assert said in text
