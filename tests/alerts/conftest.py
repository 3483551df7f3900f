from collections.abc import Iterator
from pathlib import Path

import pytest

from include.ixhaus.database import close_engines
from tests.alerts.office import Office, Webhook
from tests.mailbox import Mailbox


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A system that has just been looked at for the first time, and all is well."""
    mailbox, webhook = Mailbox(), Webhook()
    with mailbox.open(), webhook.open() as port:
        mailbox.connect(monkeypatch)
        made = Office(tmp_path, monkeypatch, mailbox, webhook)
        made.connect("WEBHOOK", conn_type="http", host=f"http://127.0.0.1:{port}")
        made.run_all(read=100)
        made.look()
        assert made.told == []
        yield made
        close_engines()
        made.engine.dispose()
