"""The pages as a whole: who gets in, what every answer carries, what a database does that does not answer."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest

from include.pages.waiting import LIMIT_SECONDS
from include.vocabulary.addresses import PAGES, pages_of
from tests.pages.rig import Pages

# Airflow's execution API imports svcs, and that Starlette's test client, as soon as the app is imported here.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
LOOKING = {"/why", "/reports", "/protocol/records"}
"""Forms that only look something up; whoever may read may send them."""
FOR_SENDERS = {"/configuration/trial": 403}
"""What a viewer does not see: to try settings costs as much as a run, and takes the right to start one."""


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    """Method and path of every route of the app."""
    from fastapi.routing import APIRoute

    from include.pages.app import create_app

    found = create_app().routes
    assert {type(route) for route in found} == {APIRoute}  # which have the app's dependencies; a mount has not
    pairs = [(method, route.path) for route in found if isinstance(route, APIRoute) for method in route.methods]
    assert {method for method, _ in pairs} <= {"GET", "POST"}
    return [(method, path.replace("{name}", "style.css")) for method, path in sorted(pairs)]


@pytest.fixture
def forms(routes: list[tuple[str, str]]) -> list[str]:
    return [path for method, path in routes if method == "POST"]


def test_nobody_gets_in_without_logging_in(pages: Pages, routes: list[tuple[str, str]]) -> None:
    answers = {(method, path): pages.send(method, f"/serviceportal{path}", None).status for method, path in routes}
    assert answers == dict.fromkeys(routes, 401)


def test_whoever_may_read_runs_may_look(pages: Pages, routes: list[tuple[str, str]]) -> None:
    answers = {path: pages.get(path, "leser").status for method, path in routes if method == "GET"}
    assert {path: status for path, status in answers.items() if status in (401, 403, 500)} == FOR_SENDERS


def test_a_viewer_changes_nothing(pages: Pages, forms: list[str]) -> None:
    fields = {"token": pages.token("leser")}
    allowed = {path for path in forms if pages.post(path, fields, "leser").status != 403}
    assert allowed <= LOOKING


def test_a_form_of_another_site_is_refused(pages: Pages, forms: list[str]) -> None:
    token = {"token": pages.token("admin")}
    for path in forms:
        for fields, headers in (
            ({}, {}),
            ({"token": "0" * 64}, {}),
            ({"token": pages.token("clerk")}, {}),
            (token, {"sec_fetch_site": "cross-site"}),
            (token, {"sec_fetch_site": "same-site"}),
        ):
            answer = pages.post(path, fields, "admin", **headers)
            assert (answer.status, "Das Formular stammt nicht von dieser Seite" in answer.text) == (403, True), path


@pytest.mark.parametrize(
    "path", ["/protocol", "/static/style.css", "/protocol/run?system=x&run=x", "/nowhere", "/protocol?first=x"]
)
def test_every_answer_allows_only_what_the_pages_need(pages: Pages, path: str) -> None:
    headers = pages.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "form-action", "frame-ancestors")} == {
        "'self'"
    }
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", list(pages_of("production", "reports")))
def test_what_a_dags_documentation_leads_to_is_there(pages: Pages, name: str) -> None:
    answer = pages.get(pages_of("production", "reports")[name].removeprefix(PAGES))
    assert (answer.status, f"<h1>{name}</h1>" in answer.text) == (200, True)


def test_pages_are_not_kept_by_browsers(pages: Pages) -> None:
    assert pages.get("/protocol").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("wished", "title"),
    [
        ("de-DE,en;q=0.5", "Protokoll"),
        ("en-GB,de;q=0.5", "Protocol"),
        ("de;q=0.2, en;q=0.8", "Protocol"),
        ("fr", "Protocol"),
    ],
)
def test_pages_speak_the_language_of_the_browser(pages: Pages, wished: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in pages.get("/protocol", accept_language=wished).text


def test_the_switch_chooses_a_language_that_stays(pages: Pages) -> None:
    answer = pages.get("/protocol?lang=en", accept_language="de")
    assert "<h1>Protocol</h1>" in answer.text
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert "<h1>Protocol</h1>" in pages.get("/protocol", accept_language="de", cookie=cookie).text


def test_a_page_that_is_not_there_says_so(pages: Pages) -> None:
    answer = pages.get("/protocol/run?system=production&run=nothing")
    assert (answer.status, "Diese Seite gibt es nicht" in answer.text) == (404, True)


def test_a_value_that_is_no_day_is_named_and_stays_text(pages: Pages) -> None:
    answer = pages.get("/protocol?first=<script>")
    assert (answer.status, "ungültig: first." in answer.text, "<script>" in answer.text) == (422, True, False)


def test_while_the_database_hangs_the_page_says_so_and_airflow_answers(pages: Pages) -> None:
    assert LIMIT_SECONDS < 5
    with closing(sqlite3.connect(pages.database)) as locked, ThreadPoolExecutor(60) as readers:
        locked.execute("PRAGMA locking_mode=EXCLUSIVE")
        locked.execute("BEGIN EXCLUSIVE")
        locked.execute("DELETE FROM SP_PROTOKOLL")
        waiting = [readers.submit(pages.get, "/protocol") for _ in range(60)]
        airflow = pages.send("GET", "/api/v2/dags", "admin")
        still_waiting = not any(one.done() for one in waiting)
        answers = [one.result() for one in waiting]  # while the lock is held: it does not wait for its end
        locked.rollback()
    assert (airflow.status, still_waiting) == (200, True)
    assert {(one.status, "Die Datenbank antwortet nicht" in one.text) for one in answers} == {(503, True)}


def test_without_the_database_the_page_says_so_and_the_log_keeps_what_was_asked_to_itself(pages: Pages) -> None:
    before = len(pages.log())  # Airflow's own pages may have been left in the middle of a request of theirs
    pages.database.unlink()
    pages.database.mkdir()
    answer = pages.get("/protocol/run?system=production&run=mustermann")
    pages.database.rmdir()
    assert (answer.status, "Die Datenbank antwortet nicht" in answer.text) == (503, True)
    log = pages.log()[before:]
    assert "answered 503" in log
    assert "parameters" not in log
    assert "Traceback" not in log


def test_a_mistake_in_the_settings_of_the_system_that_is_asked_for_is_named(pages: Pages) -> None:
    pages.configure("production", "active: maybe")
    answer = pages.get("/protocol/run?system=production&run=any")
    assert (answer.status, "config/production.yaml: active" in answer.text) == (503, True)


def test_a_missing_connection_is_named(pages: Pages) -> None:
    shipped = (pages.folder / "config" / "production.yaml").read_text(encoding="utf-8")
    pages.configure("production", f"{shipped}\nixhaus_connection: ixhaus_elsewhere\n")
    answer = pages.get("/protocol")
    assert (answer.status, "Eine Verbindung fehlt in Airflow: ixhaus_elsewhere." in answer.text) == (503, True)
    assert "conn_id" not in answer.text


def test_a_connection_may_lie_in_airflows_database(pages: Pages) -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        session.add(Connection(conn_id="ixhaus_stored", conn_type="sqlite", host=str(pages.database)))
    shipped = (pages.folder / "config" / "production.yaml").read_text(encoding="utf-8")
    pages.configure("production", f"{shipped}\nixhaus_connection: ixhaus_stored\n")
    pages.add_run("persons", datetime(2026, 11, 24, tzinfo=UTC), sent=4711)
    assert "4.711" in pages.get("/protocol").text
