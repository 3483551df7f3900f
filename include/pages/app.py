"""The app behind the pages: every route needs a logged-in user, every answer carries the same strict headers."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

import oracledb
from airflow.sdk.exceptions import AirflowNotFoundException
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from include.casavi.connections import missing_connection
from include.pages import approvals, configuration, doctor, protocol, reports, run, today, trial, why
from include.pages.access import from_own_page, may_read
from include.pages.language import language_of
from include.pages.rendering import page
from include.settings import ConfigurationError
from include.vocabulary.texts import Text, Texts

log = logging.getLogger(__name__)
PAGES: Final = {
    "today": today, "protocol": protocol, "approvals": approvals, "reports": reports, "why": why,
    "configuration": configuration,
}  # fmt: skip
"""The pages in the order of their navigation: path → module, which has a `router` and the text "title"."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
STATIC: Final = {path.name: path for path in (Path(__file__).parent / "static").iterdir() if path.suffix in TYPES}
TEXTS: Final[Texts] = {
    "title": Text("Das hat nicht geklappt", "That did not work"),
    "401": Text("Bitte melden Sie sich in Airflow an.", "Please log in to Airflow."),
    "403": Text("Dafür fehlt Ihnen das Recht in Airflow.", "Airflow does not give you the right to do this."),
    "404": Text("Diese Seite gibt es nicht.", "There is no such page."),
    "405": Text("Diese Seite gibt es nicht.", "There is no such page."),
    "422": Text("Eine Angabe fehlt oder ist ungültig: {what}.", "A value is missing or not valid: {what}."),
    "500": Text(
        "Ein Fehler ist aufgetreten; Näheres steht im Log des API-Servers.",
        "Something broke; see the API server's log.",
    ),
    "cross_site": Text(
        "Das Formular stammt nicht von dieser Seite oder ist zu alt. Die Seite neu öffnen und noch einmal senden.",
        "The form is not from this page or too old. Open the page again and send it once more.",
    ),
    "database": Text(
        "Die Datenbank antwortet nicht. Airflow selbst läuft; versuchen Sie es später noch einmal.",
        "The database does not answer. Airflow itself works; try again later.",
    ),
    "connection": Text(
        "Eine Verbindung fehlt in Airflow: {what}. Sie wird unter Admin → Connections angelegt.",
        "A connection is missing in Airflow: {what}. Add it under Admin → Connections.",
    ),
    "settings": Text("Die Einstellungen haben einen Fehler: {what}", "The settings have a mistake: {what}"),
}


def create_app() -> FastAPI:
    """Return the app with all pages; Airflow mounts it."""
    rights = [Depends(may_read), Depends(from_own_page)]
    app = FastAPI(openapi_url=None, redirect_slashes=False, dependencies=rights)
    app.state.navigation = {path: module.TEXTS["title"] for path, module in PAGES.items()}
    contents = b"".join(path.read_bytes() for path in STATIC.values())
    app.state.version = blake2b(contents, digest_size=6).hexdigest()
    app.add_api_route("/", _first_page)
    app.add_api_route("/static/{name}", _static)
    for module in PAGES.values():
        app.include_router(module.router)
    for module in (doctor, trial):  # reached from the page Einstellungen
        app.include_router(module.router)
    app.include_router(run.router)  # reached from the page Protokoll
    app.middleware("http")(_add_headers)
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


def _first_page(request: Request) -> RedirectResponse:
    return RedirectResponse(f"{request.scope['root_path']}/{next(iter(PAGES))}")


def _static(name: str) -> Response:
    path = STATIC.get(name)
    if path is None:
        raise HTTPException(404)
    # The address carries a hash of the contents, so a browser may keep it.
    return Response(
        path.read_bytes(), media_type=TYPES[path.suffix], headers={"cache-control": "private, max-age=86400"}
    )


async def _add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    answer = await call_next(request)
    answer.headers.update(HEADERS)
    answer.headers.setdefault("cache-control", "no-store")
    return answer


def _says(request: Request, status: int, text: str, what: str = "") -> Response:
    answer = page(request, "error.html", TEXTS, status=status, text=text, what=what)
    answer.headers.update(HEADERS)
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101 - what the handler is for
    known = str(error.detail) if error.detail in TEXTS else str(error.status_code)
    return _says(request, error.status_code, known if known in TEXTS else "500")


async def _bad_value(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what the handler is for
    return _says(request, 422, "422", ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()})))


async def _no_database(request: Request, error: Exception) -> Response:
    log.warning("Serviceportal: %s answered 503, %s", request.url.path, type(error).__name__)  # never its parameters
    return _says(request, 503, "database")


async def _no_connection(request: Request, error: Exception) -> Response:
    return _says(request, 503, "connection", missing_connection(error) or "?")


async def _bad_settings(request: Request, error: Exception) -> Response:
    assert isinstance(error, ConfigurationError)  # noqa: S101 - what the handler is for
    return _says(request, 503, "settings", error.said.said(language_of(request)))


async def _broken(request: Request, _error: Exception) -> Response:
    return _says(request, 500, "500")


_HANDLERS: Final = {
    StarletteHTTPException: _refused,
    RequestValidationError: _bad_value,
    TimeoutError: _no_database,
    SQLAlchemyError: _no_database,
    sqlite3.Error: _no_database,  # when the first connection is opened, SQLAlchemy has no part in it
    oracledb.Error: _no_database,
    AirflowNotFoundException: _no_connection,
    ConfigurationError: _bad_settings,
    Exception: _broken,
}
