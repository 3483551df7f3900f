"""The sandbox portal of a checkout has a port of its own, whatever else listens on the machine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.ports import USUAL, PortTakenError, is_ours, port_of, settle_port
from tests.sandbox import SandboxProcess


@pytest.fixture(autouse=True)
def _nothing_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDBOX_PORT", raising=False)


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[int]:
    """A port that another program has, which this home remembers."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (tmp_path / "sandbox.port").write_text(str(port), encoding="utf-8")
        yield port


def test_the_usual_port_is_taken_until_another_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert port_of(tmp_path) == USUAL
    monkeypatch.setenv("SANDBOX_PORT", "4711")
    assert port_of(tmp_path) == 4711


def test_where_another_program_listens_a_free_port_is_taken_said_and_remembered(tmp_path: Path, taken: int) -> None:
    said: list[str] = []
    settle_port(tmp_path, said.append)
    free = port_of(tmp_path)
    assert free != taken
    assert said == [f"Another program has port {taken}: from now on this sandbox portal uses {free}."]
    settle_port(tmp_path, said.append)
    assert (port_of(tmp_path), len(said)) == (free, 1)


def test_a_port_that_was_asked_for_is_that_or_none(tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_PORT", str(taken))
    with pytest.raises(PortTakenError, match=f"SANDBOX_PORT={taken}: another program has this port"):
        settle_port(tmp_path, pytest.fail)


def test_another_checkouts_sandbox_is_not_used(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    for home in (mine, other):
        home.mkdir()
    with SandboxProcess(database=mine / "sandbox.db") as portal:
        port = int(portal.url.rpartition(":")[2])
        assert (is_ours(port, mine), is_ours(port, other)) == (True, False)
        for home in (mine, other):
            (home / "sandbox.port").write_text(str(port), encoding="utf-8")
        settle_port(mine, pytest.fail)
        said: list[str] = []
        settle_port(other, said.append)
        assert port_of(other) != port_of(mine) == port
