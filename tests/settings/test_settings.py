"""The settings of a system: what a file may say, what it means, and which sentence a mistake gets."""

import os
import re
from datetime import UTC, datetime
from errno import EACCES
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from include.settings import (
    Alerts,
    ConfigurationError,
    DocuWareCondition,
    DocuWareRow,
    Limits,
    PortalAnswers,
    PropertyRange,
    RemovalGuard,
    Retention,
    Schedules,
    Setting,
    SystemSettings,
    changed_at,
    configured_systems,
    effective,
    is_expert,
    label_of,
    load_each,
    load_settings,
    portal_connection_of,
    validate_settings,
    words_of,
)
from include.settings.describe import settings_page
from include.vocabulary.texts import Language
from tests.vocabulary.foreign import foreign_words

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config"

MODELS: tuple[type[BaseModel], ...] = (
    SystemSettings, Schedules, Limits, RemovalGuard, Retention, DocuWareRow, DocuWareCondition
)  # fmt: skip
FIELDS = [pytest.param(model, name, id=f"{model.__name__}.{name}") for model in MODELS for name in model.model_fields]
COMPLETE = """
active: true
properties: 100-199
person_types: [Mieter]
portal_access_lead_days: 14
report_user: 007
post_author: verwaltung
"""


def loaded(folder: Path, text: str, system: str = "production") -> SystemSettings:
    """Write a settings file and load it."""
    (folder / f"{system}.yaml").write_text(text, encoding="utf-8")
    return load_settings(system, folder)


def mistake(folder: Path, text: str, system: str = "production") -> str:
    """Return the sentence a file's mistake gets, without the file's name that it must begin with."""
    with pytest.raises(ConfigurationError) as refused:
        loaded(folder, text, system)
    where, _, sentence = str(refused.value).partition(": ")
    german = refused.value.said.german
    assert german.startswith(f"{where}: ")
    assert german != str(refused.value)
    assert foreign_words(german, "de") == []
    assert where == f"{folder.name}/{system}.yaml"
    return sentence


def released(value: object) -> PropertyRange:
    """Read a value of the setting `properties`."""
    return validate_settings({"system": "production", "properties": value}, "here").properties


# systems


@pytest.mark.rule("R7")
def test_editing_one_system_never_changes_the_other(tmp_path: Path) -> None:
    before = loaded(tmp_path, COMPLETE)
    loaded(tmp_path, "properties: 500\nlimits: {attempts: 2}\nportal_connection: other", "test")
    assert load_settings("production", tmp_path) == before


@pytest.mark.rule("R7")
def test_each_system_has_connections_of_its_own(tmp_path: Path) -> None:
    systems = [loaded(tmp_path, "", "production"), loaded(tmp_path, "", "test")]
    names = [(settings.ixhaus_connection, settings.portal_connection) for settings in systems]
    assert names == [("ixhaus_production", "casavi_production"), ("ixhaus_test", "casavi_test")]


@pytest.mark.rule("R7", "E58")
def test_a_file_copied_from_the_other_system_is_refused(tmp_path: Path) -> None:
    sentence = mistake(tmp_path, "system: production\n" + COMPLETE, "test")
    assert sentence == "system: this file is for test; write test or leave the line out"


@pytest.mark.rule("R7")
def test_a_file_may_name_its_own_system(tmp_path: Path) -> None:
    assert loaded(tmp_path, "system: test", "test").system == "test"


@pytest.mark.rule("R8")
def test_the_interface_is_off_until_a_file_says_otherwise(tmp_path: Path) -> None:
    assert loaded(tmp_path, "", "test").active is False


@pytest.mark.rule("R8")
@pytest.mark.parametrize("system", ["production", "test"])
def test_a_system_is_off_as_shipped_and_its_settings_are_no_updates(tmp_path: Path, system: str) -> None:
    assert loaded(tmp_path, (SHIPPED / f"{system}.example.yaml").read_text(encoding="utf-8"), system).active is False
    assert (SHIPPED / f"{system}.yaml").name in (ROOT / ".gitignore").read_text(encoding="utf-8")


