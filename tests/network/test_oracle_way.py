"""Oracle over TCPS with a wallet, by the names that the extra of Airflow's Oracle connection has."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oracledb
import pytest
from sqlalchemy import text

from include.ixhaus.database import close_engines, open_engine, read_snapshot
from include.ixhaus.faults import fault_of
from tests.ixhaus.oracle import FakeOracle
from tests.network.conftest import Connect
from tests.network.house import House, built

PASSWORD = "w4llet"
DSN = "tcps://db.example:2484/ixhaus"
GIVEN: dict[str, Any] = {
    "wallet_location": "/opt/serviceportal/certificates/wallet",
    "wallet_password": PASSWORD,
    "ssl_server_dn_match": True,
    "ssl_server_cert_dn": "CN=db.example",
}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No engine is left."""
    yield
    close_engines()


def test_the_driver_is_told_what_the_extra_says(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []

    def opened(**arguments: Any) -> object:
        told.append(arguments)
        return FakeOracle().connect()

    monkeypatch.setattr(oracledb, "connect", opened)
    connect("ixhaus_x", {"conn_type": "oracle", "login": "sp", "password": "p", "extra": {"dsn": DSN, **GIVEN}})
    with read_snapshot(open_engine("ixhaus_x")) as connection:
        connection.execute(text("SELECT 1 FROM dual"))
    assert told == [{"user": "sp", "password": "p", "dsn": DSN, **GIVEN}]
    parameters = oracledb.ConnectParams(**{name: value for name, value in told[0].items() if name != "dsn"})
    parameters.parse_connect_string(DSN)
    assert (parameters.protocol, parameters.host, parameters.port) == ("tcps", "db.example", 2484)
    assert parameters.wallet_location == GIVEN["wallet_location"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Somebody who speaks TLS under the name of this machine, and no more than that."""
    with built(tmp_path_factory.mktemp("database"), name="localhost") as house:
        yield house


@pytest.mark.parametrize(
    ("wallet", "said"),
    [
        (
            None,
            "DPY-6005: Dem Zertifikat der Datenbank wird nicht vertraut; der Betreuer der Schnittstelle muss das",
        ),
        (
            "empty",
            "DPY-6005 (DPY-2018): Im Ordner des Wallets fehlt ewallet.pem; der Betreuer der Schnittstelle muss das",
        ),
        ("right", "DPY-6005 (DPY-4011): Die Verbindung ist abgerissen"),  # TLS was agreed upon, and it is no Oracle
    ],
)
def test_whether_the_wallet_knows_the_database_is_told_in_a_sentence(
    database: House, connect: Connect, tmp_path: Path, wallet: str | None, said: str
) -> None:
    for name in ("empty", "right"):
        (tmp_path / name).mkdir()
    shutil.copy(database.ca, tmp_path / "right" / "ewallet.pem")
    extra: dict[str, Any] = {"dsn": f"tcps://localhost:{database.port}/ixhaus"}
    extra |= {"wallet_location": str(tmp_path / wallet), "wallet_password": PASSWORD} if wallet else {}
    connect("ixhaus_x", {"conn_type": "oracle", "login": "sp", "password": "p", "extra": extra})
    with pytest.raises(oracledb.Error) as failed:
        open_engine("ixhaus_x")
    fault = fault_of(failed.value)
    assert fault
    assert fault.german.startswith(said)
    assert PASSWORD not in f"{fault} {failed.value}"
