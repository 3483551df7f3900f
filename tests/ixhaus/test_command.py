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


def test_check_of_an_unknown_system_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere"]) == 2
    assert "config/nowhere.yaml" in capsys.readouterr().err