@pytest.mark.rule("R9")
@pytest.mark.parametrize("system", ["production", "test"])
def test_what_the_shipped_example_proposes_can_be_switched_on(tmp_path: Path, system: str) -> None:
    text = (SHIPPED / f"{system}.example.yaml").read_text(encoding="utf-8").replace("active: false", "active: true")
    proposed = re.sub(r"^# (?=(  )?[a-z_]+:)", "", text, flags=re.MULTILINE)
    found = loaded(tmp_path, proposed, system)
    assert (found.active, found.report_user, found.post_author) == (True, "007", None)


def test_systems_are_those_with_a_file_production_first(tmp_path: Path) -> None:
    assert configured_systems(tmp_path) == ["production"]  # whose DAGs, pages and commands say that the file is missing
    assert (
        load_each(tmp_path)
        .mistakes["production"]
        .english.startswith(f"{tmp_path.name}/production.yaml: there is no such file")
    )
    (tmp_path / "test.yaml").touch()
    assert configured_systems(tmp_path) == ["test"]
    (tmp_path / "production.yaml").touch()
    assert configured_systems(tmp_path) == ["production", "test"]


@pytest.mark.parametrize("system", configured_systems())
def test_the_samples_files_are_valid(system: str) -> None:
    assert load_settings(system).system == system


# activation


@pytest.mark.rule("R9")
def test_a_complete_file_can_be_switched_on(tmp_path: Path) -> None:
    assert loaded(tmp_path, COMPLETE).active is True


@pytest.mark.rule("R9")
def test_switching_on_with_nothing_else_names_everything_missing(tmp_path: Path) -> None:
    assert mistake(tmp_path, "active: true") == (
        "active: the interface cannot be switched on while these are missing; "
        "add properties, person_types, portal_access_lead_days, report_user, post_author"
    )


@pytest.mark.rule("R9")
@pytest.mark.parametrize(
    "name", ["properties", "person_types", "portal_access_lead_days", "report_user", "post_author"]
)
def test_switching_on_without_one_setting_names_it(tmp_path: Path, name: str) -> None:
    text = "\n".join(line for line in COMPLETE.splitlines() if not line.startswith(f"{name}:"))
    assert mistake(tmp_path, text).endswith(f"missing; add {name}")


@pytest.mark.rule("R9", "R40")
def test_who_posts_no_house_notices_says_so(tmp_path: Path) -> None:
    found = loaded(tmp_path, COMPLETE.replace("post_author: verwaltung", "post_author: null"))
    assert (found.active, found.post_author) == (True, None)


@pytest.mark.rule("R9", "R47")
def test_switching_on_with_an_empty_report_user_is_refused(tmp_path: Path) -> None:
    assert mistake(tmp_path, COMPLETE.replace("007", "")).endswith("missing; add report_user")


@pytest.mark.rule("R9")
def test_an_incomplete_file_is_fine_while_it_is_off(tmp_path: Path) -> None:
    assert loaded(tmp_path, "active: false\nproperties: 100").active is False


# help texts


@pytest.mark.rule("R56")
@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_every_setting_has_a_label_and_an_explanation_in_both_languages(model: type[BaseModel], name: str) -> None:
    label, explanation = words_of(model.model_fields[name])
    assert all(label)
    assert explanation.german != explanation.english
    assert all(text.endswith(".") for text in explanation)


@pytest.mark.rule("R56")
def test_the_documented_settings_are_the_generated_ones() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert documented == settings_page(), "run `make settings`"


@pytest.mark.rule("R56")
@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_every_setting_stands_in_the_documentation_with_its_explanation(model: type[BaseModel], name: str) -> None:
    label, explanation = words_of(model.model_fields[name])
    assert explanation.german.replace("<", "&lt;") in settings_page()
    assert f"{name}`" in settings_page() or f"## {name}: {label.german}" in settings_page()


