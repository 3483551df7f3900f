"""The page Protokoll over HTTP: what is shown of which runs, and that whatever stands there stays text."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from include.groups import RUNS
from include.groups.reports.watch.ixhaus import note_look
from include.sync.lease import acquire
from include.sync.protocol import Entry
from include.vocabulary.addresses import why_address
from include.vocabulary.clock import BERLIN, utc_now
from include.vocabulary.reasons import explain
from include.vocabulary.state import Level
from include.vocabulary.texts import Language
from tests.pages.moments import column, days_ago, today
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
    found = answer.text.partition('id="listed"')[2] or answer.text
    body = found.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[dh].*?</t[dh]>", row, re.S) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cell)).strip() for cell in row] for row in rows]


def rows_of(answer: Reply) -> list[dict[str, str]]:
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def groups(answer: Reply) -> dict[str, list[str]]:
    """The cells of the table of groups, without the line for a phone."""
    assert answer.status == 200, answer.text
    body = answer.text.partition('id="standing"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[dh].*?</t[dh]>", row, re.S) for row in body.split("</tr>")[:-1]]
    told = [[re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cell)).strip() for cell in row[:-1]] for row in rows]
    return {name: cells for name, *cells in told}


def groups_part(pages: Pages) -> str:
    """What stands below the table of groups, as text."""
    part = pages.get("/protocol").text.partition('id="standing"')[2].partition("</section>")[0].partition("</table>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", part))


def run_path(name: str, page: str = "run") -> str:
    """The path of a run's page."""
    return f"/protocol/{page}?{urlencode({'system': 'production', 'run': name})}"


@pytest.mark.rule("R51")
def test_the_last_query_of_each_group_is_shown_whatever_is_filtered(pages: Pages) -> None:
    held = Entry("contact", "P1", Level.GUARDED, "REMOVAL_GUARD")
    pages.add_run("persons", NIGHT, held, sent=11, errors=3, invalid=8, withheld=201, status="errors")
    pages.add_run("persons", NIGHT + timedelta(minutes=90), run_id="manual__1", sent=4711)
    pages.add_run("persons", NIGHT + timedelta(hours=2), status="skipped", reason=explain("NO_LICENCE"))
    answer = pages.get("/protocol?first=2020-01-01&group=objects")
    found = groups(answer)
    assert list(found) == [one.label.german for one in RUNS.values()]
    asked, status, *numbers = found["Personen"]
    assert asked == "24.11.2026 03:30"
    assert status == f"fertig seither: ausgelassen {explain('NO_LICENCE')}"
    assert numbers == ["4.711", "0", "24.11.2026 02:00", "1", "8", "200"]
    assert found["Objekte"] == ["noch nie", "", *["–"] * 6]
    assert "In diesem Zeitraum gibt es keine solchen Läufe" in shown(answer)


@pytest.mark.rule("R51")
def test_when_both_sides_were_last_looked_at_is_shown_and_that_nobody_looks_any_more(pages: Pages) -> None:
    assert "nachgesehen" not in groups_part(pages)
    said: dict[int, str] = {}
    for minutes in (9, 11):
        at = (utc_now() - timedelta(minutes=minutes)).replace(microsecond=0)
        with pages.engine().begin() as connection:
            note_look(connection, "production", at)
        said[minutes] = groups_part(pages)
        assert f"{at.astimezone(BERLIN):%d.%m.%Y %H:%M}" in said[minutes]
    assert "zuletzt" in said[9]
    assert "nicht mehr nachgesehen" not in said[9]
    assert "nicht mehr nachgesehen" in said[11]
    assert "Triggerer" in said[11]
    lease = acquire(pages.engine(), "production/reports", "casavi_reports/scheduled__1", 60)
    assert "nicht mehr nachgesehen" not in groups_part(pages), f"a run looks at both sides, {lease}"


