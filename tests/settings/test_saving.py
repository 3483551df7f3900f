"""Saving settings into a system's file: whole or not at all, by those who saw what is there, and remembered."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from include.settings import (
    NotSavedError,
    Plain,
    Saved,
    _saving,
    digest_of,
    load_settings,
    may_save,
    save_settings,
    saved_changes,
)

TEXT = "# ours\nactive: false\nproperties: 100 # the ring\n"
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.rule("R57")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(_saving.SWITCH, "true")
    (tmp_path / "test.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "test.yaml").chmod(0o640)
    yield tmp_path
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def save(folder: Path, changes: dict[str, Plain], seen: str | None = None, reason: str = "Ring verkauft") -> None:
    saved = Saved(AT, "dana", reason, (), "")
    save_settings("test", changes, saved, seen=digest_of("test", folder) if seen is None else seen, folder=folder)


def test_who_saved_what_when_and_why_is_kept(folder: Path) -> None:
    save(folder, {"properties": "100-140"})
    save(folder, {"portal_access_lead_days": 7}, reason="früher öffnen")
    assert (folder / "test.yaml").read_text(encoding="utf-8") == (
        "# ours\nactive: false\nproperties: 100-140 # the ring\nportal_access_lead_days: 7\n"
    )
    newest, first = saved_changes("test", folder)
    assert (first.at, first.by, first.reason) == (AT, "dana", "Ring verkauft")
    assert first.diff == ("-properties: 100 # the ring", "+properties: 100-140 # the ring")
    assert (newest.reason, newest.diff) == ("früher öffnen", ("+portal_access_lead_days: 7",))
    assert newest.digest == digest_of("test", folder) != first.digest
    assert (folder / "test.yaml").stat().st_mode & 0o777 == 0o640
    assert load_settings("test", folder).portal_access_lead_days == 7


def unchanged(folder: Path, text: str = TEXT) -> bool:
    return (folder / "test.yaml").read_text(encoding="utf-8") == text and saved_changes("test", folder) == []


def test_a_file_that_has_changed_meanwhile_is_not_overwritten(folder: Path) -> None:
    seen = digest_of("test", folder)
    (folder / "test.yaml").write_text(f"{TEXT}user_teams: [Nord]\n", encoding="utf-8")
    with pytest.raises(NotSavedError, match="CHANGED"):
        save(folder, {"properties": "200"}, seen)
    assert unchanged(folder, f"{TEXT}user_teams: [Nord]\n")


@pytest.mark.parametrize(
    ("text", "changes", "code"),
    [
        (TEXT, {"portal_access_lead_days": -1}, "WRONG"),
        ("{active: false}\n", {"properties": "200"}, "NOT_EDITABLE"),
        # the value is another setting's as well, or comes from elsewhere
        ("person_types: &ours [Mieter]\ndocument_types: *ours\n", {"document_types": ["Brief"]}, "NOT_EDITABLE"),
        ("person_types: &ours [Mieter]\ndocument_types: *ours\n", {"person_types": ["Brief"]}, "NOT_EDITABLE"),
    ],
)
def test_what_would_not_say_what_was_meant_is_not_written(
    folder: Path, text: str, changes: dict[str, Plain], code: str
) -> None:
    (folder / "test.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(NotSavedError, match=code):
        save(folder, changes)
    assert unchanged(folder, text)


def test_a_write_that_fails_leaves_file_and_history_as_they_were(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", lambda number: None)
    monkeypatch.setattr(_saving, "_replace", full)
    with pytest.raises(NotSavedError, match="NOT_WRITTEN No space left on device"):
        save(folder, {"properties": "200"})
    assert unchanged(folder)


def test_what_a_crash_has_left_half_written_hides_no_other_change(folder: Path) -> None:
    save(folder, {"properties": "200"})
    with (folder / "test.yaml.history").open("a", encoding="utf-8") as history:
        history.write(json.dumps({"at": "2026"}) + '\n{"at": "2026-05')
    save(folder, {"properties": "300"}, reason="doch nicht")
    assert [one.reason for one in saved_changes("test", folder)] == ["doch nicht", "Ring verkauft"]


def test_nothing_is_saved_unless_the_installation_allows_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert may_save("test", folder)
    assert not may_save("production", folder)
    monkeypatch.setenv(_saving.SWITCH, "yes")
    assert not may_save("test", folder)
    monkeypatch.delenv(_saving.SWITCH)
    assert not may_save("test", folder)