@pytest.mark.rule("R57")
def test_expert_settings_are_documented_apart() -> None:
    daily, _, expert = settings_page().partition("## Experteneinstellungen")
    assert expert
    for group, model in (("", SystemSettings), ("limits.", Limits)):
        for name, field in model.model_fields.items():
            if is_expert(field):
                assert f"| `{group}{name}` |" not in daily
                assert f"| `{group}{name}` |" in expert


@pytest.mark.rule("R57")
@pytest.mark.parametrize("name", ["properties_full_history", "docuware_filter"])
def test_full_history_and_docuware_filter_are_for_experts(name: str) -> None:
    assert is_expert(SystemSettings.model_fields[name])


@pytest.mark.rule("R57")
@pytest.mark.parametrize("name", ["active", "properties", "person_types", "document_types", "report_user"])
def test_daily_settings_are_for_everybody(name: str) -> None:
    assert not is_expert(SystemSettings.model_fields[name])


# as people read them


def shown(values: dict[str, Any], path: str, language: Language = "de") -> Setting:
    """Return how one setting is shown."""
    settings = validate_settings({"system": "production", **values}, "here")
    [found] = [one for section in effective(settings, language) for one in section.settings if one.path == path]
    return found


PATHS = [one.path for section in effective(load_settings("production"), "de") for one in section.settings]


@pytest.mark.rule("R56")
def test_every_setting_is_shown_exactly_once() -> None:
    groups: dict[str, type[BaseModel]] = {
        "schedules": Schedules, "limits": Limits, "removal_guard": RemovalGuard,
        "portal": PortalAnswers, "alerts": Alerts, "retention": Retention,
    }  # fmt: skip
    wanted = [name for name in SystemSettings.model_fields if name not in groups]
    wanted += [f"{group}.{name}" for group, model in groups.items() for name in model.model_fields]
    assert sorted(PATHS) == sorted(wanted)


@pytest.mark.rule("R56")
@pytest.mark.parametrize("path", PATHS)
def test_every_setting_is_explained_in_both_languages(path: str) -> None:
    german, english = shown({}, path), shown({}, path, "en")
    assert all([german.label, english.label])
    assert german.explanation != english.explanation
    assert all(one.explanation.endswith(".") for one in (german, english))


@pytest.mark.rule("R57")
def test_expert_settings_are_shown_apart() -> None:
    *daily, expert = effective(load_settings("production"), "de")
    assert {"properties_full_history", "docuware_filter"} <= {one.path for one in expert.settings}
    assert not {one.path for one in expert.settings} & {one.path for section in daily for one in section.settings}
    assert all(section.name != "expert" for section in daily)


def test_staff_read_no_rule_numbers() -> None:
    texts = [one.explanation for section in effective(load_settings("production"), "de") for one in section.settings]
    assert not [text for text in texts if re.search(r"[ROE]\d", text)]


def test_groups_of_settings_have_a_label_in_both_languages() -> None:
    assert (label_of("limits", "de"), label_of("limits", "en")) == ("Grenzen", "Limits")


@pytest.mark.rule("R57")
def test_a_file_tells_when_it_was_last_changed(tmp_path: Path) -> None:
    assert changed_at("test", tmp_path) is None
    (tmp_path / "test.yaml").touch()
    os.utime(tmp_path / "test.yaml", (0, 86_400))
    assert changed_at("test", tmp_path) == datetime(1970, 1, 2, tzinfo=UTC)


def test_what_the_file_leaves_out_is_called_a_default() -> None:
    values = {"limits": {"attempts": 4}}
    assert not shown(values, "limits.attempts").is_default
    assert shown(values, "limits.batch_size").is_default
    assert shown(values, "portal_connection").is_default


