import json

import pytest

from include.ixhaus.__main__ import main
from tests.ixhaus.conftest import Erp


def test_ddl_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ddl"]) == 0
    assert "CREATE OR REPLACE VIEW SP_PERSON" in capsys.readouterr().out


def test_check_says_what_is_missing(
    erp: Erp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps({"conn_type": "sqlite", "host": str(erp.path)}))
    assert main(["check", "production"]) == 0
    assert capsys.readouterr().out == "ixhaus_production: the database keeps the interface contract\n"
    erp.sql("DROP TABLE SP_SPERRE")
    assert main(["check", "production"]) == 1
    assert capsys.readouterr().out.startswith("SP_SPERRE: this table of the interface contract is missing")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (None, "there is no such Airflow connection; add it under Admin > Connections (type Oracle)"),
        ({"conn_type": "http", "host": "http://secret-host"}, "the iX-Haus connection leads to http; use a connection"),
        ({"host": "secret-host"}, "the iX-Haus connection leads to nothing; use a connection of type oracle or sqlite"),
        ({"conn_type": "sqlite", "host": "/nowhere/secret-host"}, "SQLITE_CANTOPEN: the file cannot be opened; the en"),
        (
            {"conn_type": "oracle", "host": "secret-host"},
            "DPY-4027: the mere name needs a tnsnames.ora; the engineer must",
        ),
        ({"conn_type": "oracle"}, "DPY-4001: user or password are missing; the engi"),
    ],
)
def test_check_says_why_there_is_no_database(
    fields: dict[str, object] | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", raising=False)
    if fields is not None:
        monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps(fields))
    assert main(["check", "production"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"ixhaus_production: {said}")
    assert (printed.out, printed.err.count("\n"), "secret-host" in printed.err) == ("", 1, False)


def test_check_of_an_unknown_system_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere"]) == 2
    assert "config/nowhere.yaml" in capsys.readouterr().err
