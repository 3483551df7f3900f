"""The page Freigaben: what waits is found from the protocol, seen whole, and answered by those who may."""

import csv
import io
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from include.ixhaus.contract import METADATA
from include.ixhaus.database import engine_on
from include.sync.protocol import Entry
from include.vocabulary.addresses import approval_address
from include.vocabulary.reasons import explain
from include.vocabulary.state import Level
from include.vocabulary.texts import Language
from tests.lookup.asking import CAUSE, ask, leaving
from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.moments import column, today
from tests.pages.rig import PREFIX, Pages, begun, visit
from tests.pages.test_why import dags as dags
from tests.pages.test_why import runs
from tests.sandbox import Reply

CANARY = "<script>kanari()</script>"
QUESTION = approval_address("production", "q1").removeprefix(PREFIX)
PERSON = "129.R16.1"
GERMAN = (
    "Protokoll", "3 warten auf Freigabe", "Freigabe: Personen, Produktiv", "Objektnummer", "Art", "Filtern",
    "Als CSV speichern", "Freigeben", "Der Lauf ist gestartet.", "freigegeben",
)  # fmt: skip
ENGLISH = (
    "Protocol", "3 wait for approval", "Approval: Persons, Production", "Property number", "Kind", "Filter",
    "Save as CSV", "Approve", "The run has been started.", "approved",
)  # fmt: skip


def database(pages: Pages) -> Engine:
    return engine_on(lambda: sqlite3.connect(pages.database))


def run_that_waits(pages: Pages, count: int = 3) -> str:
    """A run of persons that has held back some contacts; returns its name."""
    held = [Entry("contact", str(number), Level.GUARDED, "REMOVAL_GUARD") for number in range(count)]
    return pages.add_run("persons", today(20), *held, read=900, sent=3)


def asked(pages: Pages, approval: str) -> None:
    """A question about three records of the sample, asked by a run in the protocol."""
    records = [
        leaving(PERSON, properties="129"),
        leaving("V-R16", "contract", properties="129"),
        leaving("4711", reason="ORPHAN"),
    ]
    ask(database(pages), approval, *records, run=run_that_waits(pages), asked_at=today(19))


@pytest.fixture
def waiting(pages: Pages) -> Pages:
    """An iX-Haus in which the question q1 waits."""
    asked(pages, "q1")
    return pages


def shown(reply: Reply) -> str:
    """What the page says, without its tags, with single spaces."""
    assert reply.status == 200, reply.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", reply.text.replace("\u00ad", "")))


def rows_of(reply: Reply) -> list[dict[str, str]]:
    assert reply.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig")), delimiter=";"))


def state(pages: Pages) -> tuple[str, str | None]:
    """What the database says of the only question: its state and who answered it."""
    ((found, by),) = pages.sql("SELECT ZUSTAND, ENTSCHIEDEN_VON FROM SP_FREIGABE")
    return found, by


def answered(pages: Pages, what: str, user: str = "admin") -> Reply:
    return pages.submit(QUESTION, QUESTION, {"what": what}, user)


def sent(pages: Pages, what: str, user: str = "admin") -> Reply:
    """An answer from a form that the page would not show any more, or not to this user."""
    return pages.submit("/why", QUESTION, {"what": what}, user)


# looking


@pytest.mark.rule("E36")
@pytest.mark.parametrize(("language", "words"), [("de", GERMAN), ("en", ENGLISH)])
def test_from_airflows_first_page_one_comes_to_the_question_its_list_and_the_answer(
    pages: Pages, browser: Browser, dags: None, language: Language, words: tuple[str, ...]
) -> None:
    title, waits, heading, number, kind, filter_, save, approve, started, approved = words
    asked(pages, f"seen{language}")
    with begun(browser, pages, language) as inside:
        inside.get_by_role("navigation").first.get_by_role("link", name=title, exact=True).click()
        inside.locator("#listed").get_by_role("link", name=waits).click()
        expect(inside.get_by_role("heading", level=1)).to_have_text(heading)
        listed = inside.locator("[aria-labelledby=list] tbody tr")
        expect(listed).to_have_count(3)
        inside.get_by_label(number).fill("129")
        inside.get_by_label(kind, exact=True).select_option("contact")
        inside.get_by_role("button", name=filter_).click()
        expect(listed).to_have_count(1)
        with inside.owner.page.expect_download() as saved:
            inside.get_by_role("link", name=save).click()
        assert saved.value.suggested_filename == "freigabe-datensaetze.csv"
        inside.get_by_role("button", name=approve).click()
        expect(inside.get_by_role("status").first).to_contain_text(started)
        expect(inside.locator("dl.about")).to_contain_text(approved)
        expect(inside.locator("dl.about")).to_contain_text("clerk")
        expect(inside.get_by_role("button", name=approve)).to_have_count(0)
    assert state(pages) == ("approved", "clerk")