@pytest.mark.parametrize(
    ("path", "values", "german", "english"),
    [
        ("active", {}, ["nein"], ["no"]),
        ("properties", {}, ["leer"], ["empty"]),
        ("properties", {"properties": "A7, 200, 100-129, 0100"}, ["A7, 0100, 100–129, 200"], None),
        ("person_types", {"person_types": "Mieter, Eigentümer"}, ["Mieter, Eigentümer"], None),
        ("document_audiences", {"document_audiences": {"P": "ALL", "Q": "OWNER"}}, ["P → ALL", "Q → OWNER"], None),
        ("limits.requests_per_second", {"limits": {"requests_per_second": 0.5}}, ["0,5"], ["0.5"]),
        ("limits.timeout_seconds", {}, ["60"], None),
        ("schedules.objects", {"schedules": {"objects": None}}, ["leer"], ["empty"]),
        ("portal_access_lead_days", {}, ["0"], None),
        ("portal_connection", {}, ["casavi_production"], None),
        (
            "docuware_filter",
            {
                "docuware_filter": [
                    {
                        "conditions": [
                            {"field": "ART", "operator": "in", "value": ["A", "B"]},
                            {"field": "ORT", "value": "Y"},
                        ],
                        "recipient_field": "MIETER",
                    },
                    {"conditions": [{"field": "X", "operator": "starts_with", "value": "1"}]},
                ]
            },
            ["ART eines von A, B und ORT = Y (Empfänger: MIETER)", "X beginnt mit 1"],
            ["ART one of A, B and ORT = Y (recipient: MIETER)", "X starts with 1"],
        ),
    ],
)
def test_values_are_shown_as_people_write_them(
    path: str, values: dict[str, Any], german: list[str], english: list[str] | None
) -> None:
    assert list(shown(values, path).value) == german
    assert list(shown(values, path, "en").value) == (english or german)


# reports


@pytest.mark.rule("O6", "R46", "O18", "O22")
def test_reports_have_defaults_that_send_nothing_surprising(tmp_path: Path) -> None:
    found = loaded(tmp_path, "")
    assert found.report_statuses == {
        "Neu": "OPEN", "In Bearbeitung": "IN_PROGRESS", "Abgeschlossen": "CLOSED", "Storniert": "CLOSED",
    }  # fmt: skip
    assert found.closing_statuses == {"Abgeschlossen": "COMPLETED", "Storniert": "CANCELLED"}
    assert found.post_author is None
    assert (found.repost_changed_bulletins, found.contractor_contact_in_notes) == (False, False)


@pytest.mark.rule("O6")
def test_statuses_are_mapped_in_the_file(tmp_path: Path) -> None:
    found = loaded(tmp_path, "report_statuses: {Wartet: IN_PROGRESS}\nclosing_statuses: {Erledigt: COMPLETED}")
    assert (found.report_statuses, found.closing_statuses) == ({"Wartet": "IN_PROGRESS"}, {"Erledigt": "COMPLETED"})
    assert "report_statuses.Wartet" in mistake(tmp_path, "report_statuses: {Wartet: Offen}")


# property ranges


@pytest.mark.rule("R13")
@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("100", ["100"], ["1", "10", "1000", "0100", "101"]),
        ("100-199", ["100", "150", "199"], ["99", "200", "1500"]),
        ("100-199, 250", ["199", "250"], ["200", "249", "251"]),
        (" 100 - 102 ,, 250 ,", ["101", "250"], ["", "103"]),
        ("A12, 7/3, 1.10", ["A12", "7/3", "1.10"], ["a12", "7", "1.1", "110"]),
        ("0100", ["0100"], ["100", "64"]),
        ("0100-0199", ["0150", "150"], ["0200"]),
        ("5-5", ["5"], ["4", "6"]),
    ],
)
def test_a_range_holds_its_numbers_and_no_others(text: str, inside: list[str], outside: list[str]) -> None:
    chosen = released(text)
    assert [number for number in [*inside, *outside] if number in chosen] == inside


