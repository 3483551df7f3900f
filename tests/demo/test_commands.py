from pathlib import Path

import pytest

from demo.commands import main
from tests.ixhaus.conftest import Erp


def test_sample_is_built_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--db", str(tmp_path / "new" / "x.db"), "--persons", "100"]
    assert main(command) == 0
    assert Erp(tmp_path / "new" / "x.db").sql("SELECT count(*) FROM SP_PERSON") == [(100,)]
    assert main(command) == 2
    assert "exists already" in capsys.readouterr().err
