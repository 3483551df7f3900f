"""A world for each test; whatever happens in it, nothing a person wrote may reach a log or the protocol."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.casavi.client import Pace
from tests.distorted import Distorted
from tests.groups.reports.inbound.harness import CANARY, World
from tests.sandbox import KEY, SECRET, SandboxProcess


async def no_rest(_pace: Pace, _seconds: float) -> None:
    """Stand in for the pauses between attempts."""


@pytest.fixture
def world(
    tmp_path: Path,
    sandbox: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[World]:
    portal = {"conn_type": "http", "host": sandbox.api, "login": KEY, "password": SECRET}
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", json.dumps(portal))
    monkeypatch.setattr(Pace, "rest", no_rest)
    caplog.set_level(logging.DEBUG, logger="include")
    made = World(tmp_path, sandbox)
    yield made
    own = ("SP_PROTOKOLL_EINTRAG", "SP_EINGANG", "SP_POSITION", "SP_ABGLEICH")
    for text in (caplog.text, *(str(made.sql(f"SELECT * FROM {name}")) for name in own)):
        assert CANARY not in text.lower()
        assert SECRET not in text


@pytest.fixture
def distorted(monkeypatch: pytest.MonkeyPatch) -> Distorted:
    return Distorted(monkeypatch)