@pytest.mark.rule("R13")
@pytest.mark.parametrize("number", ["0100", "010", "007", "1.10", "1_0", "0x10", "1e3"])
def test_a_number_in_a_file_means_what_is_written_there(tmp_path: Path, number: str) -> None:
    settings = loaded(tmp_path, f"properties: {number}\nproperties_full_history: [{number}, 900]")
    assert settings.properties.numbers == {number}
    assert settings.properties_full_history.numbers == {number, "900"}


@pytest.mark.rule("E60")
@pytest.mark.parametrize("value", [None, "", "  ", ",", []])
@pytest.mark.parametrize("number", ["100", "0", ""])
def test_an_empty_range_releases_nothing(value: object, number: str) -> None:
    assert number not in released(value)


@pytest.mark.rule("E60")
@pytest.mark.parametrize("value", ["", "properties:\nperson_types:", 'properties: ""\nperson_types: []'])
def test_an_empty_file_releases_nothing(tmp_path: Path, value: str) -> None:
    settings = loaded(tmp_path, value)
    assert settings.properties == PropertyRange()
    assert settings.person_types == ()


@pytest.mark.rule("R13")
@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)).map(sorted), max_size=4), st.integers(0, 450))
def test_a_number_is_inside_exactly_if_one_span_holds_it(spans: list[list[int]], number: int) -> None:
    chosen = PropertyRange.parse(", ".join(f"{first}-{last}" for first, last in spans))
    assert (str(number) in chosen) == any(number in range(first, last + 1) for first, last in spans)


@pytest.mark.rule("R13")
@settings(deadline=None)
@given(st.text("0123456789-,. A²", max_size=12) | st.text(max_size=12))
def test_any_text_is_a_range_or_refused_with_an_example(text: str) -> None:
    try:
        chosen = PropertyRange.parse(text)
    except ValueError as error:
        sentence = str(error)
    else:
        singles = {entry.strip() for entry in text.split(",") if "-" not in entry} - {""}
        assert chosen.numbers == singles
        assert all(number in chosen for number in singles)
        return
    assert "; write " in sentence


# report user


@pytest.mark.rule("R47")
@pytest.mark.parametrize("text", ["007", '"007"', "010", "999"])
def test_three_digits_are_a_user_number(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, f"report_user: {text}").report_user == text.strip('"')


@pytest.mark.rule("R47")
@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("7", 'write "007"'),
        ("10", 'write "010"'),
        ("1234", 'write three digits in quotes, such as "007"'),
        ("admin", 'write three digits in quotes, such as "007"'),
        ("٠٠٧", 'write three digits in quotes, such as "007"'),
    ],
)
def test_anything_else_is_refused_with_what_to_write(tmp_path: Path, text: str, advice: str) -> None:
    sentence = mistake(tmp_path, f"report_user: {text}")
    assert sentence == f'report_user: "{text}" is not a three-digit user number; {advice}'


# days


@pytest.mark.rule("O4")
@pytest.mark.parametrize(
    ("trail", "days"), [("", 14), ("portal_access_trail_days: 0", 0), ("portal_access_trail_days: 90", 90)]
)
def test_days_after_the_contract_default_to_those_before_it(tmp_path: Path, trail: str, days: int) -> None:
    settings = loaded(tmp_path, f"portal_access_lead_days: 14\n{trail}")
    assert (settings.portal_access_lead.days, settings.portal_access_trail.days) == (14, days)