@pytest.mark.rule("R51", "E36")
def test_a_run_is_shown_with_all_its_numbers(pages: Pages) -> None:
    pages.add_run(
        "persons", NIGHT, *(Entry("contact", f"P{n}", Level.GUARDED, "REMOVAL_REJECTED") for n in range(5)),
        status="errors", read=1234, sent=6, created=1, updated=2, removed=3, unchanged=1000,
        withheld=205, invalid=8, errors=9, outstanding=10,
    )  # fmt: skip
    answer = pages.get(DAY)
    row = table(answer)[0]
    assert row[:4] == ["24.11.2026 02:00", "Personen", "mit Fehlern", "Zeitplan"]
    assert row[4:-1] == ["1.234", "6", "1", "2", "3", "1.000", "9", "5", "8", "200", "10", "90,0 s"]
    assert row[-1] == "Gesendet 6 · Fehler 9 · Zur Freigabe angehalten 5 · Zu berichtigen 8"
    heads = re.findall(r"<th [^>]*>(.*?)</th>", answer.text.partition('id="listed"')[2].partition("</thead>")[0])
    named = dict(zip((one.replace("\u00ad", "") for one in heads), row, strict=False))
    assert (named["Zur Freigabe angehalten"], named["Zu berichtigen"], named["Nach Regeln nicht gesendet"]) == (
        "5", "8", "200",
    )  # fmt: skip


@pytest.mark.rule("R53")
def test_a_run_at_work_says_since_when_and_one_that_is_not_says_so(pages: Pages) -> None:
    now = datetime.now(UTC)
    names = [pages.begin_run(group, now - timedelta(minutes=5)) for group in ("persons", "objects")]
    pages.sql(
        "INSERT INTO SP_SPERRE (NAME, INHABER, MARKE, GUELTIG_BIS) VALUES ('production/persons', ?, ?, ?)",
        *names[0].split("#"), column(now + timedelta(minutes=1)),
    )  # fmt: skip
    since = f"{(now - timedelta(minutes=5)).astimezone(BERLIN):%d.%m.%Y %H:%M}"
    first = since.partition(" ")[0]
    day = "-".join(reversed(first.split(".")))
    answer = pages.get(f"/protocol?first={day}")
    found = {row[1]: row for row in table(answer)}
    assert re.fullmatch(rf"läuft seit {since}, 5:\d\d min\. Seine Zahlen .*", found["Personen"][4])
    assert found["Objekte"][2] == "ohne Abschluss"
    assert found["Objekte"][4].startswith("arbeitet nicht mehr und hat kein Ende gemeldet")
    assert groups(answer)["Personen"][1].startswith(f"läuft läuft seit {since}")
    assert f"Personen: läuft seit {since}" in shown(pages.get(run_path(names[0])))
    assert "running since" in shown(pages.get(run_path(names[0]), accept_language="en"))
    (row,) = [one for one in rows_of(pages.get(f"/protocol/runs.csv?first={day}")) if one["Gruppe"] == "persons"]
    assert (row["Status"], row["Gesendet"]) == ("running", "")


@pytest.mark.rule("R51")
def test_a_preview_and_a_reconciliation_say_what_their_numbers_mean(pages: Pages) -> None:
    pages.add_run("persons", NIGHT, status="dry_run", created=7, withheld=30)
    pages.add_run("reconcile", NIGHT + timedelta(hours=1), read=50, withheld=4)
    compared, preview = table(pages.get(DAY))
    assert preview[2] == (
        "Vorschau Gesendet ist nichts; die Zahlen sagen, was geschehen wäre. "
        "30 blieben zurück, nach den Regeln oder für eine Freigabe."
    )
    assert compared[2] == "fertig 4 im Portal kennt iX-Haus nicht."
    assert preview[11] == compared[11] == compared[13] == "–"


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


