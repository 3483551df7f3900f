"""A mail server on a free port that keeps what it is given, and can be told to misbehave."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

SENDER = "verwaltung@example.org"


class Mailbox:
    """Everything that was handed over, whether or not the sender was told that it was."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.port = 0
        self.on_recipient = "250 OK"
        self.on_data: Callable[[], str] = lambda: "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(message_from_bytes(content, policy=policy.default))
        return self.on_data()

    @property
    def told(self) -> list[tuple[str, str]]:
        """Recipient and subject of each e-mail."""
        return [(str(mail["To"]), str(mail["Subject"])) for mail in self.received]

    @property
    def texts(self) -> list[str]:
        """What each e-mail says, in plain text or HTML."""
        bodies = [mail.get_body() or mail for mail in self.received]  # of one with parts only these have a content
        return [str(body.get_content()).replace("\r\n", "\n") for body in bodies]

    @contextmanager
    def open(self, port: int = 0) -> Iterator[None]:
        """Serve while the block runs, on the port given or a free one."""
        loop = asyncio.new_event_loop()
        server: Any = loop.run_until_complete(
            loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port)
        )
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(server.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            for task in asyncio.all_tasks(loop):
                task.cancel()
                loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    def connect(self, environment: pytest.MonkeyPatch) -> None:
        """Make this the mail server of production."""
        extra = {"from_email": SENDER, "disable_ssl": True, "disable_tls": True, "retry_limit": 0, "timeout": 10}
        fields = {"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "extra": extra}
        environment.setenv("AIRFLOW_CONN_SMTP_PRODUCTION", json.dumps(fields))


def killing(pid: int) -> str:
    """End the sender when it has handed over an e-mail, before it is told so."""
    os.kill(pid, signal.SIGKILL)
    return "250 OK"
