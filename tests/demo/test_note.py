"""`make note`: a note in the sample, as a member of staff writes it."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select

from demo import embedded
from demo.ixhaus import build_sample
from include.ixhaus.contract.reports import SP_NOTIZ
from include.ixhaus.database import engine_on, read_snapshot
from include.ixhaus.rows import named_rows
from include.vocabulary.clock import BERLIN, utc_now
from tests.ixhaus.oracle import FakeOracle

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """What the command adds to the environment is gone afterwards."""
    with patch.dict(os.environ):
        yield


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    build_sample(tmp_path / "ixhaus.db", persons=120, letters=0)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    connection = {"conn_type": "sqlite", "host": str(tmp_path / "ixhaus.db")}
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps(connection))
    return tmp_path / "ixhaus.db"


def newest(database: Path) -> dict[str, Any]:
    with read_snapshot(engine_on(lambda: sqlite3.connect(database))) as connection:
        return named_rows(connection, select(SP_NOTIZ))[-1]


@pytest.mark.parametrize(("more", "flag"), [([], True), (["--internal"], False)])
def test_a_note_is_written_as_staff_write_it(sample: Path, more: list[str], flag: bool) -> None:
    before = utc_now().astimezone(BERLIN).replace(tzinfo=None)
    assert embedded.main(["note", "M-R35", "Wir kommen morgen.", *more]) == 0
    note = newest(sample)
    assert (note["report_nr"], note["text"], note["is_public"]) == ("M-R35", "Wir kommen morgen.", flag)
    assert (note["created_by"], note["author"], note["origin"]) == ("011", "Nora Nordlicht", "ERP")
    assert note["created_at"] == note["changed_at"] >= before


def test_without_a_report_the_open_ones_are_listed(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert embedded.main(["note", "", ""]) == 0
    listed = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert listed["M-R35"] == "Muster-R35"
    assert "M-R35-closed" not in listed


@pytest.mark.parametrize(
    ("report", "text", "why"),
    [("M-FEHLT", "Hallo", "the sample has no report M-FEHLT"), ("M-R35", " ", "the note has no text; write TEXT=…")],
)
def test_what_cannot_be_written_is_refused_with_a_sentence(
    sample: Path, capsys: pytest.CaptureFixture[str], report: str, text: str, why: str
) -> None:
    before = newest(sample)
    assert embedded.main(["note", report, text]) == 1
    assert why in capsys.readouterr().err
    assert newest(sample) == before


def test_nothing_is_written_into_a_real_ixhaus(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    oracle = FakeOracle()
    monkeypatch.setattr("include.ixhaus.database.open_engine", lambda _name: engine_on(oracle.connect))
    assert embedded.main(["note", "M-R35", "Hallo"]) == 1
    assert "leads to an Oracle database, not to the sample" in capsys.readouterr().err
    assert [one for one in oracle.statements if "SP_" in one] == []


def test_without_a_sample_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.delenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", raising=False)
    assert embedded.main(["note"]) == 1
    assert "make sync builds it" in capsys.readouterr().err
    assert list(tmp_path.glob("*.db")) == []


def test_make_passes_the_text_on_as_it_is(tmp_path: Path) -> None:
    """Whatever is in the text, the shell must not take it for anything else."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    command = ["make", "-s", "-o", f"{tmp_path}/venv/run", f"VENV={tmp_path}/venv", f"BIN={tmp_path}/venv/bin", "note"]
    given = ["REPORT=M-R35", 'TEXT="Grüße" \'n $$(id); `id`', "INTERNAL=1"]
    done = subprocess.run([*command, *given], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == '-m|demo.embedded|note|M-R35|"Grüße" \'n $(id); `id`|--internal|'
