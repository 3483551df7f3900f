"""A real Airflow API server with the pages, between a sample iX-Haus and a sandbox portal, and what tests ask of it."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright
from sqlalchemy import Engine

from demo.embedded import DOCUWARE
from demo.ixhaus import build_sample
from demo.ports import free_port
from include.ixhaus.database import engine_on
from include.settings import config_folder
from include.sync.protocol import Counts, Entry, RunKey, add_entries, close_run, open_run
from include.vocabulary.state import RunStatus
from include.vocabulary.texts import Language
from tests.sandbox import KEY, SECRET, Reply, SandboxProcess

CHROMIUM = "/usr/bin/chromium"
ROLES = {"admin": "admin", "clerk": "user", "leser": "viewer"}
"""User, with the name as password → role: may do everything, may trigger, may look."""
PREFIX = "/serviceportal"
SECONDS = 120
"""How long the server may take to start."""
FERNET_KEY = os.environ["AIRFLOW__CORE__FERNET_KEY"]
"""With which the server encrypts what it stores."""
PATIENCE = 60
"""How many seconds an answer or a page may take on a machine that is busy with other tests."""
TEST_SECRET = "no secret, only as long as one has to be: " + "x" * 32


@dataclass
class Pages:
    """The server, seen with the eyes of its users; iX-Haus is a fresh sample for each test."""

    url: str
    database: Path
    folder: Path
    environment: dict[str, str]
    """What other Airflow processes need besides the tests' own environment to be the same installation."""
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, user: str | None = "admin", **headers: str) -> Reply:
        """One request below /serviceportal; `accept_language` and the like are its headers."""
        return self.send("GET", PREFIX + path, user, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], user: str | None = "admin", **headers: str) -> Reply:
        """One form below /serviceportal, exactly with these fields."""
        given = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self.send("POST", PREFIX + path, user, urlencode(fields).encode(), given)

    def token(self, user: str) -> str:
        """The token of a user's forms, for tests of what the server does with a form the pages would not show."""
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        from include.pages.access import form_token

        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AIRFLOW__API__SECRET_KEY", TEST_SECRET)
            return form_token(SimpleAuthManagerUser(username=user, role=ROLES[user]))

    def submit(self, page: str, path: str, fields: Mapping[str, str], user: str = "admin", **headers: str) -> Reply:
        """A form as the browser sends it: with the token that stands in the page."""
        token = re.search(r'name="token" value="([0-9a-f]+)"', self.get(page, user).text)
        assert token, f"{page} has no form for {user}"
        return self.post(path, {"token": token[1], **fields}, user, **headers)

    def send(
        self,
        method: str,
        path: str,
        user: str | None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request to the server, with the cookie of a user or without."""
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if user:
            given["cookie"] = "; ".join(filter(None, [f"_token={self.login(user)}", given.get("cookie")]))
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            content = answer.read()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def login(self, user: str) -> str:
        """The cookie of a user who has logged in."""
        if user not in self.cookies:
            body = json.dumps({"username": user, "password": user}).encode()
            answer = self.send("POST", "/auth/token", None, body, {"content-type": "application/json"})
            self.cookies[user] = answer.json["access_token"]
        return self.cookies[user]

    def add_run(
        self, group: str, queried_at: datetime, *entries: Entry, run_id: str = "", status: str = "ok", reason: str = "",
        **counts: int,
    ) -> str:  # fmt: skip
        """A finished run of 90 seconds in production's protocol; returns its name."""
        name = self.begin_run(group, queried_at, run_id)
        run, engine = RunKey("production", group, name), self.engine()
        close_run(engine, run, Counts(**counts), RunStatus(status), reason, queried_at + timedelta(seconds=90))
        with engine.begin() as connection:
            add_entries(connection, run, entries, queried_at)
        return name

    def begin_run(self, group: str, queried_at: datetime, run_id: str = "") -> str:
        """A run that is at work in production's protocol, as far as that tells; returns its name."""
        run_id = run_id or f"scheduled__{queried_at.isoformat()}"
        run = RunKey("production", group, f"casavi_{group}/{run_id}#{queried_at.timestamp():.0f}")
        open_run(self.engine(), run, queried_at)
        return run.name

    def engine(self) -> Engine:
        """What the project's own code needs to work on iX-Haus."""
        return engine_on(lambda: sqlite3.connect(self.database))

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Change or look at iX-Haus and the project's own tables."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def configure(self, system: str, text: str) -> None:
        """Write a system's settings; they hold until the test ends."""
        (self.folder / "config" / f"{system}.yaml").write_text(text, encoding="utf-8")

    def log(self) -> str:
        """What the server has written."""
        return (self.folder / "server.log").read_text(encoding="utf-8")


@contextmanager
def api_server(folder: Path, portal: SandboxProcess) -> Iterator[Pages]:
    """Run `airflow api-server` on the tests' Airflow database, production connected to a sample and the portal."""
    build_sample(folder / "fresh.db", persons=120, letters=20)
    shutil.copytree(config_folder(), folder / "config")
    (folder / "passwords.json").write_text(json.dumps({name: name for name in ROLES}), encoding="utf-8")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["airflow", "api-server", "--apps", "core", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        environment = _environment(folder, url, portal)
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    pages = Pages(url, folder / "ixhaus.db", folder, environment)
    try:
        _wait(pages, process)
        yield pages
    finally:
        process.terminate()
        process.wait(30)


def _environment(folder: Path, url: str, portal: SandboxProcess) -> dict[str, str]:
    connections = {
        "IXHAUS": {"conn_type": "sqlite", "host": str(folder / "ixhaus.db")},
        "CASAVI": {"conn_type": "http", "host": portal.api, "login": KEY, "password": SECRET},
        "DOCUMENTS": {"conn_type": "fs", "extra": {"path": str(folder / "dokumente")}},
        "DOCUWARE": {"conn_type": "http", "host": portal.url + DOCUWARE, "login": KEY, "password": SECRET},
    }
    return {
        **{f"AIRFLOW_CONN_{side}_PRODUCTION": json.dumps(fields) for side, fields in connections.items()},
        "SERVICEPORTAL_CONFIG": str(folder / "config"),
        "SERVICEPORTAL_STAGING": str(folder / "staging"),
        "SERVICEPORTAL_SAVE_SETTINGS": "true",
        "AIRFLOW__CORE__FERNET_KEY": FERNET_KEY,
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": TEST_SECRET,
        "AIRFLOW__API_AUTH__JWT_SECRET": TEST_SECRET,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in ROLES.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        "PYTHONWARNINGS": "default",
    }


def _wait(pages: Pages, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            if pages.send("GET", "/api/v2/version", None).status == 200:
                return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Airflow's API server did not start: {pages.log()}")
        time.sleep(0.2)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without it the test is skipped, and in continuous integration it fails.

    Only while nothing else in this process needs an event loop: Playwright has one running.
    """
    if not Path(CHROMIUM).exists():
        missing = "Chromium is missing: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser,
    pages: Pages,
    path: str,
    *,
    user: str = "admin",
    language: str = "de-DE",
    width: int = 1280,
    zone: str = "Europe/Berlin",
    **context: Any,
) -> Iterator[Page]:
    """Open one of the pages, or one of Airflow's, as a user would.

    Fails if anything is asked of a foreign host or a script breaks.
    """
    foreign: list[str] = []
    broken: list[str] = []
    given = {"locale": language, "timezone_id": zone, "viewport": {"width": width, "height": 900}, **context}
    with closing(browser.new_context(**given)) as session:
        session.add_cookies([{"name": "_token", "value": pages.login(user), "url": pages.url}])
        page = session.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on(
            "request",
            lambda sent: None if sent.url.startswith((pages.url, "data:", "blob:")) else foreign.append(sent.url),
        )
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(pages.url + (path if path == "/" or path.startswith(("/plugin", "/dags")) else PREFIX + path))
        yield page
    assert foreign == []
    assert broken == []


@contextmanager
def begun(browser: Browser, pages: Pages, language: Language, user: str = "clerk") -> Iterator[FrameLocator]:
    """The pages as one comes to them from Airflow's first page."""
    with visit(browser, pages, "/", user=user, language=f"{language}-{language.upper()}") as page:
        page.get_by_role("link", name="Serviceportal").click()
        yield page.frame_locator("iframe[title=Serviceportal]")


def go_back(inside: FrameLocator) -> None:
    """Leave a page within Airflow by the browser's way back."""
    frame = inside.owner.element_handle().content_frame()
    assert frame
    with frame.expect_navigation():
        frame.evaluate("() => history.back()")