# mistakes


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("propertys: 100", "propertys: there is no such setting; write properties"),
        ("colour: red", "colour: there is no such setting; remove it, or see docs/settings.md"),
        ("limits: {attempt: 3}", "limits.attempt: there is no such setting; write attempts"),
        ("schedules: {report: 0 2 * * *}", "schedules.report: there is no such setting; write reports"),
        ("removal_guard: {max_counts: 3}", "removal_guard.max_counts: there is no such setting; write max_count"),
        (
            "docuware_filter: [{conditions: [{fields: A, field: B, value: C}]}]",
            "docuware_filter.0.conditions.0.fields: there is no such setting; write field",
        ),
        (
            "docuware_filter: [{condition: [], conditions: [{field: B, value: C}]}]",
            "docuware_filter.0.condition: there is no such setting; write conditions",
        ),
        (
            "docuware_filter: [{conditions: [{field: B, value: [C, D]}]}]",
            'docuware_filter.0.conditions.0: a list of values goes with the operator "in" and with no other; '
            'write one value or "in"',
        ),
        ("properties: 199-100", 'properties: the range "199-100" runs backwards; write "100-199"'),
        (
            "properties: 100–199",
            'properties: "100–199" is neither a property number nor a range; write for example "100-199, 250"',
        ),
        (
            'properties: "*"',
            'properties: "*" is neither a property number nor a range; write for example "100-199, 250"',
        ),
        (
            "properties: {100-199}",
            "properties: \"{'100-199': None}\" is neither a property number nor a range; write for example "
            '"100-199, 250"',
        ),
        (
            "schedules: {reports: often}",
            'schedules.reports: "often" is not a cron expression; write five fields such as "0 2 * * *", or null for '
            "never",
        ),
        (
            "portal_access_lead_days: soon",
            "portal_access_lead_days: input should be a valid integer, unable to parse string as an integer; see "
            "docs/settings.md for what to write",
        ),
        (
            "portal_access_lead_days: -1",
            "portal_access_lead_days: input should be greater than or equal to 0; see docs/settings.md for what to "
            "write",
        ),
        (
            "limits: {requests_per_second: 0}",
            "limits.requests_per_second: input should be greater than 0; see docs/settings.md for what to write",
        ),
        (
            "removal_guard: {max_percent: 101}",
            "removal_guard.max_percent: input should be less than or equal to 100; see docs/settings.md for what to "
            "write",
        ),
        (
            "active: perhaps",
            "active: input should be a valid boolean, unable to interpret input; see docs/settings.md for what to "
            "write",
        ),
        ("- active", "the file holds no settings; write lines such as active: true"),
        ("active", "the file holds no settings; write lines such as active: true"),
        ("active: true\n  properties: 1", "line 2: this is not valid YAML; check indentation, colons and quotes"),
        ('active: false\nreport_user: "007', "line 2: this is not valid YAML; check indentation, colons and quotes"),
        ("active: \x00", "this is not valid YAML; check indentation, colons and quotes"),
    ],
)
def test_a_mistake_gets_a_sentence_with_field_and_remedy(tmp_path: Path, text: str, sentence: str) -> None:
    assert mistake(tmp_path, text) == sentence


def test_every_mistake_gets_a_line_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        loaded(tmp_path, "colour: red\nreport_user: 7\nproperties: 2-1")
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["properties", "report_user", "colour"]
    assert all(line.startswith(f"{tmp_path.name}/production.yaml: ") for line in lines)


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings("production", tmp_path)
    assert str(refused.value) == (
        f"{tmp_path.name}/production.yaml: there is no such file; "
        "make init-config puts an example there, make setup asks for what belongs into it"
    )


def test_a_file_in_another_encoding_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_bytes("person_types: Eigentümer".encode("cp1252"))
    with pytest.raises(ConfigurationError) as refused:
        load_settings("test", tmp_path)
    assert str(refused.value) == (
        f"{tmp_path.name}/test.yaml: this is not UTF-8; save the file with the encoding UTF-8"
    )


def test_a_folder_in_the_place_of_a_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").mkdir()
    with pytest.raises(ConfigurationError) as refused:
        load_settings("test", tmp_path)
    assert str(refused.value) == (
        f"{tmp_path.name}/test.yaml: this cannot be read (is a directory); let it be a file that Airflow may read"
    )