@pytest.mark.rule("E36")
def test_a_question_is_shown_with_group_cause_run_and_all_numbers(waiting: Pages) -> None:
    text = shown(waiting.get(QUESTION))
    assert "Freigabe: Personen, Produktiv" in text
    assert CAUSE in text
    assert "3 Datensätze" in text
    for reason in ("MOVED_OUT", "ORPHAN"):
        assert explain(reason) in text
    run = re.search(r'href="(/serviceportal/protocol/run[^"]*)"', waiting.get(QUESTION).text)
    assert run
    answer = waiting.send("GET", run[1].replace("&amp;", "&"), "admin")
    assert "3 warten auf Freigabe" in shown(answer)
    assert f'href="{PREFIX}{QUESTION}"' in answer.text


def test_a_run_that_is_no_longer_in_the_protocol_is_no_link(pages: Pages) -> None:
    ask(database(pages), "q1", leaving("1"), asked_at=today(), run="casavi_persons/gone#1")
    assert "/protocol/run" not in pages.get(QUESTION).text


def test_the_list_of_questions_says_how_each_stands(waiting: Pages) -> None:
    ask(database(waiting), "q2", leaving("1"), group="objects", state="rejected", decided_at=today(),
        decided_by="clerk")  # fmt: skip
    ask(database(waiting), "q3", group="documents", asked_at=today() - timedelta(hours=80))
    text = shown(waiting.get("/approvals"))
    assert "3 Fragen" in text
    assert text.index("Personen 3 wartet") < text.index("Objekte 1 abgelehnt")
    assert "von clerk" in text
    assert "Dokumente 0 verfallen" in text
    assert f'href="{PREFIX}{QUESTION}"' in waiting.get("/approvals").text


def test_while_nothing_was_asked_nothing_waits(pages: Pages) -> None:
    pages.add_run("persons", today(20), sent=3)
    assert "Es wurde noch nichts gefragt." in shown(pages.get("/approvals"))
    assert "Wartet auf eine Entscheidung" not in shown(pages.get("/protocol"))


def test_an_answered_question_still_tells_what_became_of_the_runs_that_waited(waiting: Pages) -> None:
    waiting.sql("UPDATE SP_FREIGABE SET ZUSTAND = 'rejected', ENTSCHIEDEN_AM = ?", column(today()))
    text = shown(waiting.get("/protocol"))
    assert "3 angehalten: abgelehnt" in text
    assert "Wartet auf eine Entscheidung" not in text


def test_a_question_that_is_not_there_is_not_found(pages: Pages) -> None:
    for path in ("/approvals/production/none", "/approvals/nowhere/q1", "/approvals/production/none.csv"):
        assert pages.get(path).status == 404


def test_the_protocol_is_there_before_the_tables_of_questions_are(pages: Pages) -> None:
    METADATA.drop_all(database(pages), [METADATA.tables[name] for name in ("SP_FREIGABE", "SP_FREIGABE_SATZ")])
    run_that_waits(pages)
    assert "3 angehalten" in shown(pages.get("/protocol"))


def test_names_stand_beside_the_ids_for_those_who_may_decide(waiting: Pages) -> None:
    ((first, last),) = waiting.sql("SELECT VORNAME, NACHNAME FROM SP_PERSON WHERE PERSON_SCHLUESSEL = ?", PERSON)
    for path in (QUESTION, f"{QUESTION}.csv"):
        assert f"{first} {last}" in waiting.get(path, "clerk").text
        assert last not in waiting.get(path, "leser").text
    assert "Namen sieht nur, wer entscheiden darf" in shown(waiting.get(QUESTION, "leser"))
    assert [user for user in ("clerk", "leser") if "casavi_" in shown(waiting.get(QUESTION, user))] == []


def test_the_list_as_csv_is_whole_or_what_the_filter_leaves(pages: Pages) -> None:
    records = [leaving(f"{number:03}", properties="100" if number < 70 else "200") for number in range(140)]
    ask(database(pages), "q1", *records, asked_at=today())
    assert len(rows_of(pages.get(f"{QUESTION}.csv"))) == 140
    few = rows_of(pages.get(f"{QUESTION}.csv?property_nr=200"))
    assert [one["Kennung"] for one in few] == [f"{number:03}" for number in range(70, 140)]
    assert few[0] == {
        "Art": "Kontakt", "Kennung": "070", "Name": "", "Was geschähe": "wird entfernt",
        "Grund": explain("MOVED_OUT"), "Kennung des Grundes": "MOVED_OUT", "Objekte": "200",
    }  # fmt: skip
    assert "Seite 3 von 3" in shown(pages.get(f"{QUESTION}?number=3"))


def test_a_spreadsheet_computes_nothing_of_the_list(pages: Pages) -> None:
    ask(database(pages), "q1", leaving("=1+1"), asked_at=today())
    assert rows_of(pages.get(f"{QUESTION}.csv"))[0]["Kennung"] == "'=1+1"


def test_what_a_question_holds_stays_text(pages: Pages) -> None:
    record = (CANARY[:30], CANARY, "remove", CANARY, CANARY)
    ask(database(pages), "q1", record, cause=CANARY, group=CANARY[:30], asked_at=today(), state="approved",
        decided_by=CANARY, decided_at=today())  # fmt: skip
    for path in (QUESTION, "/approvals", f"{QUESTION}?property_nr={CANARY}&reason={CANARY}"):
        text = pages.get(path).text
        assert "&lt;script&gt;" in text
        assert "<script>kanari" not in text