@pytest.mark.rule("R51")
def test_the_chart_says_of_each_group_what_is_wrong_since_when(pages: Pages) -> None:
    days = [f"{days_ago(ago):%d.%m.%Y}" for ago in (29, 1, 0)]
    for ago, errors, invalid in ((29, 0, 20), (1, 2, 40), (0, 0, 10)):
        pages.add_run("persons", days_ago(ago) if ago else today(), errors=errors, invalid=invalid)
    pages.add_run("objects", today(), sent=5)
    answer = pages.get("/protocol")
    assert f"Personen Fehler am {days[1]} · Zu berichtigen an 3 Tagen, zuletzt am {days[2]}" in shown(answer)
    assert "Ohne Fehler, und nichts zu berichtigen: Objekte." in shown(answer)
    (drawn,) = re.findall(r"<svg.*?</svg>", answer.text, re.S)
    points = re.findall(r'<a .*?tabindex="(-?\d)" aria-label="(.*?)">(.*?)</a>', drawn, re.S)
    assert [stop for stop, _, _ in points] == [*["-1"] * 29, "0"]
    assert points[0][1] == f"{days[0]}: Fehler 0, zu berichtigen 20"
    assert points[-2][1] == f"{days[1]}: Fehler 2, zu berichtigen 40"
    assert points[1][1].endswith(": kein Lauf")
    heights = [re.findall(r'class="(?:errors|invalid)".*?height="([\d.]+)"', one) for _, _, one in points]
    assert ([float(one) for one in heights[0]], [float(one) for one in heights[-2]]) == ([0, 30], [3, 60])
    as_table = answer.text.partition("Zahlen als Tabelle")[2].partition("</table>")[0]
    assert len(re.findall("<tr>", as_table)) == 1 + 3


def test_without_a_run_the_chart_says_so(pages: Pages) -> None:
    assert "In den letzten 30 Tagen gab es keinen Lauf." in shown(pages.get("/protocol"))
    assert "There was no run in the last 30 days." in shown(pages.get("/protocol", accept_language="en"))


FOUND = [
    Entry("contact", "P9", Level.WARNING, "EMAIL_SHARED"),
    Entry("contact", "P7", Level.WITHHELD, "PARENT_NOT_IN_PORTAL"),
    Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422),
    Entry("contract", "V1", Level.INVALID, "END_BEFORE_START"),
    *(Entry("contact", f"{place:03}", Level.INVALID, "NO_NAME") for place in range(60)),
]


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    ("language", "levels"),
    [
        ("de", ["Fehler", "zu berichtigen", "zu berichtigen", "wartet auf einen anderen Datensatz", "Hinweis"]),
        ("en", ["error", "to be corrected", "to be corrected", "waits for another record", "hint"]),
    ],
)
def test_a_run_tells_its_records_by_reason_the_urgent_ones_first(
    pages: Pages, language: Language, levels: list[str]
) -> None:
    answer = pages.get(
        run_path(pages.add_run("persons", NIGHT, *FOUND, errors=1, invalid=61)), accept_language=language
    )
    told = re.findall(r"<summary.*?</summary>", answer.text, re.S)
    codes = [("REFUSED", 1), ("NO_NAME", 60), ("END_BEFORE_START", 1), ("PARENT_NOT_IN_PORTAL", 1), ("EMAIL_SHARED", 1)]
    assert [re.sub(r"\s+", " ", re.sub("<[^>]*>", "", one)).strip() for one in told] == [
        f"{number} × {explain(code, language)} {level}" for (code, number), level in zip(codes, levels, strict=True)
    ]
    first = table(answer)[0]
    assert first == [
        "P8",
        {"de": "Kontakt", "en": "Contact"}[language],
        {"de": "ändern", "en": "update"}[language],
        "422",
    ]
    assert why_address("production", "contact", "P8") in answer.text