def test_a_file_that_may_not_be_read_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, **_: str) -> str:
        raise PermissionError(EACCES, "Permission denied", str(path))

    (tmp_path / "test.yaml").touch()
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigurationError) as refused:
        load_settings("test", tmp_path)
    assert str(refused.value) == (
        f"{tmp_path.name}/test.yaml: this cannot be read (permission denied); let it be a file that Airflow may read"
    )


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("text", ["active: !!int no", "active: !!timestamp no", "active: " + "[" * 3_000])
def test_whatever_the_yaml_reader_stumbles_over_is_a_mistake_in_the_file(tmp_path: Path, text: str) -> None:
    assert mistake(tmp_path, text).endswith("this is not valid YAML; check indentation, colons and quotes")


@pytest.mark.rule("R7")
@pytest.mark.parametrize("broken", ["production", "test"])
def test_a_mistake_in_one_file_is_that_systems_alone(tmp_path: Path, broken: str) -> None:
    other = loaded(tmp_path, COMPLETE, "test" if broken == "production" else "production")
    sentence = mistake(tmp_path, "colour: red", broken)
    found = load_each(tmp_path)
    assert found.sound == {other.system: other}
    assert {system: one.english for system, one in found.mistakes.items()} == {
        broken: f"{tmp_path.name}/{broken}.yaml: {sentence}"
    }


@pytest.mark.parametrize(
    ("text", "connection"),
    [
        ("active: perhaps", "casavi_production"),
        ("propertys: 100\nactive: true", "casavi_production"),
        ("report_user: 7\nportal_connection: casavi_live", "casavi_live"),
    ],
)
def test_which_portal_is_meant_is_known_whatever_else_is_wrong(tmp_path: Path, text: str, connection: str) -> None:
    mistake(tmp_path, text)
    assert portal_connection_of("production", tmp_path) == connection


@pytest.mark.rule("E58")
@pytest.mark.parametrize(
    "text",
    ["portal_conection: casavi_live", "portal: casavi_live", "portal_connection: [a, b]", "active: 'true", "- active"],
)
def test_which_portal_is_meant_is_not_guessed(tmp_path: Path, text: str) -> None:
    sentence = mistake(tmp_path, text)
    with pytest.raises(ConfigurationError) as refused:
        portal_connection_of("production", tmp_path)
    assert str(refused.value) == f"{tmp_path.name}/production.yaml: {sentence}"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_bytes("person_types: Eigentümer".encode("utf-8-sig"))
    assert load_settings("test", tmp_path).person_types == ("Eigentümer",)


@pytest.mark.parametrize(
    ("text", "names"),
    [("Mieter", ("Mieter",)), ("Mieter, Eigentümer", ("Mieter", "Eigentümer")), ("[Mieter, 3]", ("Mieter", "3"))],
)
def test_names_are_one_text_or_a_list(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    assert loaded(tmp_path, f"person_types: {text}").person_types == names


# a run's snapshot

FULL: dict[str, Any] = {
    "system": "test",
    "active": True,
    "properties": "0100, 100-199, A7",
    "properties_full_history": ["110"],
    "person_types": ["Mieter", "Eigentümer"],
    "user_teams": "Nord, Süd",
    "docuware_filter": [
        {"conditions": [{"field": "ART", "operator": "in", "value": ["A", "B"]}], "recipient_field": "MIETER"},
        {"conditions": [{"field": "X", "value": "1"}]},
    ],
    "document_audiences": {"Protokoll": "OWNER"},
    "portal_access_lead_days": 14,
    "portal_access_trail_days": None,
    "report_user": "007",
    "post_author": None,
    "portal_connection": "elsewhere",
    "schedules": {"objects": None},
    "limits": {"requests_per_second": 0.5, "batch_size": 10},
    "removal_guard": {"max_percent": 2.5},
}


@pytest.mark.rule("E59")
@pytest.mark.parametrize("values", [{"system": "production"}, FULL])
def test_a_snapshot_holds_the_settings_unchanged(values: dict[str, Any]) -> None:
    settings = validate_settings(values, "here")
    assert SystemSettings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.rule("E59")
def test_settings_cannot_be_changed_while_a_run_uses_them() -> None:
    settings = validate_settings(FULL, "here")
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings, "active", False)  # noqa: B010 - mypy refuses it already
