"""A system whose runs are written into the protocol by hand, a mail server and a webhook, and looks at it."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import insert

from include.alerts.watch import look
from include.ixhaus.contract.master import SP_EINSTELLUNG, SP_LIZENZ
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.sync import protocol
from include.sync.protocol import Counts, RunKey
from include.vocabulary.state import RunStatus
from tests.mailbox import Mailbox

ROOT = Path(__file__).parents[2]
SMTP = {
    "notifier": "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
    "arguments": {"to": ["technik@example.org"]},
}
WEBHOOK = {
    "notifier": "airflow.providers.http.notifications.http.HttpNotifier",
    "arguments": {"http_conn_id": "webhook", "endpoint": "/hook", "json": {"text": "{{ alert.text }}"}},
}
BEGIN = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday, ten o'clock in Berlin."""


class Webhook:
    """A web server that keeps the JSON it is sent, and refuses it while `status` says so."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.meanwhile: threading.Event | None = None
        self.reached = threading.Event()

    @contextmanager
    def open(self) -> Iterator[int]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.reached.set()
                if hook.meanwhile:
                    hook.meanwhile.wait(20)
                if hook.status == 200:
                    hook.received.append(json.loads(body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class Kept(dict[str, str]):
    """What was told, without Airflow."""

    def read(self, system: str) -> str:
        return self.get(system, "")

    def write(self, system: str, text: str) -> None:
        self[system] = text


class Office:
    """Production, with an empty protocol, on the day BEGIN."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch, mailbox: Mailbox, webhook: Webhook) -> None:
        self.folder, self.environment, self.mailbox, self.webhook = folder, environment, mailbox, webhook
        self.now, self.kept, self.runs = BEGIN, Kept(), 0
        self.database = folder / "ixhaus.db"
        self.engine = engine_on(lambda: sqlite3.connect(self.database))
        create_sqlite_schema(self.engine)
        with self.engine.begin() as connection:
            connection.execute(insert(SP_EINSTELLUNG).values(name="Schnittstelle.Mieterportal.Aktiv", value="J"))
            connection.execute(insert(SP_LIZENZ).values(licence="casavi", active="J"))
        self.connect("IXHAUS_PRODUCTION", conn_type="sqlite", host=str(self.database))
        environment.setenv("SERVICEPORTAL_CONFIG", str(folder / "config"))
        (folder / "config").mkdir()
        self.set(notifiers=[SMTP])

    def connect(self, name: str, **fields: object) -> None:
        self.environment.setenv(f"AIRFLOW_CONN_{name}", json.dumps(fields))

    def set(self, **alerts: object) -> None:
        """Write the sample's settings with these about alerts."""
        sample = yaml.safe_load((ROOT / "demo/config/production.yaml").read_text(encoding="utf-8"))
        self.write(yaml.safe_dump({**sample, "alerts": alerts}))

    def write(self, text: str) -> None:
        (self.folder / "config" / "production.yaml").write_text(text, encoding="utf-8")

    def run(self, group: str, status: RunStatus = RunStatus.OK, reason: str = "", /, **counts: int) -> RunKey:
        """A run over everything that the schedule began now, and that ended at once."""
        self.runs += 1
        key = RunKey("production", group, f"casavi_{group}/scheduled__{self.runs:03}#{self.runs}")
        protocol.open_run(self.engine, key, self.now)
        protocol.close_run(self.engine, key, Counts(**counts), status, reason, self.now)
        return key

    def run_all(self, **counts: int) -> None:
        for group in ("objects", "persons", "owners_caretakers", "documents", "reports", "reconcile"):
            self.run(group, **counts)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def look(self, holder: str = "a look") -> dict[str, int]:
        return look("production", holder, lambda: self.now, self.kept)

    @property
    def told(self) -> list[str]:
        """The subjects of the e-mails since the last time of asking."""
        subjects = [subject for _, subject in self.mailbox.told]
        self.mailbox.received.clear()
        return subjects
