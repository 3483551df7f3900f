"""What the tests of the way out share."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.ixhaus.files.conftest import archive
from tests.network.house import House, built

__all__ = ["archive"]
Connect = Callable[[str, dict[str, object]], None]


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house, shared: see `house`."""
    with built(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(standing: House) -> House:
    """A house in whose portal nothing is and through whose proxy nobody has come."""
    standing.sandbox.reset()
    standing.proxy.asked.clear()
    standing.proxy.refuses_with = 0
    return standing


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Defines an Airflow connection; the environment names no proxy before."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    def define(connection_id: str, fields: dict[str, object]) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(fields))

    return define