@pytest.mark.parametrize(("width", "scheme"), [(TELEPHONE, "light"), (TELEPHONE, "dark"), (1920, "light")])
def test_the_question_fits_any_screen_and_a_screen_reader(
    waiting: Pages, browser: Browser, width: int, scheme: str
) -> None:
    for path in (QUESTION, "/approvals", "/protocol"):
        with visit(browser, waiting, path, width=width, color_scheme=scheme) as page:
            assert not too_wide(page)
            assert violations(page) == []


def test_a_record_leads_to_why(waiting: Pages, browser: Browser) -> None:
    with visit(browser, waiting, QUESTION) as page:
        expect(page.get_by_role("row", name=PERSON).get_by_role("link", name="129", exact=True)).to_be_visible()
        page.get_by_role("link", name=PERSON, exact=True).click()
        expect(page.locator("#id")).to_have_value(PERSON)
        expect(page.locator("section.card h2")).to_contain_text(PERSON)


def test_the_question_is_in_the_language_of_the_reader(waiting: Pages) -> None:
    text = shown(waiting.get(QUESTION, accept_language="en"))
    assert "Approval: Persons, Production" in text
    assert "Too many removals at once" in text
    assert explain("ORPHAN", "en") in text


# answering


@pytest.mark.rule("E36")
def test_an_approval_holds_as_long_as_the_settings_say_and_starts_the_groups_dag(waiting: Pages, dags: None) -> None:
    text = shown(answered(waiting, "approve", "clerk"))
    assert "Ihre Antwort gilt. Der Lauf ist gestartet." in text
    newest = runs(waiting, "casavi_persons")[0]
    assert (newest["dag_run_id"], newest["triggering_user_name"]) == ("released__q1", "clerk")
    assert newest["conf"] == {"properties": "", "dry_run": False}
    ((until,),) = waiting.sql("SELECT GUELTIG_BIS FROM SP_FREIGABE")
    hours = (datetime.fromisoformat(until).replace(tzinfo=UTC) - datetime.now(UTC)) / timedelta(hours=1)
    assert 71.9 < hours <= 72


def test_a_question_is_answered_with_the_keyboard_alone(waiting: Pages, browser: Browser) -> None:
    with visit(browser, waiting, QUESTION) as page:
        reject = page.get_by_role("button", name="Ablehnen")
        for _ in range(20):
            page.keyboard.press("Tab")
            if reject.evaluate("button => button === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(page.locator("dl.about")).to_contain_text("abgelehnt")


@pytest.mark.rule("E36")
def test_a_rejection_starts_nothing(waiting: Pages, dags: None) -> None:
    before = len(runs(waiting, "casavi_persons"))
    text = shown(answered(waiting, "reject", "clerk"))
    assert "Der Lauf ist gestartet." not in text
    assert state(waiting) == ("rejected", "clerk")
    assert len(runs(waiting, "casavi_persons")) == before


@pytest.mark.rule("E36")
def test_the_first_answer_counts(waiting: Pages, dags: None) -> None:
    answered(waiting, "reject", "clerk")
    late = sent(waiting, "approve")
    assert "Ihre Antwort zählt nicht" in shown(late)
    assert state(waiting) == ("rejected", "clerk")


def test_a_question_that_has_lapsed_takes_no_answer(waiting: Pages) -> None:
    waiting.sql("UPDATE SP_FREIGABE SET GUELTIG_BIS = ?", column(today() - timedelta(hours=1)))
    assert "verfallen" in shown(waiting.get(QUESTION))
    assert 'value="approve"' not in waiting.get(QUESTION).text
    late = sent(waiting, "approve")
    assert "Ihre Antwort zählt nicht" in shown(late)
    assert state(waiting) == ("open", None)


def test_who_may_not_trigger_may_not_answer(waiting: Pages) -> None:
    assert 'value="approve"' not in waiting.get(QUESTION, "leser").text
    assert sent(waiting, "approve", "leser").status == 403
    assert waiting.post(QUESTION, {"what": "approve"}).status == 403
    assert sent(waiting, "anything").status == 422
    assert state(waiting) == ("open", None)


@pytest.mark.parametrize(
    ("language", "counts", "said"),
    [
        ("de", "der nächste Lauf nutzt die Freigabe", "Airflow kennt casavi_unheard_of nicht"),
        ("en", "the next run uses the approval", "Airflow does not know casavi_unheard_of"),
    ],
)
def test_an_approval_whose_dag_cannot_be_started_counts_and_says_so(
    waiting: Pages, language: str, counts: str, said: str
) -> None:
    waiting.sql("UPDATE SP_FREIGABE SET GRUPPE = 'unheard_of'")
    text = shown(waiting.submit(QUESTION, QUESTION, {"what": "approve"}, accept_language=language))
    assert counts in text
    assert said in text
    assert state(waiting) == ("approved", "admin")
