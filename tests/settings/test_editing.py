"""Entering daily settings in a form, and changing single settings in a file without touching the rest of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.settings import TRIED, SystemSettings, as_entered, is_expert, lines_of, try_entries, value_at
from include.settings._editing import NotEditableError, edited
from include.settings._files import values_in
from include.vocabulary.texts import Text

FILE = """\
# What goes out
active: true  # since May
properties: 100-129, 200 # the ring
person_types:
  - Mieter   # tenants
  # those who own
  - Eigentümer
document_types: [Abrechnung,  # with the year's end
                 Anschreiben]
portal_access_lead_days: 14
portal_access_trail_days:   # as before it begins
report_user: "007"
post_author: null
removal_guard:
  # asked from here on
  max_count: 200
# the end
"""
COMMENT = re.compile(r"#.*")


def comments(text: str) -> list[str]:
    return sorted(one.strip() for one in COMMENT.findall(text))


def read(text: str) -> dict[str, Any]:
    return values_in(text, "production", "here")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("properties", "100-140", "100-140"),
        ("properties", 100, "100"),
        ("properties", "", ""),
        ("person_types", ["Mieter"], ["Mieter"]),
        ("person_types", ["Mieter", "Eigentümer", "Firma: Bau"], ["Mieter", "Eigentümer", "Firma: Bau"]),
        ("person_types", ["Firma", "Eigentümer"], ["Firma", "Eigentümer"]),
        ("person_types", [], []),
        ("document_types", ["Abrechnung", "Brief, lang"], ["Abrechnung", "Brief, lang"]),
        ("document_types", ["# kein Kommentar"], ["# kein Kommentar"]),
        ("portal_access_lead_days", 30, "30"),
        ("portal_access_trail_days", 90, "90"),
        ("portal_access_lead_days", None, None),
        ("include_vacant_units", False, "false"),
        ("user_teams", ["Nord", "no"], ["Nord", "no"]),
        ("removal_guard.max_count", 5, {"max_count": "5"}),
        ("removal_guard.max_percent", 7.5, {"max_percent": "7.5", "max_count": "200"}),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.rule("R57")
def test_one_setting_changes_and_neither_the_others_nor_a_comment(
    path: str, value: Any, says: object, newline: str
) -> None:
    text = FILE.replace("\n", newline)
    after = edited(text, {path: value})
    assert read(after) == read(text) | {path.partition(".")[0]: says}
    assert comments(after) == sorted([*comments(text), *(["# kein Kommentar']"] if "kein" in str(value) else [])])
    assert after.count("\n") == after.count(newline)
    untouched = [line for line in text.split(newline) if line and not line.startswith((path, " "))]
    assert [line for line in untouched if line not in after.split(newline)] == []


def test_lines_that_stay_in_a_list_keep_their_comments_in_their_place() -> None:
    after = edited(FILE, {"person_types": ["Mieter", "Firma"]})
    assert "  - Mieter   # tenants\n  # those who own\n  - Firma\n" in after


def test_a_property_range_that_is_a_list_stays_one() -> None:
    text = "properties:\n- 100-129  # ring\n- 200  # sold\nactive: false\n"
    after = edited(text, {"properties": "100-129, 300, 07"})
    assert after == "properties:\n- 100-129  # ring\n- 300\n- '07'\n# sold\nactive: false\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "user_teams: [Nord]\n"),
        ("# nothing yet", "# nothing yet\nuser_teams: [Nord]\n"),
        ("active: false", "active: false\nuser_teams: [Nord]\n"),
        ("  active: false\n", "  active: false\n  user_teams: [Nord]\n"),
        ("user_teams: >\n  Nord,\n  West\n\n# next\nactive: false\n", "user_teams: [Nord]\n\n# next\nactive: false\n"),
        ("user_teams: [Süd]\nuser_teams: [West]\n", "user_teams: [Süd]\nuser_teams: [Nord]\n"),
    ],
)
def test_files_of_other_shapes_are_changed_as_well(text: str, after: str) -> None:
    assert edited(text, {"user_teams": ["Nord"]}) == after


def test_a_group_that_the_file_does_not_name_is_added() -> None:
    changes = {"removal_guard.max_count": 5, "removal_guard.max_percent": 1}
    assert edited("active: false\n", changes) == "active: false\nremoval_guard:\n  max_percent: 1\n  max_count: 5\n"
    assert edited("removal_guard: {max_count: 9} # few\n", changes) == (
        "removal_guard: {max_percent: 1, max_count: 5} # few\n"
    )


@pytest.mark.parametrize(
    "text",
    ["{active: false}\n", "active: false\n...\n", "- active\n", "user_teams: {Nord: yes}\n", "user_teams:\n- [Nord]\n"],
)
def test_a_file_that_only_a_person_can_change_is_left_alone(text: str) -> None:
    with pytest.raises(NotEditableError):
        edited(text, {"user_teams": ["Nord"]})


def test_the_lines_to_commit_are_yaml_and_hold_the_changed_settings_only() -> None:
    lines = lines_of({"properties": "100-140", "user_teams": ["Nord", "Süd, West"], "removal_guard.max_count": 5})
    assert lines == "properties: 100-140\nuser_teams: [Nord, 'Süd, West']\nremoval_guard:\n  max_count: 5\n"
    assert yaml.safe_load(lines)["user_teams"] == ["Nord", "Süd, West"]


# entries of a form


SEE = Text("; was hier stehen kann, sagt docs/settings.md", "; see docs/settings.md for what to write")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "production.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


@pytest.mark.rule("R57")
def test_only_daily_settings_can_be_tried() -> None:
    settings = SystemSettings(system="test")
    for path in TRIED:
        group, _, name = path.rpartition(".")
        model = type(value_at(settings, group)) if group else SystemSettings
        assert not is_expert(model.model_fields[name])


def test_what_is_in_force_is_no_change_when_it_is_entered_again(folder: Path) -> None:
    settings = try_entries("production", {}, folder).settings
    tried = try_entries("production", {path: as_entered(settings, path) for path in TRIED}, folder)
    assert (tried.settings, tried.changes, tried.mistakes) == (settings, {}, {})


def test_another_spelling_of_the_same_is_no_change(folder: Path) -> None:
    entries = {"properties": "200,\r\n 100 - 129,", "person_types": "Mieter\r\nEigentümer\r\n"}
    entries |= {"portal_access_lead_days": "14 "}
    assert try_entries("production", entries, folder).changes == {}


def test_changed_values_are_those_that_the_file_would_hold(folder: Path) -> None:
    entries = {
        "properties": "100-140", "person_types": "", "portal_access_trail_days": "90", "include_vacant_units": "false",
        "removal_guard.max_percent": "7.5", "limits.attempts": "9", "active": "false",
    }  # fmt: skip
    tried = try_entries("production", entries, folder)
    assert tried.changes == {
        "properties": "100-140", "person_types": [], "portal_access_trail_days": 90, "include_vacant_units": False,
        "removal_guard.max_percent": 7.5,
    }  # fmt: skip
    assert (tried.settings.portal_access_trail_days, tried.settings.active) == (90, True)


@pytest.mark.parametrize(
    ("path", "text", "german", "english"),
    [
        (
            "properties", "129-100", "der Bereich „129-100“ läuft rückwärts; „100-129“ schreiben",
            'the range "129-100" runs backwards; write "100-129"',
        ),
        (
            "properties", "Ring 1",
            "„Ring 1“ ist weder Objektnummer noch Bereich; zum Beispiel „100-199, 250“ schreiben",
            '"Ring 1" is neither a property number nor a range; write for example "100-199, 250"',
        ),
        (
            "portal_access_lead_days", "", f"das muss eine ganze Zahl sein, etwa 14{SEE.german}",
            f"input should be a valid integer{SEE.english}",
        ),
        (
            "portal_access_lead_days", "-1", f"das muss mindestens 0 sein{SEE.german}",
            f"input should be greater than or equal to 0{SEE.english}",
        ),
        (
            "removal_guard.max_percent", "7,5", f"das muss eine Zahl sein, etwa 7.5{SEE.german}",
            f"input should be a valid number, unable to parse string as a number{SEE.english}",
        ),
        (
            "open_reports_cutoff", "ever", f"das muss 'last_calendar_year' oder 'none' sein{SEE.german}",
            f"input should be 'last_calendar_year' or 'none'{SEE.english}",
        ),
        (
            "include_vacant_units", "perhaps", f"das muss true oder false sein{SEE.german}",
            f"input should be a valid boolean, unable to interpret input{SEE.english}",
        ),
    ],
)  # fmt: skip
def test_a_value_that_is_not_valid_is_named_in_both_languages(
    folder: Path, path: str, text: str, german: str, english: str
) -> None:
    assert try_entries("production", {path: text}, folder).mistakes == {path: Text(german, english)}