@pytest.mark.rule("R51")
def test_all_records_of_a_run_are_there_by_pages(pages: Pages) -> None:
    name = pages.add_run("persons", NIGHT, *FOUND)
    link = re.search(r'href="/serviceportal(/protocol/records\?[^"]*NO_NAME)"', pages.get(run_path(name)).text)
    assert link
    parts = [pages.get(f"{link[1].replace('&amp;', '&')}&number={number}") for number in (1, 2)]
    assert [row[0] for part in parts for row in table(part)] == [f"{place:03}" for place in range(60)]
    assert "Gefunden: 60, Seite 2 von 2" in shown(parts[1])
    everything = pages.get(run_path(name, "records"))
    assert f"Gefunden: {len(FOUND)}, Seite 1 von 2" in shown(everything)
    assert len(rows_of(pages.get(run_path(name, "entries.csv")))) == len(FOUND)


@pytest.mark.rule("R51")
def test_records_of_a_run_are_found_by_id_and_by_text(pages: Pages) -> None:
    name = pages.add_run("persons", NIGHT, *FOUND)
    path = run_path(name, "records")

    def search(text: str, language: str = "de", **fields: str) -> Reply:
        return pages.submit(run_path(name), path, {"text": text, **fields}, user="leser", accept_language=language)

    assert [row[0] for row in table(search("p8"))] == ["P8"]
    (row,) = table(search("refused the record", "en"))
    assert row == ["P8", "Contact", "error", explain("REFUSED", "en"), "update", "422"]
    assert [len(table(search("nachname", number=number))) for number in ("1", "2")] == [50, 10]
    assert "In diesem Lauf gibt es keinen solchen Datensatz." in shown(search(CANARY))
    assert CANARY not in search(CANARY).text
    assert "nachname" not in pages.log().lower()
    assert pages.get(run_path("nobody")).status == pages.get(run_path("nobody", "records")).status == 404


def test_runs_and_records_are_exported_as_csv(pages: Pages) -> None:
    name = pages.add_run(
        "persons", NIGHT, Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422), sent=3, errors=1
    )
    (run,) = rows_of(pages.get("/protocol/runs.csv?first=2026-11-24"))
    numbers = [run[name] for name in ("Gesendet", "Fehler", "Zur Freigabe angehalten", "Nach Regeln nicht gesendet")]
    assert (run["Zeit"], *numbers) == ("2026-11-24 02:00:00", "3", "1", "0", "0")
    (entry,) = rows_of(pages.get(run_path(name, "entries.csv")))
    assert (entry["Kennung"], entry["Grund"]) == ("P8", "Das Portal hat den Datensatz abgelehnt.")


def test_a_spreadsheet_computes_nothing_of_an_export(pages: Pages) -> None:
    pages.add_run("persons", NIGHT, reason="=1+1")
    assert rows_of(pages.get("/protocol/runs.csv?first=2026-11-24"))[0]["Grund"] == "'=1+1"


def test_what_stands_in_the_protocol_stays_text(pages: Pages) -> None:
    entry = Entry("contact", CANARY, Level.ERROR, "X", text=CANARY)
    name = pages.add_run("persons", NIGHT, entry, run_id=f"manual__{CANARY}", status="failed", reason=CANARY)
    for path in (
        DAY,
        run_path(name),
        run_path(name, "records"),
        f"/dag-run?dag_id=casavi_persons&run_id=manual__{CANARY}",
    ):
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
    assert "Die Einstellungen haben einen Fehler: config/test.yaml: person_typ: diese Einstellung gibt es nicht" in page


@pytest.mark.rule("R9")
def test_while_the_settings_are_wrong_page_and_tab_say_so_instead_of_showing_runs(pages: Pages) -> None:
    pages.configure("production", "active: maybe")
    for path in ("/protocol", "/dag-run?dag_id=casavi_persons&run_id=manual__1"):
        page = shown(pages.get(path))
        assert "config/production.yaml: active: das muss true oder false sein" in page
        assert "Kein System ist eingeschaltet" not in page


def test_without_an_active_system_the_page_says_so(pages: Pages) -> None:
    pages.configure("production", "active: false")
    assert "Kein System ist eingeschaltet" in shown(pages.get("/protocol"))
