"""The page Protokoll over HTTP: what is shown of which runs, and that whatever stands there stays text."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from include.sync.protocol import Entry
from include.vocabulary.state import Level
from tests.pages.rig import Pages
from tests.sandbox import Reply

CANARY = "<script>alert(1)</script>"
NIGHT = datetime(2026, 11, 24, 1, tzinfo=UTC)
DAY = "/protocol?first=2026-11-24"


def shown(answer: Reply) -> str:
    """What the page says, without its tags, with single spaces."""
    assert answer.status == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text.replace("\u00ad", "")))


def table(answer: Reply) -> list[list[str]]:
    """The cells of the table of runs or records."""
    body = answer.text.partition('<table class="cards')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[dh].*?</t[dh]>", row, re.S) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cell)).strip() for cell in row] for row in rows]


def rows_of(answer: Reply) -> list[dict[str, str]]:
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.rule("R51")
def test_the_last_query_is_shown_whatever_is_filtered(pages: Pages) -> None:
    pages.add_run("persons", NIGHT, sent=11)
    pages.add_run("reports", NIGHT + timedelta(minutes=90), sent=4711, errors=42)
    page = shown(pages.get("/protocol?first=2020-01-01&group=objects"))
    assert "Datum 24.11.2026 Uhrzeit 03:30:00 Gesendet 4.711 Fehler 42" in page
    assert "In diesem Zeitraum gibt es keine solchen Läufe" in page


@pytest.mark.rule("R51")
def test_a_run_is_shown_with_all_its_numbers(pages: Pages) -> None:
    pages.add_run(
        "persons", NIGHT, status="errors", read=1234, sent=6, created=1, updated=2, removed=3, unchanged=1000,
        withheld=200, invalid=8, errors=9, outstanding=10,
    )  # fmt: skip
    row = table(pages.get(DAY))[0]
    assert row[:4] == ["24.11.2026 02:00", "Personen", "mit Fehlern", "Zeitplan"]
    assert row[4:] == ["1.234", "6", "1", "2", "3", "1.000", "200", "8", "9", "10", "90,0 s"]


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("first=2026-11-23", ["Objekte"]),
        ("last=2026-11-23", ["Objekte"]),
        ("first=2026-11-23&last=2026-11-24", ["Personen", "Meldungen", "Objekte"]),
        ("first=2026-11-24&last=2026-11-23", ["Personen", "Meldungen", "Objekte"]),
        ("first=2026-11-23&last=2026-11-24&group=reports", ["Meldungen"]),
        ("first=2026-11-23&last=2026-11-24&notable=true", ["Personen", "Objekte"]),
        ("first=2026-11-23&last=2026-11-24&system=test", []),
    ],
)
def test_runs_are_filtered_by_day_group_system_and_result(pages: Pages, query: str, groups: list[str]) -> None:
    pages.add_run("objects", NIGHT - timedelta(days=1), sent=1)
    pages.add_run("reports", NIGHT, read=5, unchanged=5)
    pages.add_run("persons", NIGHT + timedelta(minutes=30), errors=1)
    assert [row[1] for row in table(pages.get(f"/protocol?{query}"))] == groups


def test_the_trigger_is_a_link_to_the_run_in_airflow(pages: Pages) -> None:
    kinds = {
        "scheduled": "Zeitplan",
        "manual": "von Hand",
        "asset_triggered": "Ereignis",
        "backfill": "Nachholen",
        "released": "Freigabe",
    }
    for number, kind in enumerate(kinds):
        pages.add_run("persons", NIGHT - timedelta(minutes=number), run_id=f"{kind}__2026-11-24T01:00:00+00:00")
    answer = pages.get(DAY)
    assert [row[3] for row in table(answer)] == list(kinds.values())
    assert 'href="/dags/casavi_persons/runs/backfill__2026-11-24T01%3A00%3A00%2B00%3A00"' in answer.text


def test_many_runs_are_shown_in_pages(pages: Pages) -> None:
    for number in range(60):
        pages.add_run("reports", NIGHT + timedelta(minutes=5 * number), sent=number + 1)
    first, second = (pages.get(f"{DAY}&number={number}") for number in (1, 2))
    assert [len(table(one)) for one in (first, second)] == [50, 10]
    assert "60 Läufe" in shown(first)
    assert "Seite 2 von 2" in shown(second)
    assert [row[5] for row in table(first) + table(second)] == [str(number) for number in range(60, 0, -1)]


def test_the_chart_has_a_bar_for_each_of_30_days(pages: Pages) -> None:
    now = datetime.now(UTC)
    pages.add_run("persons", now, sent=40, errors=2)
    pages.add_run("persons", now - timedelta(days=29), sent=20)
    page = pages.get("/protocol")
    assert "In den letzten 30 Tagen 60 Datensätze gesendet, 2 Fehler." in shown(page)
    sent, errors = (re.findall(r'height="([\d.]+)"', part) for part in re.findall(r"<svg.*?</svg>", page.text, re.S))
    assert [float(height) for height in sent] == [30, *[0] * 28, 60]
    assert [float(height) for height in errors] == [*[0] * 29, 60]


def test_a_run_opens_to_its_records_the_urgent_ones_first_in_plain_words(pages: Pages) -> None:
    found = [
        Entry("contact", "P9", Level.WARNING, "EMAIL_SHARED"),
        Entry("contact", "P7", Level.WITHHELD, "PARENT_NOT_IN_PORTAL"),
        Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422),
        Entry("contract", "V1", Level.INVALID, "END_BEFORE_START"),
    ]
    pages.add_run("persons", NIGHT, *found, errors=1, invalid=1)
    link = re.search(r'href="/serviceportal(/protocol/run\?[^"]*)"', pages.get(DAY).text)
    assert link
    records = table(pages.get(link[1].replace("&amp;", "&")))
    assert [row[:3] for row in records] == [
        ["P8", "Kontakt", "Fehler"],
        ["V1", "Vertrag", "ungültig"],
        ["P7", "Kontakt", "zurückgehalten"],
        ["P9", "Kontakt", "Hinweis"],
    ]
    assert records[0][3:] == ["Das Portal hat den Datensatz abgelehnt. REFUSED", "ändern", "422"]
    in_english = table(pages.get(link[1].replace("&amp;", "&"), accept_language="en"))
    assert in_english[0] == ["P8", "Contact", "error", "The portal refused the record. REFUSED", "update", "422"]


def test_runs_and_records_are_exported_as_csv(pages: Pages) -> None:
    name = pages.add_run(
        "persons", NIGHT, Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422), sent=3, errors=1
    )
    (run,) = rows_of(pages.get("/protocol/runs.csv?first=2026-11-24"))
    assert (run["Zeit"], run["Gesendet"], run["Fehler"], run["Zurückgehalten"]) == (
        "2026-11-24 02:00:00",
        "3",
        "1",
        "0",
    )
    query = f"system=production&run={name.replace('#', '%23').replace('+', '%2B')}"
    (entry,) = rows_of(pages.get(f"/protocol/entries.csv?{query}"))
    assert (entry["Kennung"], entry["Grund"]) == ("P8", "Das Portal hat den Datensatz abgelehnt.")


def test_a_spreadsheet_computes_nothing_of_an_export(pages: Pages) -> None:
    pages.add_run("persons", NIGHT, reason="=1+1")
    assert rows_of(pages.get("/protocol/runs.csv?first=2026-11-24"))[0]["Grund"] == "'=1+1"


def test_what_stands_in_the_protocol_stays_text(pages: Pages) -> None:
    entry = Entry("contact", CANARY, Level.ERROR, "X", text=CANARY)
    name = pages.add_run("persons", NIGHT, entry, run_id=f"manual__{CANARY}", status="failed", reason=CANARY)
    query = f"system=production&run={name.replace('#', '%23').replace('+', '%2B')}"
    for path in (DAY, f"/protocol/run?{query}", f"/dag-run?dag_id=casavi_persons&run_id=manual__{CANARY}"):
        answer = pages.get(path)
        assert answer.status == 200
        assert "&lt;script&gt;alert" in answer.text
        assert CANARY not in answer.text


def test_what_is_asked_for_stays_text(pages: Pages) -> None:
    answer = pages.get(f"{DAY}&group={CANARY}&system={CANARY}&lang={CANARY}&other={CANARY}")
    assert answer.status == 200
    assert CANARY not in answer.text


def test_the_tab_on_a_dag_run_shows_each_of_its_executions(pages: Pages) -> None:
    for number in range(2):
        pages.add_run("persons", NIGHT + timedelta(hours=number), run_id="manual__1", sent=4000 + number)
    pages.add_run("persons", NIGHT, run_id="manual__11", sent=5000)
    page = shown(pages.get("/dag-run?dag_id=casavi_persons&run_id=manual__1"))
    assert ("4.000" in page, "4.001" in page, "5.000" in page) == (True, True, False)


def test_the_tab_of_another_dag_says_that_it_has_no_protocol(pages: Pages) -> None:
    page = shown(pages.get("/dag-run?dag_id=other&run_id=manual__1"))
    assert "Zu diesem Lauf gibt es kein Protokoll" in page


@pytest.mark.rule("R7")
def test_a_mistake_in_the_other_systems_settings_is_named_beside_the_runs(pages: Pages) -> None:
    pages.add_run("persons", NIGHT, sent=4000)
    pages.configure("test", "person_typ: Mieter")
    page = shown(pages.get(DAY))
    assert "4.000" in page
    assert "Die Einstellungen haben einen Fehler: config/test.yaml: person_typ: there is no such setting" in page


@pytest.mark.rule("R9")
def test_while_the_settings_are_wrong_page_and_tab_say_so_instead_of_showing_runs(pages: Pages) -> None:
    pages.configure("production", "active: maybe")
    for path in ("/protocol", "/dag-run?dag_id=casavi_persons&run_id=manual__1"):
        page = shown(pages.get(path))
        assert "config/production.yaml: active: input should be a valid boolean" in page
        assert "Kein System ist eingeschaltet" not in page


def test_without_an_active_system_the_page_says_so(pages: Pages) -> None:
    pages.configure("production", "active: false")
    assert "Kein System ist eingeschaltet" in shown(pages.get("/protocol"))
